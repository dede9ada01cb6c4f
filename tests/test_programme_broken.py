"""Every file in ``broken`` holds one mistake, or many, and beside it stands what is said about it.

``python tests/test_programme_broken.py`` writes the texts anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from better_classroom import programme
from better_classroom.errors import ProgrammeInvalid

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("*.yaml"))


def told(path: Path) -> str:
    """Return all complaints as a person reads them, without the folder that the test happens to run in."""
    complaints = programme.check(path).complaints
    return "".join(f"{complaint}\n" for complaint in complaints).replace(f"{path}:", "").replace(f"{path.parent}/", "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_its_place_and_its_remedy(path: Path) -> None:
    assert told(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_loading_refuses_what_check_complains_about(path: Path) -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        programme.load(path)

    assert refused.value.complaints == programme.check(path).complaints
    assert refused.value.exit_code == 3


def test_there_is_no_text_without_its_file() -> None:
    assert {path.stem for path in BROKEN.glob("*.txt")} == {path.stem for path in FILES}


def test_one_mistake_makes_one_complaint() -> None:
    several = {"many-mistakes", "yaml-alias-bomb", "participants-no-email"}

    talkative = [path.stem for path in FILES if path.stem not in several and len(programme.check(path).complaints) != 1]

    assert talkative == []


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "\n".join(" " * depth + "a:" for depth in range(1000)),
    ],
    ids=["lists", "groups", "dashes", "indentation"],
)
def test_depth_costs_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "programme.yaml"
    path.write_text(content, encoding="utf-8")
    began = time.process_time()

    (complaint,) = programme.check(path).complaints

    assert "50 levels deep" in complaint.message
    assert time.process_time() - began < 2


def test_keys_within_keys_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    path.write_text("? " * 100_000, encoding="utf-8")
    began = time.process_time()

    (complaint,) = programme.check(path).complaints

    assert complaint.message == "a key must be plain text"
    assert time.process_time() - began < 2


def test_a_bomb_of_aliases_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    lines = ["version: 1", "a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    path.write_text("\n".join(lines), encoding="utf-8")
    began = time.process_time()

    complaints = programme.check(path).complaints

    assert sum("is an anchor" in complaint.message for complaint in complaints) == 30
    assert time.process_time() - began < 2


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (complaint,) = programme.check(tmp_path / "programme.yaml").complaints

    assert complaint.message == "there is no such file"
    assert "better-classroom init" in complaint.remedy


def test_a_folder_is_no_programme(tmp_path: Path) -> None:
    (complaint,) = programme.check(tmp_path).complaints

    assert complaint.message == "this is a folder, not a file"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "programme.yaml")

    (complaint,) = programme.check(tmp_path / "programme.yaml").complaints

    assert complaint.message == "this is not a regular file"


def test_a_film_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    with path.open("wb") as film:
        film.truncate(5 * 1024**3)

    (complaint,) = programme.check(path).complaints

    assert complaint.message == "the file has 5,368,709,120 bytes, more than 4,194,304"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    path.symlink_to(path)  # which not even root can follow

    (complaint,) = programme.check(path).complaints

    assert complaint.message == "the file cannot be read: Too many levels of symbolic links"


def test_an_attached_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slides.pdf")
    path = tmp_path / "programme.yaml"
    written = (BROKEN / "file-missing.yaml").read_text(encoding="utf-8").replace("slides/three.pdf", "slides.pdf")
    path.write_text(written, encoding="utf-8")

    (complaint,) = programme.check(path).complaints

    assert complaint.message == "“slides.pdf” is not a regular file"


def rewrite() -> None:
    """Write the expected texts anew."""
    for path in FILES:
        path.with_suffix(".txt").write_text(told(path), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
