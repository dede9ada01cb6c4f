"""A board as an XLSX file, for an expert without Google: the same columns, drop-downs and rules, and read the same way.

openpyxl is imported where it is used: it is an extra, and most runs need none of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from better_classroom import board
from better_classroom.board import Column, Tab
from better_classroom.errors import Complaint, ProgrammeInvalid, UsageError
from better_classroom.programme import Programme
from better_classroom.programme.model import Expert
from better_classroom.questions.boards_rows import Content, Lacking, complete, lacking, understood, wanted
from better_classroom.questions.files import ATTEMPTS, Exported, keeps_changing, replaced, stamp, writable
from better_classroom.questions.sheet import Sheet
from better_classroom.reports.questions import Asked
from better_classroom.reports.spreadsheet import fitting, neutral, plain

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ENDING = ".xlsx"
CELL_UNITS = 32_000
"""Of UTF-16 that we put into one cell; Excel takes 32,767."""

_LAST_ROW = 1_048_576
_PIXELS = 7
"""In the width of one digit, by which XLSX counts."""
_LONGEST_TAB = 31
_NO_XML = re.compile("[\ufffe\uffff]")
_UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, zipfile.BadZipFile, ParseError)


def export(
    questions: Iterable[Asked], *, programme: Programme, folder: Path, experts: Sequence[str] = ()
) -> tuple[Exported, ...]:
    """Write ``<expert>.xlsx`` for each expert who has questions, or for the given ones; rows are added to one that is there.

    Raises ``ProgrammeInvalid`` where a file that stands there cannot be understood: it may hold answers.
    """
    _require()
    every = tuple(questions)
    chosen = [programme.experts[key] for key in experts or programme.experts]
    with writable(folder):
        return tuple(
            _update(folder / f"{expert.key}{ENDING}", expert, every, programme)
            for expert in chosen
            if any(expert.key in asked.experts for asked in every)
        )


def read(path: Path, programme: Programme) -> Sheet:
    """Read an expert's file; what is wrong with it stands in its complaints."""
    _require()
    try:
        tabs, owner = _tabs(path.read_bytes())
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return _unreadable(
            path, f"This XLSX file cannot be read: {reason}.", "Save it anew as an Excel workbook (.xlsx)."
        )
    expert = programme.experts.get(owner) or programme.experts.get(path.stem)
    if expert is None:
        return _unreadable(path, "Whose file is this?", f"Name it as it was exported: the expert's key and {ENDING}.")
    return _content(path, tabs, expert).sheet


def strike(path: Path, programme: Programme, living: Callable[[Collection[str]], Collection[str]]) -> None:
    """Delete the rows of questions that went with their askers, as boards are made anew without them.

    ``living`` gives, of some keys, those of the questions that are still there. Raises ``ProgrammeInvalid`` where the
    file cannot be understood: then nothing is deleted.
    """
    _require()
    expert = programme.experts[path.stem]
    for _ in range(ATTEMPTS):
        before, raw = stamp(path), path.read_bytes()
        content = _standing(path, raw, expert)
        keys = {key for key, _ in content.rows}
        if replaced(path, _struck(raw, content, set(living(keys)), keys), before):
            return
    raise keeps_changing(path)


def _struck(raw: bytes, content: Content, living: set[str], keys: set[str]) -> bytes:
    from openpyxl import load_workbook  # noqa: PLC0415 - see the module's docstring

    book, struck = load_workbook(io.BytesIO(raw)), 0
    for tab in _tabs(raw)[0]:
        of = content if tab.title == content.tab.title else replace(content, columns=(), header=-1)
        kept = complete(tab, of, living, keys - living)
        for place in sorted(set(range(len(tab.rows))) - kept, reverse=True):
            book[tab.title].delete_rows(place + 1)
            struck += 1
    if not struck:
        return raw
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _unreadable(path: Path, message: str, remedy: str) -> Sheet:
    return Sheet(str(path), (), (), "", (Complaint(str(path), 1, 1, message, remedy),))


def _require() -> None:
    try:
        import openpyxl  # noqa: F401, PLC0415 - see the module's docstring
    except ImportError as error:
        advice = "Install the extra “xlsx”: pip install 'better_classroom[xlsx]'"
        raise UsageError("XLSX files need openpyxl, which is not installed.", advice=advice) from error


# Reading


