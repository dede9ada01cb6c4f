"""The experts' boards as people and programs read of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from better_classroom.reports.questions import moment
from better_classroom.reports.wording import counted


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One expert and the board."""

    expert: str
    name: str
    state: str
    """How far it has come, in words."""
    link: str
    """Empty where there is none yet."""
    rows: int
    read_at: datetime | None
    unanswered: tuple[str, ...]
    """Keys of questions that wait for this expert."""


def text(lines: Sequence[BoardLine], zone: tzinfo) -> str:
    """Every board in a few lines; a sentence where there are no experts."""
    if not lines:
        return "The programme names no experts.\n"
    return "".join(_told(line, zone) for line in lines)


def _told(line: BoardLine, zone: tzinfo) -> str:
    read = f"read {moment(line.read_at, zone)}" if line.read_at else "never read"
    told = [f"{line.expert}  {line.name}: {line.state}"]
    if line.link:
        told += [line.link, f"{counted(line.rows, 'row')}, {read}"]
    waiting = ", ".join(line.unanswered)
    told.append(f"unanswered: {len(line.unanswered)}" + (f" ({waiting})" if waiting else ""))
    return "\n    ".join(told) + "\n"


def data(line: BoardLine) -> dict[str, Any]:
    """A board for programs."""
    return {
        "expert": line.expert,
        "name": line.name,
        "state": line.state,
        "link": line.link or None,
        "rows": line.rows,
        "read_at": line.read_at.isoformat() if line.read_at else None,
        "unanswered": list(line.unanswered),
    }
