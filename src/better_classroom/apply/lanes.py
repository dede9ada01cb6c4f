"""Which change waits for which: what is independent goes side by side, what has an order keeps it. Pure.

Google is asked a few things at a time, since one call takes a tenth of a second and more. In turn go: the topics of a
course, the posts of a topic and the announcements of a course, for their order is what participants read (Classroom
shows the newest first); the permissions of one file, which Drive cannot take at once (google-apis.md D.3); and
whatever deals with one item. Deletions of what left the programme wait for all else in their course.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from better_classroom.change import Change
from better_classroom.comments import Reply
from better_classroom.course import POSTS, Action, Kind, Post, Share
from better_classroom.keys import asker_of, file_key, share_key


@dataclass(frozen=True, slots=True)
class Task:
    """A change, or its last part: a new post is let be seen by a task of its own, so that the next can be made."""

    change: Change
    after: frozenset[int]
    """Numbers of the tasks that must have succeeded before."""
    releases: bool = False
    """Only lets a post be seen that the task before has made."""
    ends: bool = True
    """The change is done with this task."""


def tasks(changes: Sequence[Change]) -> list[Task]:
    """The tasks of a plan, in its order; each waits only for tasks before it."""
    lanes = _Lanes()
    for change in changes:
        lanes.add(change)
    return lanes.tasks


class _Lanes:
    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self._last: dict[str, int] = {}
        """The latest task of each lane."""
        self._course: defaultdict[str, set[int]] = defaultdict(set)
        """All tasks so far of each course, and of the files as a course without a name."""

    def add(self, change: Change) -> None:
        item = change.item
        lanes = [f"key {change.key}", *_lanes(change)]
        after = {self._last[lane] for lane in (*lanes, *_needs(change)) if lane in self._last}
        if change.action is Action.DELETE and item is None and not change.repeat:
            after |= self._all() if change.kind is Kind.FILE else self._course[change.course]
        shown = change.action is Action.CREATE and isinstance(item, Post) and item.publish is not None
        number = self._append(Task(change, frozenset(after), ends=not shown), lanes)
        if shown:
            shares = {self._last[lane] for lane in _readers(change) if lane in self._last}
            self._append(Task(change, frozenset({number, *shares}), releases=True), lanes[:1])

    def _append(self, task: Task, lanes: Sequence[str]) -> int:
        number = len(self.tasks)
        self.tasks.append(task)
        self._last |= dict.fromkeys(lanes, number)
        self._course[task.change.course].add(number)
        return number

    def _all(self) -> set[int]:
        return set(range(len(self.tasks)))


def _lanes(change: Change) -> Iterator[str]:
    """The lanes that a change goes in; a lane carries one task after another."""
    if change.kind is Kind.TOPIC:
        yield f"topics {change.course}"
    elif change.kind in POSTS and not asker_of(change.key):  # what one reads alone has no order
        yield f"posts {change.item.topic if isinstance(change.item, Post) else ''} {change.course}"
    elif isinstance(change.item, Share):
        yield f"permissions {change.item.file}"
    elif isinstance(change.item, Reply):
        yield f"thread {change.item.thread}"


def _needs(change: Change) -> Iterator[str]:
    """Lanes that must have come so far, without the change going in them."""
    if change.course:
        yield f"key {change.course}/course"
    if isinstance(change.item, Share):
        yield f"key {change.item.file}"
    if isinstance(change.item, Post):
        yield f"key {change.item.topic}"
        yield from (
            f"key {file_key(change.account, part.target)}" for part in change.item.attachments if part.kind == "file"
        )
        if change.action in {Action.RELEASE, Action.REPLACE}:
            yield from _readers(change)


def _readers(change: Change) -> Iterator[str]:
    """The permissions that participants need to open what a post carries."""
    if isinstance(change.item, Post):
        yield from (
            f"key {share_key(change.course, part.target)}" for part in change.item.attachments if part.kind == "file"
        )
