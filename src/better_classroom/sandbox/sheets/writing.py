"""Puts cells into a grid: values as typed or raw, whole cells by field mask; drop-downs that are strict are obeyed."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import masks, typed
from better_classroom.sandbox.sheets.books import Cell
from better_classroom.sandbox.sheets.refusals import not_reproduced

_WRITABLE = ("userEnteredValue", "userEnteredFormat", "dataValidation", "note", "textFormatRuns")
_READ_ONLY = frozenset({"effectiveValue", "effectiveFormat", "formattedValue", "hyperlink"})
_NOT_REPRODUCED = frozenset({"chipRuns", "dataSourceFormula", "dataSourceTable", "pivotTable"})
_LONGEST_NOTE = 50_000


def with_value(cell: Cell, value: Any, *, as_typed: bool, locale: str) -> Cell:
    """The cell after ``value`` was entered; everything but the value, and rich text that went with it, stays."""
    entered, number_format = typed.entered(value, as_typed=as_typed, cell=cell, locale=locale)
    changed = {name: one for name, one in cell.items() if name not in {"userEnteredValue", "textFormatRuns"}}
    if entered:
        changed["userEnteredValue"] = entered
        require_allowed(changed)
    held = cell.get("userEnteredFormat", {})
    if number_format and "numberFormat" not in held:
        changed["userEnteredFormat"] = held | {"numberFormat": number_format}
    return changed


def emptied(cell: Cell) -> Cell:
    """The cell without its value; google-apis.md E.1 and the document: all else is kept."""
    return {name: one for name, one in cell.items() if name not in {"userEnteredValue", "textFormatRuns"}}


def with_fields(cell: Cell, mask: masks.Mask, given: Cell) -> Cell:
    """The cell after the fields of the mask were written as ``given`` has them."""
    if "*" not in mask:
        _refuse_unwritable(mask)
    missing = sorted(_NOT_REPRODUCED & given.keys())
    if missing:
        raise not_reproduced(f"the field {missing[0]} of a cell")
    changed = masks.applied(mask, _readable(given), cell, writable=_WRITABLE)
    touched = "*" in mask or "userEnteredValue" in mask
    if touched and "textFormatRuns" not in given:
        changed.pop("textFormatRuns", None)  # the document: a new value erases former runs
    if "textFormatRuns" in changed and "stringValue" not in changed.get("userEnteredValue", {}):
        raise invalid_argument("Text format runs are only valid on user entered strings.")
    if touched:
        require_allowed(changed)
    return {name: one for name, one in changed.items() if one not in ({}, "", [])}


def _refuse_unwritable(mask: masks.Mask) -> None:
    wrong = sorted(mask.keys() & _READ_ONLY)
    if wrong:
        raise invalid_argument(f"Field is read-only: {wrong[0]}")
    missing = sorted(mask.keys() & _NOT_REPRODUCED)
    if missing:
        raise not_reproduced(f"the field {missing[0]} of a cell")


def _readable(given: Cell) -> Cell:
    """What a request gives of a cell, its value, note and rule checked."""
    read = dict(given)
    if "userEnteredValue" in given:
        read["userEnteredValue"] = _value(given["userEnteredValue"])
    if "dataValidation" in given:
        check_rule(given["dataValidation"])
    if len(given.get("note", "")) > _LONGEST_NOTE:
        raise invalid_argument("The note is too long.")
    kind = given.get("userEnteredFormat", {}).get("numberFormat", {"type": "TEXT"}).get("type")
    if kind in {None, "NUMBER_FORMAT_TYPE_UNSPECIFIED"}:
        raise invalid_argument("The type of a number format must be set.")  # the document, s:NumberFormat
    return read


def _value(given: dict[str, Any]) -> dict[str, Any]:
    if len(given) > 1:
        raise invalid_argument("Only one of the fields of an ExtendedValue may be set.")
    if "errorValue" in given:
        raise invalid_argument("Field is read-only: errorValue")
    if "numberValue" in given:
        return {"numberValue": typed.number(given["numberValue"])}
    for name in ("stringValue", "formulaValue"):
        if name in given:
            typed.check_length(given[name])
    if "formulaValue" in given and not given["formulaValue"].startswith("="):
        raise invalid_argument("A formula must begin with '='.")
    return given if given != {"stringValue": ""} else {}


def check_rule(rule: dict[str, Any]) -> None:
    """Raise 400 for a drop-down, or another rule, that has no condition or a list without entries."""
    condition = rule.get("condition", {})
    kind = condition.get("type", "CONDITION_TYPE_UNSPECIFIED")
    values = condition.get("values", [])
    if kind == "CONDITION_TYPE_UNSPECIFIED":
        raise invalid_argument("A data validation rule needs a condition.")
    if any("relativeDate" in one for one in values):
        raise invalid_argument("Relative dates are not supported in data validation.")  # the document
    if kind == "ONE_OF_LIST" and not all(one.get("userEnteredValue") for one in values or [{}]):
        raise invalid_argument("A condition ONE_OF_LIST needs at least one value, and none may be empty.")


def require_allowed(cell: Cell) -> None:
    """Raise 400 if a strict list or check box does not have the cell's value; unknown, and so the strict side."""
    rule = cell.get("dataValidation", {})
    value = cell.get("userEnteredValue", {})
    if not rule.get("strict") or not value or "formulaValue" in value:
        return
    condition = rule["condition"]
    held = next(iter(value.values()))
    shown = str(held).upper() if isinstance(held, bool) else str(held)
    listed = [one.get("userEnteredValue", "") for one in condition.get("values", ())]
    box = condition["type"] == "BOOLEAN"
    if (condition["type"] == "ONE_OF_LIST" or (box and listed)) and shown not in listed:
        raise invalid_argument("The data you entered violates the data validation rules set on this cell.")
    if box and not listed and not isinstance(held, bool):
        raise invalid_argument("The data you entered violates the data validation rules set on this cell.")
