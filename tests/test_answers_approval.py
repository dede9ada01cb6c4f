"""Answers that wait for an organiser's approval: nothing goes out before it, and what is sent back comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answering import KAKS, TAKE_BACK, THREE, UKS, Cities, declined, everybody_asks, private, public
from talking import Control

Making = Callable[..., Cities]
MIS, KAS, WHY = "Mis on avaandmed?", "Kas need on tasuta?", "Why open them?"


@pytest.fixture
def making(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Making:
    def make(**settings: Any) -> Cities:
        return everybody_asks(Cities(tmp_path, control, google, sandbox_url, {"approval": "organiser", **settings}))

    return make


@pytest.fixture
def cities(making: Making) -> Cities:
    return making()


def approves(cities: Cities, *words: str) -> None:
    keys = cities.keys()
    said = cities.organiser.types("answers", "approve", *([keys[word] for word in words] or ["--all"]))
    assert said.code == 0, said.err


def rejects(cities: Cities, word: str, reason: str = "Please add a source.") -> None:
    said = cities.organiser.types("answers", "reject", cities.keys()[word], "--reason", reason)
    assert said.code == 0, said.err


def waiting(cities: Cities) -> list[str]:
    return [review["answer_text"] for review in cities.organiser.types("answers", "list", "--json").data]


def test_nothing_goes_out_before_it_is_approved(cities: Cities) -> None:
    said = cities.answer(Mis=public("Kõigile."), Kas=private("Ainult teile."), Why=declined("No."))
    assert "3 answers wait for approval: better-classroom answers list" in said.err
    assert "; 3 answers to approve; " in cities.organiser.types("sync").out
    assert [cities.reads(person) for person in (UKS, KAKS, THREE)] == [[], [], []]
    assert cities.answers_post(UKS) == ""
    approves(cities)
    cities.sync()
    assert "Kõigile." in cities.answers_post(UKS)
    assert ["Ainult teile." in text for text in cities.alone(KAKS)] == [True]
    assert any("No." in text for text in cities.reads(THREE))


def test_only_what_was_approved_goes_out(cities: Cities) -> None:
    cities.answer(Mis=public("Esimene."), Kas=public("Teine."))
    approves(cities, MIS)
    cities.sync()
    assert "Esimene." in cities.answers_post(UKS)
    assert "Teine." not in cities.answers_post(UKS)
    assert waiting(cities) == ["Teine."]


def test_the_list_shows_question_answer_expert_and_who_will_read_it(cities: Cities) -> None:
    cities.answer(Mis=public("Kõigile.\nJah."), Kas=private("Ainult teile."), Why=declined())
    numbers = {one["texts"][0]["text"]: one["asker"] for one in cities.listed()}
    said = cities.organiser.types("answers", "list").out
    for part in (
        f"{cities.keys()[MIS]}  waiting",
        f"Participant {numbers[MIS]}, Tartu asked:\n      {MIS}",
        "Lauri Sock, 2020-06-05 11:00, answers:\n      Kõigile.\n      Jah.\n  Read by: everyone, in all courses.",
        f"Read by: Participant {numbers[KAS]}, Tartu alone.",
        f"declines, without saying why.\n  Read by: Participant {numbers[WHY]}, Birmingham alone.",
    ):
        assert part in said
    approves(cities)
    assert cities.organiser.types("answers", "list").out == "No answer waits for approval.\n"
    every = cities.organiser.types("answers", "list", "--all", "--json").data
    assert [review["state"] for review in every] == ["approved"] * 3


def test_a_correction_needs_approval_anew_and_until_then_the_approved_answer_stands(cities: Cities) -> None:
    cities.answer(Mis=public("Esimene."), Kas=private("Teile."))
    approves(cities)
    cities.sync()
    cities.answer(Mis=public("Parandatud."), Kas=private("Ikka teile."))
    cities.sync()
    assert "Esimene." in cities.answers_post(UKS)
    assert ["Teile." in text for text in cities.alone(KAKS)] == [True]
    approves(cities)
    cities.sync()
    assert "Parandatud." in cities.answers_post(UKS)
    assert "Esimene." not in cities.answers_post(UKS)
    assert ["Ikka teile." in text for text in cities.alone(KAKS)] == [True]


def test_a_take_back_needs_nobody_s_approval(cities: Cities) -> None:
    cities.answer(Mis=public("Esimene."))
    approves(cities)
    cities.sync()
    cities.answer(Mis=TAKE_BACK)
    cities.sync()
    assert "Esimene." not in cities.answers_post(UKS)
    assert waiting(cities) == []


def test_what_is_sent_back_waits_for_its_expert_again(cities: Cities) -> None:
    cities.answer(Mis=public("Ei tea."))
    assert cities.statuses()[MIS] == "answered"
    rejects(cities, MIS)
    cities.sync()
    assert cities.statuses()[MIS] == "assigned"
    assert "Ei tea." not in cities.answers_post(UKS)
    assert (
        "; sent back to the expert: Please add a source."
        in cities.organiser.types("questions", "show", cities.keys()[MIS]).out
    )
    cities.organiser.types("questions", "export")
    exported = (cities.folder / "questions" / "lauri-sock.csv").read_text(encoding="utf-8-sig")
    assert "sent back by the organiser: Please add a source." in exported


def test_the_same_words_stay_rejected_and_other_words_wait_anew(cities: Cities) -> None:
    cities.answer(Mis=public("Ei tea."))
    rejects(cities, MIS)
    cities.answer(Mis=public("Ei tea."))
    assert (waiting(cities), cities.statuses()[MIS]) == ([], "assigned")
    cities.answer(Mis=public("Andmed."))
    assert (waiting(cities), cities.statuses()[MIS]) == (["Andmed."], "answered")
    approves(cities)
    cities.sync()
    assert "Andmed." in cities.answers_post(UKS)


def test_a_correction_that_is_sent_back_leaves_the_approved_answer_standing(cities: Cities) -> None:
    cities.answer(Mis=public("Esimene."))
    approves(cities)
    cities.answer(Mis=public("Halvem."))
    rejects(cities, MIS)
    cities.sync()
    assert "Esimene." in cities.answers_post(UKS)


def test_what_was_sent_back_does_not_go_out_when_approval_is_no_longer_asked_for(cities: Cities) -> None:
    cities.answer(Mis=public("Ei tea."), Kas=public("Jah."))
    rejects(cities, MIS)
    cities.write()
    cities.sync()
    assert "Jah." in cities.answers_post(UKS)
    assert "Ei tea." not in cities.answers_post(UKS)


def test_another_question_may_be_answered_with_words_that_were_sent_back(cities: Cities) -> None:
    cities.answer(Mis=public("Jah."))
    rejects(cities, MIS, "That answers the other question.")
    cities.answer(Kas=public("Jah."))
    assert waiting(cities) == ["Jah."]


def test_the_day_of_approval_is_the_day_of_the_news(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.at("2020-06-09T08:00:00Z")
    approves(cities)
    cities.sync()
    assert ["Tuesday, 9 June 2020" in text for text in cities.reads(THREE)] == [True]


def test_hidden_questions_wait_for_no_approval(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    cities.organiser.types("questions", "hide", cities.keys()[MIS])
    assert waiting(cities) == []
    assert cities.organiser.types("answers", "approve", cities.keys()[MIS]).code == 2
    cities.organiser.types("questions", "unhide", cities.keys()[MIS])
    assert waiting(cities) == ["Andmed."]


def test_what_cannot_be_decided_is_refused_with_what_to_do_and_then_nothing_is(cities: Cities) -> None:
    cities.answer(Mis=public("Andmed."))
    key, idle = cities.keys()[MIS], cities.keys()[KAS]
    for arguments, told in {
        ("approve", key, idle): f"no answer to {idle} waits for approval",
        ("approve", "no-such-key"): "there is no question 'no-such-key'",
        ("approve",): "Which answers?",
        ("approve", key, "--all"): "Which answers?",
        ("reject", key, "--reason", " "): "the expert has to know why",
    }.items():
        said = cities.organiser.types("answers", *arguments)
        assert (said.code, told in said.err) == (2, True), said.err
    assert waiting(cities) == ["Andmed."]


def test_a_programme_that_asks_for_no_approval_has_none_to_give(making: Making) -> None:
    cities = making(approval="none")
    cities.answer(Mis=public("Andmed."))
    assert cities.organiser.types("answers", "approve", "--all").code == 2
    assert "answers go out as their experts say" in cities.organiser.types("answers", "list").err
    (review,) = cities.organiser.types("answers", "list", "--all", "--json").data
    assert review["state"] == "not needed"
