"""Inviting, edge to edge: the command on one side, who is invited in the sandbox on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import ACCOUNT
from people_world import COURSES, FIRST, PERSONAL, SECOND, UNKNOWN, People, begun
from talking import Control
from worlds import Organiser, writes

INVITE = ("people", "invite", "--yes")


@pytest.fixture
def people(tmp_path: Path, sandbox_url: str, control: Control, google: Callable[[str, str, str], Any]) -> People:
    organiser = Organiser(tmp_path / "programme" / "programme.yaml", sandbox_url, tmp_path / "ledger.db")
    return begun(organiser, control, google)


# Whom it invites


def test_everybody_in_the_file_is_invited_once(people: People) -> None:
    said = people.organiser.types(*INVITE)
    assert (said.code, people.invited()) == (0, ["201", "202"])
    assert "2 invited" in said.out


def test_it_shows_first_whom_it_will_invite_and_asks(people: People) -> None:
    said = people.organiser.types("people", "invite")
    assert (said.code, writes(people.control)) == (2, [])
    assert f"Osaleja Üks <{FIRST}>" in said.out
    assert "450 invitations in 24 hours" in said.out
    assert "--yes" in said.err


def test_inviting_again_invites_nobody(people: People) -> None:
    people.organiser.types(*INVITE)
    people.control.delete("calls")
    said = people.organiser.types(*INVITE)
    assert (said.code, writes(people.control)) == (0, [])
    assert "Nobody is to be invited." in said.out
    assert f"Osaleja Üks <{FIRST}>, invited Mon 18 May 2020, 11:00 (Tallinn)" in said.out


def test_blanks_upper_case_and_plus_signs_make_nobody_another_person(people: People) -> None:
    people.file("tartu").write_text(
        f"name;email\n  Osaleja Üks ;  {FIRST.upper()}  \nRésztvevő Öt;\u00a0{PERSONAL} \n", encoding="utf-8-sig"
    )
    people.organiser.types(*INVITE)
    assert people.invited() == ["201", "203"]
    people.names("tartu", ("Osaleja Üks", FIRST), ("Résztvevő Öt", PERSONAL.title()))
    assert set(people.joinings().values()) == {"waiting"}
    people.organiser.types(*INVITE)
    assert people.sent() == 2


def test_a_letter_with_a_mark_is_one_letter_however_it_is_spelt(people: People) -> None:
    people.control.seed(users=[{"id": "301", "email": "reszt\u00e9vevo@nyiregyhaza.example"}])
    people.names("tartu", ("Re\u0301sztvevő", "reszte\u0301vevo@nyiregyhaza.example"))
    assert people.organiser.types(*INVITE).code == 0
    assert people.invited() == ["301"]


def test_experts_and_the_account_itself_are_never_invited(people: People) -> None:
    people.control.seed(users=[{"email": "lauri.sock@tartu.example", "name": "Lauri Sock"}])
    people.names("tartu", ("Lauri Sock", "Lauri.Sock@Tartu.example"), ("Organiser", ACCOUNT), ("Osaleja Üks", FIRST))
    said = people.organiser.types(*INVITE)
    assert (people.invited(), people.sent()) == (["201"], 1)
    assert "an expert: experts have boards" in said.out


def test_one_course_can_be_invited_alone(
    tmp_path: Path, sandbox_url: str, control: Control, google: Callable[[str, str, str], Any]
) -> None:
    organiser = Organiser(tmp_path / "two" / "programme.yaml", sandbox_url, tmp_path / "two.db")
    people = begun(organiser, control, google, ("tartu", "birmingham"))
    organiser.types(*INVITE, "--course", "birmingham")
    assert (people.invited("tartu"), people.invited("birmingham")) == ([], ["201", "202"])
    said = organiser.types(*INVITE, "--course", "gavle")
    assert (said.code, "It has tartu, birmingham." in said.err) == (2, True)


def test_a_course_that_is_not_made_yet_or_archived_is_said_before_anything_is_tried(people: People) -> None:
    courses = people.classroom().courses()
    courses.patch(id=people.course_id("tartu"), updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    said = people.organiser.types(*INVITE)
    assert (said.code, people.sent()) == (0, 0)
    assert "archived: nobody can be invited" in said.out


def test_participants_are_invited_into_the_courses_that_apply_makes(people: People) -> None:
    text = people.organiser.programme.read_text(encoding="utf-8")
    people.organiser.programme.write_text(text.replace(f"id: '{COURSES['tartu']}'", "alias: p:tartu"), encoding="utf-8")
    said = people.organiser.types(*INVITE)
    assert (said.code, people.sent()) == (0, 0)
    assert "“apply” makes it" in said.out
    assert "not made yet" in people.organiser.types("people", "links").out
    assert people.organiser.applies().code == 0
    assert (people.organiser.types(*INVITE).code, people.sent()) == (0, 2)
    assert people.organiser.plans()["changes"] == []


# Nobody twice


def test_who_was_invited_by_hand_gets_no_second_invitation_and_costs_no_room(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"courseId": people.course_id("tartu"), "userId": FIRST, "role": "STUDENT"}
    people.classroom().invitations().create(body=body).execute()
    monkeypatch.setenv("BETTER_CLASSROOM_INVITATIONS_A_DAY", "1")
    monkeypatch.setenv("BETTER_CLASSROOM_INVITATIONS_RESERVE", "0")
    said = people.organiser.types(*INVITE)
    assert (said.code, people.invited()) == (0, ["201", "202"])
    assert "1 open invitation we did not send" in said.out
    assert "1 invited, 1 had joined or been invited already" in said.out
    people.accept(FIRST)
    assert people.joinings() == {FIRST: "joined", SECOND: "waiting"}


def test_who_is_in_the_course_already_is_recognised_even_with_a_hidden_address(people: People) -> None:
    courses = people.classroom().courses()
    course = courses.get(id=people.course_id("tartu")).execute()
    people.classroom(PERSONAL).courses().students().create(
        courseId=course["id"], enrollmentCode=course["enrollmentCode"], body={"userId": "me"}
    ).execute()
    people.names("tartu", ("Résztvevő Öt", PERSONAL))
    said = people.organiser.types(*INVITE)
    assert (said.code, people.sent(), people.invited()) == (0, 0, [])
    assert "1 had joined" in said.out
    assert people.joinings() == {PERSONAL: "joined"}


def test_a_participant_who_teaches_the_course_in_classroom_is_not_invited(people: People) -> None:
    invitations = people.classroom().invitations()
    invitations.create(body={"courseId": people.course_id("tartu"), "userId": SECOND, "role": "TEACHER"}).execute()
    people.accept(SECOND)
    people.organiser.types(*INVITE)
    assert people.invited() == ["201"]
    assert people.joinings()[SECOND] == "joined"


def test_a_lost_ledger_doubles_nobody(people: People) -> None:
    people.organiser.types(*INVITE)
    people.accept(FIRST)
    other = replace(people.organiser, ledger=people.organiser.ledger.with_name("other.db"))
    assert other.types(*INVITE).code == 0
    assert (people.invited(), people.members(), people.sent()) == (["202"], ["201"], 2)


def test_listings_are_read_to_their_end(people: People) -> None:
    crowd = [f"osaleja.{number}@city.example" for number in range(120)]
    people.control.post("reset")
    course = {"id": COURSES["tartu"], "name": "BETTER", "owner": ACCOUNT, "students": crowd}
    people.control.seed(users=[{"email": FIRST}], courses=[course])
    people.names("tartu", *((f"Osaleja {number}", address) for number, address in enumerate([*crowd, FIRST])))
    assert "1 invited." in people.organiser.types(*INVITE).out
    people.control.post("faults", {"method": "classroom.invitations.list", "when": "before", "do": "empty"})
    assert list(people.joinings().values()) == ["joined"] * 120 + ["waiting"]


# Who has joined


def test_joining_is_recognised_by_the_number_in_the_reply(people: People) -> None:
    people.names("tartu", ("Résztvevő Öt", PERSONAL))
    people.organiser.types(*INVITE)
    people.accept(PERSONAL)
    assert people.joinings() == {PERSONAL: "joined"}
    assert "joined       1 of 1" in people.organiser.types("people", "status").out


def test_status_tells_who_waits_since_when_who_was_not_invited_and_who_is_not_named(people: People) -> None:
    people.organiser.types(*INVITE)
    people.names("tartu", ("Osaleja Kaks", SECOND), ("Résztvevő Öt", PERSONAL))
    people.accept(FIRST)
    said = people.organiser.types("people", "status")
    assert f"Osaleja Kaks <{SECOND}>, invited Mon 18 May 2020, 11:00 (Tallinn)" in said.out
    assert f"not invited  1\n    Résztvevő Öt <{PERSONAL}>" in said.out
    assert "others       1 in the course" in said.out
    assert said.code == 0


def test_who_left_is_told_and_invited_again_only_when_asked(people: People) -> None:
    people.organiser.types(*INVITE)
    people.accept(FIRST)
    assert people.joinings()[FIRST] == "joined"
    people.leave(FIRST)
    assert people.joinings()[FIRST] == "left"
    people.organiser.types(*INVITE)
    assert people.invited() == ["202"]
    said = people.organiser.types(*INVITE, "--again", FIRST.upper())
    assert (said.code, sorted(people.invited())) == (0, ["201", "202"])


def test_who_declined_is_told_and_invited_again_only_when_asked_and_on_another_day(people: People) -> None:
    people.organiser.types(*INVITE)
    people.decline()
    assert people.joinings() == {FIRST: "gone", SECOND: "gone"}
    assert people.organiser.types(*INVITE).code == 0
    assert people.sent() == 2
    said = people.organiser.types(*INVITE, "--again", FIRST)
    assert (said.code, "within the last 24 hours" in said.err) == (2, True)
    people.clock("2020-05-20T08:00:00Z")
    assert people.organiser.types(*INVITE, "--again", FIRST).code == 0
    assert people.joinings() == {FIRST: "waiting", SECOND: "gone"}


@pytest.mark.parametrize(("address", "words"), [(UNKNOWN, "names no participant"), (FIRST, "waiting")])
def test_inviting_again_is_for_those_who_are_gone(people: People, address: str, words: str) -> None:
    people.organiser.types(*INVITE)
    said = people.organiser.types(*INVITE, "--again", address)
    assert (said.code, words in said.err) == (2, True)


# Links


def test_links_open_the_course_to_whoever_has_them(people: People) -> None:
    (found,) = people.organiser.types("people", "links", "--json").data
    course = people.classroom().courses().get(id=people.course_id("tartu")).execute()
    assert found["code"] == course["enrollmentCode"]
    assert found["link"] == f"{course['alternateLink']}?cjc={found['code']}"
    said = people.organiser.types("people", "links")
    assert (found["link"] in said.out, f"code    {found['code']}" in said.out) == (True, True)


def test_links_need_no_participants_and_no_right_to_invite(people: People) -> None:
    text = people.organiser.programme.read_text(encoding="utf-8")
    people.organiser.programme.write_text(text.replace("    participants: tartu.csv\n", ""), encoding="utf-8")
    assert people.organiser.types("people", "links").code == 0
    said = people.organiser.types("people", "status")
    assert (said.code, "names participants" in said.err) == (2, True)
