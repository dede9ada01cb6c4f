"""What was looked at before publishing, what stands in the way, and what to do about each: a checklist. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from better_classroom.reports.plan import target_line


class State(StrEnum):
    """How one check came out."""

    GOOD = "good"
    NOTE = "to see to"
    """Nothing stands in the way; a person should look at it."""
    BAD = "in the way"


SIGNS = {State.GOOD: "✓", State.NOTE: "!", State.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    state: State
    text: str
    remedy: str = ""
    """What to do; one line or several."""
    code: int = 0
    """The exit code that publishing would end with because of it."""


def exit_code(checks: Sequence[Check]) -> int:
    """What publishing would end with: the code of the first check that came out badly."""
    return next((check.code for check in checks if check.state is State.BAD), 0)


def text(checks: Sequence[Check], target: str) -> str:
    """The checklist for people."""
    return "\n".join(_lines(checks, target)) + "\n"


def _lines(checks: Sequence[Check], target: str) -> Iterator[str]:
    yield target_line(target)
    yield ""
    for check in checks:
        first, *more = check.text.splitlines() or [""]
        yield f"{SIGNS[check.state]} {first}"
        yield from (f"  {line}" for line in more)
        yield from (f"    → {line}" for line in check.remedy.splitlines())
    yield ""
    bad = sum(check.state is State.BAD for check in checks)
    if bad:
        yield f"{bad} {'thing stands' if bad == 1 else 'things stand'} in the way of publishing."
    else:
        yield "Nothing stands in the way of publishing."


def data(checks: Sequence[Check], target: str) -> dict[str, Any]:
    """The checklist for programs."""
    return {
        "target": target,
        "exit_code": exit_code(checks),
        "checks": [
            {"state": check.state.value, "text": check.text, "remedy": check.remedy, "exit_code": check.code}
            for check in checks
        ],
    }
