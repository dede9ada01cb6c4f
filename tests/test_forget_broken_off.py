"""Forgetting that is broken off, at any call: the same command, or the next sync, ends in the same world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from breaking_off import WAITS, Children, killed
from talking import Control
from town import ANSWER, FIRST, GONE, Town, answered, nothing_is_left

PATCH = "classroom.courses.courseWorkMaterials.patch"
CALLS = [
    ("classroom.courses.students.list", 0),  # who is meant: nothing is deleted yet
    ("classroom.courses.topics.list", 0),  # the ledger has forgotten, the courses have not
    (PATCH, 0),
    (PATCH, 1),
]


@pytest.fixture
def town(
    tmp_path: Path,
    control: Control,
    google: Callable[[str, str, str], Any],
    sandbox_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Town:
    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    return Town(tmp_path, control, google, sandbox_url)


def all_is_done(town: Town, pseudonym: int) -> None:
    nothing_is_left(town, pseudonym)
    for course, words in GONE.items():
        assert words in town.read(course)
        assert ANSWER in town.read(course)
    assert town.organiser.plans()["changes"] == []


@pytest.mark.parametrize("how", ["forget", "sync"])
@pytest.mark.parametrize(
    "fault",
    [
        {"method": "classroom.courses.topics.list", "when": "before", "do": 403},
        {"method": PATCH, "when": "before", "do": 503},
        {"method": PATCH, "when": "after", "do": "drop"},
        {"method": PATCH, "when": "after", "do": "drop", "skip": 1},
    ],
)
def test_a_call_that_fails(town: Town, fault: dict[str, Any], how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    answered(town)
    pseudonym = town.pseudonym()
    town.control.post("faults", {**fault, "times": 1000})
    said = town.forget()
    assert said.code == 7
    assert "may still stand" in said.err
    town.control.delete("faults")
    said = town.forget() if how == "forget" else town.types("sync")
    assert said.code == 0, said.err
    all_is_done(town, pseudonym)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("method", "number"), CALLS)
def test_a_run_that_is_killed_at_a_call(town: Town, method: str, number: int, when: str, children: Children) -> None:
    answered(town)
    pseudonym = town.pseudonym()
    town.control.post("faults", {"method": method, "when": when, "do": "hang", "skip": number, "times": 1})
    killed(children.begin(town.organiser, "people", "forget", FIRST, "--yes"), town.control)
    # Where nothing had been deleted yet, only the same command goes on.
    said = town.forget() if method.endswith("students.list") else town.types("sync")
    assert said.code == 0, said.err
    all_is_done(town, pseudonym)
