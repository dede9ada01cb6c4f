"""What cron runs: stage by stage, one line, and an exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, token, world, writes


@pytest.fixture
def organiser(tmp_path: Path, sandbox_url: str, control: Control) -> Organiser:
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
    programme = a_programme()
    programme["courses"]["tartu"]["participants"] = "participants/tartu.csv"
    path = written(tmp_path / "programme", programme)
    people = path.parent / "participants" / "tartu.csv"
    people.parent.mkdir()
    people.write_text("name,email\nOsaleja Üks,osaleja.1@tartu.example\n", encoding="utf-8")
    return Organiser(path, sandbox_url, tmp_path / "ledger.db")


def test_the_first_run_publishes_everything_and_says_so_in_one_line(organiser: Organiser) -> None:
    said = organiser.types("sync")
    assert (said.code, said.err) == (0, "")
    assert said.out == "sync better-test: 0 new and 0 edited questions, 0 unanswered; 21 changes made\n"


def test_a_run_with_nothing_to_do_writes_nothing(organiser: Organiser, control: Control) -> None:
    organiser.types("sync")
    control.delete("calls")
    assert organiser.types("sync", "--json").data["changes"] == 0
    assert writes(control) == []


def test_a_run_with_nothing_to_do_asks_no_more_than_it_has_to(organiser: Organiser, control: Control) -> None:
    organiser.types("sync")
    control.delete("calls")
    organiser.types("sync")
    methods = [call["method"] for call in control.get("calls")["calls"]]
    listings = [
        method for method in methods if method.startswith("classroom.courses.") and method != "classroom.courses.list"
    ]
    assert len(listings) == 2 * 5  # topics, three kinds of posts, submissions; in each of two courses
    assert sorted(set(methods) - set(listings)) == [
        "classroom.courses.list",
        "classroom.userProfiles.get",
        "drive.files.list",
    ]
    assert len(methods) == len(listings) + 3


def test_a_course_whose_questions_cannot_be_read_does_not_hold_up_the_rest(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any]
) -> None:
    organiser.types("sync")
    control.post("clock", {"now": "2020-06-16T09:00:00Z"})  # the box of before has closed: its text is due
    method = "classroom.courses.courseWork.studentSubmissions.list"
    control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    said = organiser.types("sync", "--json")
    assert said.code == 7
    assert said.data["failures"] == 1
    assert said.data["changes"] == 2
    assert "questions could not be read" in said.err
    access = token(control, ACCOUNT)
    boxes = [
        post
        for course in ("BETTER: a test", "BETTER: proov")
        for post in world(google("classroom", "v1", access), google("drive", "v3", access))[course]["posts"]
        if post["kind"] == "box" and ("ended" in post["text"] or "läbi" in post["text"])
    ]
    assert len(boxes) == 2


def test_what_a_brake_refuses_does_not_keep_questions_from_being_pulled(organiser: Organiser) -> None:
    written(organiser.programme.parent, a_programme(seminars=2))
    organiser.types("sync")
    written(organiser.programme.parent, a_programme(seminars=1))
    said = organiser.types("sync", "--json")
    assert said.code == 6
    assert said.data == {
        "new_questions": 0,
        "edited_questions": 0,
        "withdrawn_questions": 0,
        "unanswered_questions": 0,
        "answers": 0,
        "board_rows": 0,
        "answers_to_approve": 0,
        "people_forgotten": 0,
        "changes": 0,
        "invited": 0,
        "still_to_invite": 0,
        "mails": 0,
        "failures": 1,
    }
    assert "--allow-many" in said.err


def test_sync_goes_on_with_invitations_that_were_begun(
    organiser: Organiser, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    organiser.types("sync")
    control.post("tokens", {"user": "osaleja.1@tartu.example", "scopes": [], "project": "classroom-page"})
    control.post("faults", {"method": "classroom.invitations.create", "when": "before", "do": 503, "times": 1000})
    organiser.types("people", "invite", "--yes")
    control.delete("faults")
    assert organiser.types("sync", "--json").data["invited"] == 1
    assert organiser.types("sync", "--json").data["invited"] == 0
