"""Pulling from every source that the programme has: what sync and the rebuilding of a ledger begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias

from better_classroom import questions
from better_classroom.change import Plan
from better_classroom.cli.wiring import SIDE_BY_SIDE, Session, submissions
from better_classroom.comments import ObservedComment
from better_classroom.course import ObservedFile
from better_classroom.errors import OUT_OF_REACH, BetterClassroomError
from better_classroom.gateways.drive import Listing
from better_classroom.questions import Drives, PullReport, Slide

Listings: TypeAlias = Mapping[str, Future[Listing]]
"""Of each account, what it keeps in Drive."""


@contextmanager
def listings(run: Session) -> Iterator[Listings]:
    """Begin to list the Drives of all accounts, side by side with whatever comes next: once for all that follows."""
    accounts = run.accounts
    with ThreadPoolExecutor(max(1, len(accounts))) as pool:
        yield {email: pool.submit(one.drive.listing, run.programme.key) for email, one in accounts.items()}


def files_of(listed: Listings) -> dict[str, tuple[ObservedFile, ...]]:
    """The presentations of each account whose Drive could be listed."""
    return {email: found.result().files for email, found in listed.items() if not found.exception()}


def pulled(run: Session, listed: Listings) -> PullReport:
    """What a pull met; comments on slides cost no round trip as long as there are none new."""
    key = run.settings.pseudonym_key()
    with submissions(run) as answers, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        commented = run.programme.questions.slide_comments
        report = _comments(run, pool, listed, key) if commented else PullReport(())
        boxes = questions.pull(programme=run.programme, ledger=run.ledger, submissions=answers, now=run.now, key=key)
    return boxes.with_(report)


def pull_what_goes(run: Session, plan: Plan) -> None:
    """Pull what hangs on question boxes that are about to go, since Google deletes it with them.

    Raises what keeps it from being read.
    """
    courses = {change.course for change in plan.changes if change.takes_box}
    if not courses:
        return
    key = run.settings.pseudonym_key()
    with submissions(run) as answers:
        report = questions.pull(programme=run.programme, ledger=run.ledger, submissions=answers, now=run.now, key=key)
    if report.unread & courses:
        raise next(iter(report.failed.values()))


def _comments(run: Session, pool: ThreadPoolExecutor, listed: Listings, key: bytes) -> PullReport:
    """The pull of the comments on slides."""
    files: dict[str, tuple[ObservedFile, ...]] = {}
    failed: dict[str, BetterClassroomError] = {}
    unread: set[str] = set()
    for email, listing in listed.items():
        try:
            files[email] = listing.result().files
        except OUT_OF_REACH as error:
            failed[f"{email}: what it keeps in Drive could not be listed, so no comments on slides were read"] = error
            unread |= {course.key for course in run.programme.courses.values() if course.account == email}
    drives = Drives(
        files=files,
        comments=lambda slide: _read(run, slide),
        people=run.participants,
    )
    report = questions.pull_comments(
        programme=run.programme, ledger=run.ledger, drives=drives, now=run.now, key=key, pool=pool
    )
    return report.with_(PullReport((), failed, frozenset(unread)))


def _read(run: Session, slide: Slide) -> list[ObservedComment]:
    comments = run.account(slide.course).comments
    return list(comments.on(slide.file.remote_id, name=f"{slide.path} in {slide.course}"))
