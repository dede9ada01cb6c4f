"""The command line itself: help, documents, exit codes that no world is needed for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from better_classroom import cli, errors

ROOT = Path(__file__).parents[1]
CONTEXT = click.Context(cli.group, info_name="better-classroom")


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "better_classroom", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_says_of_itself_what_the_table_says(name: str) -> None:
    command = cli.group.get_command(CONTEXT, name)
    assert command
    assert command.name == name
    assert command.get_short_help_str(200) == cli.COMMANDS[name][1]


def test_the_page_about_the_command_line_is_what_the_commands_say() -> None:
    written = subprocess.run(
        [sys.executable, ROOT / "scripts" / "write-cli-docs", "--check"], capture_output=True, text=True, check=False
    )
    assert written.returncode == 0, written.stderr


def test_every_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    classes = [value for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "exit_code")]
    assert {f"| {value.exit_code} |" for value in classes} <= {
        line[: line.index("|", 2) + 1] for line in page.splitlines() if line.startswith("| ")
    }


def test_help_imports_neither_google_nor_the_database() -> None:
    code = "import sys; from better_classroom.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('googleapiclient', 'sqlalchemy', 'pydantic', 'rich') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def test_checking_a_programme_imports_no_google() -> None:
    where = str(ROOT / "examples" / "better-2020" / "programme.yaml")
    code = f"import sys; from better_classroom.cli import main\ntry: main(['check', '--programme', {where!r}])\n"
    code += "except SystemExit as leaving: print(leaving.code)\n"
    code += "print([name for name in ('googleapiclient', 'google.auth', 'sqlalchemy') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-2:] == ["0", "[]"]


def test_an_unknown_command_is_a_matter_of_usage(tmp_path: Path) -> None:
    said = run("publish", cwd=tmp_path)
    assert said.returncode == 2
    assert "No such command" in said.stderr


def test_a_missing_programme_is_told_without_a_traceback(tmp_path: Path) -> None:
    said = run("plan", "--target", "http://127.0.0.1:1", cwd=tmp_path)
    assert said.returncode == 3
    assert "programme.yaml" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("target", ["htp://127.0.0.1", "https://classroom.googleapis.com", "sandbox"])
def test_a_target_that_is_neither_google_nor_on_this_machine_is_refused(tmp_path: Path, target: str) -> None:
    said = run("plan", "--target", target, cwd=tmp_path)
    assert said.returncode == 2
    assert target in said.stderr


@pytest.mark.parametrize("module", sorted(path.stem for path in (ROOT / "src" / "better_classroom").glob("[a-z]*.py")))
def test_every_module_imports_by_itself(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import better_classroom.{module}"], check=True)
