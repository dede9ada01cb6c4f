"""What an organiser does with questions: assign, hide, merge, split. Each move is allowed by ``status.MOVES`` or refused.

A command names several questions; either all of them move or, when one may not, none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from better_classroom.errors import UsageError
from better_classroom.ledger import Cut, Ledger, Question
from better_classroom.programme import Programme
from better_classroom.questions.found import KEY_DIGITS, Found, digest, key_of
from better_classroom.questions.phases import is_late, phase
from better_classroom.questions.status import Event, Status, after
from better_classroom.questions.views import TAKE_BACK, decision, standing
from better_classroom.reports.questions import Told, additions

_WHY_NOT = {
    Status.HIDDEN: "Bring it back first: questions unhide {key}",
    Status.MERGED: "Let it stand by itself first: questions split {key}",
    Status.ANSWERED: "Its answer stands: let its expert take it back first, or leave the question as it is.",
    Status.DECLINED: "Its expert has declined it: let them take that back first, or leave the question as it is.",
    Status.UNDELIVERABLE: "Its answer stands, and its asker has left the course.",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a question."""

    key: str
    status: str


def assign(
    ledger: Ledger, programme: Programme, keys: Sequence[str], experts: Sequence[str], now: datetime
) -> list[Moved]:
    """Put questions to these experts instead of those they were put to; no pull takes that back."""
    for expert in experts:
        if expert not in programme.experts:
            advice = f"It has {', '.join(programme.experts)}."
            raise UsageError(f"the programme has no expert {expert!r}", advice=advice)
    statuses = {one.key: _after(Event.ROUTED, one).value for one in named(ledger, keys)}
    ledger.questions.moves.assign(statuses, list(dict.fromkeys(experts)), now=now)
    ledger.boards.read_again(experts)
    return _moved(statuses)


def hide(ledger: Ledger, keys: Sequence[str]) -> list[Moved]:
    """Set questions aside: no expert is asked, and no answer of theirs is published."""
    statuses = {one.key: _after(Event.HIDDEN, one).value for one in named(ledger, keys)}
    ledger.questions.moves.become(statuses)
    return _moved(statuses)


def unhide(ledger: Ledger, keys: Sequence[str]) -> list[Moved]:
    """Bring hidden questions back to where their experts had left them."""
    hidden = named(ledger, keys)
    statuses = {one.key: resumed(one, _after(Event.UNHIDDEN, one)).value for one in hidden}
    ledger.questions.moves.become(statuses)
    ledger.boards.read_again({expert for one in hidden for expert in one.experts})
    return _moved(statuses)


def merge(ledger: Ledger, keys: Sequence[str], into: str, now: datetime) -> list[Moved]:
    """Let one question stand for others that ask the same; its answer is theirs, and all who asked are named."""
    (target,) = named(ledger, [into])
    if after(Event.HIDDEN, target.status) is None:
        raise UsageError(
            f"{target.key} is {target.status}, so nothing can be merged into it",
            advice=f"Merge into {target.merged_into}."
            if target.merged_into
            else f"Bring it back: questions unhide {target.key}",
        )
    merged = [one for one in named(ledger, keys) if one.key != target.key]
    if not merged:
        raise UsageError("a question cannot be merged into itself", advice="Name two different questions.")
    for one in merged:
        if one.seminar != target.seminar:
            raise UsageError(
                f"{one.key} was asked about {one.seminar}, {target.key} about {target.seminar}",
                advice="Answers are published by seminar: merge questions of one seminar, and answer each seminar's.",
            )
    statuses = {one.key: _after(Event.MERGED, one).value for one in merged}
    ledger.questions.moves.merge(merged, target.key, status=Status.MERGED.value, now=now)
    return _moved(statuses)


