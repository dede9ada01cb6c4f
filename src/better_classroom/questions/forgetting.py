"""Forget people: what goes with them, what stays without them, and what time does by itself.

Everything is worked out from the ledger as it stands and carried out in one transaction, marks first; so a run that was
killed is simply run again, and whatever is brought in later is held against the marks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from better_classroom.answered import FORGOTTEN
from better_classroom.joining import Record, State
from better_classroom.keys import asker_of
from better_classroom.ledger import Ledger, Marks, Question
from better_classroom.ledger.forgetting import NOBODY, Heir, Kept, Removal
from better_classroom.programme import Programme
from better_classroom.questions.forgotten import Forgotten, is_from_before
from better_classroom.questions.organising import resumed
from better_classroom.questions.published import shown_versions
from better_classroom.questions.status import Event, Status, after
from better_classroom.questions.views import PUBLISH, TAKE_BACK, standing

ASKERS_AT_A_TIME = 200
"""Of those whose time is up; each lot is forgotten whole or not at all."""

Participants = Collection[tuple[str, str]]
"""Course and address, as the ledger has them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What forgetting works with."""

    ledger: Ledger
    programme: Programme
    marks: Marks
    now: datetime


def removal(
    desk: Desk,
    *,
    asker_ids: Collection[str] = (),
    participants: Participants = (),
    addresses: Collection[str] = (),
    keys: Collection[str] | None = None,
) -> Removal:
    """All that goes with these people; with ``keys``, of their questions these alone."""
    ledger, marks = desk.ledger, desk.marks
    going = {question.key: question for question in _questions(desk, asker_ids, keys)}
    deleted = {key for key, question in going.items() if not _is_answered(question)}
    heirs = tuple(_heirs(ledger, going, deleted))
    statuses = {heir.key: heir.status for heir in heirs}
    numbers = {number for asker_id, number in ledger.questions.numbers().items() if asker_id in asker_ids}
    return Removal(
        marks=frozenset(
            (
                marks.own,
                *(mark for question in going.values() for mark in _marks(marks, question)),
                *map(marks.person, asker_ids),
                *map(marks.address, addresses),
                *map(marks.number, numbers),
            )
        ),
        now=desk.now,
        deleted=frozenset(deleted),
        kept={
            key: _kept(desk, question, statuses.get(key, "")) for key, question in going.items() if key not in deleted
        },
        heirs=heirs,
        asker_ids=frozenset(asker_ids),
        participants=frozenset(participants),
        unwritten=frozenset(_unwritten(desk, numbers)) if going else frozenset(),
    )


def forget(ledger: Ledger, found: Removal) -> None:
    """Let all of it go; boards that hold any of it are to be made anew."""
    # First: a board that is made anew too early is made anew once more, one that nobody remembers keeps its rows.
    ledger.boards.mark_for_renewal({*found.deleted, *found.kept})
    ledger.forgetting.forget(found)


def expire(desk: Desk) -> int:
    """Forget everybody who asked, and all participants of old, since their time is up; how many had asked."""
    ends = desk.programme.kept_until
    assert ends is not None, "the time of a programme without seminars is never up"
    askers = sorted(set(desk.ledger.questions.numbers()) - {NOBODY})
    for start in range(0, len(askers), ASKERS_AT_A_TIME):
        forget(desk.ledger, removal(desk, asker_ids=askers[start : start + ASKERS_AT_A_TIME]))
    records = desk.ledger.people.records()
    old = {where for where, record in records.items() if _is_old(record, ends)}
    if old:
        # No mark of their addresses: they have not asked for it, and may be invited to what comes next.
        forget(desk.ledger, replace(removal(desk, participants=old), marks=frozenset()))
    if askers or old:
        desk.ledger.forgetting.scrub()
    return len(askers)


def again(desk: Desk) -> bool:
    """Forget anew what a ledger holds that was made before somebody was forgotten; whether it held anything."""
    if not Forgotten(desk.ledger, desk.marks).anybody():
        return False
    tombstones = desk.ledger.tombstones
    questions = [question for question in desk.ledger.questions.find() if question.asker != FORGOTTEN]
    records = desk.ledger.people.records()
    own = {question.key: desk.marks.question(*_at_source(question)) for question in questions}
    persons = {one: desk.marks.person(one) for one in desk.ledger.questions.numbers()}
    persons |= {record.user_id: desk.marks.person(record.user_id) for record in records.values() if record.user_id}
    addresses = {address: desk.marks.address(address) for _, address in records}
    made = tombstones.found([*own.values(), *persons.values(), *addresses.values()])
    keys = {
        question.key
        for question in questions
        if own[question.key] in made or is_from_before(_written(question), made.get(persons[question.asker_id]))
    }
    participants = {
        (course, address)
        for (course, address), record in records.items()
        if addresses[address] in made or persons.get(record.user_id) in made
    }
    asker_ids = {one for one, mark in persons.items() if mark in made}
    asker_ids |= {question.asker_id for question in questions if question.key in keys}
    found = removal(desk, asker_ids=asker_ids, participants=participants, keys=keys)
    # The marks that are there tell when; set anew, they would take what was asked since for what was asked before.
    forget(desk.ledger, replace(found, marks=frozenset()))
    desk.ledger.forgetting.scrub()
    return bool(keys or participants)


def _questions(desk: Desk, asker_ids: Collection[str], keys: Collection[str] | None) -> Sequence[Question]:
    theirs = desk.ledger.forgetting.keys_of(asker_ids) if keys is None else keys
    return desk.ledger.questions.find(keys=theirs)


def _is_answered(question: Question) -> bool:
    """Whether an expert has decided something that stands."""
    return any(answer.outcome != TAKE_BACK for answer in standing(question.answers))


def _at_source(question: Question) -> tuple[str, str, str]:
    return question.course, question.source, question.source_id


def _marks(marks: Marks, question: Question) -> tuple[str, str]:
    return marks.question(*_at_source(question)), marks.named(question.key)


def _kept(desk: Desk, question: Question, inherited: str) -> Kept:
    """An answered question as it stays: nobody waits for an answer to it any more."""
    decided = standing(question.answers)
    event = Event.ANSWERED if any(answer.outcome == PUBLISH for answer in decided) else Event.DECLINED
    shown = shown_versions(question, desk.programme)
    public = {answer.revision for answer in decided if answer.outcome == PUBLISH and answer.visibility == "public"}
    # Which answers a rewritten text has pushed out is told by the texts; where these go, it is told by their absence.
    versions = {text.n for text in question.texts} - (public - shown - {question.texts[-1].n})
    return Kept(
        mark=desk.marks.question(*_at_source(question)),
        status=inherited or after(event, question.status) or question.status,
        versions=frozenset(versions),
    )


def _heirs(ledger: Ledger, going: Mapping[str, Question], deleted: Collection[str]) -> Iterator[Heir]:
    """Of questions that were merged into one that goes, the first asked stands for the others from now on."""
    for key in sorted(deleted):
        members = [member for member in going[key].merged if member not in deleted]
        if members:
            found = sorted(ledger.questions.find(keys=members), key=lambda question: question.key in going)
            heir, *others = found
            status = resumed(heir, after(Event.UNMERGED, heir.status) or Status(heir.status))
            yield Heir(heir.key, status, tuple(other.key for other in others))


def _unwritten(desk: Desk, numbers: Collection[int]) -> Iterator[str]:
    """Posts with answers of which the programme says nothing any more, and what was written to these people alone."""
    keys = {*desk.ledger.entries(), *desk.ledger.pendings()}
    for course, seminar, slot in (key.split("/") for key in keys if key.count("/") == 2):  # noqa: PLR2004 - course/seminar/slot
        spec = desk.programme.seminars.get(seminar)
        is_managed = course in desk.programme.courses and not (spec and spec.questions is None)
        theirs = asker_of(slot) in {str(number) for number in numbers}
        if theirs or (slot.startswith(("answers", "private.")) and not is_managed):
            yield f"{course}/{seminar}/{slot}"


def _written(question: Question) -> datetime:
    last = question.texts[-1]
    return last.updated_at or last.seen_at


def _is_old(record: Record, ends: datetime) -> bool:
    """Whether nothing was done about a participant since; whom the organiser wants invited still waits for it."""
    last = max((instant for instant in (record.sent_at, record.joined_at) if instant), default=ends)
    return last <= ends and record.state not in {State.QUEUED, State.SENDING}
