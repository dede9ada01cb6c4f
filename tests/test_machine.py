"""Random stories of a programme: edits, hands in Classroom, broken runs, lost ledgers, and people who talk meanwhile.

After every run that nothing disturbed: the plan is empty and another run writes nothing; every course holds what the
programme says, once; what is not ours is as it was; the same input gives the same bytes; pulling twice is pulling once.
And after every single call of every run: no participant sees a post twice, or half made.

One story is the same every time, and as large as any: six courses, ten seminars, five languages, and all that can happen.
A few random ones are told with the other tests. ``BETTER_CLASSROOM_STORIES=500`` tells that many new ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from better_classroom.sandbox.server import start_in_thread
from conftest import START
from machine_conversation import Conversation
from machine_hands import Hands
from machine_questions import Talk
from machine_stage import Stage
from machine_walk import Walk
from talking import Control

STORIES = int(os.environ.get("BETTER_CLASSROOM_STORIES", "0"))  # noqa: TID251 - how long a test takes, who runs it says


class Anything(Hands, Talk):
    """A story in which anything may happen."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    running = start_in_thread(now=START)
    control = Control(running.url)
    made = Stage(running, control)
    yield made
    made.close()
    control.close()
    running.stop()


def test_whatever_happens_every_course_ends_as_the_programme_says(stage: Stage) -> None:
    _tell(Anything, stage, stories=6, steps=10)


def test_whatever_is_said_reaches_whom_it_is_for_once_and_is_forgotten_where_that_is_asked(stage: Stage) -> None:
    _tell(Conversation, stage, stories=4, steps=12)


def test_the_largest_programme_holds_through_all_that_can_happen_to_it(stage: Stage) -> None:
    walk = type("Told", (Walk,), {"stage": stage})()
    try:
        walk.is_told()
    finally:
        walk.teardown()


def _tell(story: type[Talk], stage: Stage, *, stories: int, steps: int) -> None:
    class Told(story):  # type: ignore[misc,valid-type]  # one of two, chosen by the test
        pass

    Told.stage = stage
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=STORIES or stories,
            stateful_step_count=30 if STORIES else steps,
            derandomize=not STORIES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if STORIES else (Phase.generate,),
        ),
    )
