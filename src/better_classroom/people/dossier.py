"""Everything that is kept about one person, in an order of its own: the same world gives the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from better_classroom.joining import Record, address_key
from better_classroom.keys import asker_of
from better_classroom.ledger import Ledger, Question
from better_classroom.ledger.dossier import Rows
from better_classroom.memory import Entry, Pending
from better_classroom.people.identity import Identity
from better_classroom.programme import Programme, topic_name
from better_classroom.questions.namesakes import is_recognised

_TOLD = ("recipient", "kind", "version", "told_at")


def dossier(who: Identity, *, programme: Programme, ledger: Ledger) -> dict[str, Any]:
    """Everything about one person, as JSON takes it."""
    found = ledger.questions.find(keys=ledger.forgetting.keys_of(who.asker_ids))
    rows = ledger.dossier.about_questions([question.key for question in found])
    return {
        "programme": programme.key,
        "person": {
            "names": sorted(who.names),
            "addresses": sorted(who.addresses),
            "google_ids": sorted(one for one in who.asker_ids if is_recognised(one)),
            "pseudonyms": sorted(who.numbers),
        },
        "participation": _participation(who, programme, ledger),
        "questions": [_question(question, programme, rows) for question in found],
        "announcements_to_them_alone": _announcements(who, ledger),
        "as_expert": [_expert(key, programme, ledger) for key in sorted(who.experts)],
    }


def _participation(who: Identity, programme: Programme, ledger: Ledger) -> dict[str, Any]:
    listed = [
        {"course": course.key, "name": one.name, "email": one.email}
        for course in programme.courses.values()
        for one in course.participants or ()
        if address_key(one.email) in who.addresses
    ]
    records = sorted(theirs(who, ledger).items())
    return {
        "in_participants_files": listed,
        "in_courses": list(who.courses),
        "in_the_ledger": [_plain(_record(record)) for _, record in records],
    }


def theirs(who: Identity, ledger: Ledger) -> dict[tuple[str, str], Record]:
    """The participant's rows in the ledger, by course and address."""
    return {
        where: record
        for where, record in ledger.people.records().items()
        if record.address in who.addresses or (record.user_id and record.user_id in who.asker_ids)
    }


def _record(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in Record.__slots__} | {"state": record.state.value}


def _question(question: Question, programme: Programme, rows: Mapping[str, Rows]) -> dict[str, Any]:
    seminar = programme.seminars.get(question.seminar)
    of = {table: [row for row in found if question.key in _keys(row)] for table, found in rows.items()}
    decided = {row["n"]: row for row in of["approvals"]}
    plain = ("key", "seminar", "course", "source", "source_id", "slot", "phase", "late", "link")
    return {name: getattr(question, name) for name in plain} | {
        "topic": topic_name(seminar, programme.languages[0]) if seminar else question.seminar,
        "pseudonym": question.asker,
        "status": question.status,
        "asked_at": _told(question.asked_at),
        "withdrawn_at": _told(question.withdrawn_at),
        "texts": [
            {"version": text.n, "text": text.text, "seen_at": _told(text.seen_at), "written_at": _told(text.updated_at)}
            for text in question.texts
        ],
        "assigned_to": [_plain(row, "expert", "assigned_by", "assigned_at") for row in of["assignments"]],
        "answers": [
            {
                "n": answer.n,
                "to_version": answer.revision,
                "expert": answer.expert,
                "outcome": answer.outcome,
                "visibility": answer.visibility,
                "text": answer.text,
                "taken_at": _told(answer.taken_at),
                "approval": _plain(decided[answer.n], "decision", "reason", "decided_at")
                if answer.n in decided
                else None,
            }
            for answer in question.answers
        ],
        "answered_in_session": question.spoken,
        "merged_into": question.merged_into,
        "stands_for": list(question.merged),
        "splits": [_plain(row, "part", "question", "head", "added", "split_at") for row in of["splits"]],
        "on_boards_of": sorted({row["expert"] for row in of["board_rows"]}),
        "mailed": [_plain(row, *_TOLD) for row in of["notices"]],
    }


def _keys(row: Mapping[str, Any]) -> set[Any]:
    return {row.get("question"), row.get("part"), row.get("about")}


def _announcements(who: Identity, ledger: Ledger) -> list[dict[str, Any]]:
    """What was, or is being, written to this person alone: its key names the pseudonym."""
    kept: dict[str, Entry | Pending] = {**ledger.pendings(), **ledger.entries()}
    return [
        {"key": key, "course": item.course, "text": item.sent.get("text")}
        for key, item in sorted(kept.items())
        if asker_of(key) in {str(number) for number in who.numbers}
    ]


def _expert(key: str, programme: Programme, ledger: Ledger) -> dict[str, Any]:
    """What is kept about an expert; what they were asked is the askers' and stands here by its key alone."""
    expert = programme.experts[key]
    rows = ledger.dossier.about_expert(key)
    return {
        "key": key,
        "name": expert.name,
        "partner": expert.partner,
        "email": expert.email,
        "language": expert.language,
        "leads": [seminar.key for seminar in programme.seminars.values() if key in seminar.experts],
        "assigned": [_plain(row, "question", "assigned_by", "assigned_at") for row in rows["assignments"]],
        "answers": [_plain(row) for row in rows["answers"]],
        "boards": [_plain(row) for row in rows["boards"]],
        "mailed": [_plain(row, "about", *_TOLD[1:]) for row in rows["notices"]],
    }


def _plain(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: _told(row[name]) for name in names or tuple(row)}


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def named_in_answers(who: Identity, questions: Collection[Question]) -> Iterator[str]:
    """Keys of the questions whose answers name the person, or repeat their words: only the expert can change that."""
    words = [word.casefold() for word in (*who.names, *who.addresses) if word]
    for question in questions:
        said = " ".join(answer.text.casefold() for answer in question.answers)
        repeated = [text.text.strip().casefold() for text in question.texts]
        if any(word in said for word in words) or any(text and text in said for text in repeated):
            yield question.key
