"""Copies of a ledger: whole, private, never in another's place; and what a restored one does to the courses."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from better_classroom.course import Kind
from better_classroom.errors import RefusedByBrake, UsageError
from better_classroom.ledger import Ledger, backup, lock
from better_classroom.memory import Entry
from builders import ACCOUNT, a_programme, a_seminar, written
from talking import Control
from test_ledger_schema import migrated
from test_questions_cli import YES, Stage
from worlds import Organiser, Organising, token, world, writes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def opened(path: Path, programme: str = "better-2020") -> Ledger:
    return Ledger.open(str(path), programme=programme, target="google")


def entry(number: int) -> Entry:
    key = f"tartu/partnership/materials.{number}"
    return Entry(key, Kind.MATERIAL, "tartu", "organiser@tartu.example", str(number), {"title": "Ettekanne"}, {})


def a_ledger(path: Path, *, items: int = 3, programme: str = "better-2020") -> Path:
    with opened(path, programme) as ledger:
        for number in range(items):
            ledger.settle(entry(number).key, entry(number))
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestCopy:
    def test_a_copy_holds_what_the_ledger_holds_in_one_file_that_its_owner_alone_reads(
        self, path: Path, tmp_path: Path
    ) -> None:
        a_ledger(path)
        held = backup.copy(path, tmp_path / "copy.db")
        assert (held.programme, held.items, held.questions, held.answers) == (
            "better-2020",
            3,
            frozenset(),
            frozenset(),
        )
        assert mode(tmp_path / "copy.db") == 0o600
        assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "ledger.db"]
        with opened(tmp_path / "copy.db") as copied, opened(path) as ledger:
            assert copied.entries() == ledger.entries()

    def test_a_copy_holds_what_was_committed_a_moment_ago_while_the_run_goes_on(
        self, path: Path, tmp_path: Path
    ) -> None:
        with opened(path) as ledger:
            ledger.settle(entry(1).key, entry(1))
            assert backup.copy(path, tmp_path / "first.db").items == 1
            ledger.settle(entry(2).key, entry(2))
            assert backup.copy(path, tmp_path / "second.db").items == 2

    def test_every_copy_made_while_a_run_writes_is_consistent(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path, items=0)
        ended = threading.Event()

        def write() -> None:
            with opened(path) as ledger:
                number = 0
                while not ended.is_set():
                    ledger.settle(entry(number).key, entry(number))
                    number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            counts = [backup.copy(path, tmp_path / f"{number}.db").items for number in range(10)]
        finally:
            ended.set()
            writer.join()
        assert counts == sorted(counts)
        for number, count in enumerate(counts):
            with opened(tmp_path / f"{number}.db") as copied:
                assert list(copied.entries()) == sorted(entry(n).key for n in range(count))

    def test_no_file_is_overwritten(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path)
        (tmp_path / "copy.db").write_text("mine", encoding="utf-8")
        with pytest.raises(UsageError, match="file of that name"):
            backup.copy(path, tmp_path / "copy.db")
        assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "mine"

    @pytest.mark.parametrize("what", ["absent", "text", "photos", "empty"])
    def test_what_is_no_ledger_is_not_copied_and_nothing_is_left_behind(self, tmp_path: Path, what: str) -> None:
        source = tmp_path / "source"
        if what == "text":
            source.write_text("version: 1\n" * 100, encoding="utf-8")
        elif what == "empty":
            source.touch()
        elif what == "photos":
            with sqlite3.connect(source) as other:
                other.execute("CREATE TABLE photos (name TEXT)")
            other.close()
        before = sorted(file.name for file in tmp_path.iterdir())
        with pytest.raises(UsageError, match=r"not a ledger|no ledger"):
            backup.copy(source, tmp_path / "copy.db")
        assert sorted(file.name for file in tmp_path.iterdir()) == before

    def test_a_missing_folder_is_named(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path)
        with pytest.raises(UsageError, match="folder does not exist"):
            backup.copy(path, tmp_path / "nowhere" / "copy.db")

    def test_a_ledger_on_a_server_is_left_to_the_server_s_own_means(self) -> None:
        with pytest.raises(UsageError, match="pg_dump") as refused:
            backup.path_of("postgresql://me:geheim@localhost/better")
        assert "geheim" not in str(refused.value)


class TestPut:
    def put(self, source: Path, path: Path, aside: Path) -> backup.Placed:
        with backup.draft_beside(path, "restoring") as draft:
            backup.prepare(source, draft, programme="better-2020", target="google")
            return backup.put(draft, path, aside=aside)

    def test_the_present_ledger_is_set_aside_whole(self, path: Path, tmp_path: Path) -> None:
        backup.copy(a_ledger(path, items=1), tmp_path / "copy.db")
        a_ledger(path, items=5)
        placed = self.put(tmp_path / "copy.db", path, tmp_path / "aside.db")
        assert placed.set_aside == tmp_path / "aside.db"
        assert (backup.look(path).items, backup.look(tmp_path / "aside.db").items) == (1, 5)
        assert [mode(path), mode(tmp_path / "aside.db")] == [0o600, 0o600]
        assert not list(tmp_path.glob("*restoring*"))

    def test_where_there_was_none_nothing_is_set_aside(self, path: Path, tmp_path: Path) -> None:
        placed = self.put(a_ledger(tmp_path / "copy.db"), path, tmp_path / "aside.db")
        assert (placed.set_aside, backup.look(path).items, mode(path)) == (None, 3, 0o600)

    def test_a_reader_that_is_looking_meanwhile_sees_the_old_ledger_and_then_the_new(
        self, path: Path, tmp_path: Path
    ) -> None:
        a_ledger(path, items=5)
        a_ledger(tmp_path / "copy.db", items=1)
        with opened(path) as reader:
            assert len(reader.entries()) == 5
            self.put(tmp_path / "copy.db", path, tmp_path / "aside.db")
            assert len(reader.entries()) == 1
            reader.settle(entry(9).key, entry(9))
        with opened(path) as ledger:
            assert len(ledger.entries()) == 2

    def test_a_backup_of_another_programme_changes_nothing(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path, items=5)
        with pytest.raises(RefusedByBrake, match="“better-2021”; yours is “better-2020”"):
            self.put(a_ledger(tmp_path / "copy.db", programme="better-2021"), path, tmp_path / "aside.db")
        assert (backup.look(path).items, (tmp_path / "aside.db").exists()) == (5, False)

    def test_a_present_ledger_of_another_programme_stays(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path, items=5, programme="better-2021")
        with pytest.raises(RefusedByBrake, match="“better-2021” at google, and stays"):
            self.put(a_ledger(tmp_path / "copy.db"), path, tmp_path / "aside.db")
        assert (backup.look(path).programme, (tmp_path / "aside.db").exists()) == ("better-2021", False)

    def test_a_present_file_that_is_no_ledger_stays(self, path: Path, tmp_path: Path) -> None:
        path.write_text("version: 1\n" * 100, encoding="utf-8")
        with pytest.raises(UsageError, match=r"Move ledger\.db away"):
            self.put(a_ledger(tmp_path / "copy.db"), path, tmp_path / "aside.db")
        assert path.read_text(encoding="utf-8") == "version: 1\n" * 100

    def test_a_backup_of_an_earlier_version_is_migrated_and_stays_as_it_was(self, path: Path, tmp_path: Path) -> None:
        migrated(str(tmp_path / "copy.db"), "0001")
        before = (tmp_path / "copy.db").read_bytes()
        self.put(tmp_path / "copy.db", path, tmp_path / "aside.db")
        with opened(path) as ledger:
            assert ledger.entries() == {}
        assert (tmp_path / "copy.db").read_bytes() == before

    def test_a_backup_of_a_later_version_is_refused(self, path: Path, tmp_path: Path) -> None:
        a_ledger(path, items=5)
        later = sqlite3.connect(a_ledger(tmp_path / "copy.db"))
        with later:
            later.execute("UPDATE alembic_version SET version_num = '9999'")
        later.close()
        with pytest.raises(UsageError, match="later version"):
            self.put(tmp_path / "copy.db", path, tmp_path / "aside.db")
        assert backup.look(path).items == 5

    KILLED = """
