"""Lists in pages (google-apis.md A.11, G.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from talking import Control, Wire

ORGANISER = "korraldaja@tartu.example"
COURSE = "604567890123"
TOPICS = f"/v1/courses/{COURSE}/topics"


@pytest.fixture
def wire(sandbox_url: str, control: Control) -> Iterator[Wire]:
    control.seed(courses=[{"id": COURSE, "name": "Tartu", "owner": ORGANISER}])
    token = control.token(ORGANISER, "classroom.courses", "classroom.topics", "classroom.announcements", "drive")
    with Wire(sandbox_url, token) as wire:
        for name in "ABCDE":
            wire.ask("POST", TOPICS, {"name": name})
        yield wire


def page(wire: Wire, query: str) -> tuple[list[str], str]:
    answer = wire.ask("GET", f"{TOPICS}?{query}")
    assert answer.status == 200, answer.body
    return [topic["name"] for topic in answer.json.get("topic", [])], answer.json.get("nextPageToken", "")


def rest(wire: Wire, query: str, token: str) -> list[str]:
    names: list[str] = []
    while token:
        found, token = page(wire, f"{query}&pageToken={token}")
        names += found
    return names


def test_pages_follow_one_another_until_there_is_no_token(wire: Wire) -> None:
    first, token = page(wire, "pageSize=2")
    assert first == ["E", "D"]
    assert rest(wire, "pageSize=2", token) == ["C", "B", "A"]


def test_an_empty_list_has_no_key_at_all(wire: Wire) -> None:
    assert wire.ask("GET", f"/v1/courses/{COURSE}/announcements").json == {}


def test_zero_is_the_servers_choice_and_less_is_refused(wire: Wire) -> None:
    assert page(wire, "pageSize=0") == (["E", "D", "C", "B", "A"], "")
    assert wire.ask("GET", f"{TOPICS}?pageSize=-1").status == 400


def test_a_larger_page_than_the_server_gives_is_cut(wire: Wire) -> None:
    assert page(wire, "pageSize=2147483647") == (["E", "D", "C", "B", "A"], "")


@pytest.mark.parametrize(
    "other",
    [
        f"{TOPICS}?pageSize=3",
        f"{TOPICS}",
        "/v1/courses?pageSize=2",
        f"/v1/courses/{COURSE}/announcements?pageSize=2",
        "/drive/v3/files?pageSize=2",
    ],
)
def test_a_token_asks_for_an_otherwise_identical_request(wire: Wire, other: str) -> None:
    _, token = page(wire, "pageSize=2")
    mark = "&" if "?" in other else "?"
    assert wire.ask("GET", f"{other}{mark}pageToken={token}").status == 400


def test_the_fields_may_differ_from_page_to_page(wire: Wire) -> None:
    _, token = page(wire, "pageSize=2&fields=nextPageToken")
    assert page(wire, f"pageSize=2&pageToken={token}")[0] == ["C", "B"]


@pytest.mark.parametrize("token", ["x", "!!!", "%F0%9F%98%80", "W10", "e30", "WyJhIiwxLCJiIl0", "W1tbW1tbW1s" * 200])
def test_what_is_no_token_is_400(wire: Wire, token: str) -> None:
    answer = wire.ask("GET", f"{TOPICS}?pageToken={token}")
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")


def test_a_listing_stays_what_it_was_while_the_world_changes(wire: Wire) -> None:
    ids = {topic["name"]: topic["topicId"] for topic in wire.ask("GET", TOPICS).json["topic"]}
    first, token = page(wire, "pageSize=2")
    wire.ask("POST", TOPICS, {"name": "F"})  # newer than all: would push D to the second page
    wire.ask("DELETE", f"{TOPICS}/{ids['E']}")  # would pull C to the first page
    wire.ask("DELETE", f"{TOPICS}/{ids['B']}")
    wire.ask("PATCH", f"{TOPICS}/{ids['A']}?updateMask=name", {"name": "A, renamed"})
    assert first + rest(wire, "pageSize=2", token) == ["E", "D", "C", "A, renamed"]
