"""Where else a forgotten person's words stood: a real board, a workbook, and announcements to them alone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from answering import THREE, UKS, Cities, declined, private
from better_classroom import board
from board_world import PEOPLE, Google, Place
from talking import Control

ASKED = "Esimene?"


@pytest.fixture
def place(place: Place) -> Place:
    """Two questions on a board and in the expert's workbook beside the programme."""
    place.asks(ASKED, "Teine?")
    place.syncs()
    assert place.organiser.types("board", "export").code == 0
    return place


def workbook(place: Place) -> Path:
    return place.organiser.programme.parent / "questions" / "lauri-sock.xlsx"


def cells(path: Path) -> set[str]:
    return {str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row}


def forget(place: Place) -> None:
    said = place.organiser.types("people", "forget", PEOPLE[0], "--yes")
    assert said.code == 0, said.err


def recorded(place: Place) -> set[str]:
    with place.ledger() as ledger:
        return {text.text for question in ledger.questions.find() for text in question.texts}


def test_private_and_declining_announcements_to_a_forgotten_person_disappear(
    tmp_path: Path, control: Control, google: Google, sandbox_url: str
) -> None:
    cities = Cities(tmp_path, control, google, sandbox_url, {"announce": "never"})
    cities.ask("Mis on avaandmed?")
    cities.ask("Why open them?", asker=THREE)
    cities.sync()
    cities.answer(Mis=private("Teile."), Why=declined("Not ours to answer."))
    cities.sync()
    assert "Teile." in "".join(cities.reads(UKS))
    assert "Not ours to answer." in "".join(cities.reads(THREE))
    for who in (UKS, THREE):
        said = cities.organiser.types("people", "forget", who, "--yes")
        assert said.code == 0, said.err
    assert cities.reads(UKS) == cities.reads(THREE) == []
    assert cities.drafts("tartu") == cities.drafts("birmingham") == []
    assert cities.organiser.plans()["changes"] == []


def test_board_and_workbook_are_rid_of_the_question_and_the_answer_stays_published(place: Place) -> None:
    place.at().answers(ASKED, "Vastus.")
    place.syncs()
    assert ASKED in cells(workbook(place))
    forget(place)
    assert ASKED not in cells(workbook(place))
    assert "Teine?" in cells(workbook(place))
    for _ in range(2):
        place.syncs()
    assert [row["question"] for row in place.at().named()] == ["Teine?"]
    whole = place.at().books.get(spreadsheetId=place.board_id(), includeGridData=True).execute()
    assert ASKED not in str(whole)
    assert ASKED not in place.published()
    assert "Vastus." in place.published()


def test_a_workbook_from_before_brings_nothing_of_them_back(place: Place, tmp_path: Path) -> None:
    old = tmp_path / "vana-lauri-sock.xlsx"
    old.write_bytes(workbook(place).read_bytes())
    forget(place)
    _answer_every_row(old)
    said = place.organiser.types("board", "import", str(old))
    assert "asker was forgotten" in said.err
    for _ in range(2):
        place.syncs()
    assert recorded(place) == {"Teine?"}
    assert [row["question"] for row in place.at().named()] == ["Teine?"]
    assert ASKED not in place.published()


def _answer_every_row(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = list(board.layout([str(cell.value or "") for cell in sheet[1]]))
    for row in (2, 3):
        told = {"status": "publish", "answer": f"Vastus {row}.", "visibility": "public"}
        for name, value in told.items():
            sheet.cell(row, columns.index(name) + 1).value = value
    book.save(path)
