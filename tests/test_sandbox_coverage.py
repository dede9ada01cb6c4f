"""Which of Google's methods the sandbox reproduces: the command's table, the page's, and the truth."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from better_classroom import cli
from better_classroom.sandbox.coverage import table
from better_classroom.sandbox.discovery import load
from better_classroom.sandbox.handlers import HANDLERS
from talking import Control, Wire

ROOT = Path(__file__).parent.parent
WHOLE = ("courses", "courses.aliases", "courses.topics", "courses.courseWorkMaterials", "courses.announcements")


def test_the_command_prints_the_table() -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        cli.main(["sandbox", "--coverage"])
    assert out.getvalue() == table()


def test_the_page_holds_the_table() -> None:
    script = ROOT / "scripts" / "write-sandbox-coverage"
    done = subprocess.run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0, "run scripts/write-sandbox-coverage"


def test_every_handler_is_a_method_of_the_documents() -> None:
    assert set(HANDLERS) <= set(load().by_id)


def test_the_table_has_every_method_once() -> None:
    rows = [line for line in table().splitlines() if line.startswith("| `")]
    assert sum(row.count("`") // 2 - 1 for row in rows) == len(load().by_id)


@pytest.mark.parametrize("method", sorted(set(load().by_id) - set(HANDLERS)))
def test_what_is_not_done_answers_501_and_names_itself(sandbox_url: str, control: Control, method: str) -> None:
    asked = load().by_id[method]
    token = control.token("korraldaja@tartu.example", *asked.scopes)
    path = "/".join("x" if part.startswith("{") and ":" not in part else part for part in asked.path.split("/"))
    with Wire(sandbox_url, token) as wire:
        answer = wire.ask(asked.verb, "/" + path.replace("{courseId}", "x").replace("{+", "{"))
    assert answer.status == 501, method
    assert method in answer.error["message"]
