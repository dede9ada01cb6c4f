"""What every course should hold, worked out of the programme alone: pure, quick, and the same every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from better_classroom import desired, texts
from better_classroom.answered import Answered
from better_classroom.course import Bytes, Course, File, Kind, Post, Share, Topic
from better_classroom.desired import Desired
from better_classroom.desired import answers as answer_posts
from better_classroom.desired.answers import TEXT_LIMIT
from better_classroom.desired.scene import AT_ONCE
from better_classroom.programme import (
    Boxes,
    CourseSpec,
    Expert,
    FileAttachment,
    Join,
    LinkAttachment,
    Material,
    Notice,
    Programme,
    QuestionSettings,
    Reminder,
    Seminar,
    Text,
    Window,
    YoutubeAttachment,
)

START = datetime(2020, 6, 16, 8, 30, tzinfo=UTC)
END = START + timedelta(minutes=90)
DAY = timedelta(days=1)
ACCOUNT, OTHER = "organiser@tartu.example", "organizza@genova.example"
ZONES = {
    "en": "Europe/London",
    "et": "Europe/Tallinn",
    "it": "Europe/Rome",
    "hu": "Europe/Budapest",
    "sv": "Europe/Stockholm",
}
CITIES = {"en": "Birmingham", "et": "Tartu", "it": "Genova", "hu": "Nyíregyháza", "sv": "Gävle"}


def said(**words: str) -> Text:
    return Text.of(words or {"en": "Words"})


def a_course(language: str = "en", **changes: Any) -> CourseSpec:
    """The course of the city that speaks a language; its key is the language."""
    city = Text.of(CITIES[language])
    course = CourseSpec(language, language, f"p:{language}", None, ZoneInfo(ZONES[language]), ACCOUNT, city)
    return replace(course, **changes)


def a_material(key: str = "slides", **changes: Any) -> Material:
    return replace(Material(key, said(en="Slides", et="Slaidid"), START - 14 * DAY), **changes)


def a_seminar(key: str = "data", **changes: Any) -> Seminar:
    """A seminar with one of everything."""
    boxes = Boxes(before=Window(START - 10 * DAY, START), after=Window(END, END + 14 * DAY))
    whole = Seminar(
        key=key,
        title=said(en="Open data", et="Avaandmed"),
        starts=START,
        ends=END,
        label=said(en="Seminar 1", et="Seminar 1"),
        summary=said(en="What is it?", et="Mis see on?"),
        experts=("lauri-sock", "henrik-mazzanti"),
        join=Join("Webex", "https://better.webex.example/meet/1"),
        materials={"slides": a_material()},
        questions=boxes,
        reminders=(Reminder("1-day-before", START - DAY, said(en="Tomorrow!", et="Homme!")),),
    )
    return replace(whole, **changes)


def a_programme(*seminars: Seminar, courses: tuple[CourseSpec, ...] = (a_course(),), **changes: Any) -> Programme:
    whole = Programme(
        key="better",
        title=said(en="BETTER", et="BETTER"),
        time_zone=ZoneInfo("Europe/Tallinn"),
        account=ACCOUNT,
        languages=texts.LANGUAGES,
        courses={course.key: course for course in courses},
        experts={
            "lauri-sock": Expert("lauri-sock", "Lauri Sock", "P4 Tartu", "lauri.sock@tartu.example"),
            "henrik-mazzanti": Expert("henrik-mazzanti", "Henrik Mazzanti", "", "henrik.mazzanti@genova.example"),
        },
        seminars={seminar.key: seminar for seminar in seminars or (a_seminar(),)},
        folder=Path(),
        welcome=Notice(START - 21 * DAY, said(en="Welcome!", et="Tere!")),
    )
    return replace(whole, **changes)


def an_answer(number: int = 1, **changes: Any) -> Answered:
    answer = Answered(
        question=f"q{number}",
        seminar="data",
        course="en",
        asker=f"{4000 + number}",
        question_text=f"Question {number}?",
        answer_text=f"Answer {number}.",
        expert="lauri-sock",
        answered_at=START + number * DAY,
    )
    return replace(answer, **changes)


def worked_out(programme: Programme, *answers: Answered, files: Mapping[str, Bytes] | None = None) -> Desired:
    return desired.items(programme, files=files or {}, answers=answers)


def posts(found: Desired) -> dict[str, Post]:
    return {item.key: item for item in found.items if isinstance(item, Post)}


# What there is


def test_a_seminar_becomes_a_topic_and_its_posts_in_reading_order() -> None:
    found = [item.key for item in worked_out(a_programme()).items]
    assert found == [
        "en/course",
        "en/data/topic",
        "en/data/session",
        "en/data/materials.slides",
        "en/data/before",
        "en/data/after",
        "en/data/answers",
        "en/data/reminders.1-day-before",
        "en/welcome",
    ]


def test_every_key_is_there_once_and_every_post_of_a_topic_names_one_that_is() -> None:
    courses = tuple(a_course(language) for language in texts.LANGUAGES)
    found = worked_out(a_programme(a_seminar("data"), a_seminar("more"), courses=courses), an_answer())
    keys = [item.key for item in found.items]
    assert len(keys) == len(set(keys))
    assert {post.topic for post in posts(found).values()} - {""} <= set(keys)
    assert all(bool(post.topic) == bool(post.title) for post in posts(found).values())


def test_a_course_that_exists_already_is_not_ours_to_make_or_name() -> None:
    found = worked_out(a_programme(courses=(a_course(alias=None, id="604567890123"),)))
    assert not [item for item in found.items if isinstance(item, Course)]


def test_a_course_has_its_own_name_or_the_programme_s_title() -> None:
    named = a_course("et", name=said(en="Open data in Tartu", et="Avaandmed Tartus"))
    found = worked_out(a_programme(courses=(a_course(), named)))
    assert {item.key: item.name for item in found.items if isinstance(item, Course)} == {
        "en/course": "BETTER",
        "et/course": "Avaandmed Tartus",
    }


def test_the_same_programme_gives_the_same_items() -> None:
    assert worked_out(a_programme(), an_answer()) == worked_out(a_programme(), an_answer())


# Words


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_course_is_spoken_to_in_its_language_and_told_the_time_of_its_city(language: str) -> None:
    found = posts(worked_out(a_programme(courses=(a_course(language),))))
    zone = ZoneInfo(ZONES[language])
    assert texts.span(START, END, zone, language) in found[f"{language}/data/session"].text
    assert texts.moment(START, zone, language) in found[f"{language}/data/before"].text
    assert texts.say(language, "box.before.title") in found[f"{language}/data/before"].title
    assert texts.say(language, "welcome.footer") in found[f"{language}/welcome"].text
    assert not any("{" in post.title + post.text for post in found.values()), "a placeholder is left"


def test_what_a_language_has_no_words_for_is_said_in_the_first() -> None:
    found = posts(worked_out(a_programme(courses=(a_course("hu"),))))
    assert found["hu/data/materials.slides"].title == "Slides"
    assert "What is it?" in found["hu/data/session"].text


def test_titles_that_we_compose_carry_the_label_and_do_without_it() -> None:
    labelled, bare = a_programme(), a_programme(a_seminar(label=None))
    assert posts(worked_out(labelled))["en/data/before"].title == "Seminar 1: Questions before the seminar"
    assert posts(worked_out(bare))["en/data/before"].title == "Questions before the seminar"
    assert [item.name for item in worked_out(bare).items if isinstance(item, Topic)] == ["Open data"]


@given(words=st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_whatever_an_organiser_writes_is_said_as_it_is(words: str) -> None:
    found = posts(worked_out(a_programme(a_seminar(summary=Text.of(words)))))
    assert found["en/data/session"].text.startswith(words.strip())


@pytest.mark.parametrize(
    ("boxes", "named"),
    [
        (a_seminar().questions, {"before", "after"}),
        (Boxes(before=Window(START - DAY, START)), {"before"}),
        (Boxes(after=Window(END, END + DAY)), {"after"}),
        (None, set()),
    ],
)
def test_every_post_ends_with_where_to_ask(boxes: Boxes | None, named: set[str]) -> None:
    found = posts(worked_out(a_programme(a_seminar(questions=boxes))))
    titles = {slot: texts.title("en", f"box.{slot}.title", label="Seminar 1") for slot in ("before", "after")}
    for slot in ("session", "materials.slides"):
        last = found[f"en/data/{slot}"].text.rpartition("\n\n")[2]
        assert {box for box, title in titles.items() if title in last} == named
        assert "do not reach the experts" in last
    reminder = found["en/data/reminders.1-day-before"].text.rpartition("\n\n")[2]
    assert "do not reach" in reminder


def test_a_reminder_says_when_and_how_to_join() -> None:
    text = posts(worked_out(a_programme()))["en/data/reminders.1-day-before"].text
    assert text.startswith("Tomorrow!\n\nWhen: ")
    assert "Join with Webex: https://better.webex.example/meet/1" in text


def test_a_seminar_without_experts_or_a_place_to_join_says_nothing_wrong() -> None:
    text = posts(worked_out(a_programme(a_seminar(experts=(), join=None))))["en/data/session"].text
    assert "The link to join will be added here" in text
    assert "With" not in text


def test_a_box_names_its_closing_time_and_another_text_once_it_has_passed() -> None:
    box = posts(worked_out(a_programme()))["en/data/before"]
    assert box.kind is Kind.BOX
    assert box.publish == START - 10 * DAY
    assert "Open until 16 June 2020, 09:30 (London time)." in box.text_at(START - timedelta(seconds=1))
    assert "The time for questions ended: 16 June 2020, 09:30" in box.text_at(START)
    assert "“Seminar 1: Questions and answers”" in box.text_at(START)
    assert "Lauri Sock (P4 Tartu) and Henrik Mazzanti" in box.text


@pytest.mark.parametrize(("askers", "promise"), [("hidden", "without your name"), ("named", "with your name")])
def test_a_box_says_whether_names_will_be_published(askers: Any, promise: str) -> None:
    box = posts(worked_out(a_programme(questions=QuestionSettings(askers=askers))))["en/data/before"]
    assert promise in box.text_at(START - DAY)
    assert promise in box.text_at(START + DAY)


# Times


def test_the_details_of_a_session_appear_with_what_comes_first() -> None:
    def first(**changes: Any) -> datetime | None:
        return posts(worked_out(a_programme(a_seminar(**changes))))["en/data/session"].publish

    assert first() == START - 14 * DAY
    assert first(materials=None) == START - 10 * DAY
    assert first(materials=None, questions=None) == START - 14 * DAY


# Files


PDF = Bytes("00" * 32, 10, "application/pdf")


def test_a_file_is_uploaded_once_an_account_and_shared_once_a_course() -> None:
    file = FileAttachment(Text.of({"en": "slides/en.pdf", "et": "slides/et.pdf"}, ("en",)))
    twice = {key: a_material(key, attachments=(file,)) for key in ("slides", "again")}
    courses = (a_course("en"), a_course("sv"), a_course("et"), a_course("it", account=OTHER))
    files = {"slides/en.pdf": PDF, "slides/et.pdf": PDF}
    found = worked_out(a_programme(a_seminar(materials=twice), courses=courses), files=files)
    assert [item.key for item in found.items if isinstance(item, File)] == [
        f"file:{ACCOUNT}/slides/en.pdf",
        f"file:{ACCOUNT}/slides/et.pdf",
        f"file:{OTHER}/slides/en.pdf",
    ]
    assert {item.key: item.file for item in found.items if isinstance(item, Share)} == {
        "share:en/slides/en.pdf": f"file:{ACCOUNT}/slides/en.pdf",
        "share:sv/slides/en.pdf": f"file:{ACCOUNT}/slides/en.pdf",
        "share:et/slides/et.pdf": f"file:{ACCOUNT}/slides/et.pdf",
        "share:it/slides/en.pdf": f"file:{OTHER}/slides/en.pdf",
    }


def test_attachments_keep_their_order_and_a_file_its_name() -> None:
    parts = (
        YoutubeAttachment("dQw4w9WgXcQ"),
        FileAttachment(Text.of("slides/Töö 1.pdf")),
        LinkAttachment("https://www.interregeurope.eu/better/"),
    )
    programme = a_programme(a_seminar(materials={"slides": a_material(attachments=parts)}))
    found = worked_out(programme, files={"slides/Töö 1.pdf": PDF})
    assert [str(part) for part in posts(found)["en/data/materials.slides"].attachments] == [
        "youtube:dQw4w9WgXcQ",
        "file:slides/Töö 1.pdf",
        "link:https://www.interregeurope.eu/better/",
    ]
    (file,) = [item for item in found.items if isinstance(item, File)]
    assert (file.name, file.sha256, file.size) == ("Töö 1.pdf", PDF.sha256, PDF.size)


# What is not managed


@pytest.mark.parametrize(
    ("section", "beginnings"),
    [
        ("materials", {"en/data/materials."}),
        ("questions", {"en/data/before", "en/data/after", "en/data/answers", "en/data/private."}),
        ("reminders", {"en/data/reminders."}),
    ],
)
def test_a_section_that_is_left_out_is_not_managed(section: str, beginnings: set[str]) -> None:
    left_out: dict[str, Any] = {section: None}
    found = worked_out(a_programme(a_seminar(**left_out)))
    assert set(found.unmanaged) == beginnings
    assert not [key for key in posts(found) if key.startswith(tuple(beginnings))]


def test_an_empty_section_is_managed_and_holds_nothing() -> None:
    found = worked_out(a_programme(a_seminar(materials={}, questions=Boxes(), reminders=())))
    assert found.unmanaged == ()
    assert set(posts(found)) == {"en/data/session", "en/data/answers", "en/welcome"}


def test_without_a_welcome_one_that_is_there_is_left_alone() -> None:
    assert worked_out(a_programme(welcome=None)).unmanaged == ("en/welcome",)


# Cancelled


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_cancelled_seminar_says_so_at_once_and_keeps_only_what_was_seen(language: str) -> None:
    cancelled = a_seminar(cancelled=said(en="The expert is ill.", et="Ekspert on haige."))
    found = posts(worked_out(a_programme(cancelled, courses=(a_course(language),)), an_answer(course=language)))
    notice = found[f"{language}/data/cancelled"]
    assert (notice.kind, notice.publish, notice.title) == (Kind.ANNOUNCEMENT, AT_ONCE, "")
    assert {key.rpartition("/")[2] for key, post in found.items() if not post.only_if_public} == {
        "session",
        "answers",
        "cancelled",
        "news.2020-06-17",
        "welcome",
    }
    suffix = texts.say(language, "cancelled.title_suffix")
    assert all(post.title.endswith(suffix) for post in found.values() if post.title)
    for slot in ("session", "materials.slides", "before", "after"):
        assert notice.text in found[f"{language}/data/{slot}"].text
        assert found[f"{language}/data/{slot}"].later is None


# Answers


def test_without_an_answer_the_post_waits_as_a_draft() -> None:
    waiting = posts(worked_out(a_programme()))["en/data/answers"]
    assert waiting.publish is None
    assert "There are no answers yet" in waiting.text


def test_an_answer_is_published_in_every_course_with_the_asker_s_number_and_city() -> None:
    courses = (a_course("en"), a_course("hu"))
    found = posts(worked_out(a_programme(courses=courses), an_answer(course="hu")))
    for course in ("en", "hu"):
        post = found[f"{course}/data/answers"]
        assert post.publish == START + DAY
        assert texts.asker(course, "4001", city="Nyíregyháza") in post.text
        assert post.text.index("Question 1?") < post.text.index("Answer 1.")
        assert "Lauri Sock" in post.text


def test_an_answer_can_stay_in_the_course_where_it_was_asked() -> None:
    programme = a_programme(
        courses=(a_course("en"), a_course("hu")), questions=QuestionSettings(publish_answers="own_course")
    )
    found = posts(worked_out(programme, an_answer(course="hu")))
    assert "Answer 1." in found["hu/data/answers"].text
    assert found["en/data/answers"].publish is None
    assert "Answer 1." not in found["en/data/answers"].text


def test_an_answer_stands_in_its_own_seminar_alone() -> None:
    found = posts(worked_out(a_programme(a_seminar("data"), a_seminar("more")), an_answer()))
    assert "Answer 1." in found["en/data/answers"].text
    assert "Answer 1." not in found["en/more/answers"].text


def test_what_was_asked_and_answered_outlives_course_and_expert() -> None:
    text = posts(worked_out(a_programme(), an_answer(course="turku", expert="somebody")))["en/data/answers"].text
    assert "4001, turku" in text
    assert "somebody" in text


def test_a_post_appears_with_its_first_answer_whatever_the_order() -> None:
    answers = (an_answer(3), an_answer(1), an_answer(2))
    assert posts(worked_out(a_programme(), *answers))["en/data/answers"].publish == START + DAY


def test_many_answers_go_on_in_further_posts_that_say_so() -> None:
    answers = [an_answer(number, answer_text="ö" * 9_000) for number in range(1, 10)]
    found = posts(worked_out(a_programme(), *answers))
    pages = [found[key] for key in ("en/data/answers", "en/data/answers-2", "en/data/answers-3")]
    assert "en/data/answers-4" not in found
    assert [page.title for page in pages] == [
        "Seminar 1: Questions and answers",
        "Seminar 1: Questions and answers (part 2)",
        "Seminar 1: Questions and answers (part 3)",
    ]
    assert all("do not reach the experts" in page.text for page in pages)


letters = st.text(st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")), max_size=30)


@given(st.lists(st.tuples(letters, letters, st.integers(0, 2_500)), min_size=1, max_size=12))
def test_no_character_is_lost_between_pages_and_none_is_too_long(given_answers: list[tuple[str, str, int]]) -> None:
    answers = [
        an_answer(number, question_text=f"<{number}{question}", answer_text=f"{answer * size}>{number}")
        for number, (question, answer, size) in enumerate(given_answers)
    ]
    found = posts(worked_out(a_programme(), *answers))
    pages = [post.text for key, post in found.items() if "/answers" in key]
    assert all(len(page) <= 30_000 for page in pages)
    intro, footer = pages[0].partition("\n\n")[0], pages[0].rpartition("\n\n")[2]
    told = "".join(page.removeprefix(intro).removesuffix(footer) for page in pages)
    squeezed = "".join(told.split())
    place = 0
    for answer in answers:
        for text in (answer.question_text, answer.answer_text):
            place = squeezed.index("".join(text.split()), place) + 1


@given(st.lists(st.text(min_size=1, max_size=50), max_size=20), st.integers(1, 40))
def test_pages_hold_every_block_in_order_and_cut_only_what_is_longer_than_a_page(blocks: list[str], limit: int) -> None:
    pages = list(answer_posts.pages(blocks, limit))  # the limit of real pages is too far for small examples
    assert all(0 < len(page) <= limit for page in pages)
    assert "".join(pages).replace("\n", "") == "".join(blocks).replace("\n", "")


def test_the_limit_leaves_room_for_what_stands_around_the_answers() -> None:
    longest = max(
        len(texts.say(language, "answers.intro")) + len(texts.say(language, "footer.material", box="x" * 200))
        for language in texts.LANGUAGES
    )
    assert TEXT_LIMIT + longest + 10 < 30_000
