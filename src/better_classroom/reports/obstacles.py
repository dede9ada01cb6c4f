"""Who may not get into a course, and what participants may not get to see: as the organiser reads it. Pure.

Nothing is held back because of it: Google has the last word, and here it only had an earlier one, or its documents have.
What it would refuse for certain is a blocker of the plan instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from better_classroom.change import Change
from better_classroom.joining import Person
from better_classroom.reports.wording import short

SHOWN = 5
"""People and posts named under one obstacle; ``--json`` names all."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why something may not reach whom it is for, and what to do about it."""

    place: str
    """Key of a course; an account's address where it is about its Drive."""
    reason: str
    remedy: str
    people: tuple[Person, ...] = ()
    """Who may not get in."""
    posts: tuple[Change, ...] = ()
    """What participants may not get to see, or not with all that it carries."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """All that was found."""

    joining: tuple[Obstacle, ...] = ()
    showing: tuple[Obstacle, ...] = ()


def lines(found: Obstacles) -> Iterator[str]:
    """The two paragraphs of the letter; none where nothing is in the way."""
    for heading, obstacles in (
        ("Who may not get in", found.joining),
        ("What participants may not get to see", found.showing),
    ):
        if obstacles:
            yield heading
            yield from (line for obstacle in obstacles for line in _told(obstacle))
            yield ""


def _told(obstacle: Obstacle) -> Iterator[str]:
    yield f"  {obstacle.place}: {obstacle.reason}"
    yield f"      {obstacle.remedy}"
    names = [f"{short(person.name)} <{short(person.address)}>" for person in obstacle.people]
    names += [f"“{short(post.title)}”{_elsewhere(post, obstacle)}" for post in obstacle.posts]
    yield from (f"        {name}" for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"        … and {len(names) - SHOWN} more (--json names all)"


def _elsewhere(post: Change, obstacle: Obstacle) -> str:
    return "" if post.course == obstacle.place else f" in {post.course}"


def data(found: Obstacles) -> dict[str, Any]:
    """All of it for programs."""
    return {
        "joining": [_data(one) | {"people": [_person(person) for person in one.people]} for one in found.joining],
        "showing": [_data(one) | {"posts": [post.key for post in one.posts]} for one in found.showing],
    }


def _data(obstacle: Obstacle) -> dict[str, Any]:
    return {"place": obstacle.place, "reason": obstacle.reason, "remedy": obstacle.remedy}


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.address}
