"""Bring a database to the tables this version works with."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from better_classroom.errors import UsageError
from better_classroom.ledger.engine import transaction

HEAD = "0002"
"""The newest revision in ``migrations/versions``. A constant, because asking Alembic costs 100 ms at each start."""


def bring_up(connection: Connection, *, where: str) -> None:
    """Create or migrate the tables, in one transaction; nothing is done when they are as they should be.

    Raises ``UsageError`` for a database that is no ledger and for a ledger of a later version.
    """
    with transaction(connection, writing=False, where=where):
        found = _version(connection, where=where)
    if found == HEAD:
        return
    with transaction(connection, writing=True, where=where):
        if _version(connection, where=where) != HEAD:  # another run may just have done it
            _migrate(connection, where=where)


def _version(connection: Connection, *, where: str) -> str | None:
    """Revision of the tables; None for an empty database."""
    names = inspect(connection).get_table_names()
    if "alembic_version" in names:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if names:
        advice = "Name another file with --ledger; this one is left as it is."
        raise UsageError("This is a database of something else, not a ledger.", where=where, advice=advice)
    return None


def _migrate(connection: Connection, *, where: str) -> None:
    # Alembic costs 100 ms of import and is needed once in a ledger's life and at a new version.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.util.exc import CommandError  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", "better_classroom.ledger:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        advice = "Install the newest better_classroom, or name another ledger with --ledger."
        raise UsageError("A later version of better_classroom made this ledger.", where=where, advice=advice) from error
