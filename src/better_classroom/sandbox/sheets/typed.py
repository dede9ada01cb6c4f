"""What a value becomes in a cell: ``RAW`` as it is, ``USER_ENTERED`` as if typed (google-apis.md E.1).

google-apis.md E.1: participant text that begins with ``=``, ``+``, ``-`` or ``@`` may become a formula when typed; for
the last two it is unknown, and taken on the strict side. A cell whose format is plain text keeps what is typed.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import locales, serials

Value = dict[str, Any]  # the document's ExtendedValue: one of numberValue, stringValue, boolValue, formulaValue

LONGEST = 50_000  # characters of a cell
_NUMBER = re.compile(r"([-+]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d*)?([eE][-+]?\d{1,3})?(%?)", re.ASCII)
_MONEY = re.compile(r"(-?)\$([\d,.]+)", re.ASCII)
_FORMULA_STARTS = "=+-@"
_LONGEST_NUMBER = 400  # no number, date or time is longer; nobody waits for a whole answer to be tried as one


def entered(value: Any, *, as_typed: bool, cell: dict[str, Any], locale: str) -> tuple[Value, Value]:
    """The cell's new value and, where typing brings one, its new number format; both ``{}`` to empty it.

    Raises 400 for what no cell holds: lists, structures, numbers that no double can hold, texts that are too long.
    """
    if isinstance(value, bool):
        return {"boolValue": value}, {}
    if isinstance(value, int | float):
        return {"numberValue": number(value)}, {}
    if not isinstance(value, str):
        kind = "list_value" if isinstance(value, list) else "struct_value"
        raise invalid_argument(f"Invalid values: a cell takes no {kind}")
    check_length(value)
    if not value:
        return {}, {}
    if not as_typed or is_plain_text(cell):
        return {"stringValue": value}, {}
    return _typed(value, locale)


def is_plain_text(cell: dict[str, Any]) -> bool:
    """Whether the cell's number format is plain text."""
    kind = cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type")
    return bool(kind == "TEXT")


def number(value: float) -> float:
    """A number as a cell keeps it: a double, whole ones as such; raises 400 for what no double holds."""
    if not abs(value) <= sys.float_info.max:
        raise invalid_argument("Invalid value: the number is out of range.")
    double = float(value)
    return int(double) if double.is_integer() and abs(double) < 2**53 else double


def check_length(text: str) -> None:
    """Raise 400 for more than a cell takes; counted as most programs of Google's do, in UTF-16 units (unknown)."""
    if len(text) > LONGEST or len(text.encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
        raise invalid_argument(f"Your input contains more than the maximum of {LONGEST} characters in a single cell.")


def _typed(text: str, locale: str) -> tuple[Value, Value]:
    if text.startswith("'"):
        return ({"stringValue": text[1:]} if text[1:] else {}), {}
    stripped = text.strip()
    if stripped.upper() in {"TRUE", "FALSE"}:
        return {"boolValue": stripped.upper() == "TRUE"}, {}
    short = len(stripped) <= _LONGEST_NUMBER
    found = (_number(stripped, locale) or _moment(stripped, locale)) if short else None
    if found:
        return found
    if text[0] in _FORMULA_STARTS and len(text) > 1:
        return {"formulaValue": text if text[0] == "=" else f"={text}"}, {}
    return {"stringValue": text}, {}


def _moment(text: str, locale: str) -> tuple[Value, Value] | None:
    found = serials.read(text, locale)
    return ({"numberValue": number(found[0])}, {"type": found[1], "pattern": found[2]}) if found else None


def _number(text: str, locale: str) -> tuple[Value, Value] | None:
    pointed = text.translate(str.maketrans(",.", ".,")) if locales.decimal_mark(locale) == "," else text
    money = _MONEY.fullmatch(pointed)
    found = _NUMBER.fullmatch(f"{money[1]}{money[2]}" if money else pointed)
    if not found or not (found[2] or (found[3] or ".") != "."):
        return None
    if found[4] and float(f"1{found[4]}") in {0.0, float("inf")}:
        return None  # 1e999 is no number that a cell holds
    value = float(f"{found[1]}{(found[2] or '0').replace(',', '')}{found[3] or ''}{found[4] or ''}")
    if abs(value) > sys.float_info.max:
        return None
    if found[5]:
        return {"numberValue": number(value / 100)}, {"type": "PERCENT", "pattern": "0.00%" if found[3] else "0%"}
    if money:
        return {"numberValue": number(value)}, {"type": "CURRENCY", "pattern": "$#,##0.00" if found[3] else "$#,##0"}
    return {"numberValue": number(value)}, {}
