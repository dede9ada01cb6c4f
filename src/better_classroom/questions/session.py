"""The source of questions that were asked in the online session: a CSV file of its chat or its Q&A."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from better_classroom.errors import Complaint, UsageError
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.questions import sessionfile
from better_classroom.questions.found import Found, storable
from better_classroom.questions.namesakes import by_name, folded, has_name, hashed
from better_classroom.questions.naming import tidied
from better_classroom.questions.phases import DURING
from better_classroom.questions.pseudonyms import Numbering
from better_classroom.questions.pulling import CoursePuller
from better_classroom.questions.sessionfile import Said

SOURCE = "session"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a file."""

    new: int
    known: int
    """Recorded by an earlier import."""
    left_out: dict[str, int]
    """Lines that are no questions, by their kind."""
    complaints: tuple[Complaint, ...]
    notices: tuple[str, ...]


def take(
    path: Path, *, programme: Programme, ledger: Ledger, seminar: str, course: str, now: datetime, key: bytes
) -> Imported:
    """Record what was asked in a session; taking a file twice, or one that has grown, records each question once.

    ``key`` is the secret that makes pseudonyms. Good lines are taken, every other one stands in the complaints.
    """
    if not key:
        advice = "Set pseudonym_key in better-classroom.toml to a long random text, and keep it."
        raise UsageError("Pseudonyms need a secret key, and none is set.", advice=advice)
    of = programme.seminars[seminar]
    file = sessionfile.read(path, starts=of.starts, zone=programme.time_zone)
    numbering = Numbering(ledger, programme.key, key)
    puller = CoursePuller(programme, ledger, numbering, course=course, source=SOURCE, now=now)
    findings = list(found(file.said, seminar=seminar, course=course, starts=of.starts, key=key))
    pulled = puller.run(findings)
    if programme.questions.askers == "named":
        given = {found.asker_id: said.asker for found, said in zip(findings, file.said, strict=True)}
        kept = ledger.names.known(given)  # blank lines are no questions, so their askers are nobody's
        ledger.names.remember({asker: tidied(given[asker]) for asker in kept if has_name(given[asker])})
    answers = {finding.source_id: said.answer for finding, said in zip(findings, file.said, strict=True) if said.answer}
    if answers:
        known = ledger.questions.known(source=SOURCE, course=course, source_ids=list(answers))
        ledger.questions.moves.spoken(
            {known[name].key: storable(text) for name, text in answers.items() if name in known}
        )
    return Imported(
        new=pulled.new,
        known=pulled.unchanged,
        left_out=dict(file.left_out + Counter({"from people who were forgotten": pulled.forgotten})),
        complaints=tuple(file.complaints),
        notices=tuple(file.notices),
    )


def found(said: Iterable[Said], *, seminar: str, course: str, starts: datetime, key: bytes) -> Iterator[Found]:
    """What was asked, in the shape of every source.

    A question is known by its asker's name and its words: a time may be written otherwise in the next export. Who says
    the same twice has asked twice. An asker is known by a keyed hash of course and name; one without a name is nobody
    else.
    """
    times: Counter[tuple[str, str]] = Counter()
    for one in said:
        name = folded(one.asker)
        text = storable(one.text)
        times[name, text] += 1
        source_id = hashed(key, seminar, name, text, str(times[name, text]))
        yield Found(
            source_id=source_id,
            seminar=seminar,
            slot=DURING,
            asker_id=by_name(name, course=course, alone=source_id, key=key),
            text=text,
            withdrawn=False,
            at=one.at or starts,
            link="",
        )