import sys
from pathlib import Path
from better_classroom.ledger import backup
copy, path, aside = map(Path, sys.argv[1:])
with backup.draft_beside(path, "restoring") as draft:
    backup.prepare(copy, draft, programme="better-2020", target="google")
    print("ready", flush=True)
    backup.put(draft, path, aside=aside)
    print("done", flush=True)
    sys.stdin.read()
"""

    @pytest.mark.parametrize("word", ["ready", "done"])
    def test_killed_at_any_instant_the_old_ledger_or_the_new_one_is_there(
        self, path: Path, tmp_path: Path, word: str
    ) -> None:
        a_ledger(path, items=5)
        a_ledger(tmp_path / "copy.db", items=1)
        arguments = [str(tmp_path / "copy.db"), str(path), str(tmp_path / "aside.db")]
        command = [sys.executable, "-c", self.KILLED, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as child:
            assert child.stdout is not None
            while child.stdout.readline().strip().decode() != word:
                pass
            child.send_signal(signal.SIGKILL)
        with opened(path) as ledger:
            assert len(ledger.entries()) in ({5, 1} if word == "ready" else {1})
        (tmp_path / "aside.db").unlink(missing_ok=True)
        self.put(tmp_path / "copy.db", path, tmp_path / "aside.db")
        assert backup.look(path).items == 1
        assert not list(tmp_path.glob("*restoring*"))


# The commands


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(a_programme())


def test_backup_says_what_it_holds_and_where_the_key_is(organiser: Organiser, tmp_path: Path) -> None:
    organiser.applies()
    said = organiser.types("ledger", "backup", str(tmp_path / "copy.db"), "--json")
    assert (said.code, said.data["questions"], said.data["answers"]) == (0, 0, 0)
    assert said.data["items"] == backup.look(organiser.ledger).items > 20
    assert "ledger.db.key" in said.err
    assert "keep a copy" in said.err
    again = organiser.types("ledger", "backup", str(tmp_path / "copy.db"))
    assert again.code == 2


def test_backup_finds_a_name_of_its_own_beside_the_ledger(organiser: Organiser, tmp_path: Path) -> None:
    organiser.applies()
    said = organiser.types("ledger", "backup")
    (made,) = tmp_path.glob("ledger.*Z.backup.db")
    assert (said.code, said.out.partition(": ")[0]) == (0, str(made))


def test_backup_is_made_while_another_run_holds_the_lock_and_restore_is_not(
    organiser: Organiser, tmp_path: Path
) -> None:
    organiser.applies()
    with lock(str(organiser.ledger)):
        assert organiser.types("ledger", "backup", str(tmp_path / "copy.db")).code == 0
        assert organiser.types("ledger", "restore", str(tmp_path / "copy.db")).code == 8


def test_backup_without_a_ledger_makes_none(organiser: Organiser) -> None:
    assert organiser.types("ledger", "backup").code == 2
    assert not organiser.ledger.exists()


def test_a_backup_of_a_rehearsal_is_refused_at_another_target(organiser: Organiser, tmp_path: Path) -> None:
    organiser.applies()
    organiser.types("ledger", "backup", str(tmp_path / "copy.db"))
    elsewhere = replace(organiser, target="http://127.0.0.1:1", ledger=tmp_path / "other.db")
    said = elsewhere.types("ledger", "restore", str(tmp_path / "copy.db"))
    assert said.code == 6
    assert not elsewhere.ledger.exists()


def test_what_was_published_after_the_backup_is_not_made_again(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any], tmp_path: Path
) -> None:
    organiser.applies()
    copied = tmp_path / "copy.db"
    assert organiser.types("ledger", "backup", str(copied)).code == 0
    two = {"seminar-1": a_seminar(1), "seminar-2": a_seminar(2)}
    two["seminar-1"]["materials"]["presentation"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
    written(organiser.programme.parent, a_programme() | {"seminars": two})
    assert organiser.applies("--allow-many").code == 0
    access = token(control, ACCOUNT)
    services = google("classroom", "v1", access), google("drive", "v3", access)
    before = world(*services)
    said = organiser.types("ledger", "restore", str(copied))
    assert said.code == 0, said.err
    (aside,) = tmp_path.glob("ledger.*Z.set-aside.db")
    assert str(aside) in said.out
    control.delete("calls")
    assert organiser.applies().code == 0
    made = Counter(method.rpartition(".")[2] for method in writes(control))
    assert (made["create"], made["delete"]) == (0, 0)
    assert world(*services) == before
    assert organiser.plans()["changes"] == []


@pytest.fixture
def stage(tmp_path: Path, control: Any, google: Callable[[str, str, str], Any], sandbox_url: str) -> Stage:
    return Stage(tmp_path, control, google, sandbox_url)


@pytest.mark.parametrize("drift", ["keep", "restore"])
def test_answers_published_after_the_backup_stay_until_they_are_imported_again(
    stage: Stage, tmp_path: Path, drift: str
) -> None:
    written(tmp_path, a_programme(courses=("tartu",)) | {"drift": drift})
    stage.ask("Mis on avaandmed?")
    stage.sync()
    copied = tmp_path / "copy.db"
    assert stage.organiser.types("ledger", "backup", str(copied)).code == 0
    stage.answer(**YES)
    stage.sync()
    published = stage.published()
    assert YES["answer"] in published
    said = stage.organiser.types("ledger", "restore", str(copied))
    assert "It alone holds 0 questions" in said.out
    assert "and 1 answer:" in said.out
    stage.sync()
    assert stage.published() == published
    assert stage.organiser.types("answers", "import", str(stage.answers)).code == 0
    stage.sync()
    assert stage.published() == published
    plan = stage.organiser.plans()
    assert (plan["changes"], plan["notes"]) == ([], [])


def test_a_restored_ledger_keeps_the_questions_and_their_answers(stage: Stage, tmp_path: Path) -> None:
    stage.ask("Mis on avaandmed?")
    stage.sync()
    stage.answer(**YES)
    stage.sync()
    before, published = stage.listed(), stage.published()
    copied = tmp_path / "copy.db"
    assert "1 question, 1 answer" in stage.organiser.types("ledger", "backup", str(copied)).out
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"ledger.db{ending}").unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "questions")
    assert stage.organiser.types("ledger", "restore", str(copied)).code == 0
    assert stage.listed() == before
    stage.sync()
    assert (stage.listed(), stage.published()) == (before, published)
    assert stage.organiser.plans()["changes"] == []
