"""Carrying out a plan: one change, one or a few calls, one ledger row a call.

The create protocol (docs/decisions/0006-nothing-twice.md): a pending row with the values to be sent precedes every
write; a post is created as a draft without a time; only when the ledger holds its id does a second call schedule or
publish it. So a run that is killed at any instant leaves nothing that anyone can see and the ledger does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from better_classroom.apply import frame, posts
from better_classroom.apply.hand import Hand, Tools
from better_classroom.change import Change, Plan
from better_classroom.course import POSTS, Action, Kind, World
from better_classroom.desired import file_key
from better_classroom.errors import BetterClassroomError, PartlyApplied, RefusedByGoogle

__all__ = ["Failure", "Outcome", "Tools", "run"]

STEPS: Mapping[tuple[Action, Kind], Callable[[Hand, Change], None]] = {
    **{(Action.ADOPT, kind): Hand.adopt for kind in Kind},
    **{(Action.DELETE, kind): Hand.delete for kind in Kind},
    **{(Action.CREATE, kind): posts.make for kind in POSTS},
    **{(Action.REPLACE, kind): posts.make for kind in POSTS},
    **{(Action.UPDATE, kind): posts.update for kind in POSTS},
    **{(Action.RELEASE, kind): posts.release for kind in POSTS},
    (Action.CREATE, Kind.FILE): frame.create_file,
    (Action.UPDATE, Kind.FILE): frame.revise_file,
    (Action.CREATE, Kind.COURSE): frame.create_course,
    (Action.UPDATE, Kind.COURSE): frame.rename_course,
    (Action.CREATE, Kind.SHARE): frame.share,
    (Action.CREATE, Kind.TOPIC): frame.create_topic,
    (Action.UPDATE, Kind.TOPIC): frame.rename_topic,
}
"""Who carries out what."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A course, or a file, at which the run could not go on."""

    course: str
    """Empty for a file."""
    title: str
    error: BetterClassroomError
    left: int
    """How many changes were not carried out because of it."""


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    done: list[Change] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def raise_for_failures(self) -> None:
        """Raise PartlyApplied, or the one error that kept everything from being done."""
        if not self.failures:
            return
        if not self.done and len(self.failures) == 1:
            raise self.failures[0].error
        lines = "\n".join(
            f"  {failure.course or 'files'}: “{failure.title}”: {failure.error}"
            + (f"\n  {failure.left} more changes there were not tried" if failure.left else "")
            for failure in self.failures
        )
        raise PartlyApplied(
            f"{len(self.done)} changes were made, and these could not be:\n{lines}",
            advice="Run the same command again: it goes on where this run stopped, and makes nothing twice.",
        )


Progress = Callable[[Change], None]


def run(plan: Plan, world: World, tools: Tools, *, progress: Progress = lambda _: None) -> Outcome:
    """Carry out a plan: files, then course by course, then the files that nobody needs any more.

    What fails in one course does not hold up the others.
    """
    for record in plan.records:
        tools.ledger.settle(record.key, record.entry)
    outcome = Outcome()
    hand = Hand(tools, world, plan.now)
    arriving = [change for change in plan.changes if not change.course and change.action is not Action.DELETE]
    leaving = [change for change in plan.changes if not change.course and change.action is Action.DELETE]
    for change in arriving:
        _in_turn(hand, [change], outcome, progress)
    for course in dict.fromkeys(change.course for change in plan.changes if change.course):
        _in_turn(hand, [change for change in plan.changes if change.course == course], outcome, progress)
    if not outcome.failures:
        _in_turn(hand, leaving, outcome, progress)
        _check_readers(hand, outcome)
    return outcome


def _in_turn(hand: Hand, changes: Sequence[Change], outcome: Outcome, progress: Progress) -> None:
    """Carry out changes that depend on each other, up to the first that fails."""
    for number, change in enumerate(changes):
        try:
            STEPS[change.action, change.kind](hand, change)
        except BetterClassroomError as error:
            left = len(changes) - number - 1
            outcome.failures.append(Failure(change.course, change.title, error, left))
            return
        outcome.done.append(change)
        progress(change)


def _check_readers(hand: Hand, outcome: Outcome) -> None:
    """Read back, once an account, that the participants of every course may open what was just published to them."""
    for email in dict.fromkeys(hand.published.values()):
        account = hand.tools.accounts[email]
        readers = {file.remote_id: file.readers for file in account.drive.files(hand.tools.programme)}
        for (course, path), owner in hand.published.items():
            entry = hand.entries.get(file_key(email, path))
            group = hand.courses[course].group_email.lower()
            if owner == email and group and entry and group not in readers.get(entry.remote_id, {}):
                error = RefusedByGoogle(
                    "participants cannot open this file: the permission we gave is gone again",
                    where=course,
                    advice="Share the file with the course in Drive, or ask the domain's administrator what forbids it.",
                )
                outcome.failures.append(Failure(course, path, error, 0))
