"""The number by which an asker is known in everything we publish: "Participant 4827, Tartu"."""

from __future__ import annotations

import hmac
from collections.abc import Collection

from better_classroom.errors import UsageError

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
