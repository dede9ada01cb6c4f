"""Bytes → plain data in which every key and value has its line and column.

One walk over libyaml's events builds dictionaries, lists and text; nothing else ever comes out, since scalars stay text
until a model reads them: ``no`` is not False here, ``12:30`` not 750, ``2020-06-16`` not a date. The same walk counts
depth and refuses anchors, so a bomb of aliases or a hundred thousand brackets costs no more than their own characters.

A value that was complained about is None: whoever looks at it later knows that its mistake is already told.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from better_classroom.errors import Complaint, ProgrammeInvalid
from better_classroom.programme import syntax
from better_classroom.programme.words import shown

Steps: TypeAlias = tuple[str | int, ...]
"""Where a value stands: keys of mappings and positions in lists, from the top of the file."""

DEEPEST = 50
"""Levels of nesting; a programme needs eight."""
LARGEST = 4 * 1024 * 1024
"""Bytes; the largest thinkable programme has a tenth."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# What YAML cannot carry, and what people do not mean: control characters, and the halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")

_COMMENT = re.compile(r"[ \t]+(#[^\s#][^\s]*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column (from 1) of a key, and of the value that belongs to it."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(slots=True)
class Document:
    """A file that could be read: its data, where everything stands, and what was wrong with it as YAML."""

    file: str
    data: dict[str, Any]
    places: dict[Steps, Place]
    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)


def at(data: Any, steps: Steps) -> Any:
    """Return what stands at a place."""
    for step in steps:
        data = data[step]
    return data


