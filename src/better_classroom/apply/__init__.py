"""Carrying out a plan: one change, one or a few calls, one ledger row a call.

The create protocol (docs/decisions/0006-nothing-twice.md): a pending row with the values to be sent precedes every
write; a post is created as a draft without a time; only when the ledger holds its id does a second call schedule or
publish it. So a run that is killed at any instant leaves nothing that anyone can see and the ledger does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from better_classroom.apply import frame, lanes, posts, replies
from better_classroom.apply.hand import AskerLeft, Hand, Tools
from better_classroom.apply.lanes import Task
from better_classroom.change import Blocker, Change, Plan
from better_classroom.course import POSTS, Action, Kind, ObservedFile, Post, World
from better_classroom.errors import (
    BetterClassroomError,
    OutcomeUnknown,
    PartlyApplied,
    RefusedByGoogle,
    SignInNeeded,
    TryLater,
)
from better_classroom.keys import file_key, is_copy, path_of
from better_classroom.reports.wording import counted

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
    (Action.CREATE, Kind.REPLY): replies.create,
    (Action.UPDATE, Kind.REPLY): replies.correct,
}
"""Who carries out what."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A course, or a file, at which the run could not go on."""

    course: str
    """Empty for a file."""
    title: str
    error: BetterClassroomError
    left: set[str] = field(default_factory=set)
    """Keys of the items whose changes were not tried because of it."""

    @property
    def place(self) -> str:
        """Where it happened, for people."""
        return ": ".join(filter(None, (self.course or "files", f"“{self.title}”" if self.title else "")))

    def __str__(self) -> str:
        left = f"\n  because of it {len(self.left)} more were not tried" if self.left else ""
        return f"{self.error}{left}" if self.error.where == self.place else f"{self.place}: {self.error}{left}"


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    done: list[Change] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    unconfirmed: list[Change] = field(default_factory=list)
    """Published, as Google said, but without the link that a public post has: nobody may see them yet."""
    undelivered: list[Change] = field(default_factory=list)
    """Not made, since the one participant they are for has left the course; nothing else waited for them."""

    def raise_for_failures(self) -> None:
        """Raise PartlyApplied, or the one error that kept everything from being done."""
        if not self.failures:
            return
        if not self.done and len(self.failures) == 1:
            only = self.failures[0]
            only.error.where = ", ".join(dict.fromkeys(filter(None, (only.place, only.error.where))))
            raise only.error
        lines = "\n".join(f"  {failure}" for failure in self.failures)
        raise PartlyApplied(
            f"{counted(len(self.done), 'change')} made, and these could not be:\n{lines}",
            advice="Run the same command again: it goes on where this run stopped, and makes nothing twice.",
        )


Progress = Callable[[Change], None]


def run(plan: Plan, world: World, tools: Tools, *, progress: Progress = lambda _: None) -> Outcome:
    """Carry out a plan, a few changes at a time; what fails holds up only what needs it."""
    for record in plan.records:
        tools.ledger.settle(record.key, record.entry)
    alone = {change.item.asker for change in plan.changes if isinstance(change.item, Post) and change.item.asker}
    hand = Hand(tools, world, plan.now, tools.ledger.questions.asker_ids(alone))
    outcome = Run(hand, lanes.tasks(plan.changes), progress).finish()
    if not outcome.failures:
        _check_readers(hand, outcome)
    outcome.failures += [_held(blocker) for blocker in plan.blockers]
    outcome.unconfirmed += hand.unconfirmed
    return outcome


def _held(blocker: Blocker) -> Failure:
    """What Google would have refused, and was not tried."""
    error = RefusedByGoogle(blocker.reason, where=blocker.course, advice=blocker.advice)
    return Failure(blocker.course, "", error, {change.key for change in blocker.changes})


class Run:
    """The tasks of one plan on their way: which wait, which run, which are not to be tried any more."""

    def __init__(self, hand: Hand, tasks: Sequence[Task], progress: Progress) -> None:
        self._hand, self._tasks, self._progress = hand, tasks, progress
        self._outcome = Outcome()
        self._waiting = {number: set(task.after) for number, task in enumerate(tasks)}
        self._running: dict[Future[None], int] = {}
        self._stopped: dict[str, int] = {}
        """By account that can do no more: the number of the failure that says why."""

    def finish(self) -> Outcome:
        """Carry out all that can be. Stopped by hand, it still waits for the calls that are under way."""
        with ThreadPoolExecutor(self._hand.tools.side_by_side) as pool:
            try:
                self._start(pool)
                while self._running:
                    for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                        self._end(self._running.pop(future), future)
                    self._start(pool)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return self._outcome

    def _start(self, pool: ThreadPoolExecutor) -> None:
        for number in [number for number, after in self._waiting.items() if not after]:
            del self._waiting[number]
            task = self._tasks[number]
            if task.change.account in self._stopped:
                self._leave(number, self._stopped[task.change.account])
            else:
                step = posts.release if task.releases else STEPS[task.change.action, task.change.kind]
                self._running[pool.submit(step, self._hand, task.change)] = number

    def _end(self, number: int, future: Future[None]) -> None:
        task = self._tasks[number]
        try:
            future.result()
        except AskerLeft:
            self._outcome.undelivered.append(task.change)
            self._skip(task.change)
        except BetterClassroomError as error:
            self._outcome.failures.append(Failure(task.change.course, task.change.title, error))
            failure = len(self._outcome.failures) - 1
            if isinstance(error, SignInNeeded | TryLater) and not isinstance(error, OutcomeUnknown):
                self._stopped.setdefault(task.change.account, failure)
            self._leave(number, failure)
            return
        else:
            if task.ends:
                self._outcome.done.append(task.change)
                self._progress(task.change)
        self._finished(number)

    def _finished(self, number: int) -> None:
        for after in self._waiting.values():
            after.discard(number)

    def _skip(self, change: Change) -> None:
        """Do nothing more about a change; what waits for it goes on without it."""
        for number in [number for number in self._waiting if self._tasks[number].change is change]:
            del self._waiting[number]
            self._finished(number)

    def _leave(self, number: int, failure: int) -> None:
        """Do not try what needs a task that failed, or was left itself."""
        for later in [later for later, after in self._waiting.items() if number in after]:
            if later in self._waiting:
                del self._waiting[later]
                self._outcome.failures[failure].left.add(self._tasks[later].change.key)
                self._leave(later, failure)


def _check_readers(hand: Hand, outcome: Outcome) -> None:
    """Read back, once an account, that the participants of every course may open what was just published to them.

    Where they are to comment on it, that they may: Classroom, too, shares what it publishes, and for reading alone.
    """
    for email in dict.fromkeys(hand.published.values()):
        account = hand.tools.accounts[email]
        files = {file.remote_id: file for file in account.drive.files(hand.tools.programme)}
        for (course, target), owner in hand.published.items():
            entry = hand.entries.get(file_key(email, target))
            group = hand.courses[course].group_email.lower()
            if owner == email and group and entry and not _may(group, files.get(entry.remote_id), target):
                error = RefusedByGoogle(
                    f"participants cannot {'comment on' if is_copy(target) else 'open'} this file: the permission we "
                    "gave is gone again",
                    where=course,
                    advice="Share the file with the course in Drive, or ask the domain's administrator what forbids it.",
                )
                outcome.failures.append(Failure(course, path_of(target), error))


def _may(group: str, file: ObservedFile | None, target: str) -> bool:
    """Whether a course may do with a file what it is to do."""
    return file is not None and group in (file.commenters if is_copy(target) else file.readers)
