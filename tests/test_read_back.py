"""What Google said it published is read back; what it has not published after its time is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from between import Between, between
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, join, listed, posts, token

OPENED = "2020-06-05T08:00:00Z"


@pytest.fixture
def wire(sandbox_url: str) -> Iterator[Between]:
    with between(sandbox_url) as found:
        yield found


@pytest.fixture
def organiser(wire: Between, tmp_path: Path, control: Control) -> Organiser:
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
    programme = a_programme(courses=("tartu",))
    return Organiser(written(tmp_path / "programme", programme), wire.url, tmp_path / "ledger.db")


def without_links(verb: str, path: str, body: bytes) -> bytes:  # noqa: ARG001 - any answer about materials
    if "courseWorkMaterials" not in path:
        return body
    found = json.loads(body)
    for post in [found, *found.get("courseWorkMaterial", [])]:
        post.pop("alternateLink", None)
    return json.dumps(found).encode()


def test_what_is_published_and_has_its_link_needs_no_word(organiser: Organiser, control: Control) -> None:
    control.post("clock", {"now": OPENED})
    said = organiser.applies()
    assert (said.code, said.err) == (0, "")
    assert control.calls("classroom.courses.courseWorkMaterials.get") == []


def test_what_is_published_and_has_no_link_is_warned_about(
    organiser: Organiser, control: Control, wire: Between
) -> None:
    control.post("clock", {"now": OPENED})
    wire.rewrite = without_links
    said = organiser.applies()
    assert said.code == 0
    warned = [line for line in said.err.splitlines() if line.startswith("warning: ")]
    assert len(warned) == 2  # the session's details, and the presentation
    assert "tartu: “Seminar 1: ettekanne” was published, but Google gives no link to it yet" in said.err
    assert len(control.calls("classroom.courses.courseWorkMaterials.get")) == 2
    assert "UNSURE     “Seminar 1: ettekanne” is public" in organiser.types("status").out
    assert organiser.plans()["changes"] == []


def test_a_link_that_comes_late_is_found_by_the_second_look(
    organiser: Organiser, control: Control, wire: Between
) -> None:
    control.post("clock", {"now": OPENED})
    wire.rewrite = lambda verb, path, body: without_links(verb, path, body) if verb == "PATCH" else body
    said = organiser.applies()
    assert (said.code, said.err) == (0, "")
    assert "UNSURE" not in organiser.types("status").out


def test_what_google_has_not_published_after_its_time_is_told(
    organiser: Organiser, control: Control, wire: Between
) -> None:
    assert organiser.applies().code == 0
    kept: dict[str, bytes] = {}

    def lagging(verb: str, path: str, body: bytes) -> bytes:
        return kept.setdefault(path, body) if verb == "GET" and "courseWorkMaterials?" in path else body

    wire.rewrite = lagging
    assert "LATE" not in organiser.types("status").out
    control.post("clock", {"now": OPENED})
    said = organiser.types("status")
    assert "LATE       “Seminar 1: ettekanne” should have appeared; Google has not published it" in said.out
    assert "Seminar 1: ettekanne" in organiser.types("status", "--json").data["courses"][0]["overdue"]
    wire.rewrite = lambda _verb, _path, body: body
    assert "LATE" not in organiser.types("status").out


def test_everything_that_was_published_is_read_by_a_participant_as_it_was_meant(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any]
) -> None:
    control.post("clock", {"now": "2020-06-16T10:30:00Z"})
    assert organiser.applies().code == 0
    assert organiser.plans()["changes"] == []
    classroom, mine = (
        google("classroom", "v1", token(control, who)) for who in ("osaleja.uks@elsewhere.example", ACCOUNT)
    )
    join(classroom, mine, "p:tartu")
    course = mine.courses().get(id="p:tartu").execute()["id"]
    published = [(kind, post) for kind, post in posts(mine.courses(), course) if post["state"] == "PUBLISHED"]
    resources = (
        ("material", classroom.courses().courseWorkMaterials(), "courseWorkMaterial"),
        ("box", classroom.courses().courseWork(), "courseWork"),
        ("announcement", classroom.courses().announcements(), "announcements"),
    )
    seen = [(kind, post) for kind, resource, key in resources for post in listed(resource.list, key, courseId=course)]
    assert sorted(map(read, seen)) == sorted(map(read, published))
    assert len(seen) == 6  # the session, the presentation, both boxes, welcome and reminder; no answers yet
    assert all(post["alternateLink"] for _, post in seen)


def read(found: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    """What somebody reads of a post."""
    kind, post = found
    attached = [json.dumps(part, sort_keys=True) for part in post.get("materials", [])]
    return kind, post.get("title", ""), post.get("description", post.get("text", "")), *attached
