"""The source of questions that were asked in the online session: a CSV file of its chat or its Q&A."""

from __future__ import annotations

import hmac
import re
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
from better_classroom.questions.pulling import DURING, CoursePuller, Numbering
from better_classroom.questions.sessionfile import Said

SOURCE = "session"
_NAMELESS = re.compile(r"(?:anonymous.*|guest|unknown|anonüümne|anonimo|névtelen|anonym)?")


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
        name = " ".join(one.asker.casefold().split())
        text = storable(one.text)
        times[name, text] += 1
        source_id = _hash(key, seminar, name, text, str(times[name, text]))
        yield Found(
            source_id=source_id,
            seminar=seminar,
            slot=DURING,
            asker_id=asker_of(source_id if _NAMELESS.fullmatch(name) else name, course=course, key=key),
            text=text,
            withdrawn=False,
            at=one.at or starts,
            link="",
        )


def asker_of(name: str, *, course: str, key: bytes) -> str:
    """What stands for somebody of whom a course's session knows the name alone, however it is written."""
    return f"name:{_hash(key, course, ' '.join(name.casefold().split()))}"


def _hash(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()[:32]
