"""Finding what may keep people from joining and participants from seeing something, as far as that is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from better_classroom.change import Change, Plan, Refused
from better_classroom.compare import canonical
from better_classroom.course import (
    Action,
    Attachment,
    File,
    Kind,
    ObservedFile,
    ObservedPost,
    Post,
    Share,
    Standing,
    World,
)
from better_classroom.joining import CoursePeople, Joining, domain_of
from better_classroom.keys import file_mark, target_of
from better_classroom.reports import storage
from better_classroom.reports.obstacles import Obstacle, Obstacles
from better_classroom.reports.remedies import meaning
from better_classroom.reports.wording import counted, short

LARGEST = 5_497_558_138_880
"""Bytes of the largest file that Drive takes (its discovery document, files.create)."""

COMING = frozenset({Joining.NEW, Joining.QUEUED})
WAITED_FOR = COMING | {Joining.WAITING, Joining.REFUSED}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known besides a plan and what it was made from."""

    people: Sequence[CoursePeople] = ()
    """Of each course whose participants the programme names: as Google shows them, or as the ledger alone knows them."""
    refused: Mapping[str, Refused] = field(default_factory=dict)
    """By key, what Google said to a change the last time it was tried."""
    free: Mapping[str, int | None] = field(default_factory=dict)
    """By account, the bytes that its Drive can still take, None for no limit; only of those that were asked."""


def find(plan: Plan, world: World, asked: Asked) -> Obstacles:
    """Everything that is known to stand in the way."""
    return Obstacles(
        joining=tuple(found for course in asked.people for found in _joining(course, world)),
        showing=(
            *_refused(plan, asked.refused),
            *_unshareable(plan, world),
            *_closed(plan, world),
            *_storage(plan, asked.free),
            *_links(plan),
        ),
    )


# Who may not get in


def _joining(course: CoursePeople, world: World) -> Iterator[Obstacle]:
    refused = course.those(Joining.REFUSED)
    for reason in dict.fromkeys(person.reason for person in refused):
        people = tuple(person for person in refused if person.reason == reason)
        what, remedy = meaning(reason)
        yield Obstacle(course.course, f"{counted(len(people), 'person')} could not be invited: {what}", remedy, people)
    yield from _seats(course)
    if course.account not in world.personal:
        yield from _outside(course)


def _seats(course: CoursePeople) -> Iterator[Obstacle]:
    """Those for whom there is no room: the last ones of the file."""
    coming = course.those(*WAITED_FOR)
    there = course.members or 1 + len(course.those(Joining.LEFT))  # not looked at: its account, and whom we met there
    surplus = there + len(coming) - course.seats
    if surplus > 0:
        yield Obstacle(
            course.course,
            f"{there + len(coming)} people would be in the course, and Google lets {course.seats:,} into one of this "
            f"account: no room for {counted(min(surplus, len(coming)), 'person')}",
            "Remove somebody in Classroom, or make a second course for this city.",
            coming[-surplus:],
        )


def _outside(course: CoursePeople) -> Iterator[Obstacle]:
    """Those whom no administrator of ours could add, and whose domain the school may not trust (google-apis.md A.9)."""
    ours = domain_of(course.account)
    people = tuple(person for person in course.those(*COMING) if domain_of(person.address) != ours)
    if people:
        domains = Counter(domain_of(person.address) for person in people)
        names = ", ".join(f"{short(domain)} ({number})" for domain, number in sorted(domains.items()))
        yield Obstacle(
            course.course,
            f"{counted(len(people), 'person')} outside {ours} can only be invited, and only if the school trusts their "
            f"domain: {names}",
            "Ask the administrator beforehand (Admin console → Classroom → Class access); or give them the link of "
            "“people links”.",
            people,
        )


# What participants may not get to see


def _refused(plan: Plan, refused: Mapping[str, Refused]) -> Iterator[Obstacle]:
    """What is to be tried again although Google refused it the last time."""
    for change in plan.changes:
        said = refused.get(change.key)
        if said:
            waiting = _carrying(plan, change) if change.kind in {Kind.FILE, Kind.SHARE} else ()
            yield Obstacle(
                change.course or change.account,
                f"{_tried(change)} the last time: {said.reason}",
                said.advice,
                (),
                waiting,
            )


