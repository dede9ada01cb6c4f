"""What a programme means once it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from better_classroom import programme
from better_classroom.errors import ProgrammeInvalid
from better_classroom.programme import Programme, Text, reading

BASE = """\
version: 1
programme: event
title: {en: Event, et: Üritus}
time_zone: Europe/Tallinn
account: organiser@tartu.example
languages: [en, et]
courses:
  tartu: {language: et, alias: "p:event-tartu"}
experts:
  expert-one: {name: Expert One, partner: Tartu, email: expert.one@tartu.example}
seminars:
  one:
    title: {en: Seminar one, et: "  Esimene \\t seminar "}
    starts: 2020-06-16 11:30
    ends: 2020-06-16 13:00
    experts: [expert-one]
"""


def write(folder: Path, text: str) -> Path:
    """Write a programme beside two presentations."""
    (folder / "slides").mkdir(exist_ok=True)
    for name in ("en", "et"):
        (folder / f"slides/{name}.pdf").write_bytes(b"%PDF-1.4\n")
    path = folder / "programme.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, more: str = "", **replaced: str) -> Programme:
    """Load the base programme with lines added, and with the values of some keys replaced."""
    lines = BASE.splitlines()
    for key, value in replaced.items():
        number = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
        lines[number] = f"{lines[number].partition(':')[0]}: {value}"
    return programme.load(write(folder, "\n".join(lines) + "\n" + more))


def warnings(folder: Path, more: str = "", base: str = BASE) -> list[str]:
    """Return the messages of all warnings of a programme without mistakes."""
    checked = programme.check(write(folder, base + more))
    assert checked.complaints == ()
    return [warning.message for warning in checked.warnings]


def test_what_is_not_written_has_its_default(tmp_path: Path) -> None:
    found = load(tmp_path)

    assert found.key == "event"
    assert found.time_zone == ZoneInfo("Europe/Tallinn")
    assert found.languages == ("en", "et")
    assert found.folder == tmp_path
    assert found.welcome is None
    assert found.drift == "keep"
    assert found.questions == programme.QuestionSettings(
        askers="hidden",
        publish_answers="all_courses",
        approval="none",
        announce="daily",
        slide_comments=False,
        retention=timedelta(days=365),
        visibility_checked=False,
    )


def test_a_section_that_is_absent_is_none_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    absent = load(tmp_path).seminars["one"]
    empty = load(tmp_path, "    materials: {}\n    questions: {}\n    reminders: []\n").seminars["one"]

    assert (absent.materials, absent.questions, absent.reminders) == (None, None, None)
    assert (empty.materials, empty.questions, empty.reminders) == ({}, programme.Boxes(None, None), ())


def test_a_course_has_the_programmes_account_and_zone_unless_it_names_its_own(tmp_path: Path) -> None:
    course = "{language: en, time_zone: Europe/London, account: o@b.example, id: 604567890123, name: Birmingham}"
    found = load(tmp_path, "  two: {title: Two, starts: 2020-06-17 11:30, ends: 2020-06-17 13:00}\n", tartu=course)

    assert found.courses["tartu"] == programme.CourseSpec(
        key="tartu",
        language="en",
        alias=None,
        id="604567890123",
        time_zone=ZoneInfo("Europe/London"),
        account="o@b.example",
        city=programme.Text.of("Tartu", found.languages),
        name=Text.of("Birmingham", ("en", "et")),
        participants=None,
    )
    assert load(tmp_path).courses["tartu"].account == "organiser@tartu.example"
    assert load(tmp_path).courses["tartu"].time_zone == ZoneInfo("Europe/Tallinn")


def test_every_time_is_an_instant_in_utc(tmp_path: Path) -> None:
    seminar = load(
        tmp_path,
        "    materials: {slides: {title: Slides, publish: 14 days before}}\n"
        "    questions: {before: {opens: 2 hours before, closes: at start}, after: {opens: at end, closes: 1 week after}}\n"
        "    reminders: [{publish: 2020-06-16 09:00+01:00, text: Today}]\n",
    ).seminars["one"]

    assert seminar.starts == datetime(2020, 6, 16, 8, 30, tzinfo=UTC)
    assert seminar.ends == datetime(2020, 6, 16, 10, 0, tzinfo=UTC)
    assert seminar.materials is not None
    assert seminar.questions is not None
    assert seminar.reminders is not None
    assert seminar.materials["slides"].publish == datetime(2020, 6, 2, 8, 30, tzinfo=UTC)
    assert seminar.questions.before == programme.Window(datetime(2020, 6, 16, 6, 30, tzinfo=UTC), seminar.starts)
    assert seminar.questions.after == programme.Window(seminar.ends, datetime(2020, 6, 23, 10, 0, tzinfo=UTC))
    assert seminar.reminders[0].publish == datetime(2020, 6, 16, 8, 0, tzinfo=UTC)
    assert all(instant.tzinfo is UTC for instant in (seminar.starts, seminar.ends, seminar.materials["slides"].publish))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1 day before", "1-day-before"),
        ("2020-06-15 09:00", "2020-06-15-09-00"),
        ("3  hours  before", "3-hours-before"),
    ],
)
def test_a_reminder_is_named_by_the_words_of_its_time(tmp_path: Path, written: str, key: str) -> None:
    reminders = load(tmp_path, f"    reminders: [{{publish: {written}, text: Soon}}]\n").seminars["one"].reminders

    assert reminders is not None
    assert [reminder.key for reminder in reminders] == [key]


def test_attachments_keep_their_order_and_kind(tmp_path: Path) -> None:
    more = """\
    materials:
      slides:
        title: Slides
        publish: 14 days before
        attachments:
          - file: ./slides//en.pdf
          - file: {et: slides/et.pdf, en: slides/en.pdf}
          - link: https://www.interregeurope.eu/better/
          - youtube: dQw4w9WgXcQ
