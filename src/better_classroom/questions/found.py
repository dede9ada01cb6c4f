"""The shape in which every source hands over what it found, before the ledger knows of it."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import NamedTuple


class Found(NamedTuple):
    """One question as its source shows it now; a tuple, since a pull may meet a hundred thousand."""

    source_id: str
    """Its lasting name at the source, unique within the course."""
    seminar: str
    slot: str
    """``before`` or ``after``: the box it was asked in; ``during`` the session, or on the ``slides``."""
    asker_id: str
    text: str
    withdrawn: bool
    at: datetime | None
    """When it was written as it stands now; None where the source does not tell."""
    link: str


OWN = ":"
"""Stands in every asker's id of our making, and in none of Google's: nobody at Google can be told anything by it."""

# Halves of surrogate pairs can be in no database and no file, NUL in none but SQLite; neither is text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text, with a replacement character for each that no database takes."""
    return _UNSTORABLE.sub("\ufffd", text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to read: only spaces, control characters and characters without a shape."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def digest(text: str) -> str:
    """What two texts share if and only if they are the same."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


KEY_DIGITS = 6
"""Digits at the end of a key, unless another question has them."""


def key_of(course: str, found: Found, *, length: int) -> str:
    """Lasting name of a question, such as ``tartu-partnership-before-3f9a1c``; the same after the loss of a ledger.

    ``length`` hexadecimal digits tell apart what was asked in one box.
    """
    names = f"{course}\0{found.seminar}\0{found.slot}\0{found.source_id}"
    digits = hashlib.blake2b(names.encode(), digest_size=16).hexdigest()[:length]
    return f"{course}-{found.seminar}-{found.slot}-{digits}"
