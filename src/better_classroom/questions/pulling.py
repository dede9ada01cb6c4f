"""Bring what participants asked into the ledger: every text that is ever seen, each once.

A pull compares what a source shows with what the ledger holds, batch by batch, and records a batch at once: killed
anywhere, it has lost nothing, and the next pull goes on. Memory does not grow with the number of questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from better_classroom.course import Submission
from better_classroom.errors import OUT_OF_REACH, BetterClassroomError
from better_classroom.ledger import Known, Ledger
from better_classroom.ledger.columns import spelt
from better_classroom.ledger.questions import BY_SEMINAR, Batch
from better_classroom.programme import Programme
from better_classroom.questions.found import KEY_DIGITS, Found, digest, is_blank, key_of, storable
from better_classroom.questions.parting import apart
from better_classroom.questions.phases import is_late, phase
from better_classroom.questions.pseudonyms import Numbering
from better_classroom.questions.status import MOVES, Event, Status, after
from better_classroom.questions.submissions import SOURCE, boxes_of, found

BATCH = 10_000
"""Questions compared and recorded at a time."""

BATCH_CHARACTERS = 4_000_000
"""Characters after which a batch is recorded early: nobody limits how much a participant may write."""


@dataclass(frozen=True, slots=True)
class CoursePull:
    """What a pull met in one course; each question is counted once, under one of these."""

    course: str
    new: int = 0
    edited: int = 0
    withdrawn: int = 0
    resubmitted: int = 0
    """Handed in again, unchanged, after having been withdrawn."""
    unchanged: int = 0
    blank: int = 0
    """Handed in without a word, and never otherwise: no question yet."""
    forgotten: int = 0
    """Asked by somebody who was forgotten since: not taken."""


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull met, course by course, and what could not be read."""

    courses: tuple[CoursePull, ...]
    failed: Mapping[str, BetterClassroomError] = field(default_factory=dict)
    """Why, by what could not be done, in words."""
    unread: frozenset[str] = frozenset()
    """Keys of the courses that may have questions which were not read: boxes that a lost ledger knew are among them."""

    def with_(self, other: PullReport) -> PullReport:
        """What this pull and another one met together."""
        courses, failed = (*self.courses, *other.courses), {**self.failed, **other.failed}
        return PullReport(courses, failed, self.unread | other.unread)

    def total(self, name: str) -> int:
        """Sum over the courses of one of ``CoursePull``'s numbers."""
        return sum(getattr(course, name) for course in self.courses)


def pull(
    *,
    programme: Programme,
    ledger: Ledger,
    submissions: Callable[[str], Iterator[Submission]],
    now: datetime,
    key: bytes,
) -> PullReport:
    """Pull every course whose boxes the ledger knows; new questions go to their experts at once, older ones as need be.

    ``submissions`` lists the submissions of the course of a given key; it is not called for a course without boxes.
    ``key`` is the secret that makes pseudonyms. A course that cannot be read does not keep the others from being
    pulled: it stands in the report.
    """
    entries = list(ledger.entries().values())
    numbering = Numbering(ledger, programme.key, key)
    done: list[CoursePull] = []
    failed: dict[str, BetterClassroomError] = {}
    unread: set[str] = set()
    has_boxes = any(seminar.questions for seminar in programme.seminars.values())
    for course in programme.courses:
        boxes = boxes_of(entries, course)
        if not boxes:
            if has_boxes:
                unread.add(course)
            continue
        puller = CoursePuller(programme, ledger, numbering, course=course, source=SOURCE, now=now)
        try:
            done.append(puller.run(found(submissions(course), boxes)))
        except OUT_OF_REACH as error:
            failed[f"{course}: its questions could not be read"] = error
            unread.add(course)
    moves = {before.value: to.value for before, to in MOVES[Event.ROUTED].items()}
    for seminar in programme.seminars.values():
        ledger.questions.route(seminar.key, seminar.experts, moves=moves, now=now)
    return PullReport(tuple(done), failed, frozenset(unread))


