"""Partial responses (google-apis.md A.11): the whole grammar, and what is no selector."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from talking import Control, Wire

ORGANISER = "korraldaja@tartu.example"


@pytest.fixture
def wire(sandbox_url: str, control: Control) -> Iterator[Wire]:
    control.seed(courses=[{"id": "604567890123", "name": "Tartu", "owner": ORGANISER}])
    with Wire(sandbox_url, control.token(ORGANISER, "classroom.courses", "drive")) as wire:
        yield wire


def ask(wire: Wire, selector: str) -> object:
    answer = wire.ask("GET", f"/v1/courses?fields={quote(selector)}")
    assert answer.status == 200, answer.body
    return answer.json


NAMED = {"courses": [{"id": "604567890123", "name": "Tartu"}]}
DISPLAY = {"courses": [{"gradebookSettings": {"displaySetting": "HIDE_OVERALL_GRADE"}}]}


@pytest.mark.parametrize(
    ("selector", "part"),
    [
        ("courses(id,name)", NAMED),
        ("courses/id,courses/name", NAMED),
        ("courses(id),courses(name)", NAMED),
        ("*(id,name)", NAMED),
        (" courses ( id , name ) ", NAMED),
        ("courses/gradebookSettings/displaySetting", DISPLAY),
        ("courses(gradebookSettings(displaySetting))", DISPLAY),
        ("courses/gradebookSettings(displaySetting)", DISPLAY),
        ("courses/*/displaySetting", DISPLAY),
        ("courses.id,courses.name", NAMED),
        ("courses.gradebookSettings(displaySetting)", DISPLAY),
        ("courses/gradebook_settings.display_setting", DISPLAY),
        ("nextPageToken", {}),
    ],
)
def test_a_selector_selects(wire: Wire, selector: str, part: object) -> None:
    assert ask(wire, selector) == part


@pytest.mark.parametrize("selector", ["*", "courses", "courses(*)", "courses/*", "courses,courses/id", "*,courses(id)"])
def test_the_wider_of_two_selections_wins(wire: Wire, selector: str) -> None:
    assert ask(wire, selector) == wire.ask("GET", "/v1/courses").json


@pytest.mark.parametrize(
    ("selector", "named"),
    [
        ("course", "course"),
        ("courses/title", "courses/title"),
        ("courses(id,title)", "courses/title"),
        ("courses(gradebookSettings(colour))", "courses/gradebookSettings/colour"),
        ("courses/id/more", "courses/id/more"),
        ("courses/*/colour", "courses/*/colour"),
        ("courses(id", "courses(id"),
        ("courses)", ")"),
        ("courses()", "courses()"),
        ("courses,,id", "courses,,id"),
        ("/", "/"),
        (",", ","),
        ("courses" + "(courses" * 5000, ""),
        ("a/" * 5000 + "a", ""),
    ],
)
def test_what_is_no_selector_is_400_and_named(wire: Wire, selector: str, named: str) -> None:
    answer = wire.ask("GET", f"/v1/courses?fields={quote(selector)}")
    assert answer.status == 400
    assert answer.error["message"].startswith(f"Invalid field selection {named}")


def test_a_bad_selector_is_refused_before_anything_is_done(wire: Wire) -> None:
    assert wire.ask("POST", "/v1/courses?fields=colour", {"name": "Genova", "ownerId": "me"}).status == 400
    assert len(wire.ask("GET", "/v1/courses").json["courses"]) == 1


def test_a_map_has_any_name(wire: Wire) -> None:
    made = wire.ask(
        "POST",
        "/drive/v3/files?fields=appProperties/bc_file",
        {"name": "a", "appProperties": {"bc_file": "1", "b": "2"}},
    )
    assert made.json == {"appProperties": {"bc_file": "1"}}
