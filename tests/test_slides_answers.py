"""Answers to comments on slides: each in its thread, exactly once, corrected there and taken back there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from better_classroom.course import Kind
from builders import ACCOUNT, a_programme, written
from slides_world import ABROAD, FIRST, ON, SECOND, Slides, begun
from talking import Control
from worlds import writes

LISTED = "drive.comments.list"
ANSWER = "Vastus (Lauri Sock):\nStatistikaametist."


@pytest.fixture
def slides(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Slides:
    return begun(tmp_path, control, google, sandbox_url)


@pytest.fixture
def comment(slides: Slides) -> Any:
    """A comment that was pulled and waits for its answer."""
    made = slides.comment("Kust need arvud on?")
    slides.sync()
    return made


def test_a_public_answer_stands_in_its_thread_in_the_language_of_the_course(slides: Slides, comment: Any) -> None:
    other = slides.comment("Where from?", by=ABROAD, course="birmingham")
    slides.sync()
    slides.answer("Statistikaametist.", to="Kust")
    slides.answer("From the statistical office.", to="Where")
    slides.sync()
    assert slides.thread(comment) == [ANSWER]
    assert slides.thread(other, "birmingham") == ["Answer (Lauri Sock):\nFrom the statistical office."]


def test_it_stands_in_questions_and_answers_of_all_courses_too(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    for course in ("birmingham", "tartu"):
        assert "Statistikaametist." in slides.published(course)
        assert "Osaleja Üks" not in slides.published(course)
    assert slides.thread(comment) == [ANSWER]


def test_after_that_nothing_is_left_to_do_and_nothing_is_asked(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.publish()
    assert slides.organiser.plans()["changes"] == []
    slides.sync()  # our own reply moved the version
    slides.control.delete("calls")
    assert slides.sync()["changes"] == 0
    assert (slides.calls(LISTED), writes(slides.control)) == (0, [])
    assert slides.thread(comment) == [ANSWER]


def test_a_corrected_answer_is_corrected_in_place(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    slides.answer("Linna enda andmetest.")
    slides.sync()
    assert slides.thread(comment) == ["Vastus (Lauri Sock):\nLinna enda andmetest."]
    assert slides.calls("drive.replies.create") == 1
    assert slides.organiser.plans()["changes"] == []


def test_an_answer_taken_back_disappears(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    slides.answer("Statistikaametist.", status="take back")
    slides.sync()
    assert slides.thread(comment) == []
    assert slides.organiser.plans()["changes"] == []
    with slides.ledger() as ledger:
        assert [key for key, entry in ledger.entries().items() if entry.kind is Kind.REPLY] == []


def test_a_private_answer_never_stands_in_a_thread(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.", visibility="private")
    slides.sync()
    assert slides.thread(comment) == []


def test_a_hidden_question_loses_its_answer(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    (question,) = slides.questions()
    assert slides.organiser.types("questions", "hide", question.key).code == 0
    slides.sync()
    assert slides.thread(comment) == []


def test_an_addition_is_answered_below_the_first_answer(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    slides.reply(comment, "Ja mis aastast?", by=FIRST)
    slides.sync()
    with slides.ledger() as ledger:
        assert [question.status for question in ledger.questions.find()] == ["follow-up"]
    slides.answer("Aastast 2019.", to="mis aastast")
    slides.sync()
    assert slides.thread(comment) == [ANSWER, "Vastus (Lauri Sock):\nAastast 2019."]
    assert slides.organiser.plans()["changes"] == []


def test_who_asked_in_a_reply_is_answered_in_the_same_thread(slides: Slides, comment: Any) -> None:
    slides.reply(comment, "Ja mis aastast?", by=SECOND)
    slides.sync()
    slides.answer("Aastast 2019.", to="mis aastast")
    slides.sync()
    assert slides.thread(comment) == ["Vastus (Lauri Sock):\nAastast 2019."]


def test_one_answer_to_merged_questions_stands_in_each_of_their_threads_once(slides: Slides, comment: Any) -> None:
    other = slides.comment("Where from?", by=ABROAD, course="birmingham")
    slides.reply(comment, "Just, kust need on?", by=SECOND)
    slides.sync()
    first, *others = (question.key for question in slides.questions())
    assert slides.organiser.types("questions", "merge", *others, "--into", first).code == 0
    slides.answer("Statistikaametist.")
    slides.sync()
    assert slides.thread(comment) == [ANSWER]
    assert slides.thread(other, "birmingham") == ["Answer (Lauri Sock):\nStatistikaametist."]
    assert slides.organiser.plans()["changes"] == []


def test_what_participants_resolve_after_the_answer_keeps_it(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    slides.reply(comment, by=FIRST, action="resolve")
    slides.sync()
    assert slides.thread(comment) == [ANSWER]
    assert "Statistikaametist." in slides.published("birmingham")


def test_an_answer_to_a_comment_that_was_deleted_is_not_tried_and_the_others_go_on(
    slides: Slides, comment: Any
) -> None:
    other = slides.comment("Mis aastast?", by=SECOND)
    slides.sync()
    slides.answer("Statistikaametist.", to="Kust")
    slides.answer("Aastast 2019.", to="Mis")
    slides.delete(comment)
    said = slides.organiser.types("apply", "--yes")  # no pull has seen that it is gone
    assert said.code == 0, said.err
    assert "the comment that it answers is gone" in said.out
    assert slides.thread(other) == ["Vastus (Lauri Sock):\nAastast 2019."]
    assert slides.sync()["failures"] == 0
    assert slides.organiser.plans()["changes"] == []


@pytest.mark.usefixtures("comment")
def test_an_answer_whose_slides_are_gone_is_said_to_have_no_place(slides: Slides) -> None:
    slides.answer("Statistikaametist.")
    slides.drive().files().delete(fileId=slides.file()).execute()
    plan = slides.organiser.types("plan")
    assert "the comment that it answers is gone" in plan.out
    assert "“Statistikaametist.”" not in plan.out
    failed = slides.organiser.types("apply", "--yes").err  # the file itself is missed, as every file is
    assert "reply" not in failed
    assert "Statistikaametist." in slides.published("birmingham")


def test_a_thread_that_cannot_be_answered_does_not_hold_up_the_others(slides: Slides, comment: Any) -> None:
    other = slides.comment("Mis aastast?", by=SECOND)
    slides.sync()
    slides.answer("Statistikaametist.", to="Kust")
    slides.answer("Aastast 2019.", to="Mis")
    slides.control.post("faults", {"method": "drive.replies.create", "when": "before", "do": 403, "times": 1})
    assert slides.organiser.types("sync").code == 7
    assert len(slides.thread(comment)) + len(slides.thread(other)) == 1
    slides.sync()
    assert (len(slides.thread(comment)), len(slides.thread(other))) == (1, 1)


class TestHands:
    def reply_id(self, slides: Slides) -> dict[str, str]:
        with slides.ledger() as ledger:
            (entry,) = [entry for entry in ledger.entries().values() if entry.kind is Kind.REPLY]
        return dict(zip(("fileId", "commentId", "replyId"), entry.remote_id.split("/"), strict=True))

    def key(self, slides: Slides) -> str:
        (question,) = slides.questions()
        return f"reply:tartu/{question.key}-lauri-sock"

    def test_a_reply_edited_by_hand_is_not_written_over(self, slides: Slides, comment: Any) -> None:
        slides.answer("Statistikaametist.")
        slides.sync()
        body = {"content": "Küsige Tartust."}
        slides.drive().replies().update(**self.reply_id(slides), body=body, fields="id").execute()
        slides.answer("Linna enda andmetest.")
        slides.sync()
        assert slides.thread(comment) == ["Küsige Tartust."]
        assert f"apply --restore {self.key(slides)}" in slides.organiser.types("plan").out
        assert slides.organiser.applies("--restore", self.key(slides)).code == 0
        assert slides.thread(comment) == ["Vastus (Lauri Sock):\nLinna enda andmetest."]

    def test_a_reply_deleted_by_hand_comes_back_only_when_told_to(self, slides: Slides, comment: Any) -> None:
        slides.answer("Statistikaametist.")
        slides.sync()
        slides.drive().replies().delete(**self.reply_id(slides)).execute()
        slides.sync()
        assert slides.thread(comment) == []
        assert slides.organiser.applies("--restore", self.key(slides)).code == 0
        assert slides.thread(comment) == [ANSWER]
        assert slides.organiser.plans()["changes"] == []

    def test_what_the_account_answers_by_hand_is_left_alone(self, slides: Slides, comment: Any) -> None:
        slides.reply(comment, "Tere! Ekspert vastab peagi.", by=ACCOUNT)
        slides.sync()
        slides.answer("Statistikaametist.")
        slides.sync()
        slides.answer("Statistikaametist.", status="take back")
        slides.sync()
        assert slides.thread(comment) == ["Tere! Ekspert vastab peagi."]


def test_a_ledger_made_anew_knows_its_replies_again(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    assert slides.organiser.types("ledger", "rebuild", "--set-aside").code == 0
    said = slides.answer("Statistikaametist.")
    assert said.code == 0, said.err
    slides.sync()
    assert slides.thread(comment) == [ANSWER]
    assert slides.organiser.plans()["changes"] == []


def test_switched_off_the_copies_go_and_so_do_their_threads(slides: Slides, comment: Any) -> None:
    slides.answer("Statistikaametist.")
    slides.sync()
    written(slides.folder, a_programme(questions={"slide_comments": False}))
    plan = slides.organiser.types("plan").out
    assert "what participants of tartu wrote on it goes with it" in plan
    slides.publish()
    assert slides.organiser.plans()["changes"] == []
    assert slides.texts() == ["Kust need arvud on?"]
    assert comment
    written(slides.folder, a_programme(**ON))
    slides.publish()
    assert slides.organiser.plans()["changes"] == []


def test_a_person_whose_comment_was_answered_is_forgotten_and_the_comment_is_not_taken_again(
    tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str
) -> None:
    slides = begun(tmp_path, control, google, sandbox_url)
    slides.comment("Kust need arvud on?")
    slides.sync()
    slides.answer("Rahvaloendusest.")
    slides.publish()
    said = slides.organiser.types("people", "forget", FIRST, "--yes")
    assert said.code == 0, said.err
    slides.drive().files().update(fileId=slides.file(), body={"description": "moved"}).execute()
    assert slides.sync()["new_questions"] == 0
    assert all("Kust need arvud on?" not in text.text for one in slides.questions() for text in one.texts)
    assert "Rahvaloendusest." in slides.published("tartu")
    assert "Kust need arvud on?" not in slides.published("tartu")
