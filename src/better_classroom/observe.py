"""Looking at the world before a plan is made: courses, the files in Drive, and the presentations on this machine."""

from __future__ import annotations

import hashlib
import mimetypes
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from better_classroom.comments import ObservedComment
from better_classroom.course import POSTS, Bytes, Item, Kind, ObservedCourse, ObservedFile, Snapshot, Unseen, World
from better_classroom.errors import NotFound, RefusedByGoogle, UsageError
from better_classroom.gateways import Account
from better_classroom.gateways.classroom import Each
from better_classroom.keys import path_of, target_of
from better_classroom.lookalikes import is_making
from better_classroom.memory import Entry, Memory, Pending
from better_classroom.programme import CourseSpec, Programme
from better_classroom.sighting import Seen, Sightings
from better_classroom.threads import to_look_at

COURSES = 8
"""Courses looked at side by side."""
LISTINGS = 4
"""What a look at a course asks for: topics, materials, question boxes, announcements."""

# Python's own table depends on the machine; these are what seminars use.
_TYPES = {
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".mp4": "video/mp4",
}


def presentations(programme: Programme) -> dict[str, Bytes]:
    """What each presentation of the programme holds, by its path."""
    paths = {
        path
        for seminar in programme.seminars.values()
        for material in (seminar.materials or {}).values()
        for attachment in material.attachments
        for path in getattr(attachment, "paths", ())
    }
    return {path: _bytes(programme.folder / path) for path in sorted(paths)}


def _bytes(path: Path) -> Bytes:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from error
    suffix = path.suffix.lower()
    mime_type = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Bytes(sha256=digest, size=size, mime_type=mime_type)


Files: TypeAlias = Mapping[str, tuple[ObservedFile, ...]]
"""What is in each account's Drive of ours."""


def world(
    programme: Programme,
    accounts: Mapping[str, Account],
    entries: Mapping[str, Entry],
    files: Files | None = None,
) -> World:
    """Everything that is in the programme's courses, and our files in each account's Drive.

    Up to eight courses, and all their listings, are asked for at once: two answers, one after the other, tell all. A
    course that Google does not let us look at does not hold up the others: it is among the unseen. ``files`` are our
    files in the accounts' Drives, where they were listed already.
    """
    snapshots: dict[str, Snapshot | None] = {}
    unseen: dict[str, Unseen] = {}
    with ThreadPoolExecutor(COURSES) as courses, ThreadPoolExecutor(COURSES * LISTINGS) as listings:
        listed = {
            email: courses.submit(account.drive.files, programme.key)
            for email, account in accounts.items()
            if files is None or email not in files
        }
        taught = _taught(programme, accounts, entries, courses.map)
        looks = {
            course.key: courses.submit(_snapshot, course, accounts[course.account], taught, entries, listings.map)
            for course in programme.courses.values()
        }
        for key, look in looks.items():
            try:
                snapshots[key] = look.result()
            except RefusedByGoogle as error:
                unseen[key] = Unseen(error.message, error.advice)
        shown = {**(files or {}), **{email: found.result() for email, found in listed.items()}}
        return World(
            snapshots=snapshots,
            files=_with_unlisted(shown, accounts, entries),
            users={email: account.user_id for email, account in accounts.items()},
            unseen=unseen,
            personal=frozenset(email for email, account in accounts.items() if account.personal),
        )


def _with_unlisted(listed: Files, accounts: Mapping[str, Account], entries: Mapping[str, Entry]) -> Files:
    """The listings with what they are slow to show: a file that the ledger knows is gone only if its id says so, too."""
    shown = {email: {file.remote_id for file in files} for email, files in listed.items()}
    missing = [
        (entry.account, file)
        for entry in entries.values()
        if entry.kind is Kind.FILE and entry.remote_id not in shown.get(entry.account, {entry.remote_id})
        if (file := accounts[entry.account].drive.file(entry.remote_id, item=path_of(target_of(entry.key))))
    ]
    return {
        email: (*files, *(file for account, file in missing if account == email)) for email, files in listed.items()
    }


def members(programme: Programme, accounts: Mapping[str, Account], seen: World, courses: Collection[str]) -> World:
    """What was seen, and with it the participants of these courses: one listing each, made side by side.

    Where Google does not let us list them, nobody is listed: it will say itself who is not in the course.
    """

    def listed(key: str) -> tuple[str, frozenset[str]] | None:
        snapshot = seen.snapshots.get(key)
        if snapshot is None:
            return None
        try:
            classroom = accounts[programme.courses[key].account].classroom
            return key, frozenset(user for user, _, _ in classroom.participants(snapshot.course.remote_id))
        except RefusedByGoogle:
            return None

    with ThreadPoolExecutor(COURSES) as pool:
        return replace(seen, members=dict(filter(None, pool.map(listed, sorted(courses)))))


