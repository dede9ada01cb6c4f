"""Questions and answers as people read them: on a terminal, and as data. Pure.

What participants wrote is hostile until shown otherwise: it passes ``printable`` on its way to a terminal, and
``harmless`` and ``neutral`` of ``spreadsheet`` on its way into a cell (``rows``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from better_classroom import texts
from better_classroom.reports.spreadsheet import BREAKS

_WORDS = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a question."""

    version: int
    text: str
    at: datetime
    """When it was written, or else first seen."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an expert decided about one version of a question, as it stands now."""

    version: int
    expert: str
    """Key of the expert."""
    name: str
    outcome: str
    visibility: str
    text: str
    at: datetime
    sent_back: str = ""
    """Why an organiser sent it back to its expert; empty where none did."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as people may see it: its asker is a number, or a name where the programme shows names."""

    key: str
    seminar: str
    topic: str
    """The seminar's heading."""
    course: str
    city: str
    phase: str
    late: bool
    asker: int
    asked_at: datetime
    status: str
    withdrawn_at: datetime | None
    experts: tuple[str, ...]
    """Keys of those who are to answer."""
    texts: tuple[Told, ...]
    """Every version, the first one first; never empty."""
    replies: tuple[Reply, ...]
    """The latest of each expert for each version."""
    merged_into: str = ""
    """Key of the question that stands for it; empty while it stands by itself."""
    merged_version: int = 0
    merged: tuple[str, ...] = ()
    """Keys of the questions that it stands for."""
    spoken: str = ""
    """What was answered in the online session itself."""
    name: str = ""
    """Name of the asker; empty where it is hidden or not known, and the number stands for it."""


# What people wrote


def additions(versions: Sequence[Told]) -> tuple[Told, ...]:
    """The latest text, cut where its asker added to it: only what each version added, with the time of the addition.

    A version that did not grow out of the one before, but was rewritten, begins anew.
    """
    parts: list[Told] = []
    whole = ""
    for told in versions:
        before = whole.rstrip()
        if parts and told.text.startswith(before):
            added = told.text[len(before) :].strip()
            if added:
                parts.append(Told(told.version, added, told.at))
        else:
            parts = [told]
        whole = told.text
    return tuple(parts)


def rewritten(versions: Sequence[Told]) -> tuple[Told, ...]:
    """The versions that the latest text no longer contains."""
    begins = additions(versions)[0].version
    return tuple(told for told in versions if told.version < begins)


def moment(instant: datetime, zone: tzinfo) -> str:
    """Show an instant by the clocks of the programme."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def participant(number: int | str, name: str = "") -> str:
    """How an asker is called in what organisers and experts read."""
    return texts.asker("en", number, name=name)


# A terminal

# Control characters steer a terminal (C0, DEL, C1); bidirectional overrides make a line read otherwise than it is.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """What someone wrote, without anything that steers a terminal; lines stay lines."""
    return _STEERING.sub("", BREAKS.sub("\n", text))


def beginning(text: str, most: int = _WORDS) -> str:
    """The first words of a text, in one line."""
    line = " ".join(printable(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def table(questions: Sequence[Asked], zone: tzinfo) -> str:
    """Questions as aligned lines under a header; a sentence when there are none."""
    if not questions:
        return "No questions.\n"
    lines = [("KEY", "SEMINAR", "CITY", "EXPERT", "STATUS", "ASKED", "QUESTION")]
    for asked in questions:
        experts = ", ".join(asked.experts) or "-"
        line = (asked.key, asked.seminar, asked.city, experts, state(asked), moment(asked.asked_at, zone))
        lines.append((*line, beginning(asked.texts[-1].text)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    widths[-1] = 0  # nothing stands after the last column
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"{line}\n" for line in padded)


def state(asked: Asked) -> str:
    """Its status, with the marks beside it."""
    possible = (
        ("late", asked.late),
        ("withdrawn", asked.withdrawn_at is not None),
        ("edited since", bool(asked.merged_into) and asked.texts[-1].version > asked.merged_version),
    )
    marks = [mark for mark, holds in possible if holds]
    return ", ".join((asked.status, *marks))


def story(asked: Asked, zone: tzinfo) -> str:
    """Everything about one question, in the order in which it happened."""
    happened = [(told.at, f"Text {told.version}", told.text) for told in asked.texts]
    happened += [(reply.at, _decision(reply), reply.text) for reply in asked.replies]
    if asked.withdrawn_at is not None:
        happened.append((asked.withdrawn_at, "Withdrawn by its asker", ""))
    lines = [
        asked.key,
        f"{participant(asked.asker, asked.name)}, {asked.city}, {asked.phase} “{printable(asked.topic)}”",
        f"Status: {state(asked)}. To be answered by: {', '.join(asked.experts) or 'nobody yet'}.",
    ]
    if asked.merged_into:
        lines.append(f"Merged into {asked.merged_into}.")
    if asked.merged:
        lines.append(f"Stands also for {', '.join(asked.merged)}.")
    if asked.spoken:
        lines += ["", "Answered in the session", *(f"    {line}" for line in printable(asked.spoken).splitlines())]
    for at, title, text in sorted(happened, key=lambda entry: entry[0]):
        lines += ["", f"{moment(at, zone)}  {title}"]
        lines += [f"    {line}" for line in printable(text).splitlines()]
    return "\n".join(lines) + "\n"


def _decision(reply: Reply) -> str:
    said = {"publish": "Answered", "decline": "Declined", "take back": "Answer taken back"}[reply.outcome]
    sent_back = f"; sent back to the expert: {printable(reply.sent_back)}" if reply.sent_back else ""
    return f"{said} by {reply.name}, to text {reply.version} ({reply.visibility}){sent_back}"


def data(asked: Asked) -> dict[str, Any]:
    """A question as JSON: nothing in it leads to the person who asked, unless the programme shows names."""
    return {
        "key": asked.key,
        "seminar": asked.seminar,
        "course": asked.course,
        "city": asked.city,
        "phase": asked.phase,
        "late": asked.late,
        "asker": asked.asker,
        "asker_name": asked.name or None,
        "asked_at": asked.asked_at.isoformat(),
        "status": asked.status,
        "withdrawn_at": asked.withdrawn_at.isoformat() if asked.withdrawn_at else None,
        "experts": list(asked.experts),
        "merged_into": asked.merged_into or None,
        "merged": list(asked.merged),
        "answered_in_session": asked.spoken or None,
        "texts": [{"version": told.version, "at": told.at.isoformat(), "text": told.text} for told in asked.texts],
        "answers": [
            {
                "version": reply.version,
                "expert": reply.expert,
                "outcome": reply.outcome,
                "visibility": reply.visibility,
                "at": reply.at.isoformat(),
                "text": reply.text,
                "sent_back": reply.sent_back or None,
            }
            for reply in asked.replies
        ],
    }


# An expert's file
