"""The journal of a world: one JSON line per committed transaction, handed to the operating system before the reply.

``kill -9`` loses nothing that was acknowledged; a power cut may, since nothing is synced to the disk. A last line that
was torn is what no reply was sent for, and is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

Change = list[Any]  # ["put", table, parent, id, row] or ["remove", table, parent, id]


class JournalInUse(Exception):
    """Another sandbox keeps its world in this folder."""


class JournalDamaged(Exception):
    """A line in the middle of the journal cannot be read."""


class Journal:
    """An append-only file of transactions, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = FileLock(path.with_suffix(".lock"), thread_local=False)  # opened in one thread, closed in another
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise JournalInUse(f"another sandbox keeps its world in {path.parent}") from None
        # O_APPEND: whatever else holds the file open, a line lands at its end
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def append(self, now: str, last_id: int, changes: list[Change]) -> None:
        """Add one transaction; returns when the operating system has it. A line that did not fit is taken back."""
        line = json.dumps([now, last_id, changes], separators=(",", ":")).encode() + b"\n"
        end = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
        except OSError:
            written = 0
        if written != len(line):
            os.ftruncate(self._file, end)
            raise OSError(f"{self._path} could not take a whole transaction: is the disk full?")

    def replay(self) -> Iterator[tuple[str, int, list[Change]]]:
        """Every transaction since the last reset, oldest first: clock, last id, changes. Cuts off a torn last line."""
        good = 0
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    now, last_id, changes = json.loads(line)
                except ValueError:
                    raise JournalDamaged(
                        f"{self._path}:{number} cannot be read; move the file away to start anew"
                    ) from None
                good += len(line)
                yield now, last_id, changes
        os.ftruncate(self._file, good)

    def forget(self) -> None:
        """Drop every transaction."""
        os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Close the file and let the next process have it."""
        os.close(self._file)
        self._lock.release()
