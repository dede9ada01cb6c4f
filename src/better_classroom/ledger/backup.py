"""Copies of a ledger that is a file: made while a run may be writing, looked into, and put in the ledger's place.

This module alone speaks to SQLite itself: its online backup copies a database as it stands at one instant, and writes
over one as a single transaction, so that a kill half-way leaves what was there and a reader never meets half a copy.
A ledger on a database server has its server's own means.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from better_classroom.errors import LockHeld, RefusedByBrake, UsageError
from better_classroom.ledger.engine import PRIVATE, file_of, parse, shown, told, unopened
from better_classroom.ledger.record import Ledger

_BUSY_SECONDS = 5.0
"""Nobody holds a ledger longer than one commit takes, or another copy."""

_SIDE_FILES = ("", "-wal", "-shm")
"""What SQLite keeps of one database, by how the names end."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a ledger's file holds, whatever its version."""

    programme: str
    target: str
    items: int
    questions: frozenset[str]
    """Their keys."""
    answers: frozenset[tuple[str, str, str]]
    """Of each: the question's key, the expert, the text."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of putting another ledger in a ledger's place."""

    set_aside: Path | None
    """Where the one before is now; None where there was none."""
    before: Holding | None
    """What that one held."""


def path_of(url: str) -> Path:
    """The ledger's file. Raises ``UsageError`` for a ledger on a database server, naming the server's own means."""
    path = file_of(parse(url))
    if path is None:
        advice = "Copy it with the server's own tools, such as pg_dump and pg_restore; rebuild needs a file, too."
        raise UsageError("This ledger is on a database server.", where=shown(url), advice=advice)
    return path


def look(path: Path) -> Holding:
    """What the ledger in that file holds; raises ``UsageError`` where there is none. Nothing is written."""
    with _reading(path) as found:
        return _held(found, str(path))


def _held(found: sqlite3.Connection, where: str) -> Holding:
    tables = {name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "identity", "entries", "questions", "answers"} <= tables:
        raise UsageError("This is a database of something else, not a ledger.", where=where, advice=_ANOTHER)
    programme, target = found.execute("SELECT programme, target FROM identity").fetchone() or ("", "")
    return Holding(
        programme=programme,
        target=target,
        items=found.execute("SELECT count(*) FROM entries").fetchone()[0],
        questions=frozenset(key for (key,) in found.execute("SELECT key FROM questions")),
        answers=frozenset(found.execute("SELECT question, expert, text FROM answers")),
    )


def copy(source: Path, to: Path) -> Holding:
    """Copy a ledger as it stands at this instant into one new file; what the copy holds.

    The copy is whole or not there, readable by its owner alone. Raises ``UsageError`` where a file of that name is,
    where ``source`` is no ledger, and where there is no room.
    """
    if to.exists():
        raise UsageError("There is a file of that name already.", where=str(to), advice="Give another name.")
    draft = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        _private(draft)
        with _reading(source) as found, _writing(draft) as made:
            found.backup(made)
            made.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
            _drop_secrets(made)
            held = _held(made, str(source))
        _name(draft, to)
    finally:
        for ending in _SIDE_FILES:
            draft.with_name(draft.name + ending).unlink(missing_ok=True)
    return held


def _drop_secrets(made: sqlite3.Connection) -> None:
    """Take out what opens an upload under way to whoever reads the copy: it would be of no use to a restored ledger."""
    if made.execute("SELECT 1 FROM sqlite_master WHERE name = 'uploads'").fetchone():
        made.execute("PRAGMA secure_delete=ON")  # a deleted row's bytes would stay in the file
        made.execute("DELETE FROM uploads")


@contextmanager
def draft_beside(path: Path, word: str) -> Iterator[Path]:
    """A name beside the ledger for one that is being made; whatever stands there is gone before and afterwards."""
    draft = path.with_name(f"{path.name}.{word}")
    _remove(draft)  # a killed run may have left it
    try:
        yield draft
    finally:
        _remove(draft)


def _remove(draft: Path) -> None:
    for ending in (*_SIDE_FILES, ".lock", ".lock.json"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def prepare(source: Path, draft: Path, *, programme: str, target: str) -> Holding:
    """Copy a backup to ``draft`` and make a working ledger of it: signed as ours, migrated, and wary.

    Participants may have been given more answers since the backup than it knows. So it forgets which posts gather
    answers: the next plan looks at each as it does without a ledger, and writes over none that says more. And it takes
    what stands on the experts' boards for what may have been published already.
    Raises ``UsageError`` and ``RefusedByBrake`` as ``Ledger.open`` does.
    """
    held = copy(source, draft)
    with Ledger.open(str(draft), programme=programme, target=target) as ledger:
        for key in ledger.entries():
            if _gathers_answers(key):
                ledger.settle(key, None)
        ledger.boards.doubt()
    return held


def _gathers_answers(key: str) -> bool:
    slot = key.split("/", 2)[2:]
    return bool(slot) and slot[0].startswith("answers")


def put(draft: Path, path: Path, *, aside: Path) -> Placed:
    """Put a new ledger in the place of the present one, which is copied to ``aside`` first. Call it under the lock.

    Raises ``UsageError`` where the present one cannot be read, so not set aside either, and ``RefusedByBrake`` where it
    is another programme's or another target's; then nothing was changed.
    """
    new, before = look(draft), standing(path)
    if before and (before.programme, before.target) not in {(new.programme, new.target), ("", "")}:
        raise RefusedByBrake(
            f"The present ledger belongs to “{before.programme}” at {before.target}, and stays.",
            where=str(path),
            advice="Name the programme's own ledger with --ledger.",
        )
    if before:
        copy(path, aside)
    else:
        path.unlink(missing_ok=True)
        _private(path)
    with _reading(draft) as found, _writing(path) as made:
        found.backup(made)
    return Placed(aside if before else None, before)


def standing(path: Path) -> Holding | None:
    """What the ledger at its usual place holds; None where there is none yet. What is no ledger is refused."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        return look(path)
    except UsageError as error:
        error.advice = f"Move {path.name} away, with {path.name}-wal and {path.name}-shm, then run this again."
        raise


def _name(draft: Path, to: Path) -> None:
    """Give a finished copy its name, never that of another file."""
    try:
        os.link(draft, to)
    except FileExistsError as error:
        raise UsageError("There is a file of that name already.", where=str(to), advice="Give another name.") from error
    except OSError:
        draft.rename(to)  # a disk without hard links, as memory sticks are


def _private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))
        path.chmod(PRIVATE)  # whatever the umask
    except FileExistsError as error:
        raise LockHeld("Another program is making this copy.", where=str(path), advice="Try again.") from error
    except OSError as error:
        raise unopened(path, error) from error


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise UsageError("There is no ledger.", where=str(path), advice=_ANOTHER)
    with _opened(path) as found:
        yield found


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with _opened(path) as found:
        found.execute("PRAGMA synchronous=FULL")
        yield found


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there; one that may not be written is only read, as SQLite does by itself.

    Not with mode=ro: such a connection leaves the -wal and -shm behind that reading a ledger makes.
    """
    with told(str(path)):
        address = f"file:{quote(str(path.absolute()))}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as found:
            yield found


_ANOTHER = "Name another file; nothing was changed."
