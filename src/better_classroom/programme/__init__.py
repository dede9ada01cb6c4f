"""What people write: the programme, read with the place of every key, and checked before anything is done with it.

``load`` returns a whole programme or raises with every complaint; ``check`` returns the complaints, and the warnings too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from better_classroom.errors import Complaint, ProgrammeInvalid
from better_classroom.programme.attachments import FileChecks
from better_classroom.programme.build import Builder
from better_classroom.programme.checks import Checks
from better_classroom.programme.complaints import Complaints, validated
from better_classroom.programme.hints import hint
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
    topic_name,
)
from better_classroom.programme.reading import Document, read
from better_classroom.programme.timeline import Timeline
from better_classroom.programme.titles import TextChecks

__all__ = [
    "Attachment",
    "Boxes",
    "Checked",
    "CourseSpec",
    "Expert",
    "FileAttachment",
    "Join",
    "LinkAttachment",
    "Material",
    "Notice",
    "Participant",
    "Programme",
    "QuestionSettings",
    "Reminder",
    "Seminar",
    "Text",
    "Window",
    "YoutubeAttachment",
    "check",
    "checked",
    "json_schema",
    "load",
    "topic_name",
]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a programme found; ``programme`` is None exactly if there are complaints."""

    programme: Programme | None
    complaints: tuple[Complaint, ...]
    warnings: tuple[Complaint, ...]


def load(path: Path) -> Programme:
    """Read a programme and everything it names; raises ProgrammeInvalid with every complaint."""
    found = check(path)
    if found.programme is None:
        raise ProgrammeInvalid(found.complaints)
    return found.programme


def check(path: Path) -> Checked:
    """Read a programme and everything it names, and tell all that is wrong with it."""
    try:
        document = read(path)
    except ProgrammeInvalid as error:
        return Checked(None, error.complaints, ())
    return checked(document, path)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of what people write."""
    from better_classroom.programme.schema import json_schema as made  # noqa: PLC0415 - only `schema` needs it: 10 ms

    return made()


def checked(document: Document, path: Path) -> Checked:
    """Look at a document that was read from a path; the files it names are looked for beside that."""
    version = document.data.get("version")
    complaints = Complaints(document)
    written = validated(document, complaints)
    if isinstance(version, str) and version.strip().isdigit() and written.version is None:
        # Another version's keys and values are not for us to judge.
        line = complaints.line(("version",))
        return Checked(None, tuple(found for found in complaints.sorted() if found.line == line), ())
    Checks(written, document.data, complaints).run()
    TextChecks(written, document.data, complaints).run()
    timeline = Timeline(written, complaints)
    files = FileChecks(written, document.data, complaints, path)
    files.run()
    hint(written, complaints)
    programme = None
    if not complaints.mistakes:
        programme = Builder(written, timeline.instants).programme(path.parent, files.participants)
    return Checked(programme, complaints.sorted(), complaints.sorted_warnings())
