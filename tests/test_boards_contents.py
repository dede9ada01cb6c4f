"""What stands in the cells of a board, whatever was written there: it is text to us, and taken as it looks."""

from __future__ import annotations

import re

import pytest

from asking import HOSTILE
from board_world import Place, a_board_programme


def answered(place: Place) -> dict[str, str]:
    """Answers by question."""
    with place.ledger() as ledger:
        return {
            question.texts[-1].text: question.answers[-1].text
            for question in ledger.questions.find()
            if question.answers
        }


def test_rich_text_dates_and_formulas_in_an_answer_are_taken_as_they_look(three: Place) -> None:
    desk = three.at()
    desk.answers("Esimene?", "16.6.2020")
    desk.answers("Teine?", "=1+1")
    bold = {"startIndex": 0, "format": {"bold": True}}
    cell = {"userEnteredValue": {"stringValue": "Rasvane vastus."}, "textFormatRuns": [bold]}
    desk.pastes("Kolmas?", cell, "userEnteredValue,textFormatRuns")
    assert three.syncs()["answers"] == 3
    assert answered(three) == {"Esimene?": "16.6.2020", "Teine?": "=1+1", "Kolmas?": "Rasvane vastus."}


def test_a_real_date_and_a_real_formula_are_taken_as_they_look_and_are_no_news_afterwards(three: Place) -> None:
    desk = three.at()
    dated = {
        "userEnteredValue": {"numberValue": 43998},
        "userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "d.m.yyyy"}},
    }
    desk.pastes("Esimene?", dated, "userEnteredValue,userEnteredFormat.numberFormat")
    desk.pastes("Teine?", {"userEnteredValue": {"formulaValue": '="Kell "&1+1'}})
    assert three.syncs()["answers"] == 2
    assert answered(three) == {"Esimene?": "16.6.2020", "Teine?": "Kell 2"}
    again = three.syncs()
    assert (again["answers"], again["changes"]) == (0, 0)


def test_the_error_of_a_formula_is_reported_and_not_published(three: Place) -> None:
    three.at().pastes("Teine?", {"userEnteredValue": {"formulaValue": "=1/0"}})
    said = three.sync()
    assert "took for a formula" in said.err
    assert three.answers() == []


def test_an_answer_too_long_for_a_post_is_told_with_its_place_and_not_published_in_part(three: Place) -> None:
    three.at().answers("Teine?", "x" * 45_000)
    said = three.sync()
    assert said.code == 3
    assert "board of Lauri Sock (lauri-sock):3:10: This answer has 45,000 characters; 20,000 fit" in said.err
    assert three.answers() == []
    assert "xxx" not in three.published()


def test_a_question_longer_than_a_cell_is_cut_on_the_board_and_whole_in_the_ledger(place: Place) -> None:
    place.asks("🦉" * 40_000)
    place.syncs()
    (row,) = place.at().named()
    assert 20_000 < len(row["question"]) < 30_100
    with place.ledger() as ledger:
        assert len(ledger.questions.find()[0].texts[-1].text) == 40_000


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_asked_and_answered_travels_over_the_board_once_and_settles(place: Place, text: str) -> None:
    place.asks(text)
    place.syncs()
    desk = place.at()
    (row,) = desk.named()
    assert row["question"][:3] == text[:3]
    desk.writes(1, how="RAW", status="publish", answer="⚠ 👩‍👩‍👧 abc\x07 =1+1 <b>x</b>", visibility="public")
    assert place.syncs()["answers"] == 1
    published = place.published()
    assert "⚠ 👩‍👩‍👧 abc =1+1 <b>x</b>" in published
    assert not [mark for mark in "\x07\x1b" if mark in published]
    again = place.syncs()
    assert (again["answers"], again["changes"]) == (0, 0)
    assert len(desk.named()) == 1


@pytest.mark.parametrize("askers", ["hidden", "named"])
def test_a_board_calls_askers_as_the_programme_does_and_a_run_says_no_name(place: Place, askers: str) -> None:
    place.declare(a_board_programme(questions={"askers": askers}))
    place.asks("Esimene?")
    runs = [place.sync()]
    (row,) = place.at().named()
    if askers == "named":
        assert row["asker"] == "Osaleja 1"
    else:
        assert re.fullmatch(r"Participant \d{4}", row["asker"])
    place.at().answers("Esimene?", "Jah.")
    runs += [place.sync(), place.sync("--json")]
    assert [said.code for said in runs] == [0, 0, 0]
    assert not [said for said in runs if "Osaleja" in said.out + said.err]
