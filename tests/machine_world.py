"""What really stands in the sandbox: read in its store, without our own gateways; and a witness of every single call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from better_classroom import compare
from better_classroom.course import Kind, Post, Topic
from better_classroom.keys import file_mark
from better_classroom.sandbox.calls import Calls
from better_classroom.sandbox.store import Row, Store
from worlds import PROJECT

TABLES: Mapping[Kind, str] = {
    Kind.MATERIAL: "materials",
    Kind.BOX: "courseWork",
    Kind.ANNOUNCEMENT: "announcements",
}
Place: TypeAlias = tuple[str, str, str]
"""Table, course's id, post's id."""
Content: TypeAlias = tuple[Any, ...]
"""Kind, topic's name, title, text and attachments of a post, without what Google's spelling may change."""


def rows(store: Store) -> Iterator[tuple[Place, Row]]:
    """Every post of every course that is not deleted."""
    for table in TABLES.values():
        for course in store.parents(table):
            yield from (
                ((table, course, key), row) for key, row in store.items(table, course) if row["state"] != "DELETED"
            )


def topics(store: Store, course: str) -> dict[str, Row]:
    """The topics of a course by id."""
    return {key: row for key, row in store.items("topics", course) if "_deleted" not in row}


def files(store: Store, programme: str) -> dict[str, list[Row]]:
    """Our files by mark and owner's id, which name one file at most."""
    found: dict[str, list[Row]] = {}
    for row in store.rows("files", ""):
        properties = row["appProperties"].get(PROJECT, {})
        if properties.get("bc_programme") == programme and "bc_file" in properties and not row["trashed"]:
            found.setdefault(f"{properties['bc_file']} {row['owner']}", []).append(row)
    return found


def is_ours(row: Row) -> bool:
    """Whether our Cloud project made it."""
    return bool(row["_project"] == PROJECT)


def content(store: Store, place: Place, row: Row) -> Content:
    """What a post says, as somebody reads it."""
    table, course, _ = place
    topic = topics(store, course).get(row.get("topicId", ""), {}).get("name", "")
    text = str(row.get("description") or row.get("text") or "")
    parts = tuple(_part(store, part) for part in row.get("materials", []))
    return _read(table, topic, row.get("title", ""), text, parts)


def wanted_content(post: Post, topic: Topic | None, text: str) -> Content:
    """What a post should say."""
    parts = tuple(f"drive:{file_mark(a.target)}" if a.kind == "file" else str(a) for a in post.attachments)
    return _read(TABLES[post.kind], topic.name if topic else "", post.title, text, parts)


def _read(table: str, topic: str, title: str, text: str, parts: tuple[str, ...]) -> Content:
    canonical = compare.canonical
    return (
        table,
        canonical("name", topic),
        canonical("title", title),
        canonical("text", text),
        canonical("attachments", parts),
    )


def _part(store: Store, part: Row) -> str:
    if "driveFile" in part:
        file = store.get("files", "", part["driveFile"]["driveFile"]["id"])
        return f"drive:{file['appProperties'].get(PROJECT, {}).get('bc_file')}" if file else "drive:gone"
    if "youtubeVideo" in part:
        return f"youtube:{part['youtubeVideo']['id']}"
    return f"link:{part['link']['url']}"


@dataclass
class Witness(Calls):
    """Stands where the sandbox keeps its log: looks at what participants see when each call is done, before the next.

    ``complaints`` is what nobody should ever have seen: a post twice, one half made, or a stranger's post changed.
    """

    store: Store
    complaints: list[str] = field(default_factory=list)
    strangers: dict[Place, Row] = field(default_factory=dict)
    """Posts that are not ours to touch, as they were."""
    by_hand: set[Place] = field(default_factory=set)
    """Posts of ours that a hand has changed: what these say is not ours to answer for."""
    expected: frozenset[tuple[str, Content]] = frozenset()
    """What may become public, with the course's id or, before there is a course, its alias."""
    meant: set[tuple[str, Content]] = field(default_factory=set)
    """What any run of the story was to publish: what one has scheduled appears later, whatever was edited meanwhile."""
    public: set[Place] = field(default_factory=set)
    """What participants have seen."""
    lenient: bool = False
    """What becomes public is not known beforehand."""

    def __post_init__(self) -> None:
        super().__init__()

    def expect(self, contents: frozenset[tuple[str, Content]]) -> None:
        """Learn what the run that begins may publish."""
        self.expected = contents
        self.meant |= {(where, _untopical(said)) for where, said in contents}

    def add(self, *, method: str, status: int, **rest: Any) -> None:
        """Note a call, and look."""
        super().add(method=method, status=status, **rest)
        if not method.endswith((".list", ".get", ".generateIds")):
            self.look(method)

    def look_later(self) -> None:
        """See what participants see once the clock has moved: then what was scheduled appears without a call.

        A broken run may have renamed a topic and not reached its posts, each of which is whole; so topics do not count.
        """
        calls = self.expected
        self.expected = frozenset(self.meant)
        self._look("the clock", _untopical)
        self.expected = calls
        self.remember()

    def look(self, after: str) -> None:
        """See what participants see."""
        self._look(after, tuple)

    def _look(self, after: str, read: Callable[[Content], Content]) -> None:
        self._strangers(after)
        seen: Counter[Content] = Counter()
        for place, row in rows(self.store):
            if row["state"] != "PUBLISHED" or place in self.strangers or place in self.by_hand:
                continue
            said = content(self.store, place, row)
            whom = tuple(row.get("individualStudentsOptions", {}).get("studentIds", ()))
            seen[(place[1], said[0], row.get("topicId", ""), said[2] or said[3], whom)] += 1
            if place not in self.public:
                self._appeared(after, place, read(said))
        self.complaints += [f"{after}: {count} times public: {twice}" for twice, count in seen.items() if count > 1]

    @contextmanager
    def leniently(self) -> Iterator[None]:
        """Look for what is seen twice and for strangers alone, while answers come that nobody knew of."""
        self.lenient = True
        try:
            yield
        finally:
            self.lenient = False

    def remember(self) -> None:
        """Take what is public now for seen, whatever it says."""
        self.public |= {place for place, row in rows(self.store) if row["state"] == "PUBLISHED"}

    def _appeared(self, after: str, place: Place, said: Content) -> None:
        self.public.add(place)
        if not self.lenient and not any(
            (where, said) in self.expected for where in (place[1], *aliases(self.store, place[1]))
        ):
            near = [one for where, one in self.expected if one[2] == said[2] and one[0] == said[0]]
            self.complaints.append(f"{after}: half made: {said} instead of {near}")

    def _strangers(self, after: str) -> None:
        for place, row in self.strangers.items():
            if self.store.get(*place) != row:
                self.complaints.append(f"{after}: not ours, and changed: {row} to {self.store.get(*place)}")


def _untopical(said: Content) -> Content:
    return (said[0], "", *said[2:])


def aliases(store: Store, course: str) -> Sequence[str]:
    """The names by which a programme may know a course."""
    return [row["alias"] for row in store.rows("aliases", f"p:{PROJECT}") if row["courseId"] == course]


def course_id(store: Store, reference: str) -> str:
    """Id of a course by alias or id; empty as long as it is not there."""
    row = store.get("aliases", f"p:{PROJECT}", reference)
    return row["courseId"] if row else reference if store.get("courses", "", reference) else ""


def instant(row: Row) -> datetime | None:
    """When Google will publish it."""
    return datetime.fromisoformat(row["scheduledTime"]) if "scheduledTime" in row else None
