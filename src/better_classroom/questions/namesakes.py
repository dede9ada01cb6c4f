"""Who asked, where the source tells a name and no number of Google's: a keyed hash, never the name itself."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from better_classroom.questions.found import OWN

_NAMELESS = re.compile(r"(?:anonymous.*|guest|unknown|anonüümne|anonimo|névtelen|anonym)?")
_BY_NAME = f"name{OWN}"


def folded(name: str) -> str:
    """What two spellings of one name share."""
    return " ".join(name.casefold().split())


def has_name(given: str) -> bool:
    """Whether somebody gave a name, and not a word that stands for none."""
    return not _NAMELESS.fullmatch(folded(given))


def by_name(name: str, *, course: str, alone: str, key: bytes) -> str:
    """Id of an asker who is known by a folded name: one person within the course.

    Whoever gives no name is nobody else: ``alone`` is then what stands for this asker, and for no other.
    """
    return f"{_BY_NAME}{hashed(key, course, alone if _NAMELESS.fullmatch(name) else name)}"


def hashed(key: bytes, *parts: str) -> str:
    """What stands for these words, and leads back to them for nobody who lacks the key."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()[:32]


def is_recognised(asker_id: str) -> bool:
    """Whether an asker is known by Google's number, so that something can be sent to this participant alone."""
    return OWN not in asker_id


def only_ones(people: Iterable[tuple[str, str, str]]) -> Mapping[str, str]:
    """Google's number by folded name, of those participants who alone have theirs.

    ``people`` holds number, full name and address of each.
    """
    named = [(number, _composed(name)) for number, name, _ in people]
    times = Counter(name for _, name in named)
    return {name: number for number, name in named if name and times[name] == 1}


def same_person(name: str, people: Mapping[str, str]) -> str:
    """Number of the one participant of that name; empty where there is none, or more than one."""
    return people.get(_composed(name), "")


def _composed(name: str) -> str:
    return folded(unicodedata.normalize("NFC", name))
