"""The planner by itself: values in, a plan out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from better_classroom import compare, plan
from better_classroom.compare import Verdict
from better_classroom.course import Value
from better_classroom.plan import Begun, Step, Wanted
from better_classroom.sighting import Seen

NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)

DECISIONS = {
    # what holds: (frame, wanted, known, begun, seen, public, step)
    "new is created": (False, Wanted.YES, False, Begun.NONE, Seen.ABSENT, False, Step.CREATE),
    "what looks like ours is adopted": (False, Wanted.YES, False, Begun.NONE, Seen.LOOKALIKE, False, Step.ADOPT),
    "a lost create that arrived is adopted": (
        False,
        Wanted.YES,
        False,
        Begun.MAKING,
        Seen.LOOKALIKE,
        False,
        Step.ADOPT,
    ),
    "a lost create that never arrived is made": (
        False,
        Wanted.YES,
        False,
        Begun.MAKING,
        Seen.ABSENT,
        False,
        Step.CREATE,
    ),
    "a replacement that was begun is taken over": (
        False,
        Wanted.YES,
        True,
        Begun.REPLACING,
        Seen.SUCCESSOR,
        True,
        Step.ADOPT,
    ),
    "published answers that a lost ledger knew are left as they are": (
        False,
        Wanted.YES,
        False,
        Begun.NONE,
        Seen.ANSWERS,
        True,
        Step.LEAVE,
    ),
    "an answer to a comment that is gone is reported": (
        False,
        Wanted.YES,
        True,
        Begun.NONE,
        Seen.CLOSED,
        False,
        Step.CLOSED,
    ),
    "an answer that is not wanted, to a comment that is gone, is forgotten": (
        False,
        Wanted.NO,
        True,
        Begun.DELETING,
        Seen.CLOSED,
        False,
        Step.FORGET,
    ),
    "what is there is compared": (False, Wanted.YES, True, Begun.NONE, Seen.KNOWN, True, Step.COMPARE),
    "a lost change is compared": (False, Wanted.YES, True, Begun.CHANGING, Seen.KNOWN, True, Step.COMPARE),
    "a replacement that never arrived is compared": (
        False,
        Wanted.YES,
        True,
        Begun.MAKING,
        Seen.KNOWN,
        True,
        Step.COMPARE,
    ),
    "a post deleted by hand is reported": (False, Wanted.YES, True, Begun.NONE, Seen.ABSENT, False, Step.MISSING),
    "a post we deleted ourselves and want again is made": (
        False,
        Wanted.YES,
        True,
        Begun.DELETING,
        Seen.ABSENT,
        False,
        Step.CREATE,
    ),
    # Its deletion, or what the organiser asked to have put back, was begun by an earlier run.
    "what was to be made again is made": (False, Wanted.YES, True, Begun.MAKING, Seen.ABSENT, False, Step.CREATE),
    "a post deleted by hand amid its replacement is reported": (
        False,
        Wanted.YES,
        True,
        Begun.REPLACING,
        Seen.ABSENT,
        False,
        Step.MISSING,
    ),
    "a topic deleted by hand is put back": (True, Wanted.YES, True, Begun.NONE, Seen.ABSENT, False, Step.CREATE),
    "a topic made again by hand is taken over": (True, Wanted.YES, True, Begun.NONE, Seen.LOOKALIKE, False, Step.ADOPT),
    "what left the programme is deleted": (False, Wanted.NO, True, Begun.NONE, Seen.KNOWN, True, Step.DELETE),
    "what left and is gone is forgotten": (False, Wanted.NO, True, Begun.NONE, Seen.ABSENT, False, Step.FORGET),
    "what left with a replacement begun goes with it": (
        False,
        Wanted.NO,
        True,
        Begun.REPLACING,
        Seen.SUCCESSOR,
        True,
        Step.DELETE,
    ),
    "a lost create that left is deleted": (False, Wanted.NO, False, Begun.MAKING, Seen.LOOKALIKE, False, Step.DELETE),
    "a lost create that left and never arrived is forgotten": (
        False,
        Wanted.NO,
        False,
        Begun.MAKING,
        Seen.ABSENT,
        False,
        Step.FORGET,
    ),
    "a cancelled post that was seen stays": (False, Wanted.IF_PUBLIC, True, Begun.NONE, Seen.KNOWN, True, Step.COMPARE),
    "a cancelled post that was not seen goes": (
        False,
        Wanted.IF_PUBLIC,
        True,
        Begun.NONE,
        Seen.KNOWN,
        False,
        Step.DELETE,
    ),
    "a cancelled post that was never made is not": (
        False,
        Wanted.IF_PUBLIC,
        False,
        Begun.NONE,
        Seen.ABSENT,
        False,
        Step.NOTHING,
    ),
    "a cancelled post found public is adopted": (
        False,
        Wanted.IF_PUBLIC,
        False,
        Begun.NONE,
        Seen.LOOKALIKE,
        True,
        Step.ADOPT,
    ),
    "a cancelled post that another ledger replaced stays": (
        False,
        Wanted.IF_PUBLIC,
        True,
        Begun.NONE,
        Seen.LOOKALIKE,
        True,
        Step.ADOPT,
    ),
    "a cancelled post that participants saw goes on being replaced": (
        False,
        Wanted.IF_PUBLIC,
        True,
        Begun.REPLACING,
        Seen.SUCCESSOR,
        True,
        Step.ADOPT,
    ),
    "a cancelled post that nobody saw goes with what was to replace it": (
        False,
        Wanted.IF_PUBLIC,
        True,
        Begun.REPLACING,
        Seen.SUCCESSOR,
        False,
        Step.DELETE,
    ),
    "a cancelled post found as a draft goes": (
        False,
        Wanted.IF_PUBLIC,
        False,
        Begun.NONE,
        Seen.LOOKALIKE,
        False,
        Step.DELETE,
    ),
}


@pytest.mark.parametrize("case", DECISIONS.values(), ids=DECISIONS.keys())
def test_the_table_decides(case: tuple[bool, Wanted, bool, Begun, Seen, bool, Step]) -> None:
    frame, wanted, known, begun, seen, public, expected = case
    found = plan.step(frame=frame, wanted=wanted, known=known, begun=begun, seen=seen, public=public)
    assert found is expected


def first_fitting(table: Sequence[tuple[Any, ...]], facts: Sequence[Any]) -> int:
    fitting = (all(rule in (None, fact) for rule, fact in zip(row, facts, strict=False)) for row in table)
    return next(number for number, fits in enumerate(fitting) if fits)


def test_every_row_of_the_table_has_its_case() -> None:
    table = plan._STEPS  # noqa: SLF001 - that no row of it is left out
    assert {first_fitting(table, case[:-1]) for case in DECISIONS.values()} == set(range(len(table)))


def test_the_table_never_creates_or_deletes_what_nobody_wants_or_knows() -> None:
    for frame, begun, seen, public in product((True, False), Begun, Seen, (True, False)):
        unknown = plan.step(frame=frame, wanted=Wanted.NO, known=False, begun=begun, seen=seen, public=public)
        assert unknown is not Step.CREATE
        wanted = plan.step(frame=frame, wanted=Wanted.YES, known=True, begun=begun, seen=seen, public=public)
        assert wanted is not Step.DELETE


FIELDS = {
    # what holds: (want, have, sent, answered, begun, verdict)
    "agreeing is the same": ("a", "a", "a", "a", None, Verdict.SAME),
    "Google's spelling is the same": ("a  b", "A-B", "a  b", "A-B", None, Verdict.SAME),
    "a new wish is written": ("new", "old", "old", "old", None, Verdict.WRITE),
    "a hand edit is drift": ("old", "hand", "old", "old", None, Verdict.DRIFT),
    "a hand edit and a new wish are a conflict": ("new", "hand", "old", "old", None, Verdict.CONFLICT),
    "a hand edit that wrote the new wish is the same": ("new", "new", "old", "old", None, Verdict.SAME),
    "our own lost write is not drift": ("newer", "new", "old", "old", "new", Verdict.WRITE),
    "white space at the ends is nothing": ("a", " a ", "a", "a", None, Verdict.SAME),
}


@pytest.mark.parametrize("case", FIELDS.values(), ids=FIELDS.keys())
def test_a_field_is_compared_three_ways(case: tuple[str, str, str, str, str | None, Verdict]) -> None:
    want, have, sent, answered, begun, expected = case
    pending = {"title": begun} if begun else {}
    found = compare.verdict(
        "title", want=want, have=have, sent={"title": sent}, answered={"title": answered}, pending=pending
    )
    assert found is expected


def test_every_row_of_the_verdicts_has_its_case() -> None:
    table = compare._VERDICTS  # noqa: SLF001 - that no row of it is left out
    facts = [
        tuple(
            compare.same("title", left, right)
            for left, right in ((have, want), (have, answered), (have, begun), (want, sent))
        )
        for want, have, sent, answered, begun, _ in FIELDS.values()
    ]
    assert {first_fitting(table, one) for one in facts} == set(range(len(table)))


def test_a_field_the_ledger_knows_nothing_of_is_written_where_it_differs() -> None:
    nothing: dict[str, Value] = {}
    assert compare.verdict("text", want="a", have="b", sent=nothing, answered=nothing, pending=nothing) is Verdict.WRITE
    assert compare.verdict("text", want="a", have="a", sent=nothing, answered=nothing, pending=nothing) is Verdict.SAME


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("link:https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("link:https://youtu.be/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("link:https://drive.google.com/file/d/1A2b3C4d5E6f7G8h/view", "drive:1A2b3C4d5E6f7G8h"),
        ("link:https://drive.google.com/open?id=1A2b3C4d5E6f7G8h", "drive:1A2b3C4d5E6f7G8h"),
        ("link:https://Example.org", "link:https://example.org/"),
    ],
)
def test_a_link_that_google_turns_into_another_kind_still_leads_to_the_same_place(written: str, found: str) -> None:
    assert compare.same("attachments", (written,), (found,))


def test_links_to_different_pages_differ() -> None:
    assert not compare.same("attachments", ("link:https://a.example/x",), ("link:https://a.example/y",))
    assert not compare.same("attachments", ("link:http://a.example/x",), ("link:https://a.example/x",))
    assert not compare.same("attachments", ("link:https://a.example/x",), ())


@given(st.text())
def test_comparing_a_text_with_itself_never_finds_a_difference(text: str) -> None:
    assert compare.same("text", text, text)
    assert compare.same("text", text, text.replace("\n", "\r\n"))
    assert compare.same("title", text, f"  {text}\n")


@pytest.mark.parametrize(("minutes", "scheduled"), [(-1, False), (0, False), (10, False), (11, True)])
def test_a_publish_time_within_ten_minutes_is_published_at_once(minutes: int, scheduled: bool) -> None:
    publish = NOW + timedelta(minutes=minutes)
    assert (compare.due(publish, NOW) == publish) is scheduled
