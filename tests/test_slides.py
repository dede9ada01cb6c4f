"""Comments on slides, pulled as questions: participants comment in the sandbox's Drive, over Google's own client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from better_classroom.questions.names import is_recognised
from slides_world import ABROAD, FIRST, SECOND, TWIN, Slides, begun
from talking import Control
from worlds import join, token


@pytest.fixture
def slides(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Slides:
    return begun(tmp_path, control, google, sandbox_url)


class TestText:
    def test_a_comment_is_a_question_to_the_expert_whose_slides_it_is_on(self, slides: Slides) -> None:
        slides.comment("Kust need arvud on?")
        assert slides.sync()["new_questions"] == 1
        (question,) = slides.questions()
        assert (question.course, question.seminar, question.slot, question.source) == (
            "tartu",
            "seminar-1",
            "slides",
            "slides",
        )
        assert (question.experts, question.status, question.phase) == (("lauri-sock",), "assigned", "before")
        assert question.texts[-1].text == "Kust need arvud on?"
        assert question.key.startswith("tartu-seminar-1-slides-")
