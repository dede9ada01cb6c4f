"""How long we wait, how often we ask, how much we send at once: every number a setting."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

UPLOAD_UNIT = 256 * 1024
"""Drive takes parts of an upload in multiples of this (google-apis.md D.1)."""

QUOTAS: Mapping[str, int] = MappingProxyType(
    {"classroom": 1_100, "drive": 3_000, "sheets": 55, "sheets, writing": 55},
)
"""Calls a minute, API by API, that one account makes at most.

Google's own limits (google-apis.md C) are 1,200 for Classroom; for Drive 325,000 units, of which a page of a list costs 100;
for Sheets 60 reads and, counted apart, 60 writes.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """Waits in seconds. ``sleep`` is what waits: a test passes one that does not."""

    timeout: float = 60.0
    """For each answer to one request."""
    deadline: float = 300.0
    """Over which one call may be repeated."""
    first_wait: float = 1.0
    """The longest wait before the first repeat; it doubles from one to the next."""
    longest_wait: float = 32.0
    attempts: int = 30
    """At one call; reached before the deadline only where waits are shorter than these."""
    sleep: Callable[[float], None] = time.sleep  # noqa: TID251 - how long is a setting: first_wait, deadline
    part: int = 32 * UPLOAD_UNIT
    """Bytes of a file sent, and held in memory, at once."""
    quotas: Mapping[str, int] = field(default_factory=lambda: QUOTAS)

    def __post_init__(self) -> None:
        if self.part <= 0 or self.part % UPLOAD_UNIT:
            raise ValueError(f"part must be a multiple of {UPLOAD_UNIT} bytes")


class Pace:
    """Keeps one account below Google's quota, which counts calls over the last minute; many threads may share it."""

    def __init__(self, quotas: Mapping[str, int], sleep: Callable[[float], None], seconds: float = 60.0) -> None:
        self._quotas = quotas
        self._sleep = sleep
        self._seconds = seconds
        self._starts: dict[str, deque[float]] = {api: deque(maxlen=most) for api, most in quotas.items()}
        self._lock = threading.Lock()

    def wait(self, api: str) -> None:
        """Wait until one more call to the API keeps within its quota."""
        with self._lock:
            starts = self._starts[api]
            now = time.monotonic()
            # Full: the oldest of the last so many calls must be a minute ago. The place is taken before the wait, so
            # that of several threads each waits for a place of its own.
            start = max(now, starts[0] + self._seconds) if len(starts) == self._quotas[api] else now
            starts.append(start)
        if start > now:
            self._sleep(start - now)
