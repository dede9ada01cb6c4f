from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from better_classroom.change import Refused
from better_classroom.course import Action, Kind, Value
from better_classroom.errors import LockHeld, RefusedByBrake, UsageError
from better_classroom.ledger import Account, Ledger
from better_classroom.memory import Entry, Pending

NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)
KEY = "tartu/partnership/materials.presentation"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with opened(url) as found:
        yield found


def opened(url: str, *, programme: str = "better-2020", target: str = "google") -> Ledger:
    return Ledger.open(url, programme=programme, target=target)


def pending(key: str = KEY, *, remote_id: str = "", title: str = "Ettekanne") -> Pending:
    sent: dict[str, Value] = {
        "title": title,
        "attachments": ("file:slides/1.pdf", "link:https://tartu.example/"),
        "published": False,
    }
    return Pending(key, Kind.MATERIAL, "tartu", "organiser@tartu.example", Action.CREATE, remote_id, sent, NOW)


def entry(key: str = KEY, *, remote_id: str = "42", superseded: str = "") -> Entry:
    sent: dict[str, Value] = {
        "title": "Ettekanne ",
        "attachments": ("file:slides/1.pdf",),
        "publish": None,
        "points": 0,
    }
    answered: dict[str, Value] = {"title": "Ettekanne", "attachments": ("drive:1a",)}
    return Entry(key, Kind.MATERIAL, "tartu", "organiser@tartu.example", remote_id, sent, answered, superseded)


class TestWhatWeMade:
    def test_an_entry_comes_back_as_it_was_settled(self, ledger: Ledger, url: str) -> None:
        ledger.settle(KEY, entry(superseded="41"))
        ledger.close()
        with opened(url) as again:
            assert again.entries() == {KEY: entry(superseded="41")}

    def test_a_pending_write_comes_back_as_it_was_begun(self, ledger: Ledger, url: str) -> None:
        ledger.begin(pending())
        ledger.close()
        with opened(url) as again:
            assert again.pendings() == {KEY: pending()}
            assert again.pendings()[KEY].action is Action.CREATE

    def test_an_instant_keeps_its_moment_and_its_microseconds(self, ledger: Ledger) -> None:
        at = datetime(2020, 6, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=3)))
        ledger.begin(Pending(KEY, Kind.TOPIC, "tartu", "a@b.example", Action.UPDATE, "1", {}, at))
        assert ledger.pendings()[KEY].at == at
        assert ledger.pendings()[KEY].at.utcoffset() == timedelta(0)

    def test_an_instant_without_an_offset_is_refused(self, ledger: Ledger) -> None:
        naive = Pending(KEY, Kind.TOPIC, "tartu", "", Action.UPDATE, "1", {}, NOW.replace(tzinfo=None))
        with pytest.raises(Exception, match="without an offset"):
            ledger.begin(naive)
        assert ledger.pendings() == {}

    def test_beginning_again_takes_the_place_of_the_earlier_pending_write(self, ledger: Ledger) -> None:
        ledger.begin(pending(title="first"))
        ledger.begin(pending(title="second", remote_id="7"))
        assert ledger.pendings() == {KEY: pending(title="second", remote_id="7")}

    def test_settling_drops_the_pending_write_of_that_key_alone(self, ledger: Ledger) -> None:
        ledger.begin(pending())
        ledger.begin(pending("gavle/data/topic"))
        ledger.settle(KEY, entry())
        assert set(ledger.pendings()) == {"gavle/data/topic"}

    def test_settling_with_nothing_forgets_the_item(self, ledger: Ledger) -> None:
        ledger.settle(KEY, entry())
        ledger.settle(KEY, None)
        assert ledger.entries() == {}

    def test_settling_again_replaces_the_entry(self, ledger: Ledger) -> None:
        ledger.settle(KEY, entry())
        ledger.settle(KEY, entry(remote_id="43"))
        assert ledger.entries()[KEY].remote_id == "43"

    def test_an_entry_under_another_key_is_refused_and_nothing_changes(self, ledger: Ledger) -> None:
        ledger.begin(pending())
        with pytest.raises(ValueError, match="calls itself"):
            ledger.settle(KEY, entry("tartu/data/topic"))
        assert (set(ledger.pendings()), ledger.entries()) == ({KEY}, {})

    def test_abandoning_drops_the_pending_write_and_keeps_the_entry_and_what_google_said(self, ledger: Ledger) -> None:
        ledger.settle(KEY, entry())
        for said in ("full", "still \ud83d full"):
            ledger.begin(pending())
            ledger.abandon(KEY, Refused(said, "Make room."))
        assert (ledger.pendings(), ledger.entries()) == ({}, {KEY: entry()})
        assert ledger.refusals() == {KEY: Refused("still ? full", "Make room.")}
        ledger.settle(KEY, entry())
        assert ledger.refusals() == {}

    def test_half_a_surrogate_pair_from_google_is_kept(self, ledger: Ledger) -> None:
        ledger.begin(pending(title="\ud83d"))
        assert ledger.pendings()[KEY].sent["title"] == "\ud83d"

    def test_a_course_is_known_by_google_s_id_once_it_is_settled(self, ledger: Ledger) -> None:
        assert ledger.course_id("tartu") == ""
        ledger.settle("tartu/course", Entry("tartu/course", Kind.COURSE, "tartu", "", "604567890123", {}, {}))
        assert ledger.course_id("tartu") == "604567890123"

    def test_memory_holds_all_that_a_plan_needs(self, ledger: Ledger) -> None:
        ledger.settle(KEY, entry())
        ledger.begin(pending("gavle/data/topic"))
        ledger.remember_stranger("77")
        ledger.remember_stranger("77")
        memory = ledger.memory()
        assert (set(memory.entries), set(memory.pendings)) == ({KEY}, {"gavle/data/topic"})
        assert (memory.strangers, memory.asked) == (frozenset({"77"}), {})


