"""Boards whose making, filling and sharing is broken off: one board in the end, and never a second one that is shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from board_world import EXPERT, PEOPLE, WAITS, Place
from breaking_off import FAULTS, KILLS, LOST, Children, killed
from builders import ACCOUNT
from worlds import writes

MADE = ("drive.files.create", "sheets.spreadsheets.batchUpdate", "drive.permissions.create")
RENEWED = (
    "drive.permissions.delete",
    "drive.files.create",
    "sheets.spreadsheets.batchUpdate",
    "drive.files.delete",
    "drive.permissions.create",
)


@pytest.fixture
def place(empty_place: Place) -> Place:
    return empty_place


def asked(place: Place, name: str) -> None:
    """Two questions wait that no run has seen."""
    place.begin(name=name)
    place.asks("Esimene?", "Teine?")


def answered(place: Place, name: str) -> None:
    """A board with an answer and an own column, whose first question is of somebody who wants to be forgotten."""
    asked(place, name)
    place.syncs()
    desk = place.at()
    desk.answers("Teine?", "Teine vastus.")
    desk.types(0, 12, "minu märkmed")
    desk.types(desk.place("Teine?"), 12, "tore küsimus")


def is_whole(place: Place, what: str, rows: list[tuple[str, str]]) -> None:
    """One board, shared with its expert alone, with these questions and answers, each once."""
    (made,) = place.boards()
    people = sorted((one["emailAddress"], one["role"]) for one in made["permissions"])
    assert people == [(EXPERT, "writer"), (ACCOUNT, "owner")], what
    assert [(row["question"], row["answer"]) for row in place.at().named()] == rows, what
    with place.ledger() as ledger:
        (known,) = ledger.boards.all().values()
        assert (known.remote_id, known.shared_with, known.renew) == (made["id"], EXPERT, False), what


def shared_boards(place: Place) -> set[str]:
    return {made["id"] for made in place.boards() if len(made["permissions"]) > 1}


@dataclass(frozen=True)
class Story:
    """A run that is broken off, with what it finds, what it asks of Google, and what stands on the board in the end."""

    begin: Callable[[Place, str], None]
    command: tuple[str, ...]
    calls: tuple[str, ...]
    rows: list[tuple[str, str]]
    again: tuple[str, ...] = ("sync",)
    """How it is gone on with."""


FORGET = ("people", "forget", PEOPLE[0], "--yes")
STORIES: Mapping[str, Story] = {
    "made": Story(asked, ("sync",), MADE, [("Esimene?", ""), ("Teine?", "")]),
    "made anew": Story(answered, FORGET, RENEWED, [("Teine?", "Teine vastus.")]),
    "made anew by the same command": Story(answered, FORGET, RENEWED, [("Teine?", "Teine vastus.")], again=FORGET),
}


@pytest.mark.parametrize("story", ["made", "made anew"])
def test_undisturbed_it_is_whole_after_one_run(place: Place, story: str) -> None:
    told = STORIES[story]
    told.begin(place, "undisturbed")
    place.control.delete("calls")
    said = place.organiser.types(*told.command)
    assert said.code == 0, said.err
    assert [method for method in writes(place.control) if not method.startswith("classroom.")] == list(told.calls)
    is_whole(place, "undisturbed", told.rows)
    for _ in range(2):
        place.syncs()
    place.control.delete("calls")
    place.syncs()
    assert writes(place.control) == []


@pytest.mark.parametrize(
    ("story", "fault"), [*(("made", fault) for fault in FAULTS), *(("made anew", fault) for fault in LOST)]
)
def test_whatever_call_fails_there_is_one_board_in_the_end(place: Place, story: str, fault: str) -> None:
    told = STORIES[story]
    for number, method in enumerate(told.calls):
        what = f"{story}, {fault}: {method}"
        told.begin(place, f"{number}")
        place.control.post("faults", {**FAULTS[fault], "method": method, "times": 1})
        first = place.organiser.types(*told.command)
        assert first.code in {0, 7, 9}, f"{what}: {first.err}"
        assert len(shared_boards(place)) <= 1, what
        assert place.control.get("faults")["faults"][0]["struck"] == 1, what
        is_gone_on_with(place, told, what)


@pytest.mark.parametrize("kill", KILLS)
@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_run_is_killed_there_is_one_board_in_the_end(
    place: Place, story: str, kill: str, children: Children
) -> None:
    told = STORIES[story]
    for number, method in enumerate(told.calls):
        what = f"{story}, {kill}: {method}"
        told.begin(place, f"{number}")
        place.control.post("faults", {**KILLS[kill], "method": method, "times": 1})
        killed(children.begin(place.organiser, *told.command, environment=WAITS), place.control, what)
        is_gone_on_with(place, told, what)


def is_gone_on_with(place: Place, told: Story, what: str) -> None:
    for _ in range(2):
        again = place.organiser.types(*told.again)
        assert again.code == 0, f"{what}: {again.err}"
        assert len(shared_boards(place)) <= 1, what
    is_whole(place, what, told.rows)


def test_a_lost_append_is_looked_for_and_no_row_comes_twice(place: Place) -> None:
    for number, fault in enumerate(("drop", 500)):
        asked(place, f"{number}")
        place.syncs()
        place.asks("Esimene?", "Teine?", "Kolmas?")
        method = "sheets.spreadsheets.batchUpdate"
        place.control.post("faults", {"method": method, "when": "after", "do": fault, "times": 1})
        said = place.sync()
        assert "it may have been done, or not" in said.err
        place.syncs()
        assert Counter(row["question"] for row in place.at().named()) == {"Esimene?": 1, "Teine?": 1, "Kolmas?": 1}


def test_a_create_whose_reply_was_lost_is_looked_for_after_the_wait_and_not_sent_again(place: Place) -> None:
    asked(place, "late")
    place.control.delete("calls")
    place.control.post("faults", {"method": "drive.files.create", "when": "after", "do": "drop", "times": 1})
    place.sync()
    # The first listing of the next run is behind; the one after the wait is not.
    place.control.post("faults", {"method": "drive.files.list", "do": "stale", "times": 1})
    place.syncs()
    assert len(place.control.calls("drive.files.create")) == 1
    is_whole(place, "late", [("Esimene?", ""), ("Teine?", "")])


def test_a_board_that_no_listing_shows_yet_is_not_shared(place: Place) -> None:
    asked(place, "unlisted")
    place.control.post("faults", {"method": "drive.files.list", "do": "stale", "skip": 1, "times": 1})
    place.syncs()
    assert len(place.boards()) == 1
    assert shared_boards(place) == set()
    place.syncs()
    is_whole(place, "unlisted", [("Esimene?", ""), ("Teine?", "")])


def test_of_two_boards_that_a_slow_listing_hid_the_second_goes_and_was_never_shared(place: Place) -> None:
    asked(place, "slow")
    place.control.post("faults", {"method": "drive.files.create", "when": "after", "do": "drop", "times": 1})
    place.sync()
    # The next runs do not see the first board, neither at once nor after the wait.
    place.control.post("faults", {"method": "drive.files.list", "do": "stale", "times": 2})
    place.sync()
    assert len(place.boards()) <= 2
    assert len(shared_boards(place)) <= 1
    for _ in range(2):
        place.sync()
        assert len(shared_boards(place)) == 1
    is_whole(place, "slow", [("Esimene?", ""), ("Teine?", "")])
