"""A letter as plain text and as simple HTML, which a screen reader reads in the same order. Pure.

What anybody wrote passes ``printable`` here, and is escaped in HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from better_classroom.reports.questions import printable


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read about."""

    title: str
    about: str
    """A line below the title: who, when."""
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one sort."""

    title: str
    items: tuple[Item, ...]
    note: str = ""
    more: str = ""
    """A line after the items: how many are not shown."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is written."""

    language: str
    subject: str
    hello: str
    sections: tuple[Section, ...]
    closing: tuple[str | tuple[str, ...], ...]
    """Paragraphs; a tuple is a list of points."""


def text(letter: Letter) -> str:
    """The letter as plain text."""
    return "\n".join(printable(line) for line in _lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield letter.hello
    for section in letter.sections:
        yield from ("", section.title, "=" * len(section.title))
        yield from (line for line in (section.note,) if line)
        for item in section.items:
            yield from ("", item.title)
            yield from (line for line in (item.about,) if line)
            yield from (f"    {line}" for line in printable(item.text).splitlines())
        yield from (part for line in (section.more,) if line for part in ("", line))
    for paragraph in letter.closing:
        yield ""
        if isinstance(paragraph, str):
            yield paragraph
        else:
            yield from (f"- {point}" for point in paragraph)


def html(letter: Letter) -> str:
    """The letter as a page: headings and lists, nothing to load, nothing that depends on colour."""
    return "\n".join(_page(letter)) + "\n"


def _page(letter: Letter) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield f'<html lang="{escape(letter.language)}">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_escaped(letter.subject)}</title></head>"
    yield "<body>"
    # The page itself is the mail: its subject is the heading, as a screen reader announces it.
    yield f"<h1>{_escaped(letter.subject)}</h1>"
    yield f"<p>{_escaped(letter.hello)}</p>"
    for section in letter.sections:
        yield from _section(section)
    for paragraph in letter.closing:
        if isinstance(paragraph, str):
            yield f"<p>{_escaped(paragraph)}</p>"
        else:
            yield from ("<ul>", *(f"<li>{_escaped(point)}</li>" for point in paragraph), "</ul>")
    yield "</body>"
    yield "</html>"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{_escaped(section.title)}</h2>"
    if section.note:
        yield f"<p>{_escaped(section.note)}</p>"
    yield "<ul>"
    for item in section.items:
        # dir="auto": a question may be in a script that runs the other way.
        yield f'<li><strong dir="auto">{_escaped(item.title)}</strong>'
        yield from (f"<br>{_escaped(line)}" for line in (item.about,) if line)
        yield from (f'<p dir="auto">{_broken(line)}</p>' for line in (item.text,) if line)
        yield "</li>"
    yield "</ul>"
    if section.more:
        yield f"<p>{_escaped(section.more)}</p>"


def _escaped(line: str) -> str:
    return escape(printable(line))


def _broken(lines: str) -> str:
    return "<br>\n".join(_escaped(line) for line in printable(lines).splitlines())
