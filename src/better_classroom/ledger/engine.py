"""From what a person writes after ``--ledger`` to an open database, and from its errors to ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from better_classroom.errors import LockHeld, UsageError

PRIVATE = 0o600
"""A ledger holds what participants wrote: nobody but its owner reads it."""

_BUSY_SECONDS = 1.0
"""The lock keeps runs apart; this only covers the instants in which another command reads or closes."""


def parse(url: str) -> URL:
    """Read a plain path or a SQLAlchemy URL.

    Raises ``UsageError`` for what is neither, and for a database in memory, which would forget what it made.
    """
    if "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser()))
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UsageError("The ledger's address cannot be read.", where=shown(url), advice=_ADVICE) from error
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise UsageError("A ledger must be a file: one in memory forgets.", where=shown(url), advice=_ADVICE)
    return parsed


_ADVICE = "Give --ledger a path, such as ledger.db, or an address such as sqlite:////home/me/ledger.db."


def shown(url: str) -> str:
    """Show the address in a message, without a password."""
    if "://" not in url:
        return url
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "--ledger"


def file_of(parsed: URL) -> Path | None:
    """Path of the database file; None where the database is not a file of this machine."""
    if parsed.get_backend_name() != "sqlite":
        return None
    name = (parsed.database or "").removeprefix("file:")
    return Path(name)


def create(url: str) -> Engine:
    """Make the engine, and for SQLite the file itself, readable by its owner alone."""
    parsed = parse(url)
    path = file_of(parsed)
    if path is None:
        try:
            return create_engine(parsed, poolclass=NullPool, hide_parameters=True)
        except (NoSuchModuleError, ImportError) as error:
            raise UsageError("There is no driver for this database here.", where=shown(url), advice=_ADVICE) from error
    if parsed.query.get("mode") != "ro":
        _make_private(path)
    engine = create_engine(
        parsed,
        poolclass=NullPool,
        # isolation_level=None: Python's driver would otherwise begin transactions where it likes, and none before
        # a CREATE TABLE; _begin below begins them where SQLAlchemy says.
        connect_args={"isolation_level": None, "timeout": _BUSY_SECONDS},
        hide_parameters=True,  # an error must not print what participants wrote
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """Create the file, or tighten it; SQLite gives its -wal and -shm files the mode that this one has."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise unopened(path, error) from error
    try:
        if os.fstat(descriptor).st_mode & 0o777 != PRIVATE:
            os.fchmod(descriptor, PRIVATE)
    except PermissionError:
        pass  # another's file that we may write: its owner decides who reads it
    finally:
        os.close(descriptor)


def unopened(path: Path, error: OSError) -> UsageError:
    """Say why there can be no ledger at that path."""
    if isinstance(error, FileNotFoundError):
        advice = f"Create the folder {path.parent}, or name another file with --ledger."
        return UsageError("The ledger's folder does not exist.", where=str(path), advice=advice)
    if isinstance(error, IsADirectoryError):
        return UsageError("The ledger must be a file; this is a folder.", where=str(path), advice=_ADVICE)
    reason = error.strerror or "it cannot be opened"
    advice = "Make the file and its folder writable for you, or name another file with --ledger."
    return UsageError(f"The ledger cannot be opened: {reason}.", where=str(path), advice=advice)


def _prepare(connection: Any, _record: object) -> None:
    """Set up one SQLite connection.

    WAL lets ``status`` read while ``sync`` writes. FULL syncs each commit to the disk before it is acknowledged: a
    pending row must precede its call to Google even if the machine loses power. A cache of 16 MB holds the indexes of a
    large pull. What is deleted is overwritten, and not only marked as free: a person may have asked for it.
    """
    cursor = connection.cursor()
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "secure_delete=ON")
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin; a transaction that is going to write says so at once, so that it can never fail half-way as busy."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.get("writing") else "BEGIN")


@contextmanager
def transaction(connection: Connection, *, writing: bool, where: str) -> Iterator[Connection]:
    """One transaction, with the database's errors told as ours."""
    connection.info["writing"] = writing
    with told(where), connection.begin():
        yield connection


def scrub(connection: Connection, *, where: str) -> None:
    """Leave nothing in SQLite's files of what was deleted: neither in pages set free nor in the write-ahead log.

    Overwriting at once does not reach copies that SQLite made while it moved rows. A server's database is its
    operator's to vacuum. Call it outside any transaction.
    """
    if connection.dialect.name != "sqlite":
        return
    with told(where):
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn the database's complaints about the file into something a person can act on; our own bugs pass."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        raise _as_ours(str(said), where) or error from error


def _as_ours(message: str, where: str) -> UsageError | LockHeld | None:
    for sign, (said, advice) in _SIGNS.items():
        if sign in message:
            return UsageError(said, where=where, advice=advice)
    if "locked" in message:
        return LockHeld("Another program is writing to the ledger.", where=where, advice="Try again in a moment.")
    return None


_WRITABLE = "Make the file and its folder writable for you, or name another file with --ledger."
_SIGNS = {
    "not a database": ("This file is not a ledger.", "Name another file with --ledger; this one is left as it is."),
    "malformed": ("The ledger is damaged.", "Put a copy back; or name a new one with --ledger: nothing is made twice."),
    "readonly": ("The ledger may not be written.", _WRITABLE),
    "unable to open": ("The ledger cannot be opened.", _WRITABLE),
    "disk is full": ("There is no room left on the disk.", "Free some room and run the same command again."),
    "disk I/O error": ("The disk refused the ledger.", "Check the disk, then run the same command again."),
}
