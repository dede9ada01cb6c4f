"""From a written programme without a mistake to the programme that the rest of the code knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from better_classroom.programme import files
from better_classroom.programme.model import (
    Attachment,
    Boxes,
    CourseSpec,
    Expert,
    FileAttachment,
    Join,
    LinkAttachment,
    Material,
    Notice,
    Participant,
    Programme,
    QuestionSettings,
    Reminder,
    Seminar,
    Text,
    Window,
    YoutubeAttachment,
)
from better_classroom.programme.reading import Steps
from better_classroom.programme.words import as_key
from better_classroom.programme.written import (
    WrittenAttachment,
    WrittenCourse,
    WrittenExpert,
    WrittenFile,
    WrittenMaterial,
    WrittenProgramme,
    WrittenReminder,
    WrittenSeminar,
    WrittenText,
    WrittenWindow,
)

Known = TypeVar("Known")


def sure(value: Known | None) -> Known:
    """Return a value that the checks have made sure is there."""
    assert value is not None
    return value


def _name(reminder: WrittenReminder) -> str:
    assert reminder.publish is not None
    return as_key(reminder.publish.text)


class Builder:
    """Builds one programme. Every value it needs has passed the checks: it asks no questions."""

    def __init__(self, written: WrittenProgramme, instants: Mapping[Steps, datetime]) -> None:
        self._written = written
        self._instants = instants
        self._languages = tuple(sure(language) for language in sure(written.languages))

    def programme(self, folder: Path, participants: Mapping[str, tuple[Participant, ...]]) -> Programme:
        """Build it; ``participants`` come by course."""
        written = self._written
        settings = {name: value for name, value in written.questions or () if value is not None}
        return Programme(
            key=sure(written.programme),
            title=self._text(written.title),
            time_zone=sure(written.time_zone),
            account=sure(written.account),
            languages=self._languages,
            courses={
                key: self._course(key, sure(course), participants.get(key))
                for key, course in sure(written.courses).items()
            },
            experts={key: self._expert(key, sure(expert)) for key, expert in (written.experts or {}).items()},
            seminars={key: self._seminar(key, sure(seminar)) for key, seminar in sure(written.seminars).items()},
            folder=folder,
            welcome=Notice(self._instants["welcome", "publish"], self._text(written.welcome.text))
            if written.welcome
            else None,
            questions=QuestionSettings(**settings),
            drift="restore" if written.drift == "restore" else "keep",
        )

    def _text(self, text: WrittenText | None) -> Text:
        words: dict[str, Any] = sure(text).root
        return Text.of(words.get("", words), self._languages)

    def _maybe(self, text: WrittenText | None) -> Text | None:
        return self._text(text) if text else None

    def _course(self, key: str, course: WrittenCourse, participants: tuple[Participant, ...] | None) -> CourseSpec:
        return CourseSpec(
            key=key,
            language=sure(course.language),
            alias=course.alias,
            id=course.id,
            time_zone=course.time_zone or sure(self._written.time_zone),
            account=course.account or sure(self._written.account),
            city=self._maybe(course.city) or Text.of(key.replace("-", " ").title(), self._languages),
            name=self._maybe(course.name),
            participants=participants,
        )

    def _expert(self, key: str, expert: WrittenExpert) -> Expert:
        return Expert(
            key=key,
            name=sure(expert.name),
            partner=sure(expert.partner),
            email=sure(expert.email),
            language=expert.language or self._languages[0],
            board="file" if expert.board == "file" else "sheet",
        )

    def _seminar(self, key: str, seminar: WrittenSeminar) -> Seminar:
        steps = ("seminars", key)
        return Seminar(
            key=key,
            title=self._text(seminar.title),
            starts=self._instants[*steps, "starts"],
            ends=self._instants[*steps, "ends"],
            label=self._maybe(seminar.label),
            summary=self._maybe(seminar.summary),
            experts=tuple(sure(expert) for expert in seminar.experts or []),
            join=Join(sure(seminar.join.with_), sure(seminar.join.url)) if seminar.join else None,
            materials=None
            if seminar.materials is None
            else {name: self._material(steps, name, sure(material)) for name, material in seminar.materials.items()},
            questions=Boxes(
                self._window((*steps, "questions", "before"), seminar.questions.before),
                self._window((*steps, "questions", "after"), seminar.questions.after),
            )
            if seminar.questions
            else None,
            reminders=self._reminders(steps, seminar),
            cancelled=self._text(seminar.cancelled.text) if seminar.cancelled else None,
        )

    def _window(self, steps: Steps, window: WrittenWindow | None) -> Window | None:
        return Window(self._instants[*steps, "opens"], self._instants[*steps, "closes"]) if window else None

    def _reminders(self, steps: Steps, seminar: WrittenSeminar) -> tuple[Reminder, ...] | None:
        if seminar.reminders is None:
            return None
        reminders: list[WrittenReminder] = [sure(reminder) for reminder in seminar.reminders]
        return tuple(
            Reminder(
                key=_name(reminder),
                publish=self._instants[*steps, "reminders", number, "publish"],
                text=self._text(reminder.text),
            )
            for number, reminder in enumerate(reminders)
        )

    def _material(self, steps: Steps, name: str, material: WrittenMaterial) -> Material:
        return Material(
            key=name,
            title=self._text(material.title),
            publish=self._instants[*steps, "materials", name, "publish"],
            text=self._maybe(material.text),
            attachments=tuple(self._attachment(sure(attachment)) for attachment in material.attachments or []),
        )

    def _attachment(self, attachment: WrittenAttachment) -> Attachment:
        if attachment.link:
            return LinkAttachment(attachment.link)
        if attachment.youtube:
            return YoutubeAttachment(attachment.youtube)
        return self._file(sure(attachment.file))

    def _file(self, file: WrittenFile) -> FileAttachment:
        paths: dict[str, Any] = {language: files.tidy(sure(path)) for language, path in file.root.items()}
        return FileAttachment(Text.of(paths.get("", paths), self._languages))
