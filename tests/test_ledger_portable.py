"""The ledger's SQL, held to PostgreSQL: it has no server here to run on, but its words can be looked at.

Every table, every migration, and every statement of a long day: what SQLAlchemy builds is built for PostgreSQL as well,
and what goes past it has no word that SQLite alone knows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import ClauseElement

from better_classroom.ledger.tables import metadata
from talking import Control
from town import ANSWER, ASKED, FIRST, THIRD, Town

POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
SQLITE_ALONE = re.compile(
    r"\b(INSERT OR|REPLACE INTO|PRAGMA|ROWID|AUTOINCREMENT|GLOB|IFNULL|JULIANDAY|STRFTIME|GROUP_CONCAT|JSON_EACH"
    r"|SQLITE_\w+|COLLATE NOCASE)\b",
    re.IGNORECASE,
)

INSPECTOR = ("PRAGMA main.", "PRAGMA temp.", "SELECT name FROM sqlite_master")
"""How SQLAlchemy itself asks SQLite which tables there are; it asks each database in its own words."""


@pytest.fixture
def asked() -> Iterator[tuple[list[ClauseElement], set[str]]]:
    """What is asked of any database from now on: as it was built, and as it was sent."""
    built: list[ClauseElement] = []
    sent: set[str] = set()

    def before_execute(_connection: Any, clause: Any, *_: Any) -> None:
        built.append(clause)

    def before_cursor_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.add(statement)

    event.listen(Engine, "before_execute", before_execute)
    event.listen(Engine, "before_cursor_execute", before_cursor_execute)
    yield built, sent
    event.remove(Engine, "before_execute", before_execute)
    event.remove(Engine, "before_cursor_execute", before_cursor_execute)


def test_every_statement_of_a_long_day_can_be_said_to_postgresql(
    asked: tuple[list[ClauseElement], set[str]],
    tmp_path: Path,
    control: Control,
    google: Callable[[str, str, str], Any],
    sandbox_url: str,
) -> None:
    town = Town(tmp_path, control, google, sandbox_url)
    for asker in (FIRST, THIRD):
        town.ask(ASKED, asker)
    town.sync()
    town.answer(town.key_of(ASKED), ANSWER)
    for command in (
        ("sync",),
        ("status",),
        ("people", "invite", "--yes"),
        ("questions", "export"),
        ("people", "status"),
    ):
        town.types(*command)
    town.forget()
    built, sent = asked
    assert len(sent) > 60
    for clause in built:
        assert str(clause.compile(dialect=POSTGRES))
    ours = [statement for statement in sent if not statement.startswith(INSPECTOR)]
    assert [statement for statement in ours if SQLITE_ALONE.search(statement)] == []


def test_every_table_can_be_made_in_postgresql() -> None:
    made = [str(CreateTable(table).compile(dialect=POSTGRES)) for table in metadata.sorted_tables]
    assert len(made) > 10
    assert not [statement for statement in made if SQLITE_ALONE.search(statement)]


def test_every_migration_can_be_said_to_postgresql() -> None:
    config = Config()
    config.set_main_option("script_location", "better_classroom.ledger:migrations")
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written, "target_metadata": metadata}
    )
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    with Operations.context(context):
        for revision in revisions:
            revision.module.upgrade()
    assert all(f"CREATE TABLE {table.name} " in written.getvalue() for table in metadata.sorted_tables)
    assert not SQLITE_ALONE.search(written.getvalue())
