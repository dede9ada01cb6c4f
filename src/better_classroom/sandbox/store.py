"""The world of the sandbox: rows in memory, a clock that stands still, and a journal that survives ``kill -9``.

A row is a plain JSON dict in a table, under a parent (a course's id, a file's id, or ``""``) and an id. Rows handed
out are the live ones: to change one, put a new dict in its place. All of it happens in one thread, so a transaction
needs no lock, only a way back.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from better_classroom.sandbox.history import History
from better_classroom.sandbox.journal import Change, Journal

Row = dict[str, Any]

TICK = timedelta(milliseconds=1)
FIRST_ID = 700_000_000_000  # as long as Google's own, so that nobody's program counts on short ones
_BLOB_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}")


def rfc3339(instant: datetime) -> str:
    """An instant as Google writes it: UTC with milliseconds and a ``Z`` (google-apis.md A: Z-normalised output)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


class Store:
    """One world. ``now`` is where its clock starts, and returns to on ``reset``; ``folder`` keeps it over restarts.

    A world that was kept goes on from where its own clock stood.
    """

    def __init__(self, *, now: datetime, folder: Path | None = None) -> None:
        self._start = now.astimezone(UTC)
        self._scratch = None if folder else Path(tempfile.mkdtemp(prefix="classroom-sandbox-"))
        self._journal = Journal(folder / "journal.jsonl") if folder else None
        self.blobs = (folder or self._scratch or Path()) / "blobs"
        self._depth = 0
        self._undo: list[tuple[str, str, str, Row | None, dict[str, Row] | None]] = []
        self._copied: list[set[tuple[str, str]]] = []  # per open transaction: where it kept the order of the rows
        self._changes: list[Change] = []
        self._empty()
        self.blobs.mkdir(parents=True, exist_ok=True)
        if self._journal:
            self._replay(self._journal)

    def _empty(self) -> None:
        self._tables: dict[str, dict[str, dict[str, Row]]] = {}
        self._used: set[str] = set()
        self._last_id = FIRST_ID
        self.history = History()
        self.now = self._committed_now = self._start

    # --- rows

    def get(self, table: str, parent: str, row_id: str) -> Row | None:
        """The row of that id, or None."""
        rows = self._tables.get(table, {}).get(parent)
        return rows.get(row_id) if rows else None

    def rows(self, table: str, parent: str) -> list[Row]:
        """All rows under a parent, in the order in which they were first put."""
        return list(self._tables.get(table, {}).get(parent, {}).values())

    def items(self, table: str, parent: str) -> list[tuple[str, Row]]:
        """Ids and rows under a parent, in that same order."""
        return list(self._tables.get(table, {}).get(parent, {}).items())

    def parents(self, table: str) -> list[str]:
        """The parents that have rows in a table, in the order of their first row."""
        return [parent for parent, rows in self._tables.get(table, {}).items() if rows]

    def put(self, table: str, parent: str, row_id: str, row: Row) -> None:
        """Add a row or put it in the place of the one of that id. The store keeps the dict: do not change it after."""
        with self.transaction():
            rows = self._tables.setdefault(table, {}).setdefault(parent, {})
            self._undo.append((table, parent, row_id, rows.get(row_id), None))
            rows[row_id] = row
            self._used.add(row_id)
            self._changes.append(["put", table, parent, row_id, row])

    def remove(self, table: str, parent: str, row_id: str) -> None:
        """Remove a row; one that is not there is no matter."""
        rows = self._tables.get(table, {}).get(parent, {})
        if row_id not in rows:
            return
        order = None
        if not self._copied or (table, parent) not in self._copied[-1]:
            order = dict(rows)  # a way back to the same order; one a transaction is enough
            if self._copied:
                self._copied[-1].add((table, parent))
        with self.transaction():
            self._undo.append((table, parent, row_id, rows.pop(row_id), order))
            self._changes.append(["remove", table, parent, row_id])

    def new_id(self) -> str:
        """A decimal id that no row has had; later ones are greater."""
        self._last_id += 1
        while str(self._last_id) in self._used:
            self._last_id += 1
        return str(self._last_id)

    # --- clock

    def set_now(self, now: datetime) -> None:
        """Set the clock, which then stands still there."""
        with self.transaction():
            self.now = now.astimezone(UTC)

    def stamp(self) -> str:
        """Advance the clock by 1 ms, as every write does, and return the new instant as RFC 3339."""
        with self.transaction():
            self.now += TICK
            return rfc3339(self.now)

    # --- transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: on any exception rows and clock go back; at the end of the outermost one the journal has it.

        Ids once given are not given again, even after a way back.
        """
        mark, logged, now = len(self._undo), len(self._changes), self.now
        self._depth += 1
        self._copied.append(set())
        try:
            yield
            if self._depth == 1:
                self._commit()
        except BaseException:
            self._roll_back(mark)
            del self._changes[logged:]
            self.now = now
            raise
        finally:
            self._depth -= 1
            self._copied.pop()
        if not self._depth:
            self._remember()

    def _commit(self) -> None:
        if self._journal and (self._changes or self.now != self._committed_now):
            self._journal.append(rfc3339(self.now), self._last_id, self._changes)

    def _remember(self) -> None:
        if self._undo:
            self.history.add((entry[:4] for entry in self._undo), is_write=self.now != self._committed_now)
            self._undo.clear()
        self._changes.clear()
        self._committed_now = self.now

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            table, parent, row_id, former, order = self._undo.pop()
            if order is not None:
                self._tables[table][parent] = order
            elif former is None:
                del self._tables[table][parent][row_id]
            else:
                self._tables[table][parent][row_id] = former

    @contextmanager
    def seen_as_before(self, transaction: int, *, table: str = "") -> Iterator[None]:
        """Inside, rows are as they were before that one of ``history``; with ``table``, those of that table alone.

        For reading only. Rows that were removed since stand at the end of their list.
        """
        present: dict[tuple[str, str], dict[str, Row]] = {}
        for name, parent, row_id, former in self.history.since(transaction):
            if table and name != table:
                continue
            rows = self._tables[name][parent]
            if (name, parent) not in present:
                present[name, parent] = rows
                rows = self._tables[name][parent] = dict(rows)
            if former is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = former
        try:
            yield
        finally:
            for (name, parent), rows in present.items():
                self._tables[name][parent] = rows

    # --- bytes

    def blob_path(self, name: str) -> Path:
        """Where the bytes of that name are kept; a name is letters, digits, ``-`` and ``_``."""
        if not _BLOB_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a blob")
        return self.blobs / name

    # --- the whole

    def reset(self, now: datetime | None = None) -> None:
        """Empty the world; the clock goes to ``now``, or back to where it started."""
        self._empty()
        self.now = now.astimezone(UTC) if now else self._start
        self._undo.clear()
        self._changes.clear()
        if self._journal:
            self._journal.forget()
            self._journal.append(rfc3339(self.now), self._last_id, [])
        for blob in self.blobs.iterdir():  # after the journal: rows without bytes would be worse than the reverse
            blob.unlink(missing_ok=True)
        self._committed_now = self.now

    def close(self) -> None:
        """Let go of the files; a world without a folder of its own is gone."""
        if self._journal:
            self._journal.close()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _replay(self, journal: Journal) -> None:
        is_new = True
        for now, last_id, changes in journal.replay():
            self.now = datetime.fromisoformat(now)
            self._last_id = last_id
            for change in changes:
                table, parent, row_id = change[1:4]
                rows = self._tables.setdefault(table, {}).setdefault(parent, {})
                if change[0] == "put":
                    rows[row_id] = change[4]
                    self._used.add(row_id)
                else:
                    rows.pop(row_id, None)
            is_new = False
        if is_new:
            journal.append(rfc3339(self.now), self._last_id, [])
        self._committed_now = self.now
