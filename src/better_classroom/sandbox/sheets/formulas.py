"""Reads formulas into trees: numbers, texts, references, operators, calls.

A tree is a tuple: ``("value", x)``, ``("range", title, top, left, bottom, right)`` with None where open or of the own
sheet, ``("call", name, [trees])``, ``("operator", sign, [trees])``. What cannot be read raises Unreadable: ``#ERROR!``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from better_classroom.sandbox.sheets.ranges import MOST_COLUMNS, column_index

Tree = tuple[Any, ...]

_DEEPEST = 40
_SHEET = r"(?:(?P<{}>'(?:[^']|'')+'|[A-Za-z_][A-Za-z0-9_]*)!)?"
_CELL = r"\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,7})"
_END = r"(?::\$?(?P<last_column>[A-Za-z]{1,3})(?:\$?(?P<last_row>[1-9][0-9]{0,7}))?)?"
_COLUMNS = r"\$?(?P<first>[A-Za-z]{1,3}):\$?(?P<last>[A-Za-z]{1,3})"
_TOKENS = re.compile(
    rf"\s*(?:(?P<cells>{_SHEET.format('sheet')}{_CELL}{_END}(?![A-Za-z0-9_(]))"
    rf"|(?P<columns>{_SHEET.format('of')}{_COLUMNS}(?![A-Za-z0-9_(]))"
    r"|(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?|\.\d+(?:[eE][-+]?\d{1,3})?)"
    r'|(?P<text>"(?:[^"]|"")*")|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign><=|>=|<>|[-+*/^&=<>%(),;]))',
    re.ASCII,
)
_BINARY = ({"=", "<", ">", "<=", ">=", "<>"}, {"&"}, {"+", "-"}, {"*", "/"}, {"^"})


class Unreadable(Exception):
    """No formula: Sheets would show ``#ERROR!``."""


class TooDeep(Exception):
    """Deeper than the sandbox reads."""


@lru_cache(maxsize=4096)
def parse(formula: str) -> Tree:
    """The tree of a formula, which begins with ``=``. Raises Unreadable, or TooDeep."""
    reader = _Reader(_tokens(formula[1:]))
    tree = reader.level(0, 0)
    if reader.peek():
        raise Unreadable
    return tree


def _tokens(text: str) -> list[tuple[str, Any]]:
    tokens: list[tuple[str, Any]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKENS.match(text, at)
        if not found:
            raise Unreadable
        kind = found.lastgroup or ""
        if found["cells"]:
            tokens.append(("tree", _range(*found.group("sheet", "column", "row", "last_column", "last_row"))))
        elif found["columns"]:
            tokens.append(("tree", _range(found["of"], found["first"], None, found["last"], None)))
        elif kind == "number":
            tokens.append(("tree", ("value", _finite(float(found["number"])))))
        elif kind == "text":
            tokens.append(("tree", ("value", found["text"][1:-1].replace('""', '"'))))
        else:
            tokens.append((kind, found[kind]))
        at = found.end()
    return tokens


def _finite(number: float) -> float:
    if number == float("inf"):
        raise Unreadable
    return number


def _range(title: str | None, column: str, row: str | None, last_column: str | None, last_row: str | None) -> Tree:
    if title and title[0] == "'":
        title = title[1:-1].replace("''", "'")
    columns = sorted((column_index(column), column_index(last_column or column)))
    if columns[1] >= MOST_COLUMNS:
        raise Unreadable
    top = int(row or 1) - 1
    bottom = int(last_row or row or 0) if last_row or not last_column else None
    if bottom is not None and bottom <= top:
        top, bottom = bottom - 1, top + 1
    return ("range", title, top, columns[0], bottom, columns[1] + 1)


class _Reader:
    """Reads by precedence: comparisons, then ``&``, sums, products, powers, signs, percents."""

    def __init__(self, tokens: list[tuple[str, Any]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> Any:
        """The next sign, name or tree; None at the end."""
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _next(self) -> tuple[str, Any]:
        if self._at >= len(self._tokens):
            raise Unreadable
        self._at += 1
        return self._tokens[self._at - 1]

    def _is_sign(self, *signs: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] in [("sign", sign) for sign in signs]

    def level(self, level: int, depth: int) -> Tree:
        """An expression of that precedence."""
        if depth > _DEEPEST:
            raise TooDeep
        if level == len(_BINARY):
            return self._signed(depth)
        tree = self.level(level + 1, depth)
        chain = 0
        while self._is_sign(*_BINARY[level]):
            sign = self._next()[1]
            tree = ("operator", sign, [tree, self.level(level + 1, depth)])
            chain += 1
            if chain > _DEEPEST:
                raise TooDeep
        return tree

    def _signed(self, depth: int) -> Tree:
        if self._is_sign("-", "+"):
            sign = self._next()[1]
            if depth > _DEEPEST:
                raise TooDeep
            inner = self._signed(depth + 1)
            return ("operator", sign, [("value", 0), inner]) if sign == "-" else inner
        tree = self._atom(depth)
        while self._is_sign("%"):
            self._next()
            tree = ("operator", "/", [tree, ("value", 100)])
            depth += 1
            if depth > _DEEPEST:
                raise TooDeep
        return tree

    def _atom(self, depth: int) -> Tree:
        kind, found = self._next()
        if kind == "tree":
            return tuple(found)
        if kind == "name":
            return self._named(found.upper(), depth)
        if found != "(":
            raise Unreadable
        tree = self.level(0, depth + 1)
        if self._next() != ("sign", ")"):
            raise Unreadable
        return tree

    def _named(self, name: str, depth: int) -> Tree:
        if not self._is_sign("("):
            return ("value", name == "TRUE") if name in {"TRUE", "FALSE"} else ("name", name)
        self._next()
        given: list[Tree] = []
        if self._is_sign(")"):
            self._next()
            return ("call", name, given)
        while True:
            given.append(("value", "") if self._is_sign(",", ";", ")") else self.level(0, depth + 1))
            sign = self._next()
            if sign == ("sign", ")"):
                return ("call", name, given)
            if sign not in {("sign", ","), ("sign", ";")}:
                raise Unreadable
