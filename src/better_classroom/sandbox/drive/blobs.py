"""The bytes of files: written to disk as they arrive, hashed on the way, never whole in memory.

A ``Spool`` takes bytes in grains of 256 KiB (google-apis.md D.1: the unit of resumable uploads), so that what is stored
of an interrupted upload always ends on a grain. Bytes that nothing refers to any more are named in the table ``doomed``
and unlinked by a later write, after the change that let go of them is safe in the journal.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import Any

from better_classroom.sandbox.store import Store

GRAIN = 256 * 1024
Stored = dict[str, Any]  # {"blob", "size", "md5", "sha1", "sha256"}, as kept in rows


class Spool:
    """A blob being written. ``size`` counts what is on disk; ``close`` it, and ``discard`` it if it came to nothing."""

    def __init__(self, store: Store, blob: str = "", *, size: int = 0) -> None:
        """A new blob, or the first ``size`` bytes of one that an earlier process began."""
        self.blob = blob or secrets.token_urlsafe(24)
        self.size = 0
        self._path = store.blob_path(self.blob)
        self._hashes = {name: hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1", "sha256")}
        self._pending = bytearray()
        self._file = -1
        self._open()
        while self.size < size:
            grain = os.pread(self._file, min(GRAIN, size - self.size), self.size)
            if not grain:
                self.close()
                raise OSError(f"{self._path} is shorter than the {size} bytes that were acknowledged")
            self._count(grain)

    def _open(self) -> int:
        if self._file < 0:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file

    def _count(self, grain: bytes) -> None:
        for each in self._hashes.values():
            each.update(grain)
        self.size += len(grain)

    def write(self, data: bytes) -> None:
        """Take more bytes; they are on disk once a grain is full, or after ``flush``."""
        self._pending += data
        whole = len(self._pending) // GRAIN * GRAIN
        if whole:
            self._store(bytes(self._pending[:whole]))
            del self._pending[:whole]

    def flush(self) -> None:
        """Put the last bytes, short of a grain, on disk too: the blob is whole."""
        if self._pending:
            self._store(bytes(self._pending))
            self._pending.clear()
        os.ftruncate(self._open(), self.size)  # what a killed process wrote and nobody acknowledged

    def forget_pending(self) -> None:
        """Drop what came after the last full grain: the sender will send it again."""
        self._pending.clear()

    def _store(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.pwrite(self._open(), left, self.size + len(data) - len(left)) :]
        self._count(data)

    def result(self) -> Stored:
        """What is to be kept in a row about these bytes."""
        sums = {name: each.hexdigest() for name, each in self._hashes.items()}
        return {"blob": self.blob, "size": self.size, **sums}

    def close(self) -> None:
        """Let go of the file until more is written; its bytes stay, and so do the sums."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def discard(self) -> None:
        """Let go of the file, and of its bytes."""
        self.close()
        self._path.unlink(missing_ok=True)


def nothing(store: Store) -> Stored:
    """The content of a file that was created without any: no bytes, which can be downloaded all the same."""
    spool = Spool(store)
    spool.close()
    return spool.result()


def duplicate(store: Store, stored: Stored) -> Stored:
    """The same bytes once more for another file, without copying them."""
    blob = secrets.token_urlsafe(24)
    store.blob_path(blob).hardlink_to(store.blob_path(stored["blob"]))
    return stored | {"blob": blob}


def let_go(store: Store, blobs: list[str]) -> None:
    """Nothing refers to these bytes after this transaction: a later one unlinks them."""
    if blobs:
        row_id = store.new_id()
        store.put("doomed", "", row_id, {"id": row_id, "blobs": blobs})


def sweep(store: Store) -> None:
    """Unlink what earlier transactions let go of. To be called before a transaction lets go of more."""
    for row in store.rows("doomed", ""):
        for blob in row["blobs"]:
            store.blob_path(blob).unlink(missing_ok=True)
        store.remove("doomed", "", row["id"])
