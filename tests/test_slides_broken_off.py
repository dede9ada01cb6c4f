"""Runs that are broken off amid replies and pulls: the next run ends where an undisturbed one would, nothing twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slides_world import ABROAD, SECOND, Slides, begun
from talking import Control
from worlds import Organiser

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["better_classroom.cli.publishing", "worlds"])

WAITS = {"BETTER_CLASSROOM_SETTLE": "0", "BETTER_CLASSROOM_FIRST_WAIT": "0.001"}
METHODS = ("drive.replies.create", "drive.replies.update", "drive.replies.delete")
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "dropped before the effect": {"when": "before", "do": "drop"},
    "dropped after the effect": {"when": "after", "do": "drop"},
    "500 with the effect done": {"when": "after", "do": 500},
    "503": {"when": "before", "do": 503},
    "429": {"when": "before", "do": 429},
    "429 with Retry-After": {"when": "before", "do": 429, "retryAfter": 0},
    "403 rateLimitExceeded": {"when": "before", "do": 403, "reason": "rateLimitExceeded"},
}
KILLS: Mapping[str, Mapping[str, Any]] = {
    "killed before the ledger's row": {"when": "after", "do": "hang"},
    "killed before the call": {"when": "before", "do": "hang"},
}
LISTED = "drive.comments.list"

Child = Callable[[Organiser, str], Any]


@dataclass
class Threads:
    """Three comments: one that is to be answered, one whose answer was corrected, one whose answer was taken back."""

    slides: Slides
    answered: Any
    corrected: Any
    taken_back: Any

    def stand(self) -> tuple[list[str], list[str], list[str]]:
        return tuple(map(self.slides.thread, (self.answered, self.corrected, self.taken_back)))  # type: ignore[return-value]  # three of them

    def are_made_good(self) -> None:
        """Run again; then every answer stands once, and the ledger knows it."""
        said = self.slides.organiser.applies()
        assert said.code == 0, said.err
        assert self.stand() == (["Vastus (Lauri Sock):\nÜks."], ["Vastus (Lauri Sock):\nKaks, parandatud."], [])
        assert self.slides.organiser.types("plan", "--exit-code").code == 0


@pytest.fixture
def threads(
    tmp_path: Path,
    control: Control,
    google: Callable[[str, str, str], Any],
    sandbox_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Threads:
    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    slides = begun(tmp_path, control, google, sandbox_url, courses=("tartu",))
    made = [slides.comment(text) for text in ("Esimene?", "Teine?", "Kolmas?")]
    slides.sync()
    slides.answer("Kaks.", to="Teine")
    slides.answer("Kolm.", to="Kolmas")
    slides.publish()
    slides.answer("Üks.", to="Esimene")
    slides.answer("Kaks, parandatud.", to="Teine")
    slides.answer("Kolm.", to="Kolmas", status="take back")
    return Threads(slides, *made)


@pytest.fixture
def child() -> Iterator[Child]:
    made = []

    def start(organiser: Organiser, command: str) -> Any:
        process = PROCESSES.Process(target=_run, args=(organiser, command))
        process.start()
        made.append(process)
        return process

    yield start
    for process in made:
        process.kill()
        process.join()
        process.close()


def _run(organiser: Organiser, command: str) -> None:
    os.environ.update(WAITS)  # noqa: TID251 - a child of the fork server does not inherit what the test has set
    organiser.types(command, *(["--yes"] if command == "apply" else []))


def killed(process: Any, control: Control) -> None:
    """Kill a process at the fault that it runs into."""
    while not control.get("faults")["faults"][0]["struck"]:
        assert process.is_alive()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    control.post("faults/release")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_changes_nothing_in_the_end(threads: Threads, fault: str, method: str) -> None:
    threads.slides.control.post("faults", {**FAULTS[fault], "method": method, "times": 1})
    first = threads.slides.organiser.applies()
    assert first.code in {0, 7, 9}, first.err
    threads.are_made_good()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kill", KILLS)
def test_a_run_that_is_killed_changes_nothing_in_the_end(
    threads: Threads, kill: str, method: str, child: Child
) -> None:
    threads.slides.control.post("faults", {**KILLS[kill], "method": method, "times": 1})
    killed(child(threads.slides.organiser, "apply"), threads.slides.control)
    threads.are_made_good()


def test_an_answer_taken_back_after_its_reply_was_lost_goes_again(threads: Threads) -> None:
    threads.slides.control.post("faults", {**FAULTS["dropped after the effect"], "method": METHODS[0], "times": 1})
    threads.slides.organiser.applies()
    assert threads.stand()[0] == ["Vastus (Lauri Sock):\nÜks."]
    threads.slides.answer("Üks.", to="Esimene", status="take back")
    threads.slides.publish()
    assert threads.stand()[0] == []
    assert threads.slides.organiser.types("plan", "--exit-code").code == 0


def test_an_answer_corrected_after_its_reply_was_lost_is_corrected_in_place(threads: Threads) -> None:
    threads.slides.control.post("faults", {**FAULTS["dropped after the effect"], "method": METHODS[0], "times": 1})
    threads.slides.organiser.applies()
    threads.slides.answer("Üks, parandatud.", to="Esimene")
    threads.slides.publish()
    assert threads.stand()[0] == ["Vastus (Lauri Sock):\nÜks, parandatud."]
    assert threads.slides.organiser.types("plan", "--exit-code").code == 0


def test_a_reply_put_back_whose_reply_was_lost_is_known_again(threads: Threads) -> None:
    slides = threads.slides
    slides.publish()
    with slides.ledger() as ledger:
        key, name = next((key, one.remote_id) for key, one in ledger.entries().items() if "Üks." in str(one.sent))
    where = dict(zip(("fileId", "commentId", "replyId"), name.split("/"), strict=True))
    slides.drive().replies().delete(**where).execute()
    slides.control.post("faults", {**FAULTS["dropped after the effect"], "method": METHODS[0], "times": 1})
    slides.organiser.applies("--restore", key)
    threads.are_made_good()


def test_a_reply_is_looked_for_once_more_when_the_lost_one_may_still_arrive(threads: Threads) -> None:
    slides = threads.slides
    slides.control.post("faults", {**FAULTS["dropped before the effect"], "method": METHODS[0], "times": 1})
    slides.organiser.applies()
    slides.control.delete("calls")
    slides.publish()
    assert slides.calls(LISTED) == 2
    threads.are_made_good()


@pytest.mark.parametrize("kill", KILLS)
def test_a_pull_that_is_killed_loses_nothing(
    tmp_path: Path,
    control: Control,
    google: Callable[[str, str, str], Any],
    sandbox_url: str,
    *,
    kill: str,
    child: Child,
) -> None:
    slides = begun(tmp_path, control, google, sandbox_url)
    comment = slides.comment("Esimene?")
    slides.reply(comment, "Teine?", by=SECOND)
    slides.comment("Third?", by=ABROAD, course="birmingham")
    # The first file's comments are read and recorded, or not: it makes no difference in the end.
    control.post("faults", {**KILLS[kill], "method": LISTED, "skip": 1, "times": 1})
    killed(child(slides.organiser, "sync"), control)
    slides.sync()
    assert sorted(slides.texts()) == ["Esimene?", "Teine?", "Third?"]
    slides.sync()
    assert len(slides.questions()) == 3
