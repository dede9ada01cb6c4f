"""The properties of a sheet: its resource, and the requests that add, change and remove sheets."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import gridranges, growth, masks, protection
from better_classroom.sandbox.sheets.books import COLUMNS, ROWS, Book, new_sheet
from better_classroom.sandbox.sheets.ranges import Block
from better_classroom.sandbox.sheets.refusals import not_reproduced
from better_classroom.sandbox.store import Row

Properties = dict[str, Any]

_PLAIN = ("hidden", "rightToLeft", "tabColor", "tabColorStyle")
_GRID_PLAIN = (
    "frozenRowCount",
    "frozenColumnCount",
    "hideGridlines",
    "rowGroupControlAfter",
    "columnGroupControlAfter",
)
_LONGEST_TITLE = 100
_MOST_SHEETS = 200


def shown(sheet: Row, index: int) -> Properties:
    """The document's SheetProperties."""
    grid = {"rowCount": sheet["rowCount"], "columnCount": sheet["columnCount"]}
    grid |= {name: value for name, value in sheet["gridProperties"].items() if value}
    return {
        "sheetId": sheet["sheetId"],
        "title": sheet["title"],
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid,
        **{name: value for name, value in sheet["properties"].items() if value},
    }


def add(book: Book, _caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request addSheet."""
    given = request.get("properties", {})
    if len(book.sheets()) >= _MOST_SHEETS:
        raise invalid_argument(f"You can't have more than {_MOST_SHEETS} sheets in a document.")
    sheet = made(book, given, taken=book.sheets())
    growth.check_size(book, None, sheet["rowCount"], sheet["columnCount"])
    book.put_sheet(sheet, _index(book, given))
    return {"properties": shown(sheet, book.sheets().index(sheet))}


def made(book: Book, given: Properties, *, taken: list[Row]) -> Row:
    """A new sheet as a request describes it; raises 400 if its id or title is taken."""
    if given.get("sheetType", "GRID") not in {"GRID", "SHEET_TYPE_UNSPECIFIED"}:
        raise not_reproduced("sheets that are no grids")
    sheet_id = given.get("sheetId")
    if sheet_id is None:
        sheet_id = int(book.store.new_id()) % 2**31  # "randomly generated", the document
    if sheet_id < 0 or any(one["sheetId"] == sheet_id for one in taken):
        raise invalid_argument(f"Sheet with id {sheet_id} already exists. Please enter another id.")
    title = given.get("title") or _free_title(taken)
    _check_title(title, taken)
    sheet = new_sheet(sheet_id, title, f"{book.id}/{book.store.new_id()}")
    grid = given.get("gridProperties", {})
    # seen: googlesheets4#70, none at all makes the usual size
    sheet["rowCount"], sheet["columnCount"] = grid.get("rowCount") or ROWS, grid.get("columnCount") or COLUMNS
    sheet["properties"] = {name: given[name] for name in _PLAIN if name in given}
    sheet["gridProperties"] = {name: grid[name] for name in _GRID_PLAIN if name in grid}
    _check_counts(sheet)
    return sheet


def _free_title(taken: list[Row]) -> str:
    titles = {one["title"].casefold() for one in taken}
    number = len(taken) + 1
    while f"sheet{number}" in titles:
        number += 1
    return f"Sheet{number}"


def _check_title(title: str, others: list[Row]) -> None:
    if any(one["title"].casefold() == title.casefold() for one in others):
        raise invalid_argument(f'A sheet with the name "{title}" already exists. Please enter another name.')
    if not title.strip() or len(title) > _LONGEST_TITLE:  # the length that people are held to; unknown for programs
        raise invalid_argument(f"The name of a sheet has 1 to {_LONGEST_TITLE} characters.")


def _check_counts(sheet: Row) -> None:
    if sheet["rowCount"] < 1 or sheet["columnCount"] < 1:
        raise invalid_argument("A sheet has at least one row and one column.")
    for name, count in (("Row", sheet["rowCount"]), ("Column", sheet["columnCount"])):
        frozen = sheet["gridProperties"].get(f"frozen{name}Count", 0)
        if frozen < 0 or (frozen and frozen >= count):
            raise invalid_argument(f"You can't freeze all visible {name.lower()}s on the sheet.")


def _index(book: Book, given: Properties) -> int | None:
    index: int | None = given.get("index")
    if index is not None and not 0 <= index <= len(book.sheets()):
        raise invalid_argument(f"Invalid sheet index: {index}")
    return index


def update(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request updateSheetProperties."""
    given = request.get("properties", {})
    mask = masks.parse(request.get("fields", ""), "SheetProperties")
    if mask.keys() & {"sheetId", "sheetType", "dataSourceSheetProperties"}:
        raise invalid_argument("The id and the type of a sheet cannot be changed.")
    sheet = gridranges.find_sheet(book, given.get("sheetId", 0))
    everything = "*" in mask
    if everything or "title" in mask:
        _check_title(given.get("title", ""), [one for one in book.sheets() if one is not sheet])
        sheet = sheet | {"title": given["title"]}
    sheet = sheet | {"properties": masks.applied(_only(mask, _PLAIN), given, sheet["properties"], writable=_PLAIN)}
    if sheet["properties"].get("hidden") and _is_last_visible(book, sheet):
        raise invalid_argument("You can't hide all the sheets in a document.")
    index = _index(book, given) if everything or "index" in mask else None
    book.put_sheet(sheet, index)
    if everything or "gridProperties" in mask:
        inner = None if everything else mask["gridProperties"]
        _update_grid(book, caller, sheet["sheetId"], given.get("gridProperties", {}), inner)
    return {}


def _only(mask: masks.Mask, names: tuple[str, ...]) -> masks.Mask:
    return {name: inner for name, inner in mask.items() if name in {*names, "*"}}


def _is_last_visible(book: Book, sheet: Row) -> bool:
    others = [one for one in book.sheets() if one["sheetId"] != sheet["sheetId"]]
    return all(one["properties"].get("hidden") for one in others)


def _update_grid(book: Book, caller: Caller, sheet_id: int, given: Properties, mask: masks.Mask | None) -> None:
    sheet = gridranges.find_sheet(book, sheet_id)
    names = mask if mask and "*" not in mask else dict.fromkeys(("rowCount", "columnCount", *_GRID_PLAIN))
    plain = masks.applied(_only(names, _GRID_PLAIN), given, sheet["gridProperties"], writable=_GRID_PLAIN)
    for name, dimension in (("rowCount", "ROWS"), ("columnCount", "COLUMNS")):
        if name not in names or (mask is None and name not in given):
            continue
        wanted, held = given.get(name, 0), sheet[name]
        _check_counts(sheet | {name: wanted, "gridProperties": plain})
        growth.grow(book, sheet_id, dimension, wanted - held)
        if wanted < held:
            top, left = (wanted, 0) if dimension == "ROWS" else (0, wanted)
            protection.require(book, caller, Block(sheet_id, top, left, sheet["rowCount"], sheet["columnCount"]))
            growth.delete(book, sheet_id, dimension, wanted, held)
    changed = gridranges.find_sheet(book, sheet_id) | {"gridProperties": plain}
    _check_counts(changed)
    book.put_sheet(changed)


def delete(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request deleteSheet."""
    sheet = gridranges.find_sheet(book, request.get("sheetId", 0))
    if len(book.sheets()) == 1:
        raise invalid_argument("You can't remove all the sheets in a document.")  # seen: googlesheets4#70
    if not sheet["properties"].get("hidden") and _is_last_visible(book, sheet):
        raise invalid_argument("You can't remove all the visible sheets in a document.")
    protection.require(book, caller, Block(sheet["sheetId"], 0, 0, sheet["rowCount"], sheet["columnCount"]))
    book.remove_sheet(sheet["sheetId"])
    return {}
