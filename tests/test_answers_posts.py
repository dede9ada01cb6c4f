"""The posts that carry answers, worked out by themselves: whose they are, how long they are news, what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from better_classroom import brakes, desired, lookalikes, plan, texts
from better_classroom.answered import Confided
from better_classroom.change import Change, Plan
from better_classroom.compare import post_values
from better_classroom.course import Action, Kind, ObservedPost, Post, Standing, World
from better_classroom.desired import Desired
from better_classroom.desired.answers import TEXT_LIMIT
from better_classroom.keys import asker_of
from better_classroom.memory import Entry, Memory
from better_classroom.programme import QuestionSettings, Text
from test_desired import ACCOUNT, DAY, START, a_course, a_programme, a_seminar, an_answer, posts, worked_out

NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)
KEY = "en/data/private.3f9a1c-4827-ab12cd"


def confided(**changes: Any) -> Confided:
    told = Confided(
        question="en-data-before-3f9a1c",
        slot="private.3f9a1c-4827-ab12cd",
        seminar="data",
        course="en",
        asker="4827",
        question_text="What is it?",
        answer_text="This.",
        expert="lauri-sock",
        declined=False,
        answered_at=START,
    )
    return replace(told, **changes)


def told(language: str = "en", **changes: Any) -> Post:
    """The announcement to one asker alone in a course of that language."""
    programme = a_programme(courses=(a_course(language),))
    found = desired.items(programme, files={}, confided=[confided(course=language, **changes)])
    (post,) = [item for item in found.items if isinstance(item, Post) and item.asker]
    return post


# For one alone


def test_a_key_tells_whom_alone_an_item_is_for() -> None:
    assert asker_of(KEY) == "4827"
    assert [asker_of(key) for key in ("en/data/answers", "en/data/private/topic", "en/news.2020-06-16")] == [""] * 3


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("declined", [False, True])
@pytest.mark.parametrize("words", ["This.", ""])
def test_every_language_tells_seminar_question_answer_and_where_to_ask(
    language: str, declined: bool, words: str
) -> None:
    post = told(language, declined=declined, answer_text=words)
    assert (post.kind, post.title, post.asker, post.publish) == (Kind.ANNOUNCEMENT, "", "4827", START)
    for part in ("What is it?", words, "Lauri Sock", texts.say(language, "box.after.title")):
        assert part in post.text
    assert "{" not in post.text
    assert texts.say(language, "answers.answer", expert="Lauri Sock", text=words) in post.text or declined


@pytest.mark.parametrize(("question", "answer"), [(100, 20_000), (100_000, 20_000), (29_000, 28_400), (5, 29_500)])
def test_a_long_question_is_cut_and_the_answer_never(question: int, answer: int) -> None:
    post = told(question_text="q" * question, answer_text="ä" * answer)
    assert "ä" * answer in post.text
    assert len(post.text) <= TEXT_LIMIT or answer > 28_500


def test_where_the_seminar_has_no_boxes_any_more_nobody_is_told_anything_alone() -> None:
    programme = a_programme(a_seminar(questions=None))
    found = desired.items(programme, files={}, confided=[confided()])
    assert not [item for item in found.items if isinstance(item, Post) and item.asker]
    assert "en/data/private." in found.unmanaged


def test_what_one_alone_reads_does_not_count_among_what_may_go_and_all_else_does() -> None:
    entries = {
        key: Entry(key, Kind.ANNOUNCEMENT, "en", ACCOUNT, key, {}, {})
        for n in range(20)
        for key in (f"en/data/private.{n:06x}-4827-abcdef", f"en/data/reminders.{n}-days-before")
    }

    def refused(word: str) -> int:
        changes = tuple(
            Change(Action.DELETE, key, Kind.ANNOUNCEMENT, "en", ACCOUNT, remote_id=key)
            for key in entries
            if word in key
        )
        made = Plan(changes, (), (), Desired((), ()), NOW, {})
        world = World(snapshots={}, files={}, users={})
        memory = Memory(entries=entries)
        return len(brakes.refusals(made, world=world, memory=memory, accounts={"en": ACCOUNT}))

    assert (refused("private."), refused("reminders.")) == (0, 1)


# Known again


def observed(**changes: Any) -> ObservedPost:
    post = ObservedPost(
        kind=Kind.ANNOUNCEMENT,
        remote_id="77",
        title="",
        text="For you.",
        topic_id="",
        attachments=(),
        standing=Standing.PUBLIC,
        publish=None,
        creator_id="1",
        created=NOW,
        updated=NOW,
        link="https://classroom.example/77",
        individual=True,
        audience=("1001",),
    )
    return replace(post, **changes)


@pytest.mark.parametrize(
    ("changes", "is_known"),
    [
        ({}, True),
        ({"text": "For you, too."}, False),
        ({"audience": ("1002",)}, False),
        ({"audience": ("1001", "1002")}, False),
        ({"audience": ()}, False),
        ({"individual": False, "audience": ()}, False),
        ({"creator_id": "2"}, False),
    ],
)
def test_an_announcement_is_known_again_by_its_words_and_by_whom_alone_it_is_for(
    changes: dict[str, Any], is_known: bool
) -> None:
    post = observed(**changes)
    values = {post.remote_id: post_values(post, topics={}, files={}, askers={"1001": "4827", "1002": "5000"})}
    item = Post(KEY, Kind.ANNOUNCEMENT, "", "For you.", publish=NOW, asker="4827")
    for wanted, expected in ((item, is_known), (replace(item, asker=""), not post.individual)):
        found = lookalikes.find([post], values, wanted={KEY: wanted}, memory=Memory(), course="en", user="1")
        alike = post.text == item.text and post.creator_id == "1"
        assert bool(found) is (expected and alike)


# News


def test_the_news_of_two_days_never_have_the_same_words() -> None:
    found = posts(worked_out(a_programme(), an_answer(1), an_answer(2)))
    first, second = found["en/news.2020-06-17"], found["en/news.2020-06-18"]
    assert first.text != second.text
    assert "Wednesday, 17 June 2020" in first.text


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_news_name_every_seminar_that_has_answers_once_and_no_other(language: str) -> None:
    seminars = [a_seminar(key, label=None, title=Text.of(f"Seminar on {key}")) for key in ("data", "more", "last")]
    answers = [an_answer(1, seminar=key, course=language) for key in ("data", "data", "more")]
    text = posts(worked_out(a_programme(*seminars, courses=(a_course(language),)), *answers))[
        f"{language}/news.2020-06-17"
    ].text
    assert [text.count(f"– Seminar on {key}\n") for key in ("data", "more", "last")] == [1, 1, 0]


def test_news_last_until_the_next_day_ends_where_the_course_is() -> None:
    post = posts(worked_out(a_programme(courses=(a_course("et"),)), an_answer(1, course="et")))["et/news.2020-06-17"]
    assert post.until == datetime(2020, 6, 18, 21, tzinfo=UTC)
    last = post.until - timedelta(seconds=1)
    wanted = [plan._wanted_at(post, now) for now in (last, post.until)]  # noqa: SLF001 - one line of it
    assert wanted == [plan.Wanted.YES, plan.Wanted.IF_PUBLIC]


def test_without_answers_or_with_quiet_ones_or_where_never_is_said_there_is_no_news() -> None:
    never = QuestionSettings(announce="never")
    for programme, answers in (
        (a_programme(), ()),
        (a_programme(), (an_answer(1, quiet=True),)),
        (a_programme(questions=never), (an_answer(1),)),
    ):
        assert not [key for key in posts(worked_out(programme, *answers)) if "/news." in key]


# For everybody


def test_askers_are_called_by_name_where_it_is_known_and_by_number_elsewhere() -> None:
    answer = an_answer(1, askers=(("4001", "en"), ("4002", "en")), names={"4002": "Osaleja Kaks"})
    text = posts(worked_out(a_programme(), answer))["en/data/answers"].text
    assert "Question (Participant 4001, Birmingham, Osaleja Kaks, Birmingham):" in text


def test_what_is_left_of_a_forgotten_question_is_the_answer_alone() -> None:
    text = posts(worked_out(a_programme(), an_answer(1, question_text="", asker="0")))["en/data/answers"].text
    assert "Answer (Lauri Sock):\nAnswer 1." in text
    assert "Question (" not in text


def test_a_post_appears_with_its_first_answer_though_that_was_corrected_later() -> None:
    post = posts(worked_out(a_programme(), an_answer(2), an_answer(5)))["en/data/answers"]
    assert post.publish == START + 2 * DAY