"""
    materials = load(tmp_path, more).seminars["one"].materials
    assert materials is not None
    one, each, link, video = materials["slides"].attachments

    assert isinstance(one, programme.FileAttachment)
    assert isinstance(each, programme.FileAttachment)
    assert one.paths == ("slides/en.pdf",)
    assert each.paths == ("slides/en.pdf", "slides/et.pdf")
    assert (each.path("et"), each.path("en"), each.path("hu")) == ("slides/et.pdf", "slides/en.pdf", "slides/en.pdf")
    assert link == programme.LinkAttachment("https://www.interregeurope.eu/better/")
    assert video == programme.YoutubeAttachment("dQw4w9WgXcQ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_participants_are_read_as_spreadsheets_write_them(tmp_path: Path, delimiter: str, mark: str, end: str) -> None:
    rows = [
        ["Email", "city", "Name"],
        ["uks@tartu.example", "Tartu", '"Üks, Osaleja"'],
        ["", "", ""],
        ["b@x.example", "", "Kaks"],
    ]
    text = mark + end.join(delimiter.join(row) for row in rows) + end
    (tmp_path / "tartu.csv").write_bytes(text.encode())

    course = load(tmp_path, tartu='{language: et, alias: "p:x", participants: tartu.csv}').courses["tartu"]

    assert course.participants == (
        programme.Participant("Üks, Osaleja", "uks@tartu.example"),
        programme.Participant("Kaks", "b@x.example"),
    )


def test_a_text_falls_back_to_the_first_language_and_then_to_any() -> None:
    text = Text.of({"hu": "magyar", "en": "English"}, ("en", "et", "hu"))

    assert [text.say(language) for language in ("en", "et", "hu", "sv")] == ["English", "English", "magyar", "English"]
    assert text.languages == {"en", "hu"}
    assert Text.of({"hu": "magyar"}, ("en", "hu")).say("et") == "magyar"
    assert Text.of("one for all", ("en", "et")).languages == {"en", "et"}


def test_a_text_in_none_of_the_programme_s_languages_is_said_as_it_was_written_first_in_every_run() -> None:
    """A set's order is another in each process, and every run would write other words than the one before."""
    written = ("sv", "hu", "it", "fi", "de", "fr", "lv", "lt")
    text = Text.of({language: f"in {language}" for language in written}, ("en", "et"))
    assert [language for language, _ in text.words] == list(written)
    assert text.say("et") == "in sv"


def test_a_topics_name_is_what_classroom_will_make_of_it(tmp_path: Path) -> None:
    plain = load(tmp_path).seminars["one"]
    labelled = load(tmp_path, "    label: {en: ' Seminar  1 '}\n").seminars["one"]

    assert programme.topic_name(plain, "et") == "Esimene seminar"
    assert programme.topic_name(labelled, "et") == "Seminar 1: Esimene seminar"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("no", "no"), ("12:30", "12:30"), ("2020-06-16", "2020-06-16"), ("1_000", "1_000"), ("0x1F", "0x1F")],
)
def test_text_is_what_is_written_whatever_yaml_could_make_of_it(tmp_path: Path, written: str, meant: str) -> None:
    assert load(tmp_path, title=written).title.say("en") == meant


@pytest.mark.parametrize(
    ("word", "meant"), [("true", True), ("yes", True), ("On", True), ("false", False), ("no", False), ("off", False)]
)
def test_yes_and_no_may_be_written_in_any_usual_way(tmp_path: Path, word: str, meant: bool) -> None:
    assert load(tmp_path, f"questions: {{slide_comments: {word}}}\n").questions.slide_comments is meant


def test_a_cancelled_seminar_says_why(tmp_path: Path) -> None:
    seminar = load(tmp_path, "    cancelled: {text: {en: The expert is ill.}}\n").seminars["one"]

    assert seminar.cancelled == Text.of({"en": "The expert is ill."}, ("en", "et"))


def test_settings_are_taken_as_written(tmp_path: Path) -> None:
    found = load(
        tmp_path, "questions: {askers: named, publish_answers: own_course, retention: 8 weeks}\ndrift: restore\n"
    )

    assert found.questions.askers == "named"
    assert found.questions.publish_answers == "own_course"
    assert found.questions.retention == timedelta(weeks=8)
    assert found.drift == "restore"


