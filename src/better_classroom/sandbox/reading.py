"""Reads the JSON of the control surface, and says in a sentence what is wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

_REQUIRED: Any = object()


class Mistake(Exception):
    """What is wrong with a control call, as a sentence."""


class Reading:
    """One JSON object, read key by key; ``what`` names it in complaints. ``nothing_else`` refuses unread keys."""

    def __init__(self, given: Any, what: str) -> None:
        if not isinstance(given, dict):
            raise Mistake(f"{what} must be a JSON object")
        self.given = given
        self.what = what
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is there, with a value."""
        return self.given.get(key) is not None

    def text(self, key: str, default: str = _REQUIRED) -> str:
        """A string."""
        return str(self._get(key, str, "a string", default))

    def scalar(self, key: str, default: str | None = _REQUIRED) -> str:
        """A string, or a whole number written as one."""
        value = self._get(key, str | int, "a string or a number", _REQUIRED if default is None else default)
        return str(value)

    def number(self, key: str, default: int = _REQUIRED, *, least: int = 0) -> int:
        """A whole number."""
        value = self._get(key, int, "a whole number", default)
        if value < least:
            raise Mistake(f"{key!r} of {self.what} must not be less than {least}")
        return int(value)

    def flag(self, key: str) -> bool:
        """True or false; false if absent."""
        return bool(self._get(key, bool, "true or false", default=False))

    def texts(self, key: str, default: list[str] = _REQUIRED) -> list[str]:
        """A list of strings."""
        value = self._get(key, list, "a list of strings", default)
        if not all(isinstance(one, str) for one in value):
            raise Mistake(f"{key!r} of {self.what} must be a list of strings")
        return list(value)

    def readings(self, key: str, what: str) -> list[Reading]:
        """A list of objects, to be read in turn; empty if absent."""
        return [Reading(one, f"{what} {n}") for n, one in enumerate(self._get(key, list, "a list", []), start=1)]

    def instant(self, key: str) -> datetime:
        """An instant with its offset, in RFC 3339."""
        text = self.text(key)
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = datetime.min  # noqa: DTZ901 - stands for what is no instant, and has no offset either
        if instant.tzinfo is None or not 1970 <= instant.year <= 9000:  # noqa: PLR2004 - what every client can hold
            raise Mistake(f"{key!r} of {self.what} must be an instant such as 2020-06-09T09:00:00Z, not {text!r}")
        return instant

    def nothing_else(self) -> None:
        """Refuse keys that nobody read: a misspelt one would otherwise be silence."""
        unknown = sorted(set(self.given) - self._read)
        if unknown:
            raise Mistake(f"{self.what} has no {', '.join(map(repr, unknown))}")

    def _get(self, key: str, kind: Any, described: str, default: Any) -> Any:
        self._read.add(key)
        value = self.given.get(key)
        if value is None:
            if default is _REQUIRED:
                raise Mistake(f"{self.what} needs {key!r}, {described}")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Mistake(f"{key!r} of {self.what} must be {described}")
        return value
