from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from better_classroom.course import Action, Kind, Value
from better_classroom.errors import UsageError
from better_classroom.ledger import Account, Answer, Ledger, Text
from better_classroom.ledger.schema import HEAD
from better_classroom.ledger.tables import metadata
from better_classroom.memory import Entry, Pending


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


AT = "2020-05-18T08:00:00.000000+00:00"
# A released revision is never changed, nor are the rows that its ledgers hold: these are written here as they lie there.
# What later versions keep besides is filled in by its type.
KEPT: dict[str, dict[str, Any]] = {
    "identity": {"id": 1, "programme": "better-2020", "target": "google"},
    "accounts": {"account": "organiser@tartu.example", "remote_user_id": "1001", "project": "better-classroom"},
    "entries": {
        "key": "tartu/partnership/materials.presentation",
        "kind": "material",
        "course": "tartu",
        "account": "organiser@tartu.example",
        "remote_id": "700000000001",
        "sent": '{"attachments":["link:https://a.example"],"title":"T\\u00f6\\u00f6 "}',
        "answered": '{"attachments":["link:https://a.example/"],"title":"T\\u00f6\\u00f6"}',
        "superseded": "700000000000",
    },
    "pendings": {
        "key": "tartu/welcome",
        "kind": "announcement",
        "course": "tartu",
        "account": "organiser@tartu.example",
        "action": "create",
        "remote_id": "",
        "sent": '{"text":"Tere!"}',
        "at": AT,
    },
    "strangers": {"remote_id": "700000000009"},
    "askers": {"asker_id": "2001", "number": 7},
    "questions": {
        "key": "tartu-1",
        "source": "submissions",
        "source_id": "700000000002/2001",
        "course": "tartu",
        "seminar": "partnership",
        "slot": "before",
        "phase": "before",
        "late": 0,
        "asker_id": "2001",
        "asked_at": AT,
        "status": "answered",
        "withdrawn_at": None,
        "link": "https://classroom.google.com/c/1",
        "revision": 1,
        "digest": "ab",
    },
    "texts": {"question": "tartu-1", "n": 1, "text": "Mis?", "seen_at": AT, "updated_at": None},
    "assignments": {"question": "tartu-1", "expert": "lauri-sock", "assigned_by": "programme", "assigned_at": AT},
    "answers": {
        "question": "tartu-1",
        "n": 1,
        "revision": 1,
        "expert": "lauri-sock",
        "outcome": "publish",
        "visibility": "public",
        "text": "See.",
        "taken_at": AT,
    },
}


def filled(database: sqlite3.Connection, table: str) -> dict[str, Any]:
    """A row for a table of which nothing is said above."""
    leads = {column: to for _, _, to, column, *_ in database.execute(f"PRAGMA foreign_key_list({table})")}
    keys = {"questions": "tartu-1", "askers": "2001", "boards": "expert"}
    by_type = {"INTEGER": 2, "BOOLEAN": 0, "VARCHAR(32)": AT}
    return {
        name: keys[leads[name]] if name in leads else by_type.get(kind, name)
        for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")
    }


def remembered(database: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but Alembic's own."""
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'")
    rows = {table: database.execute(f"SELECT * FROM {table}") for (table,) in found.fetchall()}
    return {
        table: [dict(zip([column for column, *_ in read.description], row, strict=True)) for row in read.fetchall()]
        for table, read in rows.items()
    }


@pytest.mark.parametrize("revision", revisions())
def test_a_ledger_of_every_earlier_version_forgets_nothing(url: str, revision: str) -> None:
    migrated(url, revision)
    with closing(sqlite3.connect(url)) as database, database:
        for table in remembered(database):
            row = KEPT.get(table) or filled(database, table)
            places = ", ".join(f":{name}" for name in row)
            database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)
        before = remembered(database)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    account = "organiser@tartu.example"
    with opened(url) as ledger:
        memory, (question,) = ledger.memory(), ledger.questions.find()
        assert ledger.accounts() == {account: Account(account, "1001", "better-classroom")}
    assert memory.entries == {(entry := known(account)).key: entry}
    at = datetime(2020, 5, 18, 8, tzinfo=UTC)
    begun = Pending("tartu/welcome", Kind.ANNOUNCEMENT, "tartu", account, Action.CREATE, "", {"text": "Tere!"}, at)
    assert memory.pendings == {begun.key: begun}
    assert memory.strangers == {"700000000009"}
    assert question.texts == (Text(1, "Mis?", at, None),)
    assert question.answers == (Answer(1, 1, "lauri-sock", "publish", "public", "See.", at),)
    assert (question.asker, question.experts, question.status) == (7, ("lauri-sock",), "answered")
    with closing(sqlite3.connect(url)) as database:
        after = remembered(database)
    assert {table: after[table] for table in before} == before
    assert not any(rows for table, rows in after.items() if table not in before)


def known(account: str) -> Entry:
    """The entry above, as the program reads it."""
    sent: dict[str, Value] = {"title": "Töö ", "attachments": ("link:https://a.example",)}
    answered: dict[str, Value] = {"title": "Töö", "attachments": ("link:https://a.example/",)}
    key = "tartu/partnership/materials.presentation"
    return Entry(key, Kind.MATERIAL, "tartu", account, "700000000001", sent, answered, "700000000000")


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