class Unreadable(Exception):
    """The file ends here for us: nothing after this place can be understood."""

    def __init__(self, line: int, column: int, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.remedy = line, column, message, remedy


def read(path: Path) -> Document:
    """Read a programme; raises ProgrammeInvalid where not even its YAML can be understood."""
    try:
        return parse(contents(path), str(path))
    except Unreadable as trouble:
        complaint = Complaint(str(path), trouble.line, trouble.column, trouble.message, trouble.remedy)
        raise ProgrammeInvalid((complaint,)) from None


def contents(path: Path) -> bytes:
    """Return the bytes of a regular file of ours; raises Unreadable."""
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise Unreadable(1, 1, "this is a folder, not a file", "name the file inside it")
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable(1, 1, "this is not a regular file", "name a file that an editor can open")
        if state.st_size > LARGEST:
            raise Unreadable(
                1, 1, f"the file has {state.st_size:,} bytes, more than {LARGEST:,}", "is it the right file?"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(
            1, 1, "there is no such file", "name it with --programme, or make one with `better-classroom init DIR`"
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(1, 1, f"the file cannot be read: {reason}") from None


def decoded(content: bytes) -> str:
    """Return the text of a file that must be UTF-8 (a byte order mark is dropped); raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise Unreadable(1, 1, "the file is UTF-16, not UTF-8", "save it as UTF-8 in your editor") from None
        before = content[: error.start].decode("utf-8-sig")
        line, column = _after(before)
        raise Unreadable(
            line,
            column,
            f"byte {error.start + 1} of the file (0x{content[error.start]:02x}) is not UTF-8",
            "save the file as UTF-8 in your editor; it may have been written in an older encoding",
        ) from None
    if not text.strip():
        raise Unreadable(1, 1, "the file is empty", "`better-classroom init DIR` writes one to start from")
    if bad := _UNPRINTABLE.search(text):
        line, column = _after(text[: bad.start()])
        raise Unreadable(
            line, column, f"an invisible character (U+{ord(bad[0]):04X}) cannot stand here", "delete it and type anew"
        )
    return text


def parse(content: bytes, file: str) -> Document:
    """Turn bytes into data with places; raises Unreadable, or ProgrammeInvalid where nothing but complaints is left."""
    text = decoded(content)
    builder = _Builder(file, text.split("\n"))
    try:
        data = builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise Unreadable(*syntax.explain(error)) from None
    except yaml.YAMLError as error:
        raise Unreadable(1, 1, f"this cannot be read as YAML: {error}") from None
    if not isinstance(data, dict) and builder.complaints:
        raise ProgrammeInvalid(tuple(sorted(builder.complaints)))
    if not isinstance(data, dict):
        raise Unreadable(
            1, 1, "this is not a programme", "begin with `version: 1`; docs/programme.md explains what follows"
        )
    return Document(file, data, builder.places, builder.complaints, builder.warnings)


def _after(text: str) -> tuple[int, int]:
    """Line and column of what follows the text."""
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


class _Builder:
    """Builds one document's data out of events; each method takes the event that begins its part."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.places: dict[Steps, Place] = {}
        self.complaints: list[Complaint] = []
        self.warnings: list[Complaint] = []
        self.anchors: set[str] = set()
        self.events: Iterator[Any] = iter(())

    def document(self, events: Iterator[Any]) -> Any:
        self.events = events
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._complain(_mark(event), "a second document begins here", "one file holds one programme")
                    break
            elif isinstance(event, yaml.NodeEvent):
                self.places[()] = Place((1, 1), _mark(event))
                data = self._value(event, ())
        return data

    def _complain(self, mark: tuple[int, int], message: str, remedy: str = "") -> None:
        self.complaints.append(Complaint(self.file, *mark, message, remedy))

    def _value(self, event: Any, steps: Steps) -> Any:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                self._complain(_mark(event), f"*{event.anchor} refers to nothing", "write the value out")
            return None  # the anchor itself is complained about: one mistake, one complaint
        if event.anchor:
            self.anchors.add(event.anchor)
            self._complain(
                _mark(event),
                f"&{event.anchor} is an anchor; a programme has none",
                f"write the value out wherever *{event.anchor} stands",
            )
        if event.tag:
            self._complain(_mark(event), f"{shown(event.tag)} is a tag; a programme has none", "remove it")
            self._skip(event)
            return None
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, steps)
        if len(steps) >= DEEPEST:
            line, column = _mark(event)
            raise Unreadable(line, column, f"this is nested more than {DEEPEST} levels deep", "close the brackets")
        return self._list(steps) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(steps)

    def _scalar(self, event: Any, steps: Steps) -> str | None:
        text: str = event.value
        if not event.style and text in {"", "~", "null", "Null", "NULL"}:
            after = f" after `{shown(steps[-1], quotes=False)}:`" if steps and isinstance(steps[-1], str) else ""
            self._complain(
                self.places[steps].key if steps else _mark(event),
                f"nothing is written{after}",
                "write the value, or remove the line",
            )
            return None
        if not event.style:
            self._cut_short(event.end_mark)
        return text

    def _cut_short(self, end: Any) -> None:
        """Warn of ``Seminar #1``, of which YAML reads ``Seminar``."""
        line = self.lines[end.line] if end.line < len(self.lines) else ""
        if found := _COMMENT.match(line, end.column):
            message = f"{shown(found[1])} and what follows is a comment, no part of the text before it"
            remedy = "put the text into quotes if it belongs to it; else write a blank after the #"
            self.warnings.append(Complaint(self.file, end.line + 1, found.start(1) + 1, message, remedy))

    def _list(self, steps: Steps) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*steps, len(items))
            self.places[here] = Place(_mark(event), _mark(event))
            items.append(self._value(event, here))
        return items

    def _mapping(self, steps: Steps) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        dropped = False
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            value = next(self.events)
            if key is None or key in found:
                dropped = True
                if key is not None:
                    line = self.places[(*steps, key)].key[0]
                    self._complain(
                        _mark(event),
                        f"`{shown(key, quotes=False)}` stands here a second time; the first is in line {line}",
                        "keep one of them",
                    )
                self._skip(value)
                continue
            here = (*steps, key)
            self.places[here] = Place(_mark(event), _mark(value))
            found[key] = self._value(value, here)
        return None if dropped and not found else found

    def _key(self, event: Any) -> str | None:
        if isinstance(event, yaml.ScalarEvent) and not event.anchor and not event.tag:
            text: str = event.value
            return text
        self._complain(_mark(event), "a key must be plain text", "write one word before the colon")
        self._skip(event)
        return None

    def _skip(self, event: Any) -> None:
        """Pass over a value that cannot be kept, without a word about its inside."""
        open_ones = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                open_ones += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                open_ones -= 1
            if isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent) and event.anchor:
                self.anchors.add(event.anchor)
            if not open_ones:
                return
            event = next(self.events)
