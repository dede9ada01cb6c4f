"""Who sees what is written into a question box: set in Classroom, out of the API's reach, so a person must look. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from better_classroom.course import Kind, ObservedPost, Snapshot, World
from better_classroom.memory import Memory
from better_classroom.programme import Programme

UNKNOWN = "whether classmates see each other's questions is set in each question box, out of our reach"
REMEDY = "Look at it there, then write “visibility_checked: true” under “questions:” in the programme."


@dataclass(frozen=True, slots=True)
class Box:
    """A question box to look at."""

    title: str
    link: str
    """Its page; the course's as long as the box is not public."""


def unchecked(programme: Programme, world: World, memory: Memory) -> Mapping[str, tuple[Box, ...]]:
    """By course, the boxes that nobody has looked at as far as the programme says."""
    if programme.questions.visibility_checked:
        return {}
    places = {seminar: number for number, seminar in enumerate(programme.seminars)}
    found = {
        course: tuple(_boxes(snapshot, memory, places)) for course, snapshot in world.snapshots.items() if snapshot
    }
    return {course: boxes for course, boxes in found.items() if boxes}


def _boxes(snapshot: Snapshot, memory: Memory, places: Mapping[str, int]) -> Iterator[Box]:
    """The boxes of a course in reading order: seminar by seminar, the one before it first."""
    keys = {entry.remote_id: entry.key.split("/") for entry in memory.entries.values() if entry.kind is Kind.BOX}
    posts = [post for post in snapshot.posts if post.remote_id in keys]

    def place(post: ObservedPost) -> tuple[int, bool]:
        _, seminar, slot = keys[post.remote_id]
        return places.get(seminar, len(places)), slot != "before"

    yield from (Box(post.title, post.link or snapshot.course.link) for post in sorted(posts, key=place))
