"""One run at a time per ledger: a lock that names its holder and does not survive it.

The lock itself is the operating system's (flock), which lets go the instant its holder dies, however it dies. Who
holds it stands in a small file beside it, which is only ever read to word a message: left behind by a killed run, it
locks nobody out.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from better_classroom.errors import LockHeld, UsageError
from better_classroom.ledger.engine import PRIVATE, file_of, parse, shown, unopened


@contextmanager
def lock(url: str) -> Iterator[None]:
    """Hold the ledger at that path or address; ``LockHeld`` at once, naming the holder, if another run has it."""
    path = file_of(parse(url))
    if path is None:
        advice = "Keep the ledger in a file: --ledger ledger.db."
        raise UsageError("A ledger on a database server cannot be locked yet.", where=shown(url), advice=advice)
    holder = Path(f"{path}.lock.json")
    guard = FileLock(f"{path}.lock", timeout=0, mode=PRIVATE, thread_local=False)
    try:
        path.parent.stat()  # filelock would make the folder, and a slip of the pen would become a place
        guard.acquire()
    except (Timeout, RuntimeError) as error:
        # filelock calls a second lock of the same file by the same thread a RuntimeError instead of waiting for ever
        raise LockHeld(_who(holder), where=str(path), advice="Wait until it ends, then run again.") from error
    except OSError as error:
        raise unopened(path, error) from error
    try:
        _sign(holder)
        yield
    finally:
        holder.unlink(missing_ok=True)
        guard.release()


def _sign(holder: Path) -> None:
    """Write who we are, whole or not at all, so that a reader never meets half of it."""
    signature = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251 - a person compares it with a wall clock
        "command": " ".join(sys.argv[1:2]),  # the command alone: its arguments may be anything
    }
    draft = holder.with_name(f"{holder.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(signature, file)
    draft.replace(holder)


def _who(holder: Path) -> str:
    """Name the holder; it may be just about to sign, or have signed off this instant."""
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        command = f" ({who['command']})" if who["command"] else ""
        return f"Another run works on this programme: process {who['pid']} on {who['host']}{command}, since {who['since']}."
    except (OSError, ValueError, KeyError, TypeError):
        return "Another run works on this programme."
