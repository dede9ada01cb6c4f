"""How instants and the fields of items are written into a ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import String, Text, TypeDecorator

from better_classroom.course import Value


@lru_cache(maxsize=256)  # a pull writes the same few instants over and over
def spelt(instant: datetime) -> str:
    """Write an instant as ``Instant`` does; one without an offset is a mistake of ours."""
    if instant.tzinfo is None:
        raise ValueError("An instant without an offset cannot be recorded.")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class Instant(TypeDecorator[datetime]):
    """An instant as text in UTC, always 32 characters long: readable by people, and sorted rightly as text.

    SQLite has no type for instants, and its driver would drop the offset.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write it."""
        return None if value is None else spelt(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back."""
        return None if value is None else self.read(value)

    @staticmethod
    def read(value: str) -> datetime:
        """Read one that was ``spelt``."""
        return datetime.fromisoformat(value)


class Values(TypeDecorator[Mapping[str, Value]]):
    """The fields of an item as JSON. Tuples become lists and come back as tuples; equal values give equal bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Value] | None, dialect: Any) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write it, in ASCII: what Google returns may hold halves of surrogate pairs, which no database takes."""
        return None if value is None else json.dumps(dict(value), sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Any) -> Mapping[str, Value] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read it back."""
        if value is None:
            return None
        return {name: tuple(held) if isinstance(held, list) else held for name, held in json.loads(value).items()}
