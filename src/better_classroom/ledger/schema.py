"""Bring a database to the tables this version works with."""

from __future__ import annotations

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

from better_classroom.errors import UsageError
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import metadata

HEAD = "0005"
"""The newest revision in ``migrations/versions``. A constant, because asking Alembic costs 100 ms at each start."""

# Alembic's own table, as Alembic makes it.
_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def bring_up(connection: Connection, *, where: str) -> None:
    """Create or migrate the tables, in one transaction; nothing is done when they are as they should be.

    Raises ``UsageError`` for a database that is no ledger and for a ledger of a later version.
    """
    with transaction(connection, writing=False, where=where):
        found = _version(connection, where=where)
    if found == HEAD:
        return
    with transaction(connection, writing=True, where=where):
        found = _version(connection, where=where)
        if found is None:
            _create(connection)
        elif found != HEAD:  # another run may just have done it
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


def _create(connection: Connection) -> None:
    """Make the tables of this version at once; a test holds that the migrations end in the same ones."""
    metadata.create_all(connection)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=HEAD))


def _migrate(connection: Connection, *, where: str) -> None:
    # Alembic costs 100 ms of import and is needed once for each new version.
    from alembic import command  # noqa: PLC0415 - slow to load, and needed by a ledger of an earlier version alone
    from alembic.config import Config  # noqa: PLC0415 - slow to load, and needed by a ledger of an earlier version alone
    from alembic.util.exc import CommandError  # noqa: PLC0415 - slow to load, and needed by a ledger of an earlier version alone

    config = Config()
    config.set_main_option("script_location", "better_classroom.ledger:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        advice = "Install the newest better_classroom, or name another ledger with --ledger."
        raise UsageError("A later version of better_classroom made this ledger.", where=where, advice=advice) from error
