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
from better_classroom.change import Remark
from better_classroom.compare import FieldChange, Verdict
from better_classroom.course import Kind, Value
from better_classroom.plan import Begun, Facts, Hindrance, Step, Wanted
from better_classroom.sighting import Seen

NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)


def facts(wanted: Wanted = Wanted.YES, seen: Seen = Seen.ABSENT, **others: Any) -> Facts:
    """The facts about a post that the ledger does not know, as far as nothing else is said."""
    usual = Facts(
        kind=Kind.MATERIAL,
        wanted=wanted,
        known=False,
        begun=Begun.NONE,
        seen=seen,
        public=False,
        asked=False,
        hindrance=Hindrance.NONE,
    )
    return usual._replace(**others)


YES, IF_PUBLIC, NO, UNSAID = Wanted.YES, Wanted.IF_PUBLIC, Wanted.NO, Wanted.UNSAID
MAKING, REPLACING, DELETING, CHANGING = Begun.MAKING, Begun.REPLACING, Begun.DELETING, Begun.CHANGING
LEFT, USED = Hindrance.ASKER_LEFT, Hindrance.STILL_USED

DECISIONS: dict[str, tuple[Facts, Step | Remark]] = {
    "new is created": (facts(), Step.CREATE),
    "what looks like ours is adopted": (facts(seen=Seen.LOOKALIKE), Step.ADOPT),
    "a lost create that arrived is adopted": (facts(seen=Seen.LOOKALIKE, begun=MAKING), Step.ADOPT),
    "a lost create that never arrived is made": (facts(begun=MAKING), Step.CREATE),
    "a replacement that was begun is taken over": (
        facts(seen=Seen.SUCCESSOR, known=True, begun=REPLACING, public=True),
        Step.ADOPT,
    ),
    "published answers that a lost ledger knew are left as they are": (
        facts(seen=Seen.ANSWERS, public=True),
        Remark.ANSWERS,
    ),
    "published answers that a lost ledger knew are written over where the organiser asks for it": (
        facts(seen=Seen.ANSWERS, public=True, asked=True),
        Step.ADOPT,
    ),
    "an answer to a comment that is gone is reported": (facts(seen=Seen.CLOSED, known=True), Remark.THREAD_GONE),
    "an answer that is not wanted, to a comment that is gone, is forgotten": (
        facts(NO, Seen.CLOSED, known=True, begun=DELETING),
        Step.FORGET,
    ),
    "what is there is compared": (facts(seen=Seen.KNOWN, known=True, public=True), Step.COMPARE),
    "a lost change is compared": (facts(seen=Seen.KNOWN, known=True, begun=CHANGING, public=True), Step.COMPARE),
    "a replacement that never arrived is compared": (
        facts(seen=Seen.KNOWN, known=True, begun=REPLACING, public=True),
        Step.COMPARE,
    ),
    "a post deleted by hand is reported": (facts(known=True), Remark.MISSING),
    "a post deleted by hand is made where the organiser asks for it": (facts(known=True, asked=True), Step.CREATE),
    "a post we deleted ourselves and want again is made": (facts(known=True, begun=DELETING), Step.CREATE),
    # Its deletion, or what the organiser asked to have put back, was begun by an earlier run.
    "what was to be made again is made": (facts(known=True, begun=MAKING), Step.CREATE),
    "what was to be made again for one who left is not": (
        facts(known=True, begun=MAKING, hindrance=LEFT),
        Remark.ASKER_LEFT,
    ),
    "a post deleted by hand amid its replacement is reported": (facts(known=True, begun=REPLACING), Remark.MISSING),
    "what is for one who left is not made": (facts(hindrance=LEFT), Remark.ASKER_LEFT),
    "what is for one who left is not made again": (
        facts(known=True, begun=DELETING, hindrance=LEFT),
        Remark.ASKER_LEFT,
    ),
    "what is for one who left is not put back": (facts(known=True, asked=True, hindrance=LEFT), Remark.ASKER_LEFT),
    "what was made for one who left since is compared": (
        facts(seen=Seen.KNOWN, known=True, hindrance=LEFT),
        Step.COMPARE,
    ),
    "a topic deleted by hand is put back": (facts(kind=Kind.TOPIC, known=True), Step.CREATE),
    "a share withdrawn by hand is put back": (facts(kind=Kind.SHARE, known=True), Step.CREATE),
    "a share of a file that is gone is left": (facts(kind=Kind.SHARE, seen=Seen.CLOSED, known=True), Step.NOTHING),
    "a topic made again by hand is taken over": (
        facts(kind=Kind.TOPIC, seen=Seen.LOOKALIKE, known=True),
        Step.ADOPT,
    ),
    "what left the programme is deleted": (facts(NO, Seen.KNOWN, known=True, public=True), Step.DELETE),
    "what left and is gone is forgotten": (facts(NO, known=True), Step.FORGET),
    "what left with a replacement begun goes with it": (
        facts(NO, Seen.SUCCESSOR, known=True, begun=REPLACING, public=True),
        Step.DELETE,
    ),
    "a lost create that left is deleted": (facts(NO, Seen.LOOKALIKE, begun=MAKING), Step.DELETE),
    "a lost create that left and never arrived is forgotten": (facts(NO, begun=MAKING), Step.FORGET),
    "a share that left is forgotten, and stays": (facts(NO, Seen.KNOWN, kind=Kind.SHARE, known=True), Step.FORGET),
    "a topic that left stays while it holds posts of others": (
        facts(NO, Seen.KNOWN, kind=Kind.TOPIC, known=True, hindrance=USED),
        Remark.TOPIC_KEPT,
    ),
    "a file that left stays while a post holds it": (
        facts(NO, Seen.KNOWN, kind=Kind.FILE, known=True, hindrance=USED),
        Remark.NOT_MANAGED,
    ),
    "what the programme says nothing about is left as it is": (
        facts(UNSAID, Seen.KNOWN, known=True),
        Remark.NOT_MANAGED,
    ),
    "a lost create that the programme says nothing about any more is left": (
        facts(UNSAID, Seen.LOOKALIKE, begun=MAKING),
        Step.NOTHING,
    ),
    "a cancelled post that was seen stays": (facts(IF_PUBLIC, Seen.KNOWN, known=True, public=True), Step.COMPARE),
    "a cancelled post that was not seen goes": (facts(IF_PUBLIC, Seen.KNOWN, known=True), Step.DELETE),
    "a cancelled post that was never made is not": (facts(IF_PUBLIC), Step.NOTHING),
    "a cancelled post found public is adopted": (facts(IF_PUBLIC, Seen.LOOKALIKE, public=True), Step.ADOPT),
    "a cancelled post that another ledger replaced stays": (
        facts(IF_PUBLIC, Seen.LOOKALIKE, known=True, public=True),
        Step.ADOPT,
    ),
    "a cancelled post that participants saw goes on being replaced": (
        facts(IF_PUBLIC, Seen.SUCCESSOR, known=True, begun=REPLACING, public=True),
        Step.ADOPT,
    ),
    "a cancelled post that nobody saw goes with what was to replace it": (
        facts(IF_PUBLIC, Seen.SUCCESSOR, known=True, begun=REPLACING),
        Step.DELETE,
    ),
    "a cancelled post found as a draft goes": (facts(IF_PUBLIC, Seen.LOOKALIKE), Step.DELETE),
}