def _tabs(raw: bytes) -> tuple[list[Tab], str]:
    """Every sheet as it is seen, and whose file it is by the mark we left in it."""
    from openpyxl import load_workbook  # noqa: PLC0415 - see the module's docstring

    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    tabs = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = [tuple(plain(_shown(value)) for value in row) for row in sheet.iter_rows(values_only=True)]
        tabs.append(Tab(0, sheet.title, tuple(rows), len(rows)))
    return tabs, str(book.properties.category or "")


def _shown(value: Any) -> str:
    """A cell's value as its expert sees it, near enough."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _content(path: Path, tabs: Sequence[Tab], expert: Expert) -> Content:
    """The first sheet that is a board, else what is wrong with the first."""
    found = [understood(tab, expert=expert, where=str(path)) for tab in tabs or [Tab(0, "", (), 0)]]
    return next((one for one in found if one.readable), found[0])


# Writing


def _update(path: Path, expert: Expert, questions: Iterable[Asked], programme: Programme) -> Exported:
    rows = wanted(questions, expert, programme)
    for _ in range(ATTEMPTS):
        before = stamp(path)
        raw = path.read_bytes() if before and before[1] else b""
        content = _standing(path, raw, expert) if raw else None
        added = _all_lacking(rows, content, expert)
        shown = {key for key, _ in (*(content.rows if content else ()), *(row.name for row in added))}
        done = Exported(expert.key, path, len(shown), len(added))
        if (raw and not added) or replaced(path, _written(raw, content, added, expert), before):
            return done
    raise keeps_changing(path)


def _standing(path: Path, raw: bytes, expert: Expert) -> Content:
    try:
        tabs, _ = _tabs(raw)
    except _UNREADABLE as error:
        complaint = Complaint(str(path), 1, 1, "This is not an XLSX file.", "Move it away, and run this again.")
        raise ProgrammeInvalid((complaint,)) from error
    content = _content(path, tabs, expert)
    if not content.readable:
        raise ProgrammeInvalid(content.sheet.complaints)
    return content


def _all_lacking(rows: Sequence[Any], content: Content | None, expert: Expert) -> list[Lacking]:
    """A file takes all at once, and not in portions as Sheets does."""
    held = set(content.rows) if content else set()
    added: list[Lacking] = []
    while portion := list(lacking(rows, held, expert.language)):
        added += portion
        held |= {row.name for row in portion}
    return added


def _written(raw: bytes, content: Content | None, added: Sequence[Lacking], expert: Expert) -> bytes:
    from openpyxl import load_workbook  # noqa: PLC0415 - see the module's docstring

    design = board.design(expert.language)
    book = load_workbook(io.BytesIO(raw)) if content else _begun(expert)
    sheet = book[content.tab.title] if content else book.worksheets[0]
    columns: tuple[str, ...] = content.columns if content else board.COLUMNS
    last = _last(content.tab) if content else 1
    by_name = {column.name: column for column in design.columns}
    for number, row in enumerate(added, start=last + 1):
        for place, (name, cell) in enumerate(zip(columns, row.laid_out(columns), strict=True), start=1):
            if name:
                _put(sheet, number, place, cell, by_name[name])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _last(tab: Tab) -> int:
    return max((number for number, row in enumerate(tab.rows, start=1) if any(row)), default=0)


def _put(sheet: Worksheet, row: int, place: int, text: str, column: Column) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - see the module's docstring

    cell = sheet.cell(row, place)
    safe = neutral(fitting(_NO_XML.sub("\ufffd", text), CELL_UNITS))
    cell.value = safe or None
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column.grey:
        cell.fill, cell.font = PatternFill("solid", fgColor="EEEEEE"), Font(color="999999")


def _begun(expert: Expert) -> Workbook:
    """A new file with its header, widths and drop-downs."""
    from openpyxl import Workbook  # noqa: PLC0415 - see the module's docstring
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - slow to load, and needed by XLSX alone
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - slow to load, and needed by XLSX alone
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - slow to load, and needed by XLSX alone

    book, design = Workbook(), board.design(expert.language)
    book.properties.category = expert.key
    sheet = book.worksheets[0]
    sheet.title = design.tab[:_LONGEST_TAB]
    sheet.freeze_panes = "A2"
    for place, column in enumerate(design.columns, start=1):
        head, letter = sheet.cell(1, place, column.header), get_column_letter(place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = column.width / _PIXELS
        if column.choices:
            # No error is shown: a word in another of our languages is understood as well.
            rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            rule.showErrorMessage = False
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    return book
