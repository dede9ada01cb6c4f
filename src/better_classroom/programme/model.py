"""The programme as the rest of the code knows it: whole, checked, every time an instant, every text resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from better_classroom.programme.words import collapsed
from better_classroom.texts import LANGUAGES

LONGEST_TOPIC = 100
"""Characters of a topic's name, trimmed and collapsed (google-apis.md A.2)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text for participants in the languages it was written in.

    ``words`` holds it by language, the programme's fallback first, and those that the programme does not name last, as they
    were written; what was written once for all stands in each.
    """

    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, value: str | Mapping[str, str], languages: Sequence[str] = LANGUAGES) -> Text:
        """Make a text of one string for all ``languages``, or of one per language; the first is the fallback."""
        if isinstance(value, str):
            return cls(tuple((language, value) for language in languages))
        order = dict.fromkeys((*(language for language in languages if language in value), *value))
        return cls(tuple((language, value[language]) for language in order))

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can be said in without falling back."""
        return frozenset(language for language, _ in self.words)

    def say(self, language: str) -> str:
        """Return the text in that language, else in the fallback language, else in any."""
        return next((text for spoken, text in self.words if spoken == language), self.words[0][1])


@dataclass(frozen=True, slots=True)
class Participant:
    """One line of a course's participants."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CourseSpec:
    """The course of one city, and how to find it: by exactly one of alias and id."""

    key: str
    language: str
    alias: str | None
    id: str | None
    time_zone: ZoneInfo
    account: str
    city: Text
    name: Text | None = None
    participants: tuple[Participant, ...] | None = None


@dataclass(frozen=True, slots=True)
class Expert:
    """Someone who leads seminars and answers questions."""

    key: str
    name: str
    partner: str
    email: str
    language: str = LANGUAGES[0]
    """In which the expert is written to."""
    board: Literal["sheet", "file"] = "sheet"
    """Whether the questions come in a Google Sheet, or in files that an organiser exports and imports."""

    @property
    def has_sheet(self) -> bool:
        """Whether a Google Sheet is kept for this expert, who must be reachable to be given it."""
        return self.board == "sheet" and bool(self.email)


@dataclass(frozen=True, slots=True)
class Join:
    """How to take part on the day."""

    with_: str
    url: str


@dataclass(frozen=True, slots=True)
class FileAttachment:
    """A presentation: one file, or one per language. Paths are relative to the programme's folder, with ``/``."""

    files: Text

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path it can be, each once."""
        return tuple(dict.fromkeys(path for _, path in self.files.words))

    def path(self, language: str) -> str:
        """Return the path for a course in that language."""
        return self.files.say(language)


@dataclass(frozen=True, slots=True)
class LinkAttachment:
    """A web address."""

    url: str


@dataclass(frozen=True, slots=True)
class YoutubeAttachment:
    """A video, by YouTube's id."""

    id: str


Attachment: TypeAlias = FileAttachment | LinkAttachment | YoutubeAttachment


@dataclass(frozen=True, slots=True)
class Material:
    """One post under a seminar's topic."""

    key: str
    title: Text
    publish: datetime
    text: Text | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a question box asks for questions."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Boxes:
    """A seminar's question boxes; None where there is none."""

    before: Window | None = None
    after: Window | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """An announcement before a seminar; ``key`` is made of the words its time was written in."""

    key: str
    publish: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement outside any seminar."""

    publish: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class Seminar:
    """One unit of the programme. A section that is None was not written, and is not managed."""

    key: str
    title: Text
    starts: datetime
    ends: datetime
    label: Text | None = None
    summary: Text | None = None
    experts: tuple[str, ...] = ()
    join: Join | None = None
    materials: Mapping[str, Material] | None = None
    questions: Boxes | None = None
    reminders: tuple[Reminder, ...] | None = None
    cancelled: Text | None = None


@dataclass(frozen=True, slots=True)
class QuestionSettings:
    """What holds for all questions and answers; the defaults of what was not written."""

    askers: Literal["hidden", "named"] = "hidden"
    publish_answers: Literal["all_courses", "own_course"] = "all_courses"
    approval: Literal["none", "organiser"] = "none"
    announce: Literal["daily", "never"] = "daily"
    slide_comments: bool = False
    retention: timedelta = timedelta(days=365)
    visibility_checked: bool = False
    """Somebody has looked in Classroom whether classmates see each other's questions, and it is as it should be."""


@dataclass(frozen=True, slots=True)
class Programme:
    """All that is declared. Mappings are in reading order."""

    key: str
    title: Text
    time_zone: ZoneInfo
    account: str
    languages: tuple[str, ...]
    courses: Mapping[str, CourseSpec]
    experts: Mapping[str, Expert]
    seminars: Mapping[str, Seminar]
    folder: Path
    """Where the programme's file stands, and under it its files."""
    welcome: Notice | None = None
    questions: QuestionSettings = QuestionSettings()
    drift: Literal["keep", "restore"] = "keep"

    @property
    def kept_until(self) -> datetime | None:
        """When everybody who asked is forgotten; None where there is no seminar to count from."""
        ends = max((seminar.ends for seminar in self.seminars.values()), default=None)
        return ends + self.questions.retention if ends else None


def topic_name(seminar: Seminar, language: str) -> str:
    """Return the name of a seminar's topic as Classroom keeps it: ``label: title``, trimmed and collapsed."""
    return heading(seminar.label.say(language) if seminar.label else "", seminar.title.say(language))


def heading(label: str, title: str) -> str:
    """Join a label and a title."""
    return collapsed(f"{label.strip()}: {title}" if label.strip() else title)