@pytest.mark.parametrize("case", DECISIONS.values(), ids=DECISIONS.keys())
def test_the_table_decides(case: tuple[Facts, Step | Remark]) -> None:
    known, expected = case
    assert plan.decide(known) is expected


def first_fitting(table: Sequence[tuple[Any, ...]], facts: Sequence[Any]) -> int:
    fitting = (all(rule in (None, fact) for rule, fact in zip(row, facts, strict=False)) for row in table)
    return next(number for number, fits in enumerate(fitting) if fits)


def test_every_row_of_the_table_has_its_case() -> None:
    table = plan._TABLE  # noqa: SLF001 - that no row of it is left out
    assert {first_fitting(table, known) for known, _ in DECISIONS.values()} == set(range(len(table)))


EVERYTHING = [
    Facts(*combined)
    for combined in product(Kind, Wanted, (True, False), Begun, Seen, (True, False), (True, False), Hindrance)
]


def test_the_table_leaves_nothing_undecided() -> None:
    assert {type(plan.decide(known)) for known in EVERYTHING} == {Step, Remark}


def test_the_table_never_creates_what_nobody_wants_and_never_deletes_what_is_wanted() -> None:
    decided = {(known.wanted, plan.decide(known)) for known in EVERYTHING}
    assert {wanted for wanted, decision in decided if decision is Step.CREATE} == {Wanted.YES}
    assert {wanted for wanted, decision in decided if decision is Step.DELETE} == {Wanted.NO, Wanted.IF_PUBLIC}


def test_a_restore_changes_nothing_but_what_a_hand_deleted_and_what_holds_unknown_answers() -> None:
    asked = [known for known in EVERYTHING if known.asked]
    differing = {known.seen for known in asked if plan.decide(known) is not plan.decide(known._replace(asked=False))}
    assert differing == {Seen.ABSENT, Seen.ANSWERS}


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


@pytest.mark.parametrize("name", ["text", "attachments"])
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize(("asked", "restoring"), list(product((True, False), (True, False))))
def test_what_a_hand_changed_is_written_only_where_it_is_wanted_back(
    name: str, verdict: Verdict, asked: bool, restoring: bool
) -> None:
    change = FieldChange(name, "hand", "ours", verdict)
    by_hand = verdict in {Verdict.DRIFT, Verdict.CONFLICT}
    back = by_hand and (asked or (restoring and name == "text"))
    assert compare.is_written(change, asked=asked, restoring=restoring) is (verdict is Verdict.WRITE or back)


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
