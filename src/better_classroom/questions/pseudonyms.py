"""The number by which an asker is known in everything we publish: "Participant 4827, Tartu"."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable

from better_classroom.errors import UsageError
from better_classroom.ledger import Ledger, Marks
from better_classroom.questions.forgotten import Forgotten

_FEWEST_DIGITS = 4


def number(asker_id: str, *, programme: str, key: bytes, taken: Collection[int]) -> int:
    """Four-digit number of an asker, the next free one where another asker has it; more digits when those run out.

    The same asker has another number in another programme, and without ``key`` neither leads back to the person.
    The caller records the number: who came first is not to be computed again.
    """
    if not key:
        raise UsageError(
            "Pseudonyms need a secret key, and none is set.",
            advice="Set pseudonym_key in better-classroom.toml to a long random text, and keep it.",
        )
    first, size = _range(len(taken))
    digest = hmac.digest(key, f"{programme}\0{asker_id}".encode(), "sha256")
    offset = int.from_bytes(digest[:8]) % size
    while first + offset in taken:
        offset = (offset + 1) % size
    return first + offset


def _range(used: int) -> tuple[int, int]:
    """First number and size of the range in use when ``used`` numbers are gone.

    A range is left when it is nine tenths full: beyond that, finding the next free number takes ever longer.
    """
    digits = _FEWEST_DIGITS
    while used * 10 >= 9 * (10**digits - 10 ** (_FEWEST_DIGITS - 1)):
        digits += 1
    first: int = 10 ** (digits - 1)
    return first, 9 * first


class Numbering:
    """Pseudonyms of the programme's askers; read from the ledger once, and only when someone new may have asked."""

    def __init__(self, ledger: Ledger, programme: str, key: bytes) -> None:
        self._ledger = ledger
        self._programme = programme
        self._key = key
        self._numbers: dict[str, int] | None = None
        self._taken: set[int] = set()
        self.forgotten = Forgotten(ledger, Marks(programme, key))

    def missing(self, asker_ids: Iterable[str]) -> dict[str, int]:
        """Numbers for those of the askers who have none in the ledger yet; theirs from here on."""
        if self._numbers is None:
            self._numbers = self._ledger.questions.numbers()
            self._taken = set(self._numbers.values())
        made: dict[str, int] = {}
        names = {asker_id: asker_id for asker_id in asker_ids if asker_id not in self._numbers}
        while names:
            given = {asker_id: self._number(name) for asker_id, name in names.items()}
            # Nobody is called as somebody was who is forgotten: not even the same person is to be known by it again.
            gone = self.forgotten.numbers(given.values())
            made |= {asker_id: one for asker_id, one in given.items() if one not in gone}
            # Another name gives a number that does not stand beside the old one.
            names = {asker_id: f"{names[asker_id]}\0" for asker_id, one in given.items() if one in gone}
        self._numbers |= made
        return made

    def _number(self, name: str) -> int:
        given = number(name, programme=self._programme, key=self._key, taken=self._taken)
        self._taken.add(given)
        return given
