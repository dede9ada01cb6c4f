"""What participants read: whole in every language, exact about time, and safe with whatever people write."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from better_classroom import texts

QUOTES = {"en": "“”", "et": "„“", "it": "«»", "hu": "„”", "sv": "””"}
ZONES = {"en": "London", "et": "Tallinn", "it": "Rome", "hu": "Budapest", "sv": "Stockholm"}
STARTS = datetime(2020, 6, 16, 8, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=90)

each_language = pytest.mark.parametrize("language", texts.LANGUAGES)


def zone(language: str) -> ZoneInfo:
    return ZoneInfo(f"Europe/{ZONES[language]}")


@each_language
def test_every_language_says_the_same_things_with_the_same_values(language: str) -> None:
    said = {name: texts.placeholders(text) for name, text in texts.catalogue(language).items()}
    assert said == {name: texts.placeholders(text) for name, text in texts.catalogue("en").items()}


@each_language
def test_catalogues_are_utf8_in_composed_form_and_hold_no_names_beyond_dotted_ones(language: str) -> None:
    source = resources.files(texts).joinpath(f"{language}.toml").read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", source)
    assert tomllib.loads(source)
    assert "�" not in source
    assert "\t" not in source


@each_language
def test_every_text_is_plain_short_and_fully_spelt(language: str) -> None:
    for name, text in texts.catalogue(language).items():
        assert 1 <= len(text) <= 400, name
        assert text == text.strip(), name
        assert "  " not in text, name
        assert "{" not in texts.PLACEHOLDER.sub("", text), f"{name}: a brace that is no placeholder"
        assert not set("\"'") & set(text), f"{name}: typewriter quotes"


@each_language
def test_quotation_marks_are_those_of_the_language(language: str) -> None:
    for name, text in texts.catalogue(language).items():
        marks = "".join(mark for mark in text if mark in "“”„«»")
        assert marks == QUOTES[language] * (len(marks) // 2), name


@each_language
def test_titles_leave_room_for_a_label_under_a_topic(language: str) -> None:
    titles = {name: text for name, text in texts.catalogue(language).items() if name.endswith("title")}
    assert len(set(titles.values())) == len(titles), "two posts of a topic would bear the same title"
    assert max(map(len, titles.values())) <= 40


def test_values_are_put_in_once_and_never_read_as_placeholders() -> None:
    written = r"{closes} {0} {{text}} \1 \g<0> %s"
    assert texts.say("en", "answers.answer", expert="{text}", text=written) == f"Answer ({{text}}):\n{written}"


def test_a_missing_value_and_a_surplus_one_are_bugs() -> None:
    with pytest.raises(KeyError, match="when"):
        texts.say("en", "session.when")
    with pytest.raises(TypeError, match=r"session\.when has no place for url"):
        texts.say("en", "session.when", when="now", url="https://better.example")
    with pytest.raises(KeyError, match=r"session\.where"):
        texts.say("en", "session.where")


def test_a_language_without_a_catalogue_is_spoken_to_in_english() -> None:
    assert texts.say("fi", "answers.title") == "Questions and answers"
    assert texts.day(STARTS, ZoneInfo("Europe/Helsinki"), "fi") == "Tuesday, 16 June 2020"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Tuesday, 16 June 2020, 09:30–11:00 (London time)"),
        ("et", "teisipäev, 16. juuni 2020 kell 11:30–13:00 (ajavöönd: Tallinn)"),
        ("it", "martedì 16 giugno 2020, ore 10:30–12:00 (ora di Roma)"),
        ("hu", "2020. június 16., kedd, 10:30–12:00 (időzóna: Budapest)"),
        ("sv", "tisdag 16 juni 2020 kl. 10:30–12:00 (tidszon: Stockholm)"),
    ],
)
def test_one_session_is_told_in_the_time_and_words_of_each_city(language: str, told: str) -> None:
    assert texts.span(STARTS, ENDS, zone(language), language) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "16 June 2020, 09:30 (London time)"),
        ("et", "16. juuni 2020 kell 11:30 (ajavöönd: Tallinn)"),
        ("it", "16 giugno 2020, ore 10:30 (ora di Roma)"),
        ("hu", "2020. június 16. 10:30 (időzóna: Budapest)"),
        ("sv", "16 juni 2020 kl. 10:30 (tidszon: Stockholm)"),
    ],
)
def test_one_moment_is_told_in_the_time_and_words_of_each_city(language: str, told: str) -> None:
    assert texts.moment(STARTS, zone(language), language) == told


def test_the_local_day_is_that_of_the_zone_not_of_utc() -> None:
    late = datetime(2020, 6, 16, 22, 30, tzinfo=UTC)
    assert texts.day(late, ZoneInfo("Europe/Tallinn"), "en") == "Wednesday, 17 June 2020"
    assert texts.day(late, ZoneInfo("Europe/London"), "en") == "Tuesday, 16 June 2020"


def test_a_session_over_midnight_names_both_days() -> None:
    told = texts.span(STARTS, STARTS + timedelta(hours=15), ZoneInfo("Europe/Tallinn"), "en")
    assert told == "16 June 2020, 11:30 (Tallinn time) – 17 June 2020, 02:30 (Tallinn time)"


def test_winter_and_summer_time_are_the_zones_own() -> None:
    winter = datetime(2021, 1, 12, 9, 30, tzinfo=UTC)
    assert texts.moment(winter, ZoneInfo("Europe/Tallinn"), "en") == "12 January 2021, 11:30 (Tallinn time)"


def test_a_label_leads_the_title_of_a_post_that_we_compose() -> None:
    assert texts.title("et", "box.before.title", label="Seminar 1") == "Seminar 1: Küsimused enne seminari"
    assert texts.title("sv", "answers.title") == "Frågor och svar"


def test_names_are_joined_as_the_language_joins_them() -> None:
    people = ["Osaleja Üks", "Résztvevő Öt", "Deltagare Tre"]
    assert texts.names("et", people) == "Osaleja Üks, Résztvevő Öt ja Deltagare Tre"
    assert texts.names("hu", people[:2]) == "Osaleja Üks és Résztvevő Öt"
    assert texts.names("it", people[:1]) == "Osaleja Üks"
    assert texts.names("en", []) == ""
