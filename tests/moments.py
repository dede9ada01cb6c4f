"""A sandbox's world, and a folder, as they stood at one moment: going back there is quicker than coming there again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from better_classroom.sandbox.store import Row, Store
from talking import Control

Tables = dict[str, dict[str, dict[str, Row]]]


@dataclass(frozen=True)
class Moment:
    """Rows are never changed once the store has them, so that the same ones serve every time."""

    store: Store
    place: Path
    kept: Path
    tables: Tables
    used: frozenset[str]
    last_id: int
    now: datetime

    @classmethod
    def now_in(cls, store: Store, place: Path, *, kept: Path) -> Self:
        """Keep what stands; ``kept`` is a folder that is not there yet."""
        shutil.copytree(place, kept / "place")
        shutil.copytree(store.blobs, kept / "blobs")
        return cls(store, place, kept, _copied(store._tables), frozenset(store._used), store._last_id, store.now)  # noqa: SLF001 - no one but a test goes back in time

    def back(self, control: Control, place: Path) -> None:
        """Have the world stand so again, and the folder at another place."""
        control.post("reset")
        store = self.store
        shutil.copytree(self.kept / "blobs", store.blobs, dirs_exist_ok=True)
        store._tables, store._used, store._last_id = _copied(self.tables), set(self.used), self.last_id  # noqa: SLF001 - see above
        store.now = store._committed_now = self.now  # noqa: SLF001 - see above
        shutil.copytree(self.kept / "place", place)


def _copied(tables: Tables) -> Tables:
    return {table: {parent: dict(rows) for parent, rows in parents.items()} for table, parents in tables.items()}