def _tried(change: Change) -> str:
    title = short(change.title)
    if change.kind is Kind.SHARE:
        return f"{title} could not be shared"
    if change.kind is Kind.FILE:
        return f"{title} could not be uploaded"
    return f"“{title}” could not be {_DONE[change.action]}"


_DONE = {
    Action.CREATE: "made",
    Action.ADOPT: "taken over",
    Action.UPDATE: "changed",
    Action.REPLACE: "replaced",
    Action.RELEASE: "scheduled or published",
    Action.DELETE: "deleted",
}


def _unshareable(plan: Plan, world: World) -> Iterator[Obstacle]:
    """Presentations that their account may not share, by Google's own word."""
    for change, path, file in _shares(plan, world):
        if not file.shareable:
            yield Obstacle(
                change.course,
                f"{short(path)} may not be shared by {change.account}, as Drive says",
                f"Look at the file in Drive, and give {change.account} back the right to share it; or delete it there, "
                "and it is uploaded anew.",
                (),
                _carrying(plan, change),
            )


def _closed(plan: Plan, world: World) -> Iterator[Obstacle]:
    """Presentations that participants see and cannot open."""
    for change, path, file in _shares(plan, world):
        snapshot = world.snapshots.get(change.course)
        seen = [post for post in snapshot.posts if post.standing is Standing.PUBLIC] if snapshot else []
        titles = [f"“{short(post.title)}”" for post in seen if _holds(post, file)]
        if titles and change.course not in plan.unshared:
            yield Obstacle(
                change.course,
                f"participants see {', '.join(titles)} and cannot open {short(path)}: somebody took the permission away",
                "apply gives it again. If it is gone again afterwards, ask the domain's administrator what forbids it.",
            )


def _shares(plan: Plan, world: World) -> Iterator[tuple[Change, str, ObservedFile]]:
    """What is to be shared and is in Drive already, with its path."""
    for change in plan.changes:
        if isinstance(change.item, Share):
            path = target_of(change.key)
            found = (file for file in world.files.get(change.account, ()) if file.key == file_mark(path))
            yield from ((change, path, file) for file in found)


def _holds(post: ObservedPost, file: ObservedFile) -> bool:
    return any(part.kind == "drive" and part.target == file.remote_id for part in post.attachments)


def _storage(plan: Plan, free: Mapping[str, int | None]) -> Iterator[Obstacle]:
    """Uploads for which Drive has no room."""
    for change in plan.changes:
        if isinstance(change.item, File) and change.item.size > LARGEST:
            reason = f"{short(change.title)} has {change.item.size:,} bytes, and Drive takes {LARGEST:,} at most"
            yield Obstacle(change.account, reason, "Divide it, or link to it.", (), _carrying(plan, change))
    for account, room in free.items():
        lacking = storage.lacking(plan, account, room)
        if lacking:
            waiting = {post.key: post for one in storage.uploads(plan, account) for post in _carrying(plan, one)}
            yield Obstacle(account, f"its Drive {lacking}", storage.REMEDY, (), tuple(waiting.values()))


def _links(plan: Plan) -> Iterator[Obstacle]:
    """Links to files in Drive that are not ours: Classroom takes them for attached files, and asks who may share them."""
    for change in plan.changes:
        if change.action in {Action.CREATE, Action.REPLACE} and isinstance(change.item, Post):
            for part in change.item.attachments:
                if part.kind == "link" and _is_in_drive(part):
                    yield Obstacle(
                        change.course,
                        f"“{short(change.title)}” links to a file in Drive that we did not make and cannot look at: "
                        f"{short(part.target, 100)}",
                        f"Make sure in Drive that {change.account} may share it with others; else Google refuses the post.",
                        (),
                        (change,),
                    )


def _is_in_drive(link: Attachment) -> bool:
    leads_to = canonical("attachments", (str(link),))
    return isinstance(leads_to, tuple) and leads_to[0].startswith("drive:")


def _carrying(plan: Plan, change: Change) -> tuple[Change, ...]:
    """The posts of the plan that carry the presentation which a change is about, and wait for it."""
    path = target_of(change.key)
    return tuple(
        one
        for one in plan.changes
        if isinstance(one.item, Post)
        and one.action is not Action.DELETE
        and (one.course == change.course or (not change.course and one.account == change.account))
        and any(part.kind == "file" and part.target == path for part in one.item.attachments)
    )
