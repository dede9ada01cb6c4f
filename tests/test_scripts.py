"""The scripts that people and cron run, each in a folder of its own with stand-ins for the commands they call."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SUMMARY = "tartu, genoa: 3 questions pulled, 2 posts published"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the scripts, in a folder whose name has a space."""
    copied = tmp_path / "a clone"
    shutil.copytree(ROOT / "scripts", copied / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".ci", copied / ".ci")
    return copied


def stand_in(path: Path, *, says: str, complains: str = "", code: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{complains}' >&2\necho '{says}'\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False)


def log(folder: Path) -> Path:
    return folder / ".better-classroom" / "sync.log"


def test_sync_is_silent_when_all_is_well_and_leaves_a_line_in_a_log_that_only_its_owner_reads(folder: Path) -> None:
    stand_in(folder / ".venv/bin/better-classroom", says=SUMMARY, complains="pulling")
    done = run(folder / "scripts/sync")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ exit 0: {SUMMARY}\n", log(folder).read_text("utf-8"))
    assert stat.S_IMODE(log(folder).stat().st_mode) == 0o600


def test_sync_tells_trouble_and_keeps_its_exit_code(folder: Path) -> None:
    stand_in(folder / ".venv/bin/better-classroom", says="  Try again.", complains="better-classroom: no reply", code=9)
    done = run(folder / "scripts/sync")
    assert (done.returncode, done.stdout) == (9, "")
    assert "no reply\n  Try again." in done.stderr
    assert log(folder).read_text("utf-8").endswith("exit 9: better-classroom: no reply\n")


def test_sync_says_nothing_while_another_run_is_at_work(folder: Path) -> None:
    stand_in(folder / ".venv/bin/better-classroom", says="better-classroom: process 7 holds the lock", code=8)
    done = run(folder / "scripts/sync")
    assert (done.returncode, done.stdout, done.stderr) == (8, "", "")
    assert "process 7" in log(folder).read_text("utf-8")


def test_sync_says_what_to_run_where_nothing_is_installed(folder: Path) -> None:
    done = run(folder / "scripts/sync")
    assert done.returncode == 2
    assert "scripts/demo" in done.stderr


@pytest.mark.parametrize(
    ("closing", "code", "expected"),
    [
        ("===== 3 passed in 0.12s =====", 0, 0),
        ("===== 3 passed, 1 skipped in 0.12s =====", 0, 1),
        ("===== 1 failed, 2 passed in 75.12s (0:01:15) =====", 1, 1),
        ("===== no tests ran in 0.01s =====", 5, 5),
    ],
)
def test_ci_fails_where_tests_failed_or_were_skipped_and_ends_with_pytests_own_line(
    folder: Path, closing: str, code: int, expected: int
) -> None:
    stand_in(folder / "scripts/test", says=f"SKIPPED [1] tests/test_a.py:1: why\n{closing}", code=code)
    done = run(folder / ".ci/run")
    assert done.returncode == expected
    assert done.stdout.splitlines()[-1] == closing
    assert done.stdout.count(closing) == (2 if "skipped" in closing else 1)


def test_every_script_can_be_run_and_starts_with_what_it_is_for() -> None:
    for path in (*(ROOT / "scripts").iterdir(), ROOT / ".ci/run"):
        if path.suffix or path.is_dir():
            continue
        assert os.access(path, os.X_OK), path.name
        first, second = path.read_text(encoding="utf-8").splitlines()[:2]
        assert first in {"#!/usr/bin/env bash", "#!/usr/bin/env python3"}, path.name
        assert second.startswith(("# ", '"""')), f"{path.name}: its second line says what it does"


def test_constraints_hold_names_and_versions_alone_and_cover_all_that_is_declared() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(lines, key=str.lower)
    pinned = {plain(match[1]) for line in lines if (match := re.fullmatch(r"([\w.-]+)==[\w.]+", line))}
    assert len(pinned) == len(lines)

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for names in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        declared += [name for name in names if isinstance(name, str)]
    assert {plain(re.split(r"[<>=!\[ ]", name)[0]) for name in declared} <= pinned


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
