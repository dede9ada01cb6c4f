"""Random stories in which most of what happens is talk, and runs are killed at the calls that talk brings about."""

from __future__ import annotations

import copy

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from builders import ACCOUNT
from machine_programmes import PROGRAMME, Document
from machine_questions import CALLS, WHEN, Talk
from machine_stage import EXPERT

OPEN = "2020-06-10T09:00:00Z"
CONVERSATION: Document = {
    "version": 1,
    "programme": PROGRAMME,
    "title": "Conversation",
    "time_zone": "Europe/Tallinn",
    "account": ACCOUNT,
    "languages": ["et", "sv"],
    "courses": {"tartu": {"language": "et", "alias": "p:tartu"}, "gavle": {"language": "sv", "id": "604567890124"}},
    "experts": {"lauri-sock": {"name": "Lauri Sock", "partner": "P4 Tartu", "email": EXPERT}},
    "seminars": {
        "data": {
            "title": "Andmed",
            "starts": "2020-06-16 11:30",
            "ends": "2020-06-16 13:00",
            "experts": ["lauri-sock"],
            "questions": {
                "before": {"opens": "14 days before", "closes": "at start"},
                "after": {"opens": "at end", "closes": "14 days after"},
            },
        }
    },
}
"""A programme in which much can be asked at ``OPEN``."""


class Conversation(Talk):
    """A story that begins with a question on a board, and in which most of what happens is talk; no hand disturbs it."""

    @initialize()
    def begins(self) -> None:
        """What any other story would come to at last."""
        assert self._write(copy.deepcopy(CONVERSATION))
        self.applies()
        self.stage.control.post("clock", {"now": OPEN})
        self.witness.remember()
        self.a_participant_asks(which=0, text="Kuidas?", more=False, later=False)

    @precondition(lambda self: not self.settled)
    @rule(method=st.sampled_from(CALLS), when=st.sampled_from(WHEN), skip=st.integers(0, 2))
    def is_killed(self, method: str, when: str, skip: int) -> None:
        self._is_killed(method, when, skip, ("sync",))