def split(ledger: Ledger, programme: Programme, key: str, now: datetime) -> list[Moved]:
    """Take a merged question out again; else make what its asker added last a question of its own."""
    (question,) = named(ledger, [key])
    if question.status == Status.MERGED:
        statuses = {question.key: resumed(question, _after(Event.UNMERGED, question)).value}
        ledger.questions.moves.become(statuses)
        ledger.boards.read_again(question.experts)
        return _moved(statuses)
    cut = _cut(ledger, question, now)
    texts = {text.n: text for text in question.texts}
    written = texts[cut.since].updated_at
    seminar, slot = programme.seminars.get(question.seminar), question.slot
    asked_at = written or texts[cut.since].seen_at
    status = Status.ASSIGNED if question.experts else Status.NEW
    part = {name: getattr(question, name) for name in _SHARED} | {
        "key": cut.part,
        "source_id": cut.part_id,
        "phase": phase(seminar, slot, asked_at),
        "late": is_late(seminar, slot, asked_at),
        "asked_at": asked_at,
        "status": status.value,
        "revision": 1,
        "digest": digest(cut.added),
    }
    before = tuple(text for text in question.texts if text.n < cut.since)
    kept = resumed(replace(question, texts=before), _after(Event.SPLIT, question))
    left = {
        "digest": digest(cut.head),
        "status": kept.value,
        "late": is_late(seminar, slot, before[-1].updated_at or before[-1].seen_at),
    }
    ledger.questions.moves.split(cut, part, written=written, left=left)
    return [Moved(question.key, kept.value), Moved(cut.part, status.value)]


_SHARED = ("source", "course", "seminar", "slot", "asker_id", "withdrawn_at", "link")


def _cut(ledger: Ledger, question: Question, now: datetime) -> Cut:
    """Where the last addition begins; refused where there is none, or where it has been answered."""
    _after(Event.SPLIT, question)
    told = [Told(text.n, text.text, text.updated_at or text.seen_at) for text in question.texts]
    parts = additions(told)
    if len(parts) == 1:
        advice = "Only a text that has grown can be split; questions show tells how it grew."
        raise UsageError(f"nothing was added to {question.key}", advice=advice)
    last = parts[-1]
    if any(answer.revision >= last.version and answer.outcome != TAKE_BACK for answer in standing(question.answers)):
        raise UsageError(
            f"what was added to {question.key} is answered", advice=_WHY_NOT[Status.ANSWERED].format(key=question.key)
        )
    head = next(text.text for text in reversed(question.texts) if text.n < last.version).rstrip()
    part_id = f"{question.source_id}#{last.version}"
    found = Found(part_id, question.seminar, question.slot, question.asker_id, last.text, False, last.at, "")  # noqa: FBT003 - a tuple, which has no keywords to ask for
    length = KEY_DIGITS
    while ledger.questions.taken_keys([key_of(question.course, found, length=length)]):
        length += 2
    key = key_of(question.course, found, length=length)
    return Cut(question.key, key, part_id, last.version, question.texts[-1].n, head, last.text, now)


def typed(key: str) -> str:
    """A question's key as somebody typed it, or copied it from a board or a file, where its version follows."""
    return key.strip().casefold().partition("/")[0]


def named(ledger: Ledger, keys: Sequence[str]) -> list[Question]:
    """The questions of these keys, in their order, each once; refused where there is none of one."""
    wanted = list(dict.fromkeys(map(typed, keys)))
    found = {question.key: question for question in ledger.questions.find(keys=wanted)}
    missing = [key for key in wanted if key not in found]
    if missing:
        advice = "“questions list” shows every key; nothing was changed."
        raise UsageError(f"there is no question {', '.join(map(repr, missing))}", advice=advice)
    return [found[key] for key in wanted]


def _after(event: Event, question: Question) -> Status:
    """What the question becomes; refused where the table does not allow it."""
    status = after(event, question.status)
    if status is not None:
        return status
    advice = _WHY_NOT.get(Status(question.status), "")
    if event is Event.UNHIDDEN:
        advice = "Only what is hidden can be brought back: questions list --status hidden"
    if event is Event.HIDDEN and question.status == Status.HIDDEN:
        advice = "It stays hidden."
    raise UsageError(
        f"{question.key} is {question.status}, so it cannot be {event.value}; nothing was changed",
        advice=advice.format(key=question.key),
    )


def resumed(question: Question, status: Status) -> Status:
    """Where a question stands that goes on where its experts had left it."""
    if question.experts:
        status = after(Event.ROUTED, status) or status
    decided = decision(question, question.answers)
    return status if decided is Event.TAKEN_BACK else after(decided, status) or status


def _moved(statuses: dict[str, str]) -> list[Moved]:
    return [Moved(key, status) for key, status in statuses.items()]
