"""The demo as a stranger runs it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from better_classroom.cli import demo

pytestmark = pytest.mark.xdist_group("demo")  # one showing serves all


@pytest.fixture(scope="module")
def shown() -> str:
    said = subprocess.run(
        [sys.executable, "-m", "better_classroom", "demo"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
    return said.stdout


def test_presentations_reach_participants_byte_for_byte(shown: str) -> None:
    assert "3 of 3 presentations, downloaded by the participant, equal the files." in shown


def test_questions_of_three_cities_reach_their_expert(shown: str) -> None:
    assert "3 new and 0 edited questions, 3 unanswered" in shown
    assert len(re.findall(r"^  \S+-partnership-before-\w+ .* lauri-sock ", shown, re.MULTILINE)) == 3


def test_they_ask_in_three_cities_before_a_seminar_and_once_more_after_one(shown: str) -> None:
    before, _, later = shown.partition("The day after the last seminar")
    asked = r"^\S.* in (\S+) writes into “(.+)”:$"
    cities = [city for city, _ in re.findall(asked, before, re.MULTILINE)]
    assert len(cities) == len(set(cities)) == 3
    ((city, box),) = re.findall(asked, later, re.MULTILINE)
    assert city not in cities
    assert box == "Seminario 1: Domande dopo il seminario"
    assert "1 new and 0 edited questions, 1 unanswered" in later


def test_the_expert_answers_on_a_sheet_of_their_own(shown: str) -> None:
    assert "Lauri Sock: shared with lauri.sock@tartu.example" in shown
    assert "3 answers were written on boards." in shown
    assert re.findall(r"; boards: (\d) answers? taken, \d rows? added;", shown) == ["0", "3", "0", "1"]


def test_participants_are_told_once_a_day_that_answers_have_come(shown: str) -> None:
    last = shown.rpartition("Osaleja Üks in Tartu sees:")[2]
    assert len(re.findall(r"✉ Uued vastused osalejate küsimustele: .*, (?:16|19)\. juuni 2020", last)) == 2


def test_every_answer_appears_in_all_five_courses(shown: str) -> None:
    assert len(re.findall(r"^  \S+: 3 in “", shown, re.MULTILINE)) == 5


def test_the_plan_is_empty_whenever_everything_was_applied(shown: str) -> None:
    assert shown.count("Nothing to do: every course holds what it should.") == 2


def test_a_small_edit_makes_a_small_plan(shown: str) -> None:
    (size,) = re.findall(
        r"^  (\d+) changes in all\.", shown.partition("One presentation and one date")[2], re.MULTILINE
    )
    assert size == "6"  # one upload, and one post in each of five courses


def test_it_says_what_to_do_next(shown: str) -> None:
    assert "better-classroom init" in shown.splitlines()[-4]


def test_its_numbers_are_counted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(demo.ASKED, "gavle")
    demo.demo.main([], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "2 new and 0 edited questions, 2 unanswered" in shown
    assert "2 answers were written on boards." in shown
    assert len(re.findall(r"^  \S+: 2 in “", shown, re.MULTILINE)) == 5
    calls, writes = map(int, re.findall(r"^In all: (\d+) calls .*, (\d+) of them writes", shown, re.MULTILINE)[0])
    assert calls > writes > 0
