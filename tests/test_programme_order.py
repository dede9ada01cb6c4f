"""Which times of a programme make sense beside each other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from better_classroom import programme

BASE = """\
version: 1
programme: event
title: Event
time_zone: Europe/Tallinn
account: organiser@tartu.example
languages: [en]
courses:
  tartu: {language: en, alias: "p:event-tartu"}
seminars:
  one:
    title: One
    starts: 2020-06-16 11:30
    ends: 2020-06-16 13:00
"""
SECOND = "  two: {title: Two, starts: 2020-06-18 10:00, ends: 2020-06-18 11:00}\n"


def complaints(folder: Path, more: str, base: str = BASE) -> list[str]:
    """Return the messages of all complaints about the base programme with lines added."""
    path = folder / "programme.yaml"
    path.write_text(base + more, encoding="utf-8")
    return [complaint.message for complaint in programme.check(path).complaints]


def published(folder: Path, welcome: str, more: str = SECOND, base: str = BASE) -> datetime:
    """Return when the welcome is published."""
    path = folder / "programme.yaml"
    path.write_text(f"{base}{more}welcome: {{publish: {welcome}, text: Welcome}}\n", encoding="utf-8")
    found = programme.load(path).welcome
    assert found is not None
    return found.publish


@pytest.mark.parametrize(
    "publish",
    [
        "1 day before",
        "at start",
        "2020-06-16 12:00",
        "2020-06-16 13:00",
        "at end",
        "1 day after",
        "1 day after the last seminar",
    ],
)
def test_a_material_may_come_any_time_that_is_meant(tmp_path: Path, publish: str) -> None:
    assert complaints(tmp_path, f"    materials: {{a: {{title: A, publish: {publish}}}}}\n{SECOND}") == []


@pytest.mark.parametrize("publish", ["2020-06-16 13:01", "2020-06-16 13:00+02:00", "1 hour before the last seminar"])
def test_a_material_after_its_seminar_must_say_so(tmp_path: Path, publish: str) -> None:
    (message,) = complaints(tmp_path, f"    materials: {{a: {{title: A, publish: {publish}}}}}\n{SECOND}")

    assert "is after the seminar, which ends 2020-06-16 13:00" in message


@pytest.mark.parametrize("publish", ["1 minute before", "2020-06-16 11:29", "1 week before the first seminar"])
def test_a_reminder_comes_before_the_start(tmp_path: Path, publish: str) -> None:
    assert complaints(tmp_path, f"    reminders: [{{publish: {publish}, text: Soon}}]\n") == []


@pytest.mark.parametrize(
    "publish", ["at start", "at end", "0 minutes before", "2020-06-16 11:30", "2020-06-17 09:00", "1 day after"]
)
def test_a_reminder_that_does_not_is_refused_once(tmp_path: Path, publish: str) -> None:
    (message,) = complaints(tmp_path, f"    reminders: [{{publish: {publish}, text: Soon}}]\n")

    assert "a reminder comes before the seminar starts, 2020-06-16 11:30" in message


@pytest.mark.parametrize(
    ("box", "opens", "closes", "said"),
    [
        ("before", "14 days before", "at start", ""),
        ("before", "14 days before", "at end", ""),
        ("before", "14 days before", "1 day after", ""),
        ("before", "14 days before", "2020-06-16 12:00", ""),
        ("before", "14 days before", "2020-06-17 12:00", "is after the seminar"),
        ("before", "at start", "at end", "open before it starts"),
        ("before", "1 day after", "2 days after", "open before it starts"),
        ("before", "1 day before", "2 days before", "before it opens"),
        ("before", "1 day before", "24 hours before", "when it opens"),
        ("after", "at end", "14 days after", ""),
        ("after", "at start", "14 days after", ""),
        ("after", "2020-06-17 09:00", "2020-07-01 09:00", ""),
        ("after", "1 minute before", "14 days after", "open once it has started"),
        ("after", "2 days after", "1 day after", "before it opens"),
        ("after", "at end", "at end", "when it opens"),
    ],
)
def test_a_box_opens_and_closes_on_its_side_of_the_seminar(
    tmp_path: Path, box: str, opens: str, closes: str, said: str
) -> None:
    messages = complaints(tmp_path, f"    questions: {{{box}: {{opens: {opens}, closes: {closes}}}}}\n")

    assert len(messages) == bool(said)
    assert all(said in message for message in messages)


def test_what_hangs_on_a_broken_time_is_not_complained_about_as_well(tmp_path: Path) -> None:
    base = BASE.replace("starts: 2020-06-16 11:30", "starts: 2020-06-31 11:30")
    more = (
        "    materials: {a: {title: A, publish: 14 days before}}\n"
        "    questions: {before: {opens: 14 days before, closes: at start}}\n"
        "    reminders: [{publish: 1 day before, text: Soon}]\n"
        "welcome: {publish: 1 week before the first seminar, text: Welcome}\n"
    )

    assert complaints(tmp_path, more, base) == ["“2020-06-31 11:30” does not exist: that month has no day 31"]


def test_times_are_held_against_each_other_even_if_the_zone_cannot_be_read(tmp_path: Path) -> None:
    base = BASE.replace("Europe/Tallinn", "Europa/Tallinn").replace("2020-06-16 13:00", "2020-06-16 10:00")

    assert complaints(tmp_path, "", base) == [
        "there is no time zone “Europa/Tallinn”",
        "this seminar ends before it starts (2020-06-16 11:30)",
    ]


def test_the_first_and_the_last_seminar_are_so_by_their_times(tmp_path: Path) -> None:
    earlier = "  zero: {title: Zero, starts: 2020-06-15 10:00, ends: 2020-06-15 11:00}\n"

    assert published(tmp_path, "1 week before the first seminar", SECOND + earlier) == datetime(
        2020, 6, 8, 7, tzinfo=UTC
    )
    assert published(tmp_path, "1 hour after the last seminar", SECOND + earlier) == datetime(
        2020, 6, 18, 9, tzinfo=UTC
    )
    assert published(tmp_path, "1 hour before the last seminar", SECOND) == datetime(2020, 6, 18, 6, tzinfo=UTC)
    assert published(tmp_path, "1 hour after the first seminar", SECOND) == datetime(2020, 6, 16, 11, tzinfo=UTC)


def test_a_cancelled_seminar_is_neither_first_nor_last_unless_all_are(tmp_path: Path) -> None:
    cancelled = BASE + "    cancelled: {text: Ill}\n"

    assert published(tmp_path, "1 hour before the first seminar", SECOND, cancelled) == datetime(
        2020, 6, 18, 6, tzinfo=UTC
    )
    assert published(tmp_path, "1 hour before the first seminar", "", cancelled) == datetime(
        2020, 6, 16, 7, 30, tzinfo=UTC
    )


def test_a_welcome_may_say_that_it_comes_after_it_all(tmp_path: Path) -> None:
    assert published(tmp_path, "1 day after the last seminar") == datetime(2020, 6, 19, 8, tzinfo=UTC)
    assert complaints(tmp_path, "welcome: {publish: 2020-06-17 10:00, text: Welcome}\n") == [
        "this is after the last seminar, which ends 2020-06-16 13:00"
    ]
