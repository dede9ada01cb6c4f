"""The source of questions that a programme may switch on: comments on the slides in Drive.

Each course has its own copies of the slides, so where a comment stands tells who may have written it. Drive gives an
author's name alone; who it is, is known where exactly one participant of the course has that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from better_classroom.answered import FORGOTTEN, Answered
from better_classroom.comments import ObservedComment
from better_classroom.course import ObservedFile
from better_classroom.errors import OUT_OF_REACH, BetterClassroomError
from better_classroom.keys import copy_for, file_mark
from better_classroom.ledger import Ledger
from better_classroom.programme import CourseSpec, FileAttachment, Programme
from better_classroom.questions import namesakes
from better_classroom.questions.found import Found, is_blank
from better_classroom.questions.phases import SLIDES
from better_classroom.questions.pseudonyms import Numbering
from better_classroom.questions.pulling import BATCH, CoursePull, CoursePuller, PullReport
from better_classroom.questions.remarks import Said, said

SOURCE = "slides"

People = Callable[[str], Iterable[tuple[str, str, str]]]
"""Number, full name and address of each participant of the course of a key."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One course's copy of a presentation."""

    course: str
    seminar: str
    """The first whose material carries it."""
    path: str
    file: ObservedFile


@dataclass(frozen=True, slots=True)
class Drives:
    """What a pull asks Google for; every call may raise RefusedByGoogle, SignInNeeded and TryLater."""

    files: Mapping[str, Sequence[ObservedFile]]
    """Our files in each account's Drive, as they were listed in this run."""
    comments: Callable[[Slide], list[ObservedComment]]
    """All comments on a file."""
    people: People


def pull(
    *, programme: Programme, ledger: Ledger, drives: Drives, now: datetime, key: bytes, pool: Executor
) -> PullReport:
    """Pull the comments on every slide that changed since its comments were last recorded.

    A version is recorded only after all that was asked up to it: a pull that is killed reads the file again. What cannot
    be read does not keep the rest from being pulled: it stands in the report.
    """
    read = ledger.slides.versions()
    moved = [slide for slide in copies(programme, drives.files) if _has_moved(slide, read)]
    threads = [(slide, pool.submit(drives.comments, slide)) for slide in moved]
    pullers: dict[str, _CourseSlides] = {}
    numbering = Numbering(ledger, programme.key, key)
    failed: dict[str, BetterClassroomError] = {}
    unread: set[str] = set()
    for slide, listed in threads:
        course = pullers.get(slide.course)
        if course is None:
            puller = CoursePuller(programme, ledger, numbering, course=slide.course, source=SOURCE, now=now)
            course = pullers[slide.course] = _CourseSlides(puller, ledger, drives.people, slide.course, key)
        try:
            course.take(slide, listed.result())
        except OUT_OF_REACH as error:
            failed[f"{slide.course}: the comments on {slide.path} could not be read"] = error
            unread.add(slide.course)
        else:
            ledger.slides.read(slide.file.remote_id, version=slide.file.version, now=now)
    return PullReport(tuple(course.met for course in pullers.values()), failed, frozenset(unread))


def copies(programme: Programme, files: Mapping[str, Sequence[ObservedFile]]) -> Iterator[Slide]:
    """Every copy of a presentation that is in Drive, each once."""
    for course in programme.courses.values():
        there = {file.key: file for file in files.get(course.account, ())}
        for path, seminar in _attached(programme, course).items():
            file = there.get(file_mark(copy_for(path, course.key)))
            if file:
                yield Slide(course.key, seminar, path, file)


def _attached(programme: Programme, course: CourseSpec) -> dict[str, str]:
    """The first seminar of each presentation of a course, by its path."""
    found: dict[str, str] = {}
    for seminar in programme.seminars.values():
        for material in (seminar.materials or {}).values():
            for attachment in material.attachments:
                if isinstance(attachment, FileAttachment):
                    found.setdefault(attachment.path(course.language), seminar.key)
    return found


def _has_moved(slide: Slide, read: Mapping[str, str]) -> bool:
    return not slide.file.version or read.get(slide.file.remote_id) != slide.file.version


class _CourseSlides:
    """The comments of one course, one file after another; its people are listed once, and only for someone new."""

    def __init__(self, puller: CoursePuller, ledger: Ledger, people: People, course: str, key: bytes) -> None:
        self._puller = puller
        self._ledger = ledger
        self._people = people
        self._course = course
        self._key = key
        self._numbers: Mapping[str, str] | None = None
        self.met = CoursePull(course)

    def take(self, slide: Slide, comments: Sequence[ObservedComment]) -> None:
        """Record what is asked in the threads of one file."""
        self.met = self._puller.run(self._found(slide, comments))

    def _found(self, slide: Slide, comments: Sequence[ObservedComment]) -> Iterator[Found]:
        """What was asked, in the shape of every source."""
        everything = said(slide.file.remote_id, comments)
        while some := list(islice(everything, BATCH)):
            known = self._ledger.questions.known(
                source=SOURCE, course=self._course, source_ids=[one.source_id for one in some]
            )
            for one in some:
                is_new = one.source_id not in known and not is_blank(one.text)
                yield Found(
                    source_id=one.source_id,
                    seminar=slide.seminar,
                    slot=SLIDES,
                    asker_id=self._asker(one) if is_new else self._by_name(one),
                    text=one.text,
                    withdrawn=one.withdrawn,
                    at=one.at,
                    link="",
                )

    def _asker(self, one: Said) -> str:
        """Google's number of the asker where the name tells who it is."""
        if self._numbers is None:
            self._numbers = namesakes.only_ones(self._people(self._course))
        return namesakes.same_person(one.author, self._numbers) or self._by_name(one)

    def _by_name(self, one: Said) -> str:
        return namesakes.by_name(namesakes.folded(one.author), course=self._course, alone=one.source_id, key=self._key)


def with_threads(ledger: Ledger, answers: Sequence[Answered]) -> tuple[Answered, ...]:
    """The answers, each with the threads in which it was asked for: its own, and those of what was merged into it."""
    places: dict[str, list[tuple[str, str, str]]] = {}
    for question in ledger.questions.find(source=SOURCE):
        # Where a forgotten person's thread is nobody knows any more; what we said in it goes.
        if question.withdrawn_at is None and question.asker != FORGOTTEN:
            place = (question.course, question.key, _thread(question.source_id))
            places.setdefault(question.merged_into or question.key, []).append(place)
    return tuple(replace(answer, threads=tuple(places.get(answer.question, ()))) for answer in answers)


def _thread(source_id: str) -> str:
    """The thread of a question, also of one that was split off another, or asked in a reply."""
    file, comment = source_id.partition("#")[0].split("/")[:2]
    return f"{file}/{comment}"
