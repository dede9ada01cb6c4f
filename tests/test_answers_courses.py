"""Public answers in the posts of two courses: which course reads which, in how many posts, and what a correction does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import worlds
from answering import COURSES, THREE, UKS, Cities, everybody_asks, public
from talking import Control

Making = Callable[..., Cities]


@pytest.fixture
def making(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Making:
    def make(**settings: Any) -> Cities:
        return everybody_asks(Cities(tmp_path, control, google, sandbox_url, {"announce": "never", **settings}))

    return make


@pytest.fixture
def cities(making: Making) -> Cities:
    return making()


def pages(cities: Cities) -> dict[str, str]:
    """The posts with answers in Tartu: what each says, by its id."""
    materials = cities.service(UKS).courses().courseWorkMaterials()
    found = worlds.listed(materials.list, "courseWorkMaterial", courseId=COURSES["tartu"])
    return {post["id"]: post["description"] for post in found if "Küsimused ja vastused" in post["title"]}


def test_questions_are_listed_by_course_and_by_phase(cities: Cities) -> None:
    cities.at("2020-06-16T10:30:00Z")
    cities.ask("Ja edasi?", slot="after")
    cities.sync()

    def texts(*filters: str) -> set[str]:
        return {question["texts"][-1]["text"] for question in cities.listed(*filters)}

    assert texts("--course", "birmingham") == {"Why open them?"}
    assert texts("--course", "tartu") == {"Mis on avaandmed?", "Kas need on tasuta?", "Ja edasi?"}
    assert texts("--phase", "after") == {"Ja edasi?"}
    assert texts("--phase", "before", "--course", "tartu") == {"Mis on avaandmed?", "Kas need on tasuta?"}


def test_with_own_course_each_course_reads_the_answers_to_its_own_questions(making: Making) -> None:
    cities = making(publish_answers="own_course")
    cities.answer(Mis=public("Andmed."), Why=public("Because."))
    cities.sync()
    assert [text in cities.answers_post(UKS) for text in ("Andmed.", "Because.")] == [True, False]
    assert [text in cities.answers_post(THREE) for text in ("Andmed.", "Because.")] == [False, True]
    cities.write(announce="never", publish_answers="all_courses")
    cities.sync()
    for person in (UKS, THREE):
        assert [text in cities.answers_post(person) for text in ("Andmed.", "Because.")] == [True, True]


def test_a_corrected_answer_is_corrected_in_every_course(cities: Cities) -> None:
    for answer in ("Esimene.", "Parandatud."):
        cities.answer(Mis=public(answer))
        cities.sync()
    for person in (UKS, THREE):
        assert [text in cities.answers_post(person) for text in ("Esimene.", "Parandatud.")] == [False, True]


def test_answers_too_long_for_one_post_go_on_in_a_second_which_is_corrected_in_place(cities: Cities) -> None:
    cities.answer(Mis=public("ŋ" * 19_000), Kas=public("ð" * 19_000))
    cities.sync()
    first = pages(cities)
    assert len(first) == 2
    assert all(len(text) <= 30_000 for text in first.values())
    assert sorted(max(text.count(letter) for letter in "ŋð") for text in first.values()) == [19_000, 19_000]
    cities.answer(Kas=public("þ" * 18_000))
    cities.sync()
    corrected = pages(cities)
    assert corrected.keys() == first.keys()
    assert sorted(max(text.count(letter) for letter in "ŋðþ") for text in corrected.values()) == [18_000, 19_000]


def test_when_answers_fit_into_one_post_again_nothing_of_the_second_is_read(cities: Cities) -> None:
    cities.answer(Mis=public("ŋ" * 19_000), Kas=public("ð" * 19_000))
    cities.sync()
    cities.answer(Kas=public("Lühike."))
    cities.sync()
    told = cities.answers_post(UKS)
    assert told.count("Lühike.") == 1
    assert told.count("ŋ" * 19_000) == 1
    assert "ðð" not in told
