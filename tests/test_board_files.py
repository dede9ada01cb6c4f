"""Boards as XLSX: the same columns and rules, for an expert without Google."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import asking
from asking import EARLIER, asked
from better_classroom import board, questions
from better_classroom.errors import ProgrammeInvalid
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme, load
from better_classroom.questions import published, workbook
from better_classroom.questions.answers import take_sheets
from better_classroom.questions.taken import Taken
from builders import a_programme
from worlds import Organising

TEXTS = ("Kas andmed on avatud?", "=cmd|' /C calc'!A0", "Hány óra? 🦉\u202e")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with asking.opened(tmp_path) as opened:
        asking.publish_boxes(opened, asking.programme())
        yield opened


@pytest.fixture
def of() -> Programme:
    found = asking.programme()
    return replace(found, experts={**found.experts, "lauri-sock": replace(found.experts["lauri-sock"], language="et")})


def hears(ledger: Ledger, *texts: str) -> None:
    found = [asked(text, submission=f"s{n}", asker=str(1000 + n)) for n, text in enumerate(texts, 1)]
    asking.pull(ledger, *found)


def export(ledger: Ledger, of: Programme, folder: Path) -> Path:
    workbook.export(questions.find(ledger, of), programme=of, folder=folder)
    return folder / "lauri-sock.xlsx"


def take(ledger: Ledger, of: Programme, *paths: Path) -> Taken:
    sheets = [workbook.read(path, of) for path in paths]
    return take_sheets(sheets, programme=of, ledger=ledger, now=EARLIER)


class Hands:
    """An expert's hands on a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Workbook = load_workbook(path)
        self.sheet: Worksheet = self.book.worksheets[0]

    def names(self) -> list[str]:
        return [*board.layout([str(cell.value or "") for cell in self.sheet[1]])]

    def rows(self) -> list[dict[str, Any]]:
        return [dict(zip(self.names(), row, strict=False)) for row in self.sheet.iter_rows(min_row=2, values_only=True)]

    def writes(self, row: int, **cells: Any) -> None:
        for name, value in cells.items():
            self.sheet.cell(row, self.names().index(name) + 1).value = value

    def saves(self) -> None:
        self.book.save(self.path)


