"""What docs/sandbox.md tells a stranger is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from better_classroom.sandbox.batch import MOST
from better_classroom.sandbox.errors import STATUSES
from better_classroom.sandbox.faults import CUTS

PAGE = (Path(__file__).parent.parent / "docs" / "sandbox.md").read_text()


def _shown(after: str, language: str = "python") -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE[PAGE.index(after) :], re.DOTALL)
    assert found
    return found[1]


def _output(program: str, sandbox_url: str) -> str:
    # a process of its own: the page is for programs that know nothing of ours
    done = subprocess.run(
        [sys.executable, "-c", program, sandbox_url],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_worked_example_prints_what_it_says(sandbox_url: str) -> None:
    assert _output(_shown("## A worked example"), sandbox_url) == "['Partnerlus ja andmed']\n1 503\n2 409\n"


def test_the_sandbox_in_a_thread_starts_and_stops(sandbox_url: str) -> None:
    assert _output(_shown("## Start it"), sandbox_url).startswith("http://127.0.0.1:")


def test_the_fixtures_for_a_program_of_ones_own_serve_its_tests(tmp_path: Path) -> None:
    fixtures = _shown("## Test your own Classroom program against it")
    (tmp_path / "conftest.py").write_text(fixtures)
    use = 'def test_it(control):\n    assert control("clock") == {"now": "2020-06-09T09:00:00.000Z"}\n'
    (tmp_path / "test_own.py").write_text(use)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_every_deed_of_a_fault_is_told() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `do` |"))
    assert all(f"`{cut}`" in row for cut in CUTS)
    assert all(str(code) in row for code in STATUSES if code < 500)


def test_the_limits_of_batches_are_told() -> None:
    assert f"at most {MOST['classroom']} calls to Classroom" in PAGE
    assert f"`POST /batch/drive/v3` {MOST['drive']} to Drive" in PAGE
