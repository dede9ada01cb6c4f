"""One announcement a course and day that answers have come, as participants read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answering import KAKS, TAKE_BACK, THREE, UKS, Cities, everybody_asks, private, public
from talking import Control

Making = Callable[..., Cities]


@pytest.fixture
def making(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Making:
    def make(**settings: Any) -> Cities:
        return everybody_asks(Cities(tmp_path, control, google, sandbox_url, settings))

    return make


@pytest.fixture
def cities(making: Making) -> Cities:
    return making()


def test_the_day_s_answers_are_announced_once_in_every_course_with_date_and_seminars(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    (english,) = cities.reads(THREE)
    assert english.startswith("New answers to participants’ questions: Friday, 5 June 2020.")
    assert "– Seminar 1: Working with data 1" in english
    assert "“Questions and answers”" in english
    (estonian,) = cities.reads(UKS)
    assert "reede, 5. juuni 2020" in estonian
    assert "– Seminar 1: Töö andmetega 1" in estonian


def test_a_later_answer_of_the_day_makes_no_second_announcement(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    before = cities.announcements(UKS)
    cities.at("2020-06-05T18:00:00Z")
    cities.answer(Kas=public("Jah."))
    cities.sync()
    assert cities.announcements(UKS) == before
    assert "Jah." in cities.answers_post(UKS)


def test_the_next_day_s_answers_are_announced_anew_and_the_first_announcement_stays(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    (first,) = cities.announcements(UKS)
    cities.at("2020-06-06T08:00:00Z")
    cities.answer(Kas=public("Jah."))
    cities.sync()
    assert cities.announcements(UKS)[0] == first
    assert ["laupäev, 6. juuni 2020" in text for text in cities.reads(UKS)] == [False, True]
    cities.at("2020-06-09T08:00:00Z")
    cities.sync()
    assert len(cities.announcements(UKS)) == 2


def test_a_correction_is_no_news(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    before = cities.announcements(UKS)
    cities.at("2020-06-06T08:00:00Z")
    cities.answer(Mis=public("Andmed, mida igaüks tohib kasutada."))
    cities.sync()
    assert cities.announcements(UKS) == before


def test_an_answer_that_becomes_public_later_is_news_on_that_day(cities: Cities) -> None:
    cities.answer(Mis=private("Andmed."))
    cities.sync()
    assert cities.reads(KAKS) == []
    cities.at("2020-06-06T08:00:00Z")
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    assert ["laupäev, 6. juuni 2020" in text for text in cities.reads(KAKS)] == [True]


def test_when_the_day_s_answers_are_taken_back_their_announcement_goes(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    cities.answer(Mis=TAKE_BACK)
    cities.sync()
    assert cities.reads(UKS) == cities.reads(THREE) == []


def test_answers_of_earlier_days_are_not_announced_any_more(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.at("2020-06-06T20:59:59Z")  # Tartu's next day has a second left, Birmingham's two hours more
    planned = {change["key"] for change in cities.organiser.plans()["changes"]}
    assert {"tartu/news.2020-06-05", "birmingham/news.2020-06-05"} <= planned
    cities.at("2020-06-06T21:00:00Z")
    cities.sync()
    assert cities.reads(UKS) == []
    assert len(cities.reads(THREE)) == 1
    assert "Andmed." in cities.answers_post(UKS)


def test_that_its_time_has_passed_makes_no_other_plan(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    reviewed = cities.organiser.plans()["fingerprint"]
    cities.at("2020-06-09T08:00:00Z")
    assert cities.organiser.applies("--expect", reviewed).code == 0
    assert cities.reads(UKS) == []


def test_the_day_is_that_of_the_course(cities: Cities) -> None:
    cities.at("2020-06-05T22:30:00Z")
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    assert "laupäev, 6. juuni 2020" in cities.reads(UKS)[0]
    assert "Friday, 5 June 2020" in cities.reads(THREE)[0]


def test_an_announcement_whose_release_was_lost_until_it_was_old_is_never_shown(
    cities: Cities, control: Control
) -> None:
    cities.answer(Mis=public("Andmed."))
    method = "classroom.courses.announcements.patch"
    control.post("faults", {"method": method, "when": "before", "do": 403, "times": 2})
    assert cities.organiser.applies().code == 7
    assert len(cities.drafts("tartu")) == 1
    cities.at("2020-06-09T08:00:00Z")
    cities.sync()
    assert cities.reads(UKS) == cities.drafts("tartu") == []


@pytest.mark.parametrize(
    ("settings", "tartu", "birmingham"),
    [({"announce": "never"}, 0, 0), ({"publish_answers": "own_course"}, 1, 0), ({"announce": "daily"}, 1, 1)],
)
def test_it_is_announced_where_the_programme_says(
    making: Making, settings: dict[str, str], tartu: int, birmingham: int
) -> None:
    cities = making(**settings)
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    assert (len(cities.reads(UKS)), len(cities.reads(THREE))) == (tartu, birmingham)


def test_answers_that_were_read_again_after_a_loss_are_no_news(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    before = cities.announcements(UKS)
    cities.organiser.ledger.unlink()
    assert cities.organiser.types("ledger", "rebuild").code == 0
    cities.at("2020-06-06T08:00:00Z")
    assert cities.organiser.types("answers", "import", "--again", str(cities.folder / "answers.csv")).code == 0
    cities.sync()
    assert cities.announcements(UKS) == before
    cities.answer(Mis=public("Andmed, mida igaüks tohib kasutada."))
    cities.sync()
    assert cities.announcements(UKS) == before
    assert "Andmed, mida igaüks" in cities.answers_post(UKS)


def test_no_version_of_a_question_is_news_where_several_are_read_again(cities: Cities) -> None:
    cities.ask("Mis on avaandmed?\n\nJa miks?")  # a second version; each is answered
    cities.sync()
    (key,) = (one["key"] for one in cities.listed() if "Mis" in one["texts"][0]["text"])
    rows = [f"{key},{version},lauri-sock,publish,Vastus {version}.,public" for version in (1, 2)]
    path = cities.folder / "both.csv"
    path.write_text("\n".join(["key,version,expert,status,answer,visibility", *rows]) + "\n", encoding="utf-8")
    assert cities.organiser.types("answers", "import", "--again", str(path)).code == 0
    cities.sync()
    assert "Vastus 1." in cities.answers_post(UKS)
    assert "Vastus 2." in cities.answers_post(UKS)
    assert cities.announcements(UKS) == []


def test_it_counts_among_the_notifications_of_a_plan(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    # the “Questions and answers” post itself appears, and the announcement
    assert cities.organiser.plans()["notifications"] == {"tartu": 2, "birmingham": 2}
