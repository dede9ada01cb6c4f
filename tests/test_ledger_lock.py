from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from better_classroom.errors import LockHeld, UsageError
from better_classroom.ledger import lock

HOLD = """
import sys
from better_classroom.ledger import lock
with lock(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another run, called "sync", that holds the lock."""
    command = [sys.executable, "-c", HOLD, "sync", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        yield child
        child.kill()


def test_a_second_run_is_refused_and_told_who_holds_the_lock(url: str) -> None:
    with holder(url) as child, pytest.raises(LockHeld) as refused, lock(url):
        pass
    assert f"process {child.pid} on {socket.gethostname()} (sync), since 2" in str(refused.value)
    assert refused.value.exit_code == 8


def test_the_lock_of_a_killed_run_is_gone_at_once_though_its_name_is_left(url: str) -> None:
    with holder(url) as child:
        child.kill()
        child.wait()
        assert Path(f"{url}.lock.json").exists()
        with lock(url):
            assert json.loads(Path(f"{url}.lock.json").read_text())["pid"] == os.getpid()


def test_a_run_that_ended_leaves_the_lock_to_the_next(url: str) -> None:
    for _ in range(3):
        with lock(url):
            pass
    assert not Path(f"{url}.lock.json").exists()


def test_a_run_that_failed_leaves_the_lock_to_the_next(url: str) -> None:
    with pytest.raises(ZeroDivisionError), lock(url):
        raise ZeroDivisionError
    with lock(url):
        pass


def test_the_same_run_cannot_hold_it_twice_and_keeps_it_when_it_tries(url: str) -> None:
    with lock(url):
        with pytest.raises(LockHeld, match=f"process {os.getpid()}"), lock(url):
            pass
        again = subprocess.run([sys.executable, "-c", HOLD, "sync", url], input=b"", capture_output=True, check=False)
        assert b"LockHeld" in again.stderr


def test_an_unreadable_name_still_says_that_somebody_holds_it(url: str) -> None:
    with holder(url):
        Path(f"{url}.lock.json").write_text("half a na")
        with pytest.raises(LockHeld, match=r"Another run works on this programme\."), lock(url):
            pass


def test_path_and_address_of_one_ledger_share_one_lock(url: str) -> None:
    with lock(url), pytest.raises(LockHeld), lock(f"sqlite:///{url}"):
        pass


def test_ledgers_have_locks_of_their_own(url: str) -> None:
    with lock(url), lock(f"{url}2"):
        pass


def test_its_files_are_for_their_owner_alone(url: str) -> None:
    with lock(url):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in Path(url).parent.iterdir()}
    assert modes == {"ledger.db.lock": 0o600, "ledger.db.lock.json": 0o600}


def test_a_missing_folder_is_told_kindly(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder does not exist"), lock(str(tmp_path / "no" / "ledger.db")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_on_a_server_cannot_be_locked_yet() -> None:
    with pytest.raises(UsageError, match="cannot be locked yet"), lock("postgresql://localhost/better"):
        pass
