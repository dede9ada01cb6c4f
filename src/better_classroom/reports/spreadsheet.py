"""What participants wrote, made safe for a spreadsheet: no formula, no control character, no cell too long. Pure."""

from __future__ import annotations

import re

CELL = 30_000
"""Characters of a participant that go into one cell; Excel takes 32,767, and would drop the rest unasked."""

# What Excel and LibreOffice may take for a formula, also behind spaces and characters without a shape; the wide forms
# are formulas to a spreadsheet of an East Asian language. Behind any number of apostrophes, so that one more can
# always be told from those that were there.
_BLANKS = " \xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff"
_GAP = f"[{_BLANKS}]*"
_SIGN = "[-=+@\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b]"
_BREAK = "[\t\r\n\x0b\x0c\x85]"
_FORMULA = f"{_GAP}(?:{_SIGN}|{_BREAK})"
_STARTS = re.compile(f"'*{_FORMULA}")
_NEUTRALISED = re.compile(f"'(?='*{_FORMULA})")
# A spreadsheet that expects another delimiter, as Excel does in half of Europe, begins cells where we see none, and
# knows nothing of our quotes.
_INSIDE = re.compile(f'([,;\t\n])(?=[{_BLANKS}"]*{_SIGN})')
BREAKS = re.compile("\r\n?|\u2028|\u2029")
"""Every way in which a line may end."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def neutral(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet could take for a formula; ``plain`` takes it away again."""
    return f"'{cell}" if _STARTS.match(cell) else cell


def plain(cell: str) -> str:
    """Undo ``neutral``; a cell that it never touched stays as it is."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def tidy(text: str) -> str:
    """A text without control characters, its lines ended in one way, and nothing around it."""
    return _UNSEEN.sub("", BREAKS.sub("\n", text)).strip()


def harmless(text: str) -> str:
    """A participant's text for one cell, yet to be made ``neutral``: no control characters, no formula inside, cut."""
    safe = _INSIDE.sub(r"\1'", tidy(text))
    return safe if len(safe) <= CELL else safe[:CELL] + "… (cut; “questions show” has all of it)"


def fitting(text: str, units: int) -> str:
    """The text, or its beginning, in at most so many UTF-16 units, by which spreadsheets count what a cell can hold."""
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * units:
        return text
    return encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore") + "…"