def test_it_looks_as_the_board_does_and_only_its_owner_reads_it(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = export(ledger, of, tmp_path)
    hands = Hands(path)
    assert [cell.value for cell in hands.sheet[1]] == [column.header for column in board.design("et").columns]
    assert hands.sheet.freeze_panes == "A2"
    words = [rule.formula1 for rule in hands.sheet.data_validations.dataValidation]
    assert words == ['"avaldada,ei vasta,võtta tagasi,mustand"', '"kõigile,ainult küsijale"']
    assert hands.sheet.column_dimensions["F"].width == 60
    assert hands.sheet["J2"].number_format == "@"
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_cell_is_a_formula_and_nothing_is_lost(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = export(ledger, of, tmp_path)
    cells = [cell for row in Hands(path).sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells if cell.value)
    told = {row["question"] for row in Hands(path).rows()}
    assert told == {TEXTS[0], f"'{TEXTS[1]}", TEXTS[2]}


def test_answers_come_back_in_any_language_and_twice_is_once(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = export(ledger, of, tmp_path)
    hands = Hands(path)
    hands.writes(2, status="avaldada", answer="Jah, kõik.", visibility="kõigile")
    hands.writes(3, status="decline", answer="See pole küsimus.")
    hands.writes(4, status="mustand", answer="Hiljem.")
    hands.saves()
    taken = take(ledger, of, path)
    assert (len(taken.published), len(taken.declined), taken.waiting, taken.complaints) == (1, 1, 1, [])
    again = take(ledger, of, path)
    assert (again.new, again.known) == (0, 2)


def test_exporting_again_adds_rows_and_changes_nothing_else(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS[:2])
    path = export(ledger, of, tmp_path)
    hands = Hands(path)
    hands.sheet.insert_cols(3)
    hands.sheet.cell(1, 3).value = "minu märkmed"
    hands.sheet.cell(2, 3).value = "=1+1"
    hands.writes(2, answer="Poolik mõte")
    hands.saves()
    before = path.read_bytes()
    export(ledger, of, tmp_path)
    assert path.read_bytes() == before
    hears(ledger, *TEXTS)
    export(ledger, of, tmp_path)
    rows = Hands(path)
    assert rows.sheet.cell(2, 3).value == "=1+1"
    assert [row["answer"] for row in rows.rows()] == ["Poolik mõte", None, None]
    assert rows.rows()[-1]["question"] == TEXTS[2]
    assert rows.rows()[-1]["again"] == rows.rows()[-1]["key"]


def test_rows_sorted_apart_are_reported_with_file_and_row(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = export(ledger, of, tmp_path)
    hands = Hands(path)
    hands.writes(2, again=hands.rows()[1]["key"], status="publish", answer="Vale koht", visibility="public")
    hands.saves()
    taken = take(ledger, of, path)
    assert taken.new == 0
    assert str(taken.complaints[0]).startswith(f"{path}:2:9: This answer belongs to tartu-partnership-before-")


def test_a_file_under_another_name_is_still_its_expert_s(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = export(ledger, of, tmp_path)
    hands = Hands(path)
    hands.writes(2, status="publish", answer="Jah.", visibility="public")
    hands.saves()
    renamed = path.rename(path.with_name("lauri-sock (1) lõplik.xlsx"))
    assert take(ledger, of, renamed).complaints == []


@pytest.mark.parametrize("content", [b"", b"key,status\n", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_complained_about(ledger: Ledger, of: Programme, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lauri-sock.xlsx"
    path.write_bytes(content)
    (complaint,) = take(ledger, of, path).complaints
    assert "cannot be read" in complaint.message
    (missing,) = take(ledger, of, tmp_path / "none.xlsx").complaints
    assert "No such file" in missing.message


def test_a_file_that_holds_something_else_is_left_as_it_is(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, *TEXTS)
    path = tmp_path / "lauri-sock.xlsx"
    other = Workbook()
    other.worksheets[0]["A1"] = "eelarve"
    other.save(path)
    before = path.read_bytes()
    with pytest.raises(ProgrammeInvalid, match="There is no column"):
        export(ledger, of, tmp_path)
    assert path.read_bytes() == before


def test_a_question_too_long_for_excel_is_cut(ledger: Ledger, of: Programme, tmp_path: Path) -> None:
    hears(ledger, "🦉" * 40_000 + "\uffff")
    (row,) = Hands(export(ledger, of, tmp_path)).rows()
    assert len(row["question"].encode("utf-16-le")) // 2 <= 32_767


def test_the_commands_export_and_import(tmp_path: Path, organising: Organising) -> None:
    organiser = organising(a_programme(courses=("tartu",)))
    organiser.applies()
    chat = tmp_path / "chat.csv"
    chat.write_text("name,question\nOsaleja Üks,Kas andmed on avatud?\n", encoding="utf-8")
    organiser.types("questions", "import", str(chat), "--seminar", "seminar-1")
    said = organiser.types("board", "export", "--json")
    assert [(one["expert"], one["questions"]) for one in said.data] == [("lauri-sock", 1)]
    hands = Hands(Path(said.data[0]["path"]))
    hands.writes(2, status="publish", answer="Jah.", visibility="")
    hands.saves()
    said = organiser.types("board", "import", str(hands.path))
    assert (said.code, "Who may read this answer?" in said.err) == (3, True)
    hands.writes(2, visibility="public")
    hands.saves()
    assert organiser.types("board", "import", "--again", str(hands.path), "--json").data["public"] == 1
    with Ledger.open(str(organiser.ledger), programme="better-test", target=organiser.target) as ledger:
        (answer,) = published(ledger, load(organiser.programme)).public
    assert (answer.answer_text, answer.quiet) == ("Jah.", True)
