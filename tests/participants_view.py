"""What participants see, looked at after every single call: nothing twice, and nothing that is not as it will stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from better_classroom.sandbox.calls import Calls
from better_classroom.sandbox.store import Row, Store
from machine_world import Content, Place, content, rows

READS = (".list", ".get", ".generateIds")


class View(Calls):
    """Stands where the sandbox keeps its log: looks when each call is done, before the next."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._before: set[Place] = set()
        self.twice: list[str] = []
        """What was seen more than once at one instant, and after which call."""
        self.appeared: set[Content] = set()
        """Everything that a post made since ``begin`` said while it was public, at any instant; with its course's name."""

    def begin(self) -> None:
        """Start to look: what an earlier run has made, if only to appear later, is no news."""
        self._before = {place for place, _ in rows(self.store)}
        self.twice.clear()
        self.appeared.clear()

    def add(self, *, method: str, status: int, **rest: Any) -> None:
        """Note a call, and look."""
        super().add(method=method, status=status, **rest)
        if not method.endswith(READS):
            self.look(method)

    def look(self, after: str) -> None:
        """See what participants see."""
        seen: Counter[tuple[Any, ...]] = Counter()
        for place, row in self._public():
            said = content(self.store, place, row)
            seen[place[:2], said[0], row.get("topicId", ""), said[2] or said[3], _whom(row)] += 1
            if place not in self._before:
                self.appeared.add((self._course(place), *said))
        self.twice += [f"after {after}: {one}" for one, number in seen.items() if number > 1]

    def public(self) -> set[Content]:
        """What all posts say that are public now, with their course's name."""
        return {(self._course(place), *content(self.store, place, row)) for place, row in self._public()}

    def _public(self) -> Iterator[tuple[Place, Row]]:
        return ((place, row) for place, row in rows(self.store) if row["state"] == "PUBLISHED")

    def _course(self, place: Place) -> str:
        return str((self.store.get("courses", "", place[1]) or {}).get("name"))


def _whom(row: Row) -> tuple[str, ...]:
    return tuple(row.get("individualStudentsOptions", {}).get("studentIds", ()))