class CoursePuller:
    """The pull of one source in one course."""

    def __init__(
        self, programme: Programme, ledger: Ledger, numbering: Numbering, *, course: str, source: str, now: datetime
    ) -> None:
        self._programme = programme
        self._ledger = ledger.questions
        self._numbering = numbering
        self._course = course
        self._source = source
        self._now = now
        self._experts = {key: tuple(dict.fromkeys(seminar.experts)) for key, seminar in programme.seminars.items()}
        self._counts: Counter[str] = Counter()

    def run(self, findings: Iterable[Found]) -> CoursePull:
        """Compare and record everything found, batch by batch."""
        cuts = self._ledger.moves.cuts(source=self._source, course=self._course)
        for findings_of_batch in _batches(apart(findings, cuts) if cuts else findings):
            self._ledger.record(self._compared(findings_of_batch))
        return CoursePull(self._course, **self._counts)

    def _compared(self, findings: list[Found]) -> Batch:
        """What of these findings the ledger does not hold yet."""
        source_ids = [finding.source_id for finding in findings]
        known = self._ledger.known(source=self._source, course=self._course, source_ids=source_ids)
        findings = self._remembered(findings, known)
        names = self._names(findings, known)
        batch = Batch()
        met: list[str] = []
        for finding in findings:
            # A listing may show a submission on two of its pages, so what this batch has just met is known too.
            earlier = known.get(finding.source_id)
            if earlier is not None:
                known[finding.source_id] = self._compare(batch, finding, earlier)
            elif finding.source_id in names:
                known[finding.source_id] = self._meet(batch, finding, names[finding.source_id])
                met.append(finding.asker_id)
            else:
                self._counts["blank"] += 1
        if met:
            batch.askers = list(self._numbering.missing(met).items())
        return batch

    def _remembered(self, findings: list[Found], known: Mapping[str, Known]) -> list[Found]:
        """The findings without those whose askers were forgotten; only what is new to the ledger may be among them."""
        fresh = [finding for finding in findings if finding.source_id not in known]
        gone = self._numbering.forgotten.findings(self._course, self._source, fresh, self._now)
        self._counts["forgotten"] += len(gone)
        return [finding for finding in findings if finding.source_id not in gone] if gone else findings

    def _names(self, findings: list[Found], known: Mapping[str, Known]) -> dict[str, str]:
        """Keys for those that are questions and were never met, by source id."""
        fresh = {
            finding.source_id: finding
            for finding in findings
            if finding.source_id not in known and not is_blank(finding.text)
        }
        names: dict[str, str] = {}
        length = KEY_DIGITS
        while fresh:
            wanted = {source_id: key_of(self._course, finding, length=length) for source_id, finding in fresh.items()}
            taken = self._ledger.taken_keys(wanted.values())
            for source_id, name in wanted.items():
                if name not in taken:
                    names[source_id] = name
                    taken.add(name)
                    del fresh[source_id]
            length += 2
        return names

    def _meet(self, batch: Batch, finding: Found, key: str) -> Known:
        """Take up a question that was never met."""
        asked_at = finding.at or self._now
        withdrawn_at = self._now if finding.withdrawn else None
        text = storable(finding.text)
        experts = self._experts.get(finding.seminar, ())
        status = MOVES[Event.ROUTED][Status.NEW] if experts else Status.NEW
        known = Known(key, 1, digest(text), self._is_late(finding), status.value, withdrawn_at)
        seminar = self._programme.seminars.get(finding.seminar)
        batch.questions.append(
            (
                key,
                self._source,
                finding.source_id,
                self._course,
                finding.seminar,
                finding.slot,
                phase(seminar, finding.slot, asked_at),
                known.late,
                finding.asker_id,
                spelt(asked_at),
                known.status,
                withdrawn_at and spelt(withdrawn_at),
                finding.link,
                known.revision,
                known.digest,
            )
        )
        self._keep_text(batch, finding, known, text)
        batch.assignments += [(key, expert, BY_SEMINAR, spelt(self._now)) for expert in experts]
        self._counts["new"] += 1
        return known

    def _compare(self, batch: Batch, finding: Found, earlier: Known) -> Known:
        """See what changed in a question met before; an empty text takes it back, and is no text to keep."""
        text = storable(finding.text)
        found = digest(text)
        # No blank text was ever kept, so one that is known is not blank.
        blank = found != earlier.digest and is_blank(finding.text)
        edited = not blank and found != earlier.digest
        withdrawn = finding.withdrawn or blank
        if not edited and withdrawn == (earlier.withdrawn_at is not None):
            self._counts["unchanged"] += 1
            return earlier
        known = earlier._replace(withdrawn_at=(earlier.withdrawn_at or self._now) if withdrawn else None)
        if edited:
            known = known._replace(
                revision=earlier.revision + 1,
                digest=found,
                late=self._is_late(finding),
                status=(after(Event.EDITED, earlier.status) or Status(earlier.status)).value,
            )
            self._keep_text(batch, finding, known, text)
        taken_back = withdrawn and earlier.withdrawn_at is None
        self._counts["withdrawn" if taken_back else "edited" if edited else "resubmitted"] += 1
        batch.changes[known.key] = {
            name: getattr(known, name) for name in ("revision", "digest", "late", "status", "withdrawn_at")
        }
        return known

    def _keep_text(self, batch: Batch, finding: Found, known: Known, text: str) -> None:
        written = finding.at and spelt(finding.at)
        batch.texts.append((known.key, known.revision, text, spelt(self._now), written))

    def _is_late(self, finding: Found) -> bool:
        return is_late(self._programme.seminars.get(finding.seminar), finding.slot, finding.at or self._now)


def _batches(findings: Iterable[Found]) -> Iterator[list[Found]]:
    """Findings in lists that are small whatever anyone wrote."""
    batch: list[Found] = []
    characters = 0
    for finding in findings:
        batch.append(finding)
        characters += len(finding.text)
        if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