class TestKilled:
    SCRIPT = """
import sys
from better_classroom.ledger import Ledger
from test_ledger import entry, pending
ledger = Ledger.open(sys.argv[1], programme="better-2020", target="google")
ledger.settle("tartu/partnership/topic", entry("tartu/partnership/topic"))
for number in range(100_000):
    ledger.begin(pending(f"tartu/partnership/{number}"))
    print(number, flush=True)
"""

    def test_what_was_acknowledged_before_a_kill_is_there_and_the_ledger_opens(self, url: str) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, url],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent,  # from where the script can import this module
        ) as child:
            assert child.stdout is not None
            acknowledged = [int(child.stdout.readline()) for _ in range(20)][-1]
            child.send_signal(signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, child.stdout.read().split())])
        with opened(url) as ledger:
            assert set(ledger.entries()) == {"tartu/partnership/topic"}
            numbers = {int(key.rpartition("/")[2]) for key in ledger.pendings()}
        # The one write after the last acknowledged may or may not have been committed; nothing else may differ.
        assert numbers in (set(range(acknowledged + 1)), set(range(acknowledged + 2)))


class TestWhoseItIs:
    def test_a_ledger_of_another_programme_is_refused_by_both_names(self, ledger: Ledger, url: str) -> None:
        ledger.close()
        with pytest.raises(RefusedByBrake, match=r"“better-2020”; yours is “better-2021”[\s\S]*--ledger"):
            opened(url, programme="better-2021")

    def test_a_ledger_of_another_target_is_refused_by_both_names(self, ledger: Ledger, url: str) -> None:
        ledger.close()
        with pytest.raises(RefusedByBrake, match=r"stands at google; .* at http://127.0.0.1:8000[\s\S]*--ledger"):
            opened(url, target="http://127.0.0.1:8000")

    def test_a_closing_slash_makes_no_other_target(self, url: str) -> None:
        opened(url, target="http://127.0.0.1:8000/").close()
        with opened(url, target="http://127.0.0.1:8000") as ledger:
            assert ledger.target == "http://127.0.0.1:8000"

    def test_an_account_is_remembered(self, ledger: Ledger) -> None:
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="better")
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="better")
        assert ledger.accounts() == {"a@tartu.example": Account("a@tartu.example", "1", "better")}

    def test_an_account_that_is_somebody_else_now_is_refused(self, ledger: Ledger) -> None:
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="")
        with pytest.raises(RefusedByBrake, match="was the Google account 1 so far, and is 2 now"):
            ledger.remember_account("a@tartu.example", remote_user_id="2", project="")

    def test_a_sign_in_by_another_cloud_project_is_refused_for_every_account(self, ledger: Ledger) -> None:
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="better")
        for account, user in (("a@tartu.example", "1"), ("b@genova.example", "2")):
            with pytest.raises(RefusedByBrake, match="sign-in is other; this programme was made with better"):
                ledger.remember_account(account, remote_user_id=user, project="other")
        assert set(ledger.accounts()) == {"a@tartu.example"}

    def test_a_project_that_was_not_known_is_filled_in(self, ledger: Ledger) -> None:
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="")
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="better")
        ledger.remember_account("a@tartu.example", remote_user_id="1", project="")
        assert ledger.accounts()["a@tartu.example"].project == "better"


