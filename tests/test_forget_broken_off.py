"""Forgetting that is broken off, at any call: the same command, or the next sync, ends in the same world."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talking import Control
from town import ANSWER, FIRST, GONE, Town, answered, nothing_is_left
from worlds import Organiser

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["better_classroom.cli.person", "worlds"])
WAITS = {"BETTER_CLASSROOM_SETTLE": "0", "BETTER_CLASSROOM_FIRST_WAIT": "0.001"}

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


@pytest.fixture
def child() -> Iterator[Callable[[Organiser], Any]]:
    made = []

    def start(organiser: Organiser) -> Any:
        process = PROCESSES.Process(target=_forget, args=(organiser,))
        process.start()
        made.append(process)
        return process

    yield start
    for process in made:
        process.kill()
        process.join()
        process.close()


def _forget(organiser: Organiser) -> None:
    os.environ.update(WAITS)  # noqa: TID251 - a child of the fork server does not inherit what the test has set
    organiser.types("people", "forget", FIRST, "--yes")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("method", "number"), CALLS)
def test_a_run_that_is_killed_at_a_call(
    town: Town, method: str, number: int, when: str, child: Callable[[Organiser], Any]
) -> None:
    answered(town)
    pseudonym = town.pseudonym()
    town.control.post("faults", {"method": method, "when": when, "do": "hang", "skip": number, "times": 1})
    process = child(town.organiser)
    while not town.control.get("faults")["faults"][0]["struck"]:
        assert process.is_alive()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    town.control.post("faults/release")
    # Where nothing had been deleted yet, only the same command goes on.
    said = town.forget() if method.endswith("students.list") else town.types("sync")
    assert said.code == 0, said.err
    all_is_done(town, pseudonym)
