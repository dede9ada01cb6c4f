"""A sync of which one stage is refused, or that is killed: the other stages' work stands, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import mailing
from answering import KAKS, THREE, Cities, public
from board_world import EXPERT, Google, Place
from breaking_off import Children, killed
from postbox import Postbox
from talking import Control

LISTING = "classroom.courses.courseWork.studentSubmissions.list"


@pytest.fixture
def cities(control: Control, google: Google, tmp_path: Path, sandbox_url: str) -> Cities:
    return Cities(tmp_path, control, google, sandbox_url, {"announce": "never"})


def test_where_a_board_cannot_be_written_the_expert_is_told_by_mail_all_the_same(place: Place, box: Postbox) -> None:
    place.asks("Esimene?")
    place.syncs()
    mailing.found(place.organiser.programme.parent, box)
    place.asks("Esimene?", "Teine?")
    method = "sheets.spreadsheets.batchUpdate"
    place.control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    done = place.syncs(code=5)
    assert (done["new_questions"], done["board_rows"], done["failures"]) == (1, 0, 1)
    (mail,) = box.to(EXPERT)
    assert "Teine?" in mail.body("plain")
    assert place.syncs()["board_rows"] == 1
    assert len(box.to(EXPERT)) == 1


def test_where_a_post_cannot_be_written_the_boards_are_filled_all_the_same(place: Place) -> None:
    place.asks("Esimene?")
    place.syncs()
    place.at().answers("Esimene?", "Jah.")
    place.asks("Esimene?", "Teine?")
    method = "classroom.courses.courseWorkMaterials.patch"
    place.control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    done = place.syncs(code=7)
    assert (done["answers"], done["board_rows"], done["failures"]) == (1, 1, 1)
    assert [row["question"] for row in place.at().named()] == ["Esimene?", "Teine?"]
    assert "Jah." not in place.published()
    place.syncs()
    assert "Jah." in place.published()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("course", [0, 1])
def test_a_run_killed_while_it_pulls_has_lost_no_question_and_the_next_has_each_once(
    cities: Cities, children: Children, when: str, course: int
) -> None:
    cities.ask("Mis?")
    cities.sync()
    cities.ask("Mis on avaandmed?")
    cities.ask("Kas need on tasuta?", asker=KAKS)
    cities.ask("Why open them?", asker=THREE)
    cities.control.post("faults", {"method": LISTING, "when": when, "do": "hang", "skip": course, "times": 1})
    killed(children.begin(cities.organiser, "sync"), cities.control)
    cities.sync()
    told = {tuple(text["text"] for text in question["texts"]) for question in cities.listed()}
    assert told == {("Mis?", "Mis on avaandmed?"), ("Kas need on tasuta?",), ("Why open them?",)}
    assert len(cities.listed()) == 3
    again = cities.sync()
    assert (again["new_questions"], again["edited_questions"]) == (0, 0)
    cities.answer(Mis=public("Andmed."), Why=public("Because."))
    cities.sync()
    assert "Because." in cities.answers_post(KAKS)
    assert "Andmed." in cities.answers_post(THREE)