class TestTheFile:
    def test_nobody_but_its_owner_may_read_it_whatever_the_umask(self, tmp_path: Path) -> None:
        for umask in (0o000, 0o022, 0o777):
            folder = tmp_path / f"{umask:o}"
            folder.mkdir(mode=0o755)
            before = os.umask(umask)
            try:
                with opened(str(folder / "ledger.db")) as ledger:
                    ledger.begin(pending())
                    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
            finally:
                os.umask(before)
            assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)

    def test_one_that_others_could_read_is_tightened(self, ledger: Ledger, url: str) -> None:
        ledger.close()
        Path(url).chmod(0o644)
        opened(url).close()
        assert stat.S_IMODE(Path(url).stat().st_mode) == 0o600

    @pytest.mark.parametrize("prefix", ["", "sqlite:///", "sqlite+pysqlite:///"])
    def test_a_path_and_an_address_name_the_same_ledger(self, ledger: Ledger, url: str, prefix: str) -> None:
        ledger.begin(pending())
        with opened(prefix + url) as same:
            assert set(same.pendings()) == {KEY}

    def test_a_reader_does_not_wait_for_a_writer(self, ledger: Ledger, url: str) -> None:
        ledger.begin(pending())
        writer = sqlite3.connect(url, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM pendings")
        assert set(ledger.pendings()) == {KEY}
        writer.close()

    def test_a_second_writer_is_told_to_try_again(self, ledger: Ledger, url: str) -> None:
        writer = sqlite3.connect(url, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockHeld, match="Another program is writing"):
            ledger.begin(pending())
        writer.close()
        ledger.begin(pending())
        assert set(ledger.pendings()) == {KEY}

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"folder does not exist[\s\S]*nowhere"):
            opened(str(tmp_path / "nowhere" / "ledger.db"))

    def test_a_folder_is_no_ledger(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="this is a folder"):
            opened(str(tmp_path))

    def test_a_file_of_another_kind_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "programme.yaml"
        path.write_text("version: 1\n" * 100, encoding="utf-8")
        with pytest.raises(UsageError, match="not a ledger"):
            opened(str(path))
        assert path.read_text(encoding="utf-8") == "version: 1\n" * 100

    def test_a_database_of_something_else_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "photos.db"
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE photos (name TEXT)")
        with pytest.raises(UsageError, match="database of something else"):
            opened(str(path))
        assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["photos"]
        other.close()

    def test_one_that_may_not_be_written_says_so(self, ledger: Ledger, url: str) -> None:
        ledger.close()
        with (
            opened(f"sqlite:///file:{url}?mode=ro&uri=true") as readonly,
            pytest.raises(UsageError, match="may not be written"),
        ):
            readonly.begin(pending())

    @pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "nonsense://x/y", "://"])
    def test_an_address_that_cannot_be_a_ledger_is_refused(self, address: str) -> None:
        with pytest.raises(UsageError, match="--ledger"):
            opened(address)

    def test_a_password_in_an_address_is_not_shown(self) -> None:
        with pytest.raises(UsageError) as refused:
            opened("postgresql+nodriver://me:geheim@localhost/better")
        assert "geheim" not in str(refused.value)
