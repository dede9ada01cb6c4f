"""Pulling from every source that the programme has: what sync and the rebuilding of a ledger begin with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from better_classroom import questions
from better_classroom.cli.wiring import SIDE_BY_SIDE, Session, submissions
from better_classroom.comments import ObservedComment
from better_classroom.course import ObservedFile
from better_classroom.errors import BetterClassroomError, RefusedByGoogle, SignInNeeded, TryLater
from better_classroom.gateways import Account
from better_classroom.observe import Files
from better_classroom.questions import Drives, PullReport, Slide

Listings = dict[str, Future[tuple[ObservedFile, ...]]]


def pulled(run: Session) -> tuple[PullReport, Files | None]:
    """What a pull met, and the listing of the accounts' Drives where it needed one: one a run is enough.

    Drive is listed while the question boxes are, so comments on slides cost no round trip as long as there are none new.
    """
    key = run.settings.pseudonym_key()
    with submissions(run) as listed, _drives(run) as (pool, listings):
        report, files = _comments(run, pool, listings, key) if listings else (PullReport(()), None)
        boxes = questions.pull(programme=run.programme, ledger=run.ledger, submissions=listed, now=run.now, key=key)
    return boxes.with_(report), files


@contextmanager
def _drives(run: Session) -> Iterator[tuple[ThreadPoolExecutor, Listings]]:
    """A listing of each account's Drive, under way; none where comments on slides are not asked for."""
    accounts = run.accounts if run.programme.questions.slide_comments else {}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield pool, {email: pool.submit(one.drive.files, run.programme.key) for email, one in accounts.items()}


def _comments(
    run: Session, pool: ThreadPoolExecutor, listings: Listings, key: bytes
) -> tuple[PullReport, Files | None]:
    """The pull of the comments on slides, and the files, if every account's Drive could be listed."""
    files: dict[str, tuple[ObservedFile, ...]] = {}
    failed: dict[str, BetterClassroomError] = {}
    for email, listing in listings.items():
        try:
            files[email] = listing.result()
        except (RefusedByGoogle, SignInNeeded, TryLater) as error:
            failed[f"{email}, comments on slides"] = error
    drives = Drives(
        files=files,
        comments=lambda slide: _read(run, slide),
        people=lambda course: _account(run, course).classroom.participants(_course_id(run, course)),
    )
    report = questions.pull_comments(
        programme=run.programme, ledger=run.ledger, drives=drives, now=run.now, key=key, pool=pool
    )
    return report.with_(PullReport((), failed)), None if failed else files


def _read(run: Session, slide: Slide) -> list[ObservedComment]:
    comments = _account(run, slide.course).comments
    return list(comments.on(slide.file.remote_id, name=f"{slide.path} in {slide.course}"))


def _account(run: Session, course: str) -> Account:
    return run.accounts[run.programme.courses[course].account]


def _course_id(run: Session, course: str) -> str:
    spec = run.programme.courses[course]
    return run.ledger.course_id(course) or spec.id or spec.alias or ""
