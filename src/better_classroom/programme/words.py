"""How complaints quote what a person wrote, and guess what was meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST = 60
"""Characters of somebody's text that a complaint repeats."""


def shown(value: object, *, quotes: bool = True) -> str:
    """Quote text for a complaint: on one line, shortened, and without anything a terminal would obey."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    plain = "".join(_visible(character) for character in text)
    return f"“{plain}”" if quotes else plain


def _visible(character: str) -> str:
    if character in "\n\t":
        return " "
    return f"\\u{ord(character):04x}" if unicodedata.category(character)[0] == "C" else character


def meant(wrong: str, known: Iterable[str]) -> str:
    """Return what was probably meant among the known, or an empty string."""
    choices = list(known)
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    close = difflib.get_close_matches(wrong[:LONGEST].casefold(), list(folded), n=1, cutoff=0.66)
    return folded[close[0]] if close else ""


def guess(wrong: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Word a remedy: the likeliest of the known, or all of them, or what to do when there is none."""
    choices = list(known)
    if likely := meant(wrong, choices):
        return f"did you mean `{likely}`?"
    return f"known here: {', '.join(choices)}" if choices else otherwise


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does: ``a, b and c``."""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final


def collapsed(text: str) -> str:
    """Trim, and turn each run of blanks into one: what Classroom does to a topic's name."""
    return " ".join(text.split())


def as_key(text: str) -> str:
    """Make a key of any text: ``1 day before`` → ``1-day-before``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
