from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from better_classroom.errors import UsageError
from better_classroom.ledger import Ledger
from better_classroom.ledger.schema import HEAD
from better_classroom.ledger.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


def opened(url: str) -> Ledger:
    return Ledger.open(url, programme="better-2020", target="google")


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", "better_classroom.ledger:migrations")
    return found


def revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def migrated(url: str, revision: str = "head") -> None:
    """Make the tables by the migrations alone, as a ledger of that version has them."""
    engine = create_engine(f"sqlite:///{url}")
    with engine.begin() as connection:
        earlier = config()
        earlier.attributes["connection"] = connection
        command.upgrade(earlier, revision)
    engine.dispose()


def test_the_constant_is_the_newest_revision() -> None:
    assert revisions()[-1] == HEAD


def test_the_migrated_tables_are_those_we_work_with(url: str) -> None:
    migrated(url)
    engine = create_engine(f"sqlite:///{url}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrated_constraints_are_those_that_a_new_ledger_has(url: str, tmp_path: Path) -> None:
    migrated(url)
    new = str(tmp_path / "new.db")
    opened(new).close()

    def tables(path: str) -> dict[str, str]:
        database = sqlite3.connect(path)
        rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        database.close()
        return {name: " ".join(sql.split()) for name, sql in rows}

    assert tables(url) == tables(new)


@pytest.mark.parametrize("revision", revisions())
def test_a_ledger_of_every_earlier_version_opens(url: str, revision: str) -> None:
    migrated(url, revision)
    with opened(url) as ledger:
        assert (ledger.entries(), ledger.questions.find()) == ({}, ())


def test_a_ledger_of_a_later_version_is_refused_and_left_as_it_is(url: str) -> None:
    opened(url).close()
    database = sqlite3.connect(url)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    with pytest.raises(UsageError, match=r"later version[\s\S]*Install the newest"):
        opened(url)
    assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    database.close()


def test_a_migration_that_fails_leaves_nothing_half_made(url: str) -> None:
    migrated(url, revisions()[0])
    database = sqlite3.connect(url)
    database.execute("CREATE TABLE participants (something TEXT)")  # in the way of a table that a later version makes
    database.commit()
    before = set(database.execute("SELECT name, sql FROM sqlite_master"))
    with pytest.raises(Exception, match="already exists"):
        opened(url)
    after = set(database.execute("SELECT name, sql FROM sqlite_master"))
    database.close()
    assert after == before


def test_alembic_is_not_imported_for_a_ledger_that_is_new_or_up_to_date(url: str) -> None:
    script = (
        "import sys; from better_classroom.ledger import Ledger; "
        "Ledger.open(sys.argv[1], programme='better-2020', target='google').close(); print('alembic' in sys.modules)"
    )
    said = [subprocess.run([sys.executable, "-c", script, url], capture_output=True, check=True).stdout for _ in "12"]
    assert [line.strip() for line in said] == [b"False", b"False"]
