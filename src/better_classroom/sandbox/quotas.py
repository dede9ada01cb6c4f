"""Quotas: how often an app, and a person through it, may call in a minute; off unless switched on.

google-apis.md C and G.14, over sliding windows of 60 seconds of the wall clock. Of Drive's two models, the calls of
older projects and the units of those made since May 2026, both are kept: what passes here passes with either.

Unknown: whether a refused call counts (here it does not), what the calls of Drive cost that no table names (here an
edit's 50 units for whatever changes something, 5 for the rest), and whether every request to an upload session counts
(here it does). Classroom's 4,000,000 calls a day are not counted: nobody rehearses a whole day of them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.discovery import Method
from better_classroom.sandbox.errors import ApiError, resource_exhausted

WINDOW = 60.0  # seconds
_UNITS = {"drive.files.get": 5, "drive.files.list": 100, "drive.changes.list": 100, "drive.files.update": 50}
_DOWNLOAD, _EDIT, _OTHER = 200, 50, 5


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` of ``metric`` a minute, by each ``project``, or by each ``user`` through it."""

    metric: str
    by: Literal["user", "project"]
    most: int


LIMITS = {
    "classroom": (Limit("Requests", "user", 1_200), Limit("Requests", "project", 3_000)),
    "drive": (
        Limit("Queries", "user", 12_000),
        Limit("Queries", "project", 12_000),
        Limit("Quota units", "user", 325_000),
        Limit("Quota units", "project", 1_000_000),
    ),
    "sheets": (
        Limit("Read requests", "user", 60),
        Limit("Write requests", "user", 60),
        Limit("Read requests", "project", 300),
        Limit("Write requests", "project", 300),
    ),
}


@dataclass(slots=True)
class _Window:
    """What was spent in the last minute, the oldest first."""

    spent: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0

    def room(self, most: int, now: float) -> int:
        while self.spent and self.spent[0][0] <= now - WINDOW:
            self.total -= self.spent.popleft()[1]
        return most - self.total

    def spend(self, cost: int, now: float) -> None:
        self.spent.append((now, cost))
        self.total += cost


class Quotas:
    """The windows of one world. ``clock`` gives seconds that only grow."""

    def __init__(self, *, on: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._on = on
        self._clock = clock
        self._windows: dict[tuple[str, ...], _Window] = {}

    def spend(self, method: Method, caller: Caller, *, is_download: bool = False) -> None:
        """Count a call; raises Google's 429, or Drive's 403, if it is one too many, and then counts nothing."""
        if not self._on:
            return
        now = self._clock()
        due = list(self._due(method, caller, is_download=is_download))
        for limit, cost, window in due:
            if window.room(limit.most, now) < cost:
                raise _used_up(method.service, limit)
        for _limit, cost, window in due:
            window.spend(cost, now)

    def clear(self) -> None:
        """Begin anew."""
        self._windows.clear()

    def _due(self, method: Method, caller: Caller, *, is_download: bool) -> Iterator[tuple[Limit, int, _Window]]:
        for limit in LIMITS[method.service]:
            cost = _cost(limit.metric, method, is_download=is_download)
            if cost:
                key = (method.service, limit.metric, caller.project, caller.user_id if limit.by == "user" else "")
                yield limit, cost, self._windows.setdefault(key, _Window())


def _cost(metric: str, method: Method, *, is_download: bool) -> int:
    reads = method.verb == "GET"
    if metric == "Read requests":
        return int(reads)
    if metric == "Write requests":
        return int(not reads)  # google-apis.md C: every batchUpdate counts as 1
    if metric != "Quota units":
        return 1
    if is_download:
        return _DOWNLOAD
    return _UNITS.get(method.id, _OTHER if reads else _EDIT)


def _used_up(service: str, limit: Limit) -> ApiError:
    if service == "drive":  # google-apis.md B.3; of 403 and 429 the one that clients expect less
        name, text = ("userRateLimitExceeded", "User Rate Limit Exceeded")
        if limit.by == "project":
            name, text = ("rateLimitExceeded", "Rate Limit Exceeded")
        return ApiError(403, "PERMISSION_DENIED", text, reason=name)
    # google-apis.md B.4: the text in the field
    name = f"{limit.metric} per minute" + (" per user" if limit.by == "user" else "")
    return resource_exhausted(
        f"Quota exceeded for quota metric '{limit.metric}' and limit '{name}' of service '{service}.googleapis.com'"
    )