def test_a_missing_translation_is_a_warning_that_names_the_languages(tmp_path: Path) -> None:
    base = BASE.replace("languages: [en, et]", "languages: [en, et, hu, sv]")

    assert warnings(tmp_path, base=base) == [
        "not translated into hu and sv: participants read it in en",
        "not translated into hu and sv: participants read it in en",
    ]
    assert warnings(tmp_path) == []


def test_a_language_that_nobody_reads_is_a_warning(tmp_path: Path) -> None:
    assert warnings(
        tmp_path, "    summary: {en: About, et: Sisust, hu: Miről}\n    label: {en: A, et: A, hu: A}\n"
    ) == ["2 texts are written in `hu`, which is not among `languages`"]


def test_comments_on_slides_come_with_a_warning_that_names_are_seen(tmp_path: Path) -> None:
    (warning,) = warnings(
        tmp_path, "questions: {askers: named, approval: organiser, slide_comments: yes, retention: 9 days}\n"
    )

    assert "by name" in warning
    assert (
        warnings(tmp_path, "questions: {askers: hidden, approval: none, announce: never, slide_comments: no}\n") == []
    )


def test_questions_without_an_expert_and_an_expert_without_a_seminar_are_warnings(tmp_path: Path) -> None:
    base = BASE.replace("    experts: [expert-one]\n", "")

    assert warnings(tmp_path, "    questions: {before: {opens: 1 day before, closes: at start}}\n", base=base) == [
        "“expert-one” leads no seminar",
        "this seminar has no experts: its questions wait until an organiser assigns them",
    ]


def test_an_odd_or_empty_presentation_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "slides.exe").write_bytes(b"MZ")
    (tmp_path / "slides.PDF").touch()
    files = "[{file: slides.exe}, {file: slides.PDF}]"

    assert warnings(tmp_path, f"    materials: {{a: {{title: A, publish: at end, attachments: {files}}}}}\n") == [
        "the ending “.exe” is unusual for a presentation",
        "“slides.PDF” is an empty file",
    ]


def test_an_address_in_a_title_harms_only_where_a_course_is_called_by_it(tmp_path: Path) -> None:
    load(tmp_path, title="See www.event.example", tartu="{language: et, id: 12}")
    load(tmp_path, title="See www.event.example", tartu='{language: et, alias: "p:x", name: Event}')


def test_a_text_that_a_hash_cuts_short_is_a_warning(tmp_path: Path) -> None:
    base = BASE.replace("programme: event", "programme: event # lasting key")

    assert warnings(tmp_path, "    label: Seminar #1\n    summary: 'The #1'\n", base=base) == [
        "“#1” and what follows is a comment, no part of the text before it"
    ]


def test_a_seminar_longer_than_a_day_is_a_warning(tmp_path: Path) -> None:
    base = BASE.replace("ends: 2020-06-16", "ends: 2020-07-16")

    assert warnings(tmp_path, base=base) == ["this seminar lasts longer than a day"]


def test_what_a_terminal_would_obey_is_never_printed(tmp_path: Path) -> None:
    path = write(tmp_path, BASE + '"\\e[2J": 1\ndrift: "\\e[31mred\\u202e"\n')

    told = "\n".join(str(complaint) for complaint in programme.check(path).complaints)

    assert "\x1b" not in told
    assert "\u202e" not in told


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_make_a_traceback(content: bytes) -> None:
    try:
        document = reading.parse(content, "programme.yaml")
    except (reading.Unreadable, ProgrammeInvalid):
        return
    checked = programme.checked(document, Path("programme.yaml"))
    assert checked.programme is None
    assert checked.complaints


_VALUES = st.sampled_from(
    ["x", "[]", "{}", "''", "[a, b]", "{en: x}", "{en: [x]}", "no", "at end", "1 day before", "~"]
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_change_of_a_line_makes_a_traceback_and_loading_is_deterministic(data: st.DataObject) -> None:
    lines = BASE.splitlines()
    for number in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=4)):
        key, _, _ = lines[number].partition(":")
        value = data.draw(_VALUES)
        lines[number] = data.draw(
            st.sampled_from([f"{key}: {value}", f"{key}:", key, f"{key}x: y", f"- {key}", "", f"  {lines[number]}"])
        )
    content = "\n".join(lines).encode()

    assert _outcome(content) == _outcome(content)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.sampled_from([*"[]{},:-&*!|>'\"%@`#? \n\t", "\n  ", "en", "title: ", "&a ", "*a ", "!!str ", "---\n"]))
)
def test_no_heap_of_yaml_makes_a_traceback(pieces: list[str]) -> None:
    content = (BASE + "".join(pieces)).encode()

    assert _outcome(content) == _outcome(content)


def _outcome(content: bytes) -> object:
    try:
        return programme.checked(reading.parse(content, "programme.yaml"), Path("programme.yaml"))
    except reading.Unreadable as trouble:
        return trouble.line, trouble.column, trouble.message
    except ProgrammeInvalid as error:
        return error.complaints
