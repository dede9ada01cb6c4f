"""What is attached to materials, and the files that a programme names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from better_classroom.programme import files
from better_classroom.programme.complaints import Complaints, names
from better_classroom.programme.model import Participant
from better_classroom.programme.participants import Table
from better_classroom.programme.reading import Steps, at
from better_classroom.programme.words import listed, shown
from better_classroom.programme.written import WrittenAttachment, WrittenFile, WrittenProgramme

MOST_ATTACHMENTS = 20  # google-apis.md A.3
USUAL = re.compile(
    r"\.(pdf|pptx?|odp|key|docx?|odt|rtf|txt|md|xlsx?|ods|csv|png|jpe?g|gif|svg|webp|mp3|m4a|wav|mp4|m4v|mov|webm|zip"
    r"|html|epub|ics)",
    re.IGNORECASE,
)
"""Endings that nobody is surprised to find in a course."""


class FileChecks:
    """One run over the attachments and participants of one written programme."""

    def __init__(self, written: WrittenProgramme, data: Mapping[str, Any], complaints: Complaints, path: Path) -> None:
        self._written = written
        self._data = data
        self._complaints = complaints
        self._path = path
        self._looked_at: set[str] = set()
        self.participants: dict[str, tuple[Participant, ...]] = {}

    def run(self) -> None:
        """Make every check, and read the participants."""
        for key, course in (self._written.courses or {}).items():
            if course and course.participants:
                self._participants(key, course.participants)
        for key, seminar in (self._written.seminars or {}).items():
            for name, material in (seminar.materials or {}).items() if seminar else ():
                if material:
                    steps = ("seminars", key, "materials", name, "attachments")
                    self._attachments(steps, material.attachments or [])

    def _attachments(self, steps: Steps, attachments: list[WrittenAttachment | None]) -> None:
        if len(attachments) > MOST_ATTACHMENTS:
            message = f"there are {len(attachments)} attachments; Classroom takes {MOST_ATTACHMENTS} in one post"
            self._complaints.add(steps, message, "divide them among several materials", key=True)
        for number, attachment in enumerate(attachments):
            if attachment is None:
                continue
            here = (*steps, number)
            self._one_kind(here)
            known = attachment.file or attachment.link or attachment.youtube
            if known and attachment in attachments[:number]:
                self._complaints.add(here, "this is attached already", "keep one of them")
            elif attachment.file:
                self._file((*here, "file"), attachment.file)

    def _one_kind(self, steps: Steps) -> None:
        named = [f"`{kind}`" for kind in names(WrittenAttachment) if kind in at(self._data, steps)]
        if len(named) != 1:
            found = f"both {listed(named)}" if named else "nothing"
            remedy = "begin a new entry with “- ” for each" if named else f"write {WrittenAttachment.shape}"
            self._complaints.add(steps, f"this attachment names {found}", remedy)

    def _file(self, steps: Steps, file: WrittenFile) -> None:
        if not file.root:
            self._complaints.add(steps, "no file is written here", "write a path, or `{en: …}` with a path for each")
        for here, path in self._complaints.by_language(steps, file.root):
            if path and self._is_there(here, path):
                self._odd(here, path)

    def _is_there(self, steps: Steps, path: str) -> bool:
        """Look at a file the first time it is named: missing, it is missed once."""
        if path in self._looked_at:
            return False
        self._looked_at.add(path)
        message, remedy = files.trouble(self._path.parent, path)
        if message:
            self._complaints.add(steps, message, remedy)
        return not message

    def _odd(self, steps: Steps, path: str) -> None:
        ending = PurePosixPath(path).suffix
        if not USUAL.fullmatch(ending):
            what = f"the ending {shown(ending)} is" if ending else "a name without an ending is"
            self._complaints.warn(steps, f"{what} unusual for a presentation", "will participants be able to open it?")
        if not files.size(self._path.parent, path):
            self._complaints.warn(steps, f"{shown(path)} is an empty file", "is it the right one?")

    def _participants(self, key: str, path: str) -> None:
        if self._is_there(("courses", key, "participants"), path):
            table = Table(self._path.parent / path, str(self._path.parent / files.tidy(path)))
            self._complaints.mistakes += table.mistakes
            self._complaints.warnings += table.warnings
            self.participants[key] = tuple(table.participants)
