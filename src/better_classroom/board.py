"""What an expert's board is: its columns and words in every language, and how its rows are named. Pure.

A board is read by what stands in its cells, never by where it stands: its columns by their headers, its rows by their
keys. Headers and words are understood in each of our languages, whichever the board was made in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from better_classroom import texts

SHEET = 20_200_616
"""Our own number for the sheet inside the spreadsheet, which lasts whatever its tab is called: to make it a second time
is refused, so one that is there was set up whole."""

OURS = ("key", "seminar", "city", "asked_at", "asker", "question", "note")
AGAIN = "again"
"""The column that repeats the key amid the expert's own, so that an answer carries it along when those alone are sorted."""
THEIRS = ("status", "answer", "visibility")
COLUMNS = (*OURS, "status", AGAIN, "answer", "visibility")
NEEDED = ("key", *THEIRS)
"""Without these columns nothing can be read."""

STATUSES = ("publish", "decline", "take back", "draft")
VISIBILITIES = ("public", "private")
_CHOICES = {"status": STATUSES, "visibility": VISIBILITIES}
_WIDTHS = {"key": 110, "asked_at": 120, "question": 420, "note": 180, AGAIN: 50, "answer": 420}
_WIDTH = 130
_KEPT_KEY = re.compile(r"(?P<key>.+)/(?P<version>\d+)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a new board gets it."""

    name: str
    header: str
    width: int
    """In pixels."""
    choices: tuple[str, ...] = ()
    """Words to choose from; empty where anything may stand."""

    @property
    def ours(self) -> bool:
        """Whether the program writes it, and the expert is warned before changing it."""
        return self.name not in THEIRS

    @property
    def grey(self) -> bool:
        """Whether it is there for the program alone."""
        return self.name in {"key", AGAIN}


@dataclass(frozen=True, slots=True)
class Design:
    """What a new board looks like."""

    tab: str
    """What its tab is called at first."""
    columns: tuple[Column, ...]
    warning: str
    """Shown to who is about to change what is ours."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet of a spreadsheet as people see it: its rows, which may differ in length."""

    sheet_id: int
    title: str
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    """Rows that it has, filled or not."""

    @property
    def empty(self) -> bool:
        """Whether nobody has written anything into it."""
        return not any(cell.strip() for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class ObservedBoard:
    """A board in an account's Drive."""

    remote_id: str
    expert: str
    """Key of the expert, read back from the mark we left on the file."""
    version: str
    """Drive's count of its changes, invisible ones too."""
    link: str
    created: datetime
    renews: str = ""
    """Id of the board in whose place it was made; empty for a first one."""
    readers: Mapping[str, str] = field(default_factory=dict)
    """Permission id by lower-case address, of all but its owner."""
    others: tuple[str, ...] = ()
    """Permission ids of those without an address: a whole domain, or anyone."""

    @property
    def shared(self) -> bool:
        """Whether anybody but its owner may open it."""
        return bool(self.readers or self.others)


def design(language: str) -> Design:
    """A new board in the expert's language."""
    columns = tuple(
        Column(
            name,
            header(name, language),
            _WIDTHS.get(name, _WIDTH),
            tuple(word(choice, language) for choice in _CHOICES.get(name, ())),
        )
        for name in COLUMNS
    )
    return Design(texts.say(language, "board.tab"), columns, texts.say(language, "board.warning"))


def header(name: str, language: str) -> str:
    """What stands above a column."""
    return texts.say(language, f"board.column.{name}")


def word(meant: str, language: str) -> str:
    """One of our words in the expert's language; any other stays as it is."""
    known = meant in STATUSES or meant in VISIBILITIES
    return texts.say(language, f"board.word.{meant.replace(' ', '_')}") if known else meant


def meant(column: str, cell: str) -> str:
    """The word of ours that stands in a cell in any language, else what stands there."""
    return _words(column).get(_folded(cell), cell)


def layout(headers: Sequence[str]) -> tuple[str, ...]:
    """Our name of each column, empty for one of the expert's own; of two with one header the first is meant."""
    names: list[str] = []
    for cell in headers:
        name = _headers().get(_folded(cell), "")
        names.append("" if name in names else name)
    return tuple(names)


def row_name(key: str, version: int | str) -> str:
    """What stands in the key's cell: the question's key, and which of its texts."""
    return f"{key}/{version}"


def key_of(cell: str) -> tuple[str, str]:
    """Key and version from a cell; the version is empty where none stands there."""
    found = _KEPT_KEY.fullmatch(cell.strip().casefold())
    return (found["key"], found["version"]) if found else (cell.strip().casefold(), "")


@cache
def _headers() -> Mapping[str, str]:
    known = {_folded(name): name for name in COLUMNS}
    return known | {_folded(header(name, language)): name for language in texts.LANGUAGES for name in COLUMNS}


@cache
def _words(column: str) -> Mapping[str, str]:
    choices = _CHOICES.get(column, ())
    known = {choice: choice for choice in choices}
    return known | {_folded(word(choice, language)): choice for language in texts.LANGUAGES for choice in choices}


def _folded(cell: str) -> str:
    return re.sub(r"[\s_–-]+", " ", cell.strip().casefold())
