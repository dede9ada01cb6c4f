"""Each brake with its numbers, its consequence in words, and the one flag that permits it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from better_classroom import brakes
from better_classroom.brakes import FLOOR, SHARE, Permit
from better_classroom.change import Change, Plan
from better_classroom.course import Action, Kind, ObservedCourse, ObservedTopic, Snapshot, World
from better_classroom.desired import Desired
from better_classroom.errors import RefusedByBrake
from better_classroom.memory import Entry, Memory

NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)
ACCOUNT = "organiser@tartu.example"
ACCOUNTS = {"tartu": ACCOUNT, "genoa": ACCOUNT}


def entry(number: int, kind: Kind = Kind.MATERIAL, *, course: str = "tartu", account: str = ACCOUNT) -> Entry:
    return Entry(f"{course}/s/materials.{number}", kind, course, account, str(number), {}, {})


def a_change(number: int, action: Action = Action.DELETE, kind: Kind = Kind.MATERIAL, **more: Any) -> Change:
    course = more.pop("course", "tartu")
    return Change(action, f"{course}/s/materials.{number}", kind, course, ACCOUNT, title=f"Ettekanne {number}", **more)


def a_plan(*changes: Change) -> Plan:
    return Plan(changes, (), (), Desired((), ()), NOW, {})


def a_memory(*entries: Entry) -> Memory:
    return Memory({one.key: one for one in entries})


def a_world(*, topics: int = 1, gone: bool = False) -> World:
    course = ObservedCourse("604567890123", "BETTER Tartu", active=True, state="ACTIVE", group_email="", link="")
    there = Snapshot(course, tuple(ObservedTopic(str(number), f"Teema {number}") for number in range(topics)))
    return World({"tartu": None if gone else there}, {}, {})


def refused(plan: Plan, memory: Memory, *permits: Permit, world: World | None = None) -> list[tuple[Permit, str]]:
    found = brakes.refusals(
        plan, world=world or a_world(), memory=memory, accounts=ACCOUNTS, permits=frozenset(permits)
    )
    return [(one.permit, f"{one.course}: {one.reason}") for one in found]


@pytest.mark.parametrize(
    ("posts", "going", "stops"),
    [
        (1, 1, False),  # so many may always go
        (FLOOR, FLOOR, False),
        (FLOOR + 1, FLOOR + 1, True),
        (20, 6, False),  # three of ten, and not one more
        (20, 7, True),
        (100, 30, False),
        (100, 31, True),
    ],
)
def test_a_large_share_of_a_course_goes_only_with_permission(posts: int, going: int, stops: bool) -> None:
    assert (FLOOR, SHARE) == (5, 0.3)
    memory = a_memory(*(entry(number) for number in range(posts)))
    plan = a_plan(a_change(0, Action.REPLACE), *(a_change(number) for number in range(1, going)))
    told = (
        f"tartu: {going} of {posts} posts would go ({going - 1} deleted, 1 replaced): "
        "participants can open them no more, and every link to them stops working"
    )
    assert refused(plan, memory) == ([(Permit.MANY, told)] if stops else [])
    assert refused(plan, memory, Permit.MANY) == []


def test_courses_are_counted_each_for_itself_and_drafts_that_repeat_a_post_not_at_all() -> None:
    memory = a_memory(*(entry(number, course=course) for course in ACCOUNTS for number in range(10)))
    each = [a_change(number, course=course) for course in ACCOUNTS for number in range(5)]
    repeats = [a_change(number, repeat=True) for number in range(9)]
    assert refused(a_plan(*each, *repeats), memory) == []


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_a_box_that_holds_questions_goes_only_with_permission(action: Action) -> None:
    plan = a_plan(a_change(1, action, Kind.BOX, questions=12), a_change(2, action, Kind.BOX))
    told = "tartu: 12 questions hang on “Ettekanne 1”; Google deletes them with the question box"
    assert refused(plan, a_memory()) == [(Permit.QUESTIONS, told)]
    assert refused(plan, a_memory(), Permit.QUESTIONS) == []


@pytest.mark.parametrize(("gone", "what"), [(False, "is empty"), (True, "does not exist any more")])
def test_a_course_that_was_emptied_is_filled_only_with_permission(gone: bool, what: str) -> None:
    memory = a_memory(entry(1), entry(2, Kind.TOPIC), entry(3, Kind.COURSE))
    plan, world = a_plan(a_change(1, Action.CREATE)), a_world(topics=0, gone=gone)
    told = (
        f"tartu: the course {what}, although the ledger says that we put 2 items there: participants have lost them, "
        "and whatever is made anew has another link, and notifies everybody again"
    )
    assert refused(plan, memory, world=world) == [(Permit.EMPTY, told)]
    assert refused(plan, memory, Permit.EMPTY, world=world) == []
    assert refused(plan, a_memory(), world=world) == []
    assert refused(plan, memory, world=a_world(topics=1)) == []


def test_another_account_than_the_one_that_made_the_items_works_only_with_permission() -> None:
    memory = a_memory(entry(1, account="earlier@tartu.example"), entry(2))
    told = (
        f"tartu: its items were made by earlier@tartu.example, and the programme now says {ACCOUNT}: presentations that "
        "participants have stay in the Drive of earlier@tartu.example, where we correct them no more; "
        f"{ACCOUNT} uploads them anew"
    )
    assert refused(a_plan(a_change(1)), memory) == [(Permit.ACCOUNT, told)]
    assert refused(a_plan(a_change(1)), memory, Permit.ACCOUNT) == []


def test_all_refusals_come_at_once_and_name_every_flag() -> None:
    memory = a_memory(*(entry(number, account="earlier@tartu.example") for number in range(10)))
    plan = a_plan(*(a_change(number, kind=Kind.BOX, questions=1) for number in range(10)))
    found = brakes.refusals(plan, world=a_world(topics=0), memory=memory, accounts=ACCOUNTS)
    with pytest.raises(RefusedByBrake) as caught:
        brakes.refuse(found)
    assert str(caught.value).count("\n  tartu: ") == 13
    flags = "--allow-many --allow-losing-questions --allow-empty-course --allow-other-account"
    assert caught.value.advice == f"If that is what you want, run the same command with {flags}"
    assert brakes.refusals(plan, world=a_world(), memory=memory, accounts=ACCOUNTS, permits=frozenset(Permit)) == ()
