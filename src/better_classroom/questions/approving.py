"""Which answers go out: the latest of each expert, or the latest that an organiser approved, where that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from better_classroom.errors import UsageError
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.programme import Programme
from better_classroom.questions.organising import Moved, named
from better_classroom.questions.status import SET_ASIDE, Event, Status, after
from better_classroom.questions.views import TAKE_BACK, in_order


class Going(NamedTuple):
    """An answer that goes out, or has."""

    answer: Answer
    since: datetime
    """When it, or the one that it corrects, was first ready to go out."""
    quiet: bool
    """It is no news to anybody."""


def going_out(question: Question, *, approval: bool) -> tuple[Going, ...]:
    """The answers of a question that go out, by the version they answer; ``approval``: only what was approved.

    Until a correction is approved, what was approved before it stands. What an organiser sent back never goes out,
    whatever the programme says by now; a take-back needs nobody's approval.
    """
    found = [_standing(question, chain, approval=approval) for chain in _chains(question.answers)]
    going = [one for one in found if one is not None]
    return tuple(sorted(going, key=lambda one: (one.answer.revision, one.answer.n)))


def waiting(question: Question) -> tuple[Answer, ...]:
    """The answers about which an organiser has yet to decide."""
    if question.status in SET_ASIDE:
        return ()
    latest = (chain[-1] for chain in _chains(question.answers))
    return tuple(answer for answer in latest if answer.outcome != TAKE_BACK and answer.n not in question.decisions)


def all_waiting(ledger: Ledger, programme: Programme) -> tuple[Question, ...]:
    """Every question with an answer that waits for approval; none where the programme asks for no approval."""
    if programme.questions.approval != "organiser":
        return ()
    return tuple(one for one in in_order(ledger.questions.find(answered=True), programme) if waiting(one))


def approve(ledger: Ledger, programme: Programme, keys: Sequence[str] | None, now: datetime) -> list[Moved]:
    """Let the waiting answers of these questions go out, or all there are (None); the next apply publishes them."""
    _refuse_unless_asked_for(programme)
    questions = all_waiting(ledger, programme) if keys is None else _with_waiting(ledger, keys)
    ledger.approvals.decide(_numbers(questions), approved=True, now=now)
    return [Moved(question.key, "approved") for question in questions]


def reject(ledger: Ledger, programme: Programme, keys: Sequence[str], reason: str, now: datetime) -> list[Moved]:
    """Send the waiting answers of these questions back to their experts, who are told why."""
    _refuse_unless_asked_for(programme)
    if not reason.strip():
        raise UsageError("the expert has to know why", advice="Say it with --reason “…”.")
    questions = _with_waiting(ledger, keys)
    statuses = {one.key: (after(Event.REJECTED, one.status) or Status(one.status)).value for one in questions}
    ledger.approvals.decide(_numbers(questions), approved=False, reason=reason.strip(), now=now, statuses=statuses)
    return [Moved(key, status) for key, status in statuses.items()]


def _standing(question: Question, chain: Iterable[Answer], *, approval: bool) -> Going | None:
    stands: Going | None = None
    for answer in chain:
        decided = question.decisions.get(answer.n)
        if answer.outcome == TAKE_BACK:
            stands = None
        elif not question.is_rejected(answer) and (decided or not approval):
            fresh = Going(answer, decided.at if decided else answer.taken_at, answer.n in question.quiet)
            corrects = stands is not None and _kind(stands.answer) == _kind(answer)
            stands = fresh._replace(since=stands.since, quiet=stands.quiet) if stands and corrects else fresh
    return stands


def _kind(answer: Answer) -> tuple[str, str]:
    """What an answer is for those who read it: one made public later is news on that day."""
    return answer.outcome, answer.visibility


def _chains(answers: Iterable[Answer]) -> Collection[Sequence[Answer]]:
    """What each expert decided about each version, one after another."""
    chains: defaultdict[tuple[int, str], list[Answer]] = defaultdict(list)
    for answer in sorted(answers, key=lambda answer: answer.n):
        chains[answer.revision, answer.expert].append(answer)
    return chains.values()


def _numbers(questions: Iterable[Question]) -> Iterator[tuple[str, int]]:
    return ((question.key, answer.n) for question in questions for answer in waiting(question))


def _with_waiting(ledger: Ledger, keys: Sequence[str]) -> list[Question]:
    questions = named(ledger, keys)
    idle = [question.key for question in questions if not waiting(question)]
    if idle:
        raise UsageError(
            f"no answer to {', '.join(idle)} waits for approval; nothing was changed",
            advice="“answers list” shows what waits, “answers list --all” what was decided.",
        )
    return questions


def _refuse_unless_asked_for(programme: Programme) -> None:
    if programme.questions.approval != "organiser":
        raise UsageError(
            "this programme publishes answers without anybody's approval",
            advice="Write “approval: organiser” under “questions:” in the programme, if they are to wait for it.",
        )
