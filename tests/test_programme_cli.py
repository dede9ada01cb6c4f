"""The commands check, schema and init, as somebody meets them in a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # its stubs are one more package for one test
import pytest
import yaml
from click.testing import CliRunner, Result

from better_classroom.cli.programme import check, init, schema
from better_classroom.errors import UsageError

BROKEN = Path(__file__).parent / "broken"


def run(command: object, *arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    """Run one command, in a process of ours."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments], env=env)  # type: ignore[arg-type]


def new(folder: Path) -> Path:
    """Return what init writes."""
    run(init, folder)
    return folder / "programme.yaml"


def test_a_programme_in_order_is_summed_up_on_stdout(tmp_path: Path) -> None:
    path = new(tmp_path / "new")

    result = run(check, "--programme", path)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert (
        result.stdout
        == f"""\
{path} is in order.

Our programme of seminars

2 courses:
  city-one (en, 2 participants)
  city-two (en, Europe/Stockholm)
2 seminars, by the clocks of Europe/Tallinn:
  Tue 14 May 2030, 10:00–11:30  Seminar 1: What we want to find out
    1 material, 2 question boxes, 1 reminder
  Tue 21 May 2030, 10:00–11:30  Seminar 2: What we have found out
    2 question boxes
Welcome in every course: Tue 23 April 2030, 10:00
"""
    )


def test_mistakes_go_to_stderr_with_exit_code_3() -> None:
    path = BROKEN / "key-misspelt.yaml"

    result = run(check, "--programme", path)

    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr == (
        f"{path}:14:5: there is no key `start` here\n    did you mean `starts`?\n{path} has 1 mistake.\n"
    )


def test_warnings_are_told_and_change_nothing(tmp_path: Path) -> None:
    path = new(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "questions: {slide_comments: true}\n", encoding="utf-8")

    result = run(check, "--programme", path)

    assert result.exit_code == 0
    assert result.stderr.startswith(f"warning: {path}:")
    assert result.stdout.startswith(f"{path} is in order, 1 warning.\n")


def test_json_holds_everything_and_nothing_else_is_said(tmp_path: Path) -> None:
    good = run(check, "--json", "--programme", new(tmp_path))
    bad = run(check, "--json", "--programme", BROKEN / "many-mistakes.yaml")

    assert (good.exit_code, bad.exit_code) == (0, 3)
    assert (good.stderr, bad.stderr) == ("", "")
    found = json.loads(good.stdout)
    assert found["valid"] is True
    assert found["complaints"] == []
    assert found["programme"]["seminars"][0] == {
        "key": "opening",
        "name": "Seminar 1: What we want to find out",
        "starts": "2030-05-14T10:00:00+03:00",
        "ends": "2030-05-14T11:30:00+03:00",
        "experts": ["expert-one"],
        "cancelled": False,
        "materials": 1,
        "question_boxes": 2,
        "reminders": 1,
    }
    missed = json.loads(bad.stdout)
    assert missed["programme"] is None
    assert missed["complaints"][0].keys() == {"file", "line", "column", "message", "remedy"}


def test_the_programme_is_found_by_flag_by_environment_and_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = new(tmp_path)
    by_environment = run(check, env={"BETTER_CLASSROOM_PROGRAMME": str(path)})
    monkeypatch.chdir(tmp_path)

    assert by_environment.stdout.startswith(f"{path} is in order")
    assert run(check).stdout.startswith("programme.yaml is in order")
    assert run(check, "--programme", "other.yaml").exit_code == 3


def test_what_init_writes_passes_the_check_and_its_schema(tmp_path: Path) -> None:
    result = run(init, tmp_path / "deep" / "new")
    path = tmp_path / "deep/new/programme.yaml"

    assert result.exit_code == 0
    assert set(result.stdout.splitlines()) == {str(file) for file in (tmp_path / "deep").rglob("*") if file.is_file()}
    assert "check --programme" in result.stderr
    assert json.loads(run(check, "--json", "--programme", path).stdout)["warnings"] == []
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), json.loads(run(schema).stdout))


def test_the_presentation_that_init_writes_is_a_pdf_of_one_page(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")

    run(init, tmp_path)

    (page,) = pypdf.PdfReader(tmp_path / "slides/opening.pdf", strict=True).pages
    assert "Replace this file" in page.extract_text()


def test_init_writes_over_nothing_and_then_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "programme.yaml").write_text("mine", encoding="utf-8")

    result = run(init, tmp_path)

    assert isinstance(result.exception, UsageError)
    assert f"{tmp_path / 'programme.yaml'} is there already" in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["programme.yaml"]
    assert (tmp_path / "programme.yaml").read_text(encoding="utf-8") == "mine"


def test_init_keeps_what_else_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    assert run(init, tmp_path).exit_code == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_init_into_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    result = run(init, tmp_path / "taken")

    assert isinstance(result.exception, UsageError)


def test_check_imports_nothing_heavy(tmp_path: Path) -> None:
    path = new(tmp_path)
    program = (
        "import sys\n"
        "from better_classroom.cli.programme import check\n"
        "check.main(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'googleapiclient', 'google.auth', 'sqlalchemy', 'babel', 'rich', 'alembic', 'starlette', 'email_validator'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "--programme", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr == "[]\n"
