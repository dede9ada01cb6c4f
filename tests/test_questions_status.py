from __future__ import annotations

import pytest

from better_classroom.ledger.questions import WAITING
from better_classroom.questions.status import MOVES, Event, Status, after
from better_classroom.reports import status as status_report


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
