"""What the world was a little earlier, for the faults that answer from the past.

A committed transaction leaves here what would take it back: ``(table, parent, id, the row before or None)``. Rows are
never changed in place, so that is no more than references.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]
Former = tuple[str, str, str, Row | None]

KEPT = 10_000  # transactions: more than anybody makes while a fault waits


class History:
    """The latest transactions. ``count`` is how many there were, ``latest_write`` which of them last moved the clock."""

    def __init__(self) -> None:
        self._past: deque[tuple[Former, ...]] = deque(maxlen=KEPT)
        self.count = 0
        self.latest_write = 0

    def add(self, formers: Iterable[Former], *, is_write: bool) -> None:
        """Remember a transaction by the rows it replaced; ``is_write``: it moved the clock, as calls that write do."""
        self._past.append(tuple(formers))
        if is_write:
            self.latest_write = self.count
        self.count += 1

    def since(self, mark: int) -> Iterator[Former]:
        """What to put back, in that order, to have the world as it was before transaction ``mark``."""
        for _number, formers in zip(range(mark, self.count), reversed(self._past), strict=False):
            yield from reversed(formers)
