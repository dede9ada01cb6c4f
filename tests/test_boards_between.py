"""An expert at work on the board in the very instant between our reading and our writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from better_classroom import board
from between import Between, between
from board_world import WAITS, Desk, Google, Place
from talking import Control

ASKED = ("Esimene?", "Teine?", "Kolmas?")
NEW = "Neljas, teisiti?"


@pytest.fixture
def wire(sandbox_url: str) -> Iterator[Between]:
    with between(sandbox_url) as found:
        yield found


@pytest.fixture
def place(control: Control, google: Google, tmp_path: Path, wire: Between, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Three questions on a board, two of them answered, all known to the ledger."""
    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    made = Place(control, google, tmp_path, wire.url)
    made.begin()
    made.asks(*ASKED)
    made.syncs()
    desk = made.at()
    for asked in ASKED[:2]:
        desk.answers(asked, f"Vastus: {asked}")
    made.syncs()
    return made


def _types_an_answer(desk: Desk) -> None:
    desk.answers("Kolmas?", "Vastus: Kolmas?")


def _pastes_rich_text(desk: Desk) -> None:
    bold = {"startIndex": 0, "format": {"bold": True}}
    cell = {"userEnteredValue": {"stringValue": "Vastus: Kolmas?"}, "textFormatRuns": [bold]}
    desk.pastes("Kolmas?", cell, "userEnteredValue,textFormatRuns")


def _empties_an_answer(desk: Desk) -> None:
    desk.writes(desk.place("Teine?"), answer="", status="", visibility="")


def _adds_a_column(desk: Desk) -> None:
    desk.inserts("COLUMNS", desk.column("question"))


def _adds_columns_amid_the_own(desk: Desk) -> None:
    desk.inserts("COLUMNS", desk.column("answer"))


def _adds_a_column_at_the_front(desk: Desk) -> None:
    desk.inserts("COLUMNS", 0)


def _deletes_a_row(desk: Desk) -> None:
    desk.deletes("ROWS", desk.place("Kolmas?"))


def _deletes_an_answered_row(desk: Desk) -> None:
    desk.deletes("ROWS", desk.place("Esimene?"))


def _filters(desk: Desk) -> None:
    block = {"sheetId": board.SHEET, "startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 11}
    hidden = {str(desk.column("question")): {"hiddenValues": ["Teine?"]}}
    desk.does({"setBasicFilter": {"filter": {"range": block, "criteria": hidden}}})


HANDS: Mapping[str, Callable[[Desk], None]] = {
    "sorts the whole sheet": lambda desk: desk.sorts("key", "visibility", by="question", down=True),
    "sorts their own columns alone": lambda desk: desk.sorts("status", "visibility", by="answer", down=True),
    "types an answer": _types_an_answer,
    "pastes rich text": _pastes_rich_text,
    "empties an answer": _empties_an_answer,
    "inserts rows": lambda desk: desk.inserts("ROWS", 2, 3),
    "adds a column": _adds_a_column,
    "adds a column amid their own": _adds_columns_amid_the_own,
    "adds a column at the front": _adds_a_column_at_the_front,
    "deletes a row": _deletes_a_row,
    "deletes an answered row": _deletes_an_answered_row,
    "writes below the last row": lambda desk: desk.types(12, 14, "minu märkus"),
    "filters": _filters,
    "pastes a row twice": lambda desk: desk.types(6, desk.column("question"), "kleebitud"),
}


def run_with(place: Place, wire: Between, hand: Callable[[Desk], None]) -> list[list[str]]:
    """A run that adds a row, with this done between its reading and its writing; what stood on the board then."""
    desk = place.at()
    stood: list[list[list[str]]] = []

    def rewrite(_verb: str, path: str, body: bytes) -> bytes:
        if "/v4/spreadsheets/" in path and "rowData" in path and not stood:
            hand(desk)
            stood.append(desk.rows())
        return body

    wire.rewrite = rewrite
    place.asks(*ASKED[:2], NEW)
    place.sync()
    assert stood, "the instant never came"
    return stood[0]


@pytest.mark.parametrize("hand", HANDS)
def test_whatever_an_expert_does_nothing_of_theirs_is_lost_and_no_answer_goes_astray(
    place: Place, wire: Between, hand: str
) -> None:
    stood = run_with(place, wire, HANDS[hand])
    desk = place.at()
    after = desk.rows()
    for place_, row in enumerate(stood):
        assert after[place_][: len(row)] == row, f"row {place_} was changed"
    for _ in range(2):
        place.sync()
    with place.ledger() as ledger:
        for question in ledger.questions.find():
            told = {answer.text for answer in question.answers if answer.outcome == "publish"}
            assert told <= {f"Vastus: {text.text}" for text in question.texts}
    assert sum(NEW in row for row in desk.rows()) >= 1


@pytest.mark.parametrize("hand", ["types an answer", "pastes rich text"])
def test_an_answer_that_came_in_that_instant_is_taken_and_published(place: Place, wire: Between, hand: str) -> None:
    run_with(place, wire, HANDS[hand])
    for _ in range(2):
        place.sync()
    assert [answer[3] for answer in place.answers()].count("Vastus: Kolmas?") == 1
    assert "Vastus: Kolmas?" in place.published()


def test_an_answered_row_deleted_in_that_instant_comes_back_once_with_its_answer(place: Place, wire: Between) -> None:
    stood = run_with(place, wire, _deletes_an_answered_row)
    assert not [row for row in stood if "Esimene?" in row]
    for _ in range(2):
        place.sync()
    (back,) = (row for row in place.at().named() if row["question"] == "Esimene?")
    assert (back["status"], back["answer"], back["visibility"]) == ("publish", "Vastus: Esimene?", "public")
    assert "Vastus: Esimene?" in place.published()


def test_an_answer_emptied_in_that_instant_is_not_written_anew_and_stays_published(place: Place, wire: Between) -> None:
    run_with(place, wire, _empties_an_answer)
    for _ in range(2):
        place.sync()
    (row,) = (row for row in place.at().named() if row["question"] == "Teine?")
    assert (row["status"], row["answer"], row["visibility"]) == ("", "", "")
    assert "Vastus: Teine?" in place.published()


def test_a_row_that_slipped_into_other_columns_is_reported_and_comes_in_a_new_one(place: Place, wire: Between) -> None:
    run_with(place, wire, _adds_a_column)
    desk = place.at()
    said = place.sync("--json")
    assert "slipped into other columns" in said.err
    assert said.data["board_rows"] == 1
    assert desk.named()[-1]["question"] == NEW
    slipped = len(desk.rows()) - 2
    desk.deletes("ROWS", slipped)
    place.syncs()
    desk.answers(NEW, "Hea vastus.")
    assert place.syncs()["answers"] == 1