def handed_in(programme: Programme, accounts: Mapping[str, Account], seen: World, courses: Collection[str]) -> World:
    """What was seen, and with it how many have written into each question box of these courses: one listing each.

    A course where Google does not let us count is among the unseen: nobody knows what would be lost there.
    """
    counted: Counter[str] = Counter()
    unseen: dict[str, Unseen] = {}
    for key in sorted(courses):
        snapshot = seen.snapshots[key]
        assert snapshot, "only in a course that is there a box can go"
        classroom = accounts[programme.courses[key].account].classroom
        try:
            counted.update(one.box_id for one in classroom.submissions(snapshot.course.remote_id) if not one.withdrawn)
        except RefusedByGoogle as error:
            unseen[key] = Unseen(error.message, error.advice)
    snapshots = {key: snapshot for key, snapshot in seen.snapshots.items() if key not in unseen}
    return replace(seen, snapshots=snapshots, unseen={**seen.unseen, **unseen}, handed_in=counted)


def _taught(
    programme: Programme, accounts: Mapping[str, Account], entries: Mapping[str, Entry], each: Each
) -> dict[tuple[str, str], ObservedCourse]:
    """The courses of the accounts by account and id: one listing an account, where we know any of its courses by id."""
    emails = {course.account for course in programme.courses.values() if _known_id(course, entries)}
    listed = each(lambda email: [(email, course) for course in accounts[email].classroom.courses()], sorted(emails))
    return {(email, course.remote_id): course for found in listed for email, course in found}


def _known_id(course: CourseSpec, entries: Mapping[str, Entry]) -> str:
    entry = entries.get(f"{course.key}/course")
    return entry.remote_id if entry else course.id or ""


def _snapshot(
    course: CourseSpec,
    account: Account,
    taught: Mapping[tuple[str, str], ObservedCourse],
    entries: Mapping[str, Entry],
    each: Each,
) -> Snapshot | None:
    # Google's listing may lag behind a new course (google-apis.md A.13), and its alias outlives the ledger.
    found = taught.get((course.account, _known_id(course, entries)))
    found = found or account.classroom.course(course.id or course.alias or "")
    if found:
        return account.classroom.snapshot(found, each=each)
    if course.id:
        raise NotFound(
            f"there is no course {course.id}, or {course.account} does not teach it",
            where=course.key,
            advice="Take the id from the course's address in Classroom, and make this account a teacher there.",
        )
    return None


def with_threads(
    seen: World,
    accounts: Mapping[str, Account],
    *,
    wanted: Iterable[Item],
    memory: Memory,
    owners: Mapping[str, str],
    restore: Collection[str] = (),
) -> World:
    """The world, with the threads of those few files in which an answer is to be put, corrected or looked for.

    ``owners`` gives the account by course key. A file that is gone, or that Google does not let us look at, has none.
    """
    there = {file.remote_id for files in seen.files.values() for file in files}
    looked_for = to_look_at({item.key: item for item in wanted}, memory, restore=restore)
    places = [(owners[course], file) for course, file in looked_for if course in owners]

    def look(place: tuple[str, str]) -> dict[str, ObservedComment]:
        email, file = place
        try:
            return {found.remote_id: found for found in accounts[email].comments.on(file)} if file in there else {}
        except RefusedByGoogle:
            return {}

    with ThreadPoolExecutor(COURSES) as pool:
        looked_at = pool.map(look, places)
        return replace(seen, threads={file: found for (_, file), found in zip(places, looked_at, strict=True)})


def settled(
    look: Callable[[], World],
    *,
    memory: Memory,
    accounts: Mapping[str, str],
    settle: float,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> World:
    """What is there, looked at twice where a create was begun whose result is nowhere to be seen yet.

    The second look comes when the lost request cannot arrive any more: ``settle`` seconds after it was begun.
    """
    seen = look()
    lost = [pending.at for pending in memory.pendings.values() if _is_lost(pending, seen, memory, accounts)]
    if not lost:
        return seen
    wait = settle - (clock() - max(lost)).total_seconds()
    if wait > 0:
        sleep(min(wait, settle))
    return look()


def _is_lost(pending: Pending, seen: World, memory: Memory, accounts: Mapping[str, str]) -> bool:
    # Everything else is told apart by Google: a topic by its name, a course by its alias, a file by its id.
    if pending.kind not in {*POSTS, Kind.REPLY} or not is_making(pending, memory.entries):
        return False
    # Only what was begun matters here, so nothing is wanted.
    only = replace(memory, pendings={pending.key: pending})
    return Sightings({}, seen, only, accounts).of(pending.key).seen in {Seen.ABSENT, Seen.KNOWN}
