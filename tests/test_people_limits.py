"""No more invitations in a day than Google allows, and none twice, whatever breaks."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from better_classroom import programme as programmes
from better_classroom.cli.wiring import scopes_of
from better_classroom.gateways import needed
from better_classroom.joining import DAY, Limit, limit
from breaking_off import WAITS, Children, killed
from builders import ACCOUNT, a_programme, written
from google_reasons import OF_ALL, OF_ONE
from people_world import FIRST, PERSONAL, SECOND, UNKNOWN, People, begun
from talking import Control
from worlds import Organiser

INVITE = ("people", "invite", "--yes")
CREATE = "classroom.invitations.create"
ADD = "classroom.courses.students.create"


@pytest.fixture
def organiser(tmp_path: Path, sandbox_url: str) -> Organiser:
    return Organiser(tmp_path / "programme" / "programme.yaml", sandbox_url, tmp_path / "ledger.db")


@pytest.fixture
def people(organiser: Organiser, control: Control, google: Callable[[str, str, str], Any]) -> People:
    return begun(organiser, control, google)


@pytest.fixture
def two(organiser: Organiser, control: Control, google: Callable[[str, str, str], Any]) -> People:
    """Two courses of one account."""
    return begun(organiser, control, google, ("tartu", "birmingham"))


def a_day(monkeypatch: pytest.MonkeyPatch, most: int, reserve: int = 0) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_INVITATIONS_A_DAY", str(most))
    monkeypatch.setenv("BETTER_CLASSROOM_INVITATIONS_RESERVE", str(reserve))


# A day's room

NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)


@given(
    st.integers(0, 12),
    st.integers(0, 14),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=25),
)
def test_no_day_however_it_is_cut_sees_more_than_the_limit(
    most: int, reserve: int, runs: list[tuple[int, int]]
) -> None:
    allowed, now = Limit(most, reserve), NOON
    sent: list[datetime] = []
    for hours, wanted in runs:
        now += timedelta(hours=hours)
        room = allowed.room(sent, now)
        # Nothing is held back without need.
        assert room == max(0, most - reserve) - sum(instant > now - DAY for instant in sent)
        sent += [now] * min(room, wanted)
    for begins in sent:
        assert sum(begins <= instant < begins + DAY for instant in sent) <= max(0, most - reserve)


@given(st.integers(1, 12), st.integers(0, 60))
def test_waiting_for_room_each_time_reaches_everybody(most: int, people: int) -> None:
    allowed, now = Limit(most, 0), NOON
    sent: list[datetime] = []
    while people:
        now = allowed.next_room(sent, now) or now
        room = min(allowed.room(sent, now), people)
        assert room > 0
        sent, people = [*sent, *[now] * room], people - room
    assert now - NOON <= DAY * (len(sent) // most)


@given(st.integers(1, 12), st.lists(st.integers(0, 40), max_size=30))
def test_there_is_room_again_at_the_very_instant_that_is_told(most: int, ages: list[int]) -> None:
    allowed = Limit(most, 0)
    sent = [NOON - timedelta(hours=age) for age in ages]
    then = allowed.next_room(sent, NOON)
    assert then is not None
    assert allowed.room(sent, then) > 0
    assert then == NOON or allowed.room(sent, then - timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("personal", "most", "reserve", "ours"),
    [
        (False, None, None, 450),
        (True, None, None, 90),
        (True, 300, None, 90),
        (False, 100, None, 90),
        (False, 100, 0, 100),
        (False, None, 500, 0),
        (False, 10, 20, 0),
    ],
)
def test_a_tenth_is_left_for_invitations_by_hand_unless_told(
    personal: bool, most: int | None, reserve: int | None, ours: int
) -> None:
    assert limit(personal=personal, most=most, reserve=reserve).ours == ours


def test_the_rest_follows_a_day_later_without_being_asked_again(two: People, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(monkeypatch, 4, 1)
    said = two.organiser.types(*INVITE)
    assert (said.code, two.sent()) == (0, 3)
    assert "3 can go out now; the other 1 follow from Tue 19 May 2020, 11:00 (Tallinn)" in said.out
    assert two.joinings("birmingham") == {FIRST: "waiting", SECOND: "queued"}
    two.clock("2020-05-19T07:59:59Z")
    assert (two.continues().unsent, two.sent()) == (1, 3)
    two.clock("2020-05-19T08:00:00Z")
    assert (two.continues().invited, two.sent()) == (1, 4)
    assert two.joinings("birmingham") == {FIRST: "waiting", SECOND: "waiting"}


def test_all_courses_of_an_account_share_its_day_and_another_account_has_its_own(
    two: People, monkeypatch: pytest.MonkeyPatch, control: Control
) -> None:
    text = yaml.safe_load(two.organiser.programme.read_text(encoding="utf-8"))
    control.seed(users=[{"email": "organiser@birmingham.example", "name": "Organiser"}])
    invitations = two.classroom().invitations()
    body = {"courseId": two.course_id("birmingham"), "userId": "organiser@birmingham.example", "role": "TEACHER"}
    invitations.create(body=body).execute()
    two.accept("organiser@birmingham.example")
    a_day(monkeypatch, 3)
    assert two.organiser.types(*INVITE).code == 0
    assert [len(two.invited(course)) for course in ("tartu", "birmingham")] == [2, 1]
    text["courses"]["birmingham"]["account"] = "organiser@birmingham.example"
    two.organiser.programme.write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert two.continues().invited == 1
    assert [len(two.invited(course)) for course in ("tartu", "birmingham")] == [2, 2]


def test_a_personal_account_sends_less(organiser: Organiser, control: Control, google: Any) -> None:
    control.seed(users=[{"email": ACCOUNT, "name": "Organiser", "consumer": True}])
    control.seed(courses=[{"id": "604567890123", "name": "BETTER", "owner": ACCOUNT}])
    programme = a_programme(courses=("tartu",))
    programme["courses"]["tartu"] = {"language": "et", "id": "604567890123", "participants": "tartu.csv"}
    folder = organiser.programme.parent
    folder.mkdir(parents=True)
    (folder / "tartu.csv").write_text(f"name,email\nOsaleja Üks,{FIRST}\n", encoding="utf-8")
    written(folder, programme)
    said = organiser.types("people", "invite")
    assert "at most 90 invitations in 24 hours (of 100, it leaves 10" in said.out
    assert People(organiser, control, google).sent() == 0


def test_a_reserve_that_leaves_no_room_is_said(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(monkeypatch, 5, 5)
    said = people.organiser.types(*INVITE)
    assert (people.sent(), "the reserve leaves no room" in said.out) == (0, True)


@pytest.mark.parametrize("value", ["501", "-1", "many", "1.5"])
def test_a_limit_above_googles_own_is_refused(people: People, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_INVITATIONS_A_DAY", value)
    said = people.organiser.types(*INVITE)
    assert (said.code, "from 0 to 500" in said.err) == (2, True)


# What goes on by itself


def test_nothing_goes_on_that_was_not_begun(people: People) -> None:
    assert people.continues().done == 0
    people.names("tartu", ("Osaleja Üks", FIRST))
    people.organiser.types(*INVITE)
    people.names("tartu", ("Osaleja Üks", FIRST), ("Osaleja Kaks", SECOND))
    people.control.delete("calls")
    assert people.continues().done == 0
    asked = {call["method"] for call in people.control.calls()}
    assert asked == {"classroom.userProfiles.get"}  # signing in


def test_who_left_the_file_or_became_an_expert_is_not_invited_later(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(monkeypatch, 0)
    people.organiser.types(*INVITE)
    people.names("tartu", ("Osaleja Kaks", SECOND))
    text = people.organiser.programme.read_text(encoding="utf-8")
    people.organiser.programme.write_text(text.replace("lauri.sock@tartu.example", SECOND), encoding="utf-8")
    a_day(monkeypatch, 10)
    assert people.continues().done == 0
    assert people.sent() == 0


def test_who_joined_by_the_link_meanwhile_is_left_alone(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(monkeypatch, 0)
    people.organiser.types(*INVITE)
    (door,) = people.organiser.types("people", "links", "--json").data
    students = people.classroom(FIRST).courses().students()
    students.create(courseId=people.course_id("tartu"), enrollmentCode=door["code"], body={"userId": "me"}).execute()
    a_day(monkeypatch, 10)
    found = people.continues()
    assert (found.invited, found.already, people.invited()) == (1, 1, ["202"])


# Direct adding


def test_an_administrator_adds_people_of_the_own_domain_and_invites_the_others(people: People) -> None:
    people.control.seed(
        users=[
            {"email": ACCOUNT, "admin": True},
            {"id": "301", "email": "osaleja.kolm@tartu.example", "name": "Osaleja Kolm"},
        ]
    )
    people.names("tartu", ("Osaleja Kolm", "Osaleja.Kolm@tartu.example"), ("Osaleja Üks", FIRST))
    said = people.organiser.types(*INVITE)
    assert (said.code, people.members(), people.invited()) == (0, ["301"], ["201"])
    assert "1 invited, 1 added directly" in said.out
    assert "If it administers tartu.example" in said.out
    assert people.joinings() == {"Osaleja.Kolm@tartu.example": "joined", FIRST: "waiting"}


def test_where_adding_is_not_allowed_it_is_tried_once_and_all_are_invited(people: People) -> None:
    own = [(f"Osaleja {number}", f"osaleja.{number}@tartu.example") for number in range(3)]
    people.control.seed(users=[{"email": address} for _, address in own])
    people.names("tartu", *own)
    said = people.organiser.types(*INVITE)
    assert (said.code, len(people.control.calls(ADD)), len(people.invited())) == (0, 1, 3)


def test_a_lost_reply_to_an_adding_adds_nobody_twice(people: People) -> None:
    people.control.seed(users=[{"email": ACCOUNT, "admin": True}, {"id": "301", "email": "osaleja@tartu.example"}])
    people.names("tartu", ("Osaleja", "osaleja@tartu.example"))
    people.control.post("faults", {"method": ADD, "when": "after", "do": "drop"})
    assert people.organiser.types(*INVITE).code == 0
    assert (people.members(), people.invited()) == (["301"], [])


# Refusals


def test_an_address_without_a_google_account_is_told_with_its_remedy_and_the_others_are_invited(
    people: People,
) -> None:
    people.names("tartu", ("Puudub", UNKNOWN), ("Osaleja Üks", FIRST))
    said = people.organiser.types(*INVITE)
    assert (said.code, people.invited()) == (7, ["201"])
    assert "no Google account with this address" in said.out
    assert f"Puudub <{UNKNOWN}>" in said.out
    assert "people links" in said.out
    assert UNKNOWN in people.organiser.types("people", "status").out
    people.control.seed(users=[{"id": "401", "email": UNKNOWN}])
    assert people.continues().done == 0  # nobody asks Google about them until the organiser says so
    assert people.organiser.types(*INVITE).code == 0
    assert people.invited() == ["201", "401"]


@pytest.mark.parametrize(("status", "reason", "words"), OF_ONE)
def test_a_refusal_of_one_person_becomes_advice_and_stops_nobody_else(
    people: People, status: int, reason: str, words: str
) -> None:
    people.control.post("faults", {"method": CREATE, "when": "before", "do": status, "reason": reason})
    said = people.organiser.types(*INVITE)
    assert (said.code, people.invited()) == (7, ["202"])
    assert words in said.out
    assert words in people.organiser.types("people", "status").out


@pytest.mark.parametrize(("status", "reason", "words"), OF_ALL)
def test_a_refusal_of_a_whole_course_is_asked_for_once_and_does_not_hold_up_the_others(
    two: People, status: int, reason: str, words: str
) -> None:
    two.control.post("faults", {"method": CREATE, "when": "before", "do": status, "reason": reason})
    said = two.organiser.types(*INVITE)
    assert (said.code, two.invited("tartu"), two.invited("birmingham")) == (7, [], ["201", "202"])
    assert len(two.control.calls(CREATE)) == 3
    assert words in said.out
    assert two.joinings("tartu") == {FIRST: "refused", SECOND: "refused"}
    assert two.organiser.types(*INVITE).code == 0
    assert two.invited("tartu") == ["201", "202"]


def test_a_course_that_was_deleted_makes_nobody_an_unknown_person(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(monkeypatch, 0)
    people.organiser.types(*INVITE)
    courses, the_course = people.classroom().courses(), people.course_id("tartu")
    courses.patch(id=the_course, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    courses.delete(id=the_course).execute()
    a_day(monkeypatch, 10)
    found = people.continues()
    assert {person.reason for person in found.refused} == {"CourseNotFound"}
    assert len(people.control.calls(CREATE)) == 1


def test_a_quota_that_is_used_up_stops_the_account_and_the_next_run_goes_on(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    people.control.post("faults", {"method": CREATE, "when": "before", "do": 429, "skip": 1})
    said = people.organiser.types(*INVITE)
    assert (said.code, people.invited()) == (7, ["201"])
    assert (people.continues().invited, people.invited()) == (1, ["201", "202"])


@pytest.mark.parametrize(("reason", "sent"), [("SomethingNew", 0), ("UserInIllegalDomain", 1)])
def test_an_account_that_is_refused_again_and_again_for_no_reason_of_the_persons_stops(
    people: People, reason: str, sent: int
) -> None:
    crowd = [(f"Osaleja {number}", f"osaleja.{number}@city.example") for number in range(4)]
    people.control.seed(users=[{"email": address} for _, address in crowd])
    people.names("tartu", *crowd)
    people.control.post("faults", {"method": CREATE, "when": "before", "do": 403, "reason": reason, "times": 3})
    said = people.organiser.types(*INVITE)
    assert (said.code, people.sent()) == (7 if sent else 5, sent)
    assert people.continues().invited == 1 - sent


def test_no_error_and_no_log_holds_an_address(
    people: People, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    for fault in ({"do": 403}, {"do": 500}, {"do": "drop"}, {"do": 404}):
        people.control.post("faults", {"method": CREATE, "when": "before", "times": 1, **fault})
        said = people.organiser.types(*INVITE)
        assert said.code != 0
        assert "@city.example" not in said.err + caplog.text


# Broken connections, broken runs


@pytest.mark.parametrize(
    ("when", "do"),
    [("before", "drop"), ("before", 503), *[("after", do) for do in ("drop", "reset", "truncate", 500, 503)]],
)
@pytest.mark.parametrize("skip", [0, 1])
def test_a_lost_reply_doubles_nobody(
    people: People, monkeypatch: pytest.MonkeyPatch, when: str, do: str | int, skip: int
) -> None:
    a_day(monkeypatch, 2)
    people.control.post("faults", {"method": CREATE, "when": when, "do": do, "skip": skip})
    first = people.organiser.types(*INVITE)
    second = people.organiser.types(*INVITE)
    assert (first.code, second.code, people.invited()) == (0, 0, ["201", "202"])
    assert people.joinings() == {FIRST: "waiting", SECOND: "waiting"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_gives_up_after_a_lost_reply_is_continued_without_doubling(
    people: People, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    # The invitation that may be lost counts: sending it again takes no more of the day's room.
    a_day(monkeypatch, 2)
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    for method, skip in ((CREATE, 0), ("classroom.invitations.list", 1)):
        people.control.post("faults", {"method": method, "when": when, "do": "drop", "skip": skip})
    said = people.organiser.types(*INVITE)
    assert (said.code, "run the same command again" in said.err) == (9, True)
    found = people.continues()
    assert (found.done, found.unsent, people.invited()) == (2, 0, ["201", "202"])


TWO_A_DAY = {**WAITS, "BETTER_CLASSROOM_INVITATIONS_A_DAY": "2", "BETTER_CLASSROOM_INVITATIONS_RESERVE": "0"}


@pytest.mark.parametrize(("when", "skip"), [("after", 0), ("before", 1)])
def test_a_run_killed_anywhere_is_simply_run_again(
    people: People, monkeypatch: pytest.MonkeyPatch, children: Children, when: str, skip: int
) -> None:
    a_day(monkeypatch, 2)
    people.control.post("faults", {"method": CREATE, "when": when, "do": "hang", "skip": skip})
    killed(children.begin(people.organiser, *INVITE, environment=TWO_A_DAY), people.control)
    found = people.continues()
    assert (found.unsent, found.failures, people.invited()) == (0, {}, ["201", "202"])
    assert people.joinings() == {FIRST: "waiting", SECOND: "waiting"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_while_it_adds_somebody_is_simply_run_again(
    people: People, monkeypatch: pytest.MonkeyPatch, children: Children, when: str
) -> None:
    own = "osaleja.kolm@tartu.example"
    people.control.seed(users=[{"email": ACCOUNT, "admin": True}, {"id": "301", "email": own}])
    people.names("tartu", ("Osaleja Kolm", own), ("Osaleja Üks", FIRST))
    a_day(monkeypatch, 2)
    people.control.post("faults", {"method": ADD, "when": when, "do": "hang"})
    killed(children.begin(people.organiser, *INVITE, environment=TWO_A_DAY), people.control)
    found = people.continues()
    assert (found.unsent, found.failures) == (0, {})
    assert (people.members(), people.invited()) == (["301"], ["201"])
    assert people.joinings() == {own: "joined", FIRST: "waiting"}


def test_a_second_run_at_once_is_refused(people: People) -> None:
    from better_classroom.ledger import lock

    with lock(str(people.organiser.ledger)):
        assert people.organiser.types(*INVITE).code == 8
        assert people.organiser.types("people", "status").code == 0


def test_status_records_who_has_joined_unless_another_run_is_at_work(people: People) -> None:
    from better_classroom.ledger import lock

    def met() -> list[str]:
        with closing(sqlite3.connect(people.organiser.ledger)) as database:
            return [one for (one,) in database.execute("SELECT address FROM participants WHERE joined_at NOT NULL")]

    people.organiser.types(*INVITE)
    people.accept(FIRST)
    with lock(str(people.organiser.ledger)):
        assert "joined       1 of 2" in people.organiser.types("people", "status").out
        assert met() == []
    people.organiser.types("people", "status")
    assert met() == [FIRST]


# What an account must let us do


def test_the_right_to_invite_is_asked_for_only_where_the_programme_names_participants(tmp_path: Path) -> None:
    rosters = "https://www.googleapis.com/auth/classroom.rosters"
    programme = a_programme(courses=("tartu",))
    assert scopes_of(programmes.load(written(tmp_path, programme))) == needed()
    (tmp_path / "tartu.csv").write_text("name,email\nOsaleja,osaleja@city.example\n", encoding="utf-8")
    programme["courses"]["tartu"]["participants"] = "tartu.csv"
    asked = scopes_of(programmes.load(written(tmp_path, programme)))
    assert asked == needed() - {f"{rosters}.readonly"} | {rosters}


def test_what_is_kept_about_people_only_its_owner_reads(people: People) -> None:
    people.organiser.types(*INVITE)
    assert people.organiser.ledger.stat().st_mode & 0o077 == 0


def test_data_for_programs_holds_the_same(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(monkeypatch, 2, 1)
    people.names("tartu", ("Osaleja Üks", FIRST), ("Résztvevő Öt", PERSONAL))
    said = people.organiser.types(*INVITE, "--json")
    found = json.loads(said.out)
    assert [person["email"] for person in found["to_invite"]] == [FIRST, PERSONAL]
    assert (found["invited"], found["later"], found["refused"], found["failed"]) == (1, 1, [], [])
    (account,) = found["allowances"]
    assert (account["allowed"], account["reserve"], account["room"], account["later"]) == (2, 1, 1, 1)
    assert account["more_at"] == "2020-05-19T08:00:00+00:00"
