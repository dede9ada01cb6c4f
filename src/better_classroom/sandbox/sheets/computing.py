"""Computes formulas: arithmetic, references, and the few functions that people put on a board.

Every other formula has no value here: it stays ``Loading...``, as Google itself says while one is not computed yet.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.formulas import TooDeep, Tree, Unreadable, parse
from better_classroom.sandbox.store import Row

_DEEPEST = 30
_MOST_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as a value; ``kind`` is the document's ErrorType."""

    kind: str
    message: str = ""

    @property
    def shown(self) -> str:
        """As a cell shows it."""
        return _SHOWN[self.kind]


_SHOWN = {
    "ERROR": "#ERROR!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "LOADING": "Loading...",
}
LOADING = Fault("LOADING", "This sandbox does not compute this formula.")

Result = float | int | str | bool | Fault | None


class _Failed(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


class Reckoner:
    """The values of a spreadsheet's cells, each computed once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[tuple[int, int, int], Result] = {}
        self._under_way: set[tuple[int, int, int]] = set()
        self._visited = 0

    def value(self, sheet: Row, row: int, column: int, cell: dict[str, Any]) -> Result:
        """The effective value of a cell: what was entered, or what its formula comes to."""
        entered = cell.get("userEnteredValue", {})
        formula = entered.get("formulaValue")
        if formula is None:
            return next(iter(entered.values()), None)
        key = (sheet["sheetId"], row, column)
        if key in self._known:
            return self._known[key]
        if key in self._under_way:
            return Fault("REF", "Circular dependency detected.")
        if len(self._under_way) > _DEEPEST:
            return LOADING
        self._under_way.add(key)
        result = self._computed(sheet, formula)
        self._under_way.discard(key)
        if result is not LOADING or not self._under_way:
            self._known[key] = result
        return result

    def _computed(self, sheet: Row, formula: str) -> Result:
        try:
            result = self._of(parse(formula), sheet)
        except Unreadable:
            return Fault("ERROR", "Formula parse error.")
        except TooDeep:
            return LOADING
        except _Failed as failed:
            return failed.fault
        return 0 if result is None else result  # a reference to an empty cell shows 0

    def _of(self, tree: Tree, sheet: Row) -> Result:
        kind = tree[0]
        if kind == "value":
            value: Result = tree[1]
            return value
        if kind == "name":
            raise _Failed(Fault("NAME", f"Unknown range name: '{tree[1]}'."))
        if kind == "range":
            found = list(self._cells(tree, sheet))
            if len(found) != 1:
                raise _Failed(LOADING)  # an array would spill over its neighbours
            return _passed(found[0])
        if kind == "operator":
            left, right = (_passed(self._of(one, sheet)) for one in tree[2])
            return _operated(tree[1], left, right)
        return self._called(tree[1], tree[2], sheet)

    def _cells(self, tree: Tree, sheet: Row) -> Iterator[Result]:
        """The values that a range covers; for one that is large only the filled ones, None for one empty cell."""
        _, title, top, left, bottom, right = tree
        found = sheet if title is None else self._book.titled(title)
        if found is None or top >= found["rowCount"] or left >= found["columnCount"]:
            raise _Failed(Fault("REF", "Unresolved sheet name." if found is None else "Reference does not exist."))
        grid = self._book.grid(found)
        if bottom == top + 1 and right == left + 1:
            yield self.value(found, top, left, grid.cell(top, left))
            return
        for row, cells in grid.rows():
            if row < top or (bottom is not None and row >= bottom):
                continue
            for column in sorted(cells):
                self._visited += 1
                if self._visited > _MOST_CELLS:
                    raise _Failed(LOADING)
                if left <= column < right:
                    yield self.value(found, row, column, cells[column])

    def _called(self, name: str, given: list[Tree], sheet: Row) -> Result:
        if name == "IF" and len(given) in {2, 3}:
            chosen = given[1:][0 if _truth(_passed(self._of(given[0], sheet))) else 1 :]
            return self._of(chosen[0], sheet) if chosen else False
        if name == "HYPERLINK" and len(given) in {1, 2}:
            return self._of(given[-1], sheet)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise _Failed(LOADING)
        values: list[Result] = []
        for one in given:
            values += self._cells(one, sheet) if one[0] == "range" else [self._of(one, sheet)]
        return function([_passed(value) for value in values])


def _passed(value: Result) -> Result:
    if isinstance(value, Fault):
        raise _Failed(value)
    return value


def _number(value: Result) -> float:
    if isinstance(value, bool) or value is None:
        return int(value or 0)
    if isinstance(value, int | float):
        return value
    raise _Failed(Fault("VALUE", "A number is expected here."))


def _text(value: Result) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


def _truth(value: Result) -> bool:
    return bool(_number(value))


def _operated(sign: str, left: Result, right: Result) -> Result:
    if sign == "&":
        return _joined(_text(left) + _text(right))
    if sign in _COMPARED:
        return _COMPARED[sign](_order(left), _order(right))
    first, second = _number(left), _number(right)
    if sign == "/" and second == 0:
        raise _Failed(Fault("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."))
    try:
        return _kept(_RECKONED[sign](float(first), float(second)))
    except (OverflowError, ZeroDivisionError):
        raise _Failed(Fault("NUM", "The result is out of range.")) from None


def _kept(number: Any) -> float:
    if isinstance(number, complex) or not abs(number) <= sys.float_info.max:
        raise _Failed(Fault("NUM", "The result is out of range."))
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


def _joined(text: str) -> str:
    if len(text) > 50_000:  # noqa: PLR2004 - what a cell holds
        raise _Failed(Fault("VALUE", "Text result is longer than the limit of 50000 characters."))
    return text


def _order(value: Result) -> tuple[int, Any]:
    """Numbers before texts before truths, as Sheets orders them; letter case does not count."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, _number(value)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_RECKONED: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def _numbers(values: list[Result]) -> list[float]:
    return [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]


def _average(values: list[Result]) -> Result:
    numbers = _numbers(values)
    if not numbers:
        raise _Failed(Fault("DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error."))
    return _kept(sum(numbers) / len(numbers))


_FUNCTIONS: dict[str, Callable[[list[Result]], Result]] = {
    "SUM": lambda values: _kept(sum(_numbers(values))),
    "COUNT": lambda values: len(_numbers(values)),
    "COUNTA": lambda values: len([one for one in values if one is not None]),
    "MIN": lambda values: min(_numbers(values), default=0),
    "MAX": lambda values: max(_numbers(values), default=0),
    "AVERAGE": _average,
    "CONCATENATE": lambda values: _joined("".join(map(_text, values))),
    "LEN": lambda values: len("".join(map(_text, values[:1]))),
    "UPPER": lambda values: "".join(map(_text, values[:1])).upper(),
    "LOWER": lambda values: "".join(map(_text, values[:1])).lower(),
    "TRIM": lambda values: " ".join("".join(map(_text, values[:1])).split()),
}
