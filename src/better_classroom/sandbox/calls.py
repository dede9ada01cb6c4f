"""The log of calls: what was asked for, by whom, and what came of it."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any

from better_classroom.sandbox.store import rfc3339

_REMEMBERED = 500_000

_NAMES = ("method", "user", "project", "status", "batch", "bytesIn", "bytesOut", "at", "fault")


class Calls:
    """Every call to Google's methods since the last reset, oldest first; the oldest are forgotten after half a million."""

    def __init__(self) -> None:
        self._calls: deque[tuple[Any, ...]] = deque(maxlen=_REMEMBERED)

    def add(
        self,
        *,
        method: str,
        user: str,
        project: str,
        status: int,
        batch: int,
        bytes_in: int,
        bytes_out: int,
        at: datetime,
        fault: str = "",
    ) -> None:
        """Note one call. ``status`` is what was, or would have been, answered; 0 if it never got so far."""
        self._calls.append((method, user, project, status, batch or None, bytes_in, bytes_out, at, fault))

    def listed(self) -> list[dict[str, Any]]:
        """The calls as JSON; ``batch`` is the number of the batch or null, ``fault`` is absent where none struck."""
        return [_shown(call) for call in self._calls]

    def clear(self) -> None:
        """Forget them."""
        self._calls.clear()


def _shown(call: tuple[Any, ...]) -> dict[str, Any]:
    shown = dict(zip(_NAMES, call, strict=True))
    shown["at"] = rfc3339(shown["at"])
    if not shown["fault"]:
        del shown["fault"]
    return shown
