from __future__ import annotations

import pytest

from better_classroom.ledger.questions import WAITING
from better_classroom.questions.status import MOVES, Event, Status, after
from better_classroom.reports import status as status_report

TABLE = {
    # what happens: status before > status after; what is not here is not allowed
    "routed": "new>assigned assigned>assigned follow-up>follow-up",
    "edited": "new>new assigned>assigned answered>follow-up declined>follow-up follow-up>follow-up "
    "undeliverable>follow-up hidden>hidden merged>merged",
    "answered": "new>answered assigned>answered answered>answered declined>answered follow-up>answered "
    "undeliverable>answered",
    "answered as it stood earlier": "new>follow-up assigned>follow-up answered>follow-up declined>follow-up "
    "follow-up>follow-up undeliverable>follow-up",
    "declined": "new>declined assigned>declined answered>declined declined>declined follow-up>declined "
    "undeliverable>declined",
    "taken back": "new>assigned assigned>assigned answered>assigned declined>assigned follow-up>assigned "
    "undeliverable>assigned",
    "hidden": "new>hidden assigned>hidden answered>hidden declined>hidden follow-up>hidden undeliverable>hidden",
    "unhidden": "hidden>new",
    "merged": "new>merged assigned>merged answered>merged declined>merged follow-up>merged undeliverable>merged",
    "unmerged": "merged>new",
    "split": "new>new assigned>assigned follow-up>assigned",
    "asker left": "answered>undeliverable declined>undeliverable",
    "sent back to its expert": "new>new assigned>assigned answered>assigned declined>assigned follow-up>follow-up "
    "undeliverable>assigned",
}
FOLLOWS = {event: dict(move.split(">") for move in moves.split()) for event, moves in TABLE.items()}
"""Written out beside the table in code, so that no move is added, changed or dropped unnoticed."""


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("event", Event)
def test_a_question_moves_exactly_as_the_table_says(event: Event, status: Status) -> None:
    assert after(event, status) == FOLLOWS[event].get(status)


def test_every_event_has_its_row_in_the_table() -> None:
    assert set(MOVES) == set(Event)


def test_every_status_but_the_first_can_be_reached() -> None:
    reached = {follows for moves in MOVES.values() for follows in moves.values()}
    assert reached == set(Status)


@pytest.mark.parametrize("status", Status)
def test_an_edit_is_possible_whatever_the_status_and_never_reads_as_answered(status: Status) -> None:
    assert after(Event.EDITED, status) not in (None, Status.ANSWERED, Status.DECLINED, Status.UNDELIVERABLE)


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.MERGED])
@pytest.mark.parametrize("event", [Event.ANSWERED, Event.ANSWERED_EARLIER, Event.DECLINED, Event.TAKEN_BACK])
def test_what_was_set_aside_cannot_be_answered(status: Status, event: Event) -> None:
    assert after(event, status) is None


def test_what_waits_is_the_same_for_ledger_and_report() -> None:
    assert WAITING == status_report.WAITING
    assert set(MOVES[Event.ROUTED]) == {Status(word) for word in WAITING}
