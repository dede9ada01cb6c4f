"""Runs that are broken off amid replies and pulls: the next run ends where an undisturbed one would, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from breaking_off import FAULTS, KILLS, WAITS, Children, killed
from slides_world import ABROAD, SECOND, Slides, begun
from talking import Control

METHODS = ("drive.replies.create", "drive.replies.update", "drive.replies.delete")
LISTED = "drive.comments.list"


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
    threads: Threads, kill: str, method: str, children: Children
) -> None:
    threads.slides.control.post("faults", {**KILLS[kill], "method": method, "times": 1})
    killed(children.begin(threads.slides.organiser, "apply", "--yes"), threads.slides.control)
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
    children: Children,
) -> None:
    slides = begun(tmp_path, control, google, sandbox_url)
    comment = slides.comment("Esimene?")
    slides.reply(comment, "Teine?", by=SECOND)
    slides.comment("Third?", by=ABROAD, course="birmingham")
    # The first file's comments are read and recorded, or not: it makes no difference in the end.
    control.post("faults", {**KILLS[kill], "method": LISTED, "skip": 1, "times": 1})
    killed(children.begin(slides.organiser, "sync"), control)
    slides.sync()
    assert sorted(slides.texts()) == ["Esimene?", "Teine?", "Third?"]
    slides.sync()
    assert len(slides.questions()) == 3
