"""What plan and apply tell about things that may go wrong, and what plan alone asks Google about them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from better_classroom import people
from better_classroom.cli.wiring import SIDE_BY_SIDE, Session, Survey, inviting
from better_classroom.course import File
from better_classroom.errors import BetterClassroomError
from better_classroom.joining import Roster
from better_classroom.reports import foreseen
from better_classroom.reports.foreseen import Asked

T = TypeVar("T")


def foresee(run: Session, found: Survey, *, asking: bool) -> Survey:
    """The survey with what may go wrong; ``asking`` looks into the courses and the Drives for it, side by side.

    What Google does not let us look at is told by what the ledger knows; what keeps us out is doctor's matter.
    """
    rosters, free = _ask(run, found) if asking else ({}, {})
    tools = inviting(run)
    courses = [
        people.of(tools, key, roster=rosters.get(key))
        for key, course in run.programme.courses.items()
        if course.participants
    ]
    told = foreseen.find(found.plan, found.world, Asked(courses, run.ledger.refusals(), free))
    return replace(found, heading=replace(found.heading, obstacles=told))


def _ask(run: Session, found: Survey) -> tuple[Mapping[str, Roster], Mapping[str, int | None]]:
    """Who is in each course that names participants, and how much each Drive can take that something is uploaded to."""
    there = {
        key: snapshot.course.remote_id
        for key, snapshot in found.world.snapshots.items()
        if snapshot and snapshot.course.active and run.programme.courses[key].participants
    }
    uploading = {change.account for change in found.plan.changes if isinstance(change.item, File)}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        rosters = {key: pool.submit(run.account(key).rosters.roster, remote_id) for key, remote_id in there.items()}
        free = {email: pool.submit(run.accounts[email].drive.free) for email in sorted(uploading)}
        return _answered(rosters), _answered(free)


def _answered(asked: Mapping[str, Future[T]]) -> dict[str, T]:
    """What was answered; what was refused is left out."""
    found = {}
    for key, answer in asked.items():
        with suppress(BetterClassroomError):
            found[key] = answer.result()
    return found
