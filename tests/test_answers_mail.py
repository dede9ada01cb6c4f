"""What the digests tell of answers that wait for approval, and of those that were sent back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import asking
from answering import public
from better_classroom import questions, texts
from better_classroom.programme.model import QuestionSettings
from better_classroom.questions import approving
from mailing import LAURI, NOW, Office
from postbox import Postbox

DAY = timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path, box: Postbox) -> Iterator[Office]:
    """Two questions, of which everybody has been told."""
    with asking.opened(tmp_path) as ledger:
        found = Office(tmp_path, ledger, box, asking.programme(approval="organiser"))
        found.hears("Mis?", "Kas?")
        found.mails()
        box.taken.clear()
        yield found


def answers(office: Office, text: str, *, hours: int = 1) -> str:
    """The expert answers "Mis?"; its key."""
    (key,) = (one.key for one in office.ledger.questions.find() if one.texts[0].text == "Mis?")
    path = office.folder / "lauri-sock.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["key", *public("")])
        writer.writeheader()
        writer.writerow({"key": key, **public(text)})
    now = NOW + timedelta(hours=hours)
    taken = questions.take([path], programme=office.programme, ledger=office.ledger, now=now)
    assert taken.complaints == []
    return key


def sends_back(office: Office, key: str, reason: str = "Palun lisage allikas.") -> None:
    approving.reject(office.ledger, office.programme, [key], reason, NOW + timedelta(hours=2))


def test_the_organiser_is_told_once_of_an_answer_that_waits_for_approval(office: Office, box: Postbox) -> None:
    key = answers(office, "Jah.")
    office.mails(NOW + DAY)
    office.mails(NOW + 2 * DAY)
    (mail,) = box.to(asking.ACCOUNT)
    assert "Waiting for your approval: 1" in mail.body("plain")
    assert "better-classroom answers list" in mail.body("plain")
    assert key in mail.body("plain")
    assert box.to(LAURI) == []


def test_a_correction_that_waits_is_told_of_again(office: Office, box: Postbox) -> None:
    answers(office, "Jah.")
    office.mails(NOW + DAY)
    answers(office, "Jah, küll.", hours=30)
    office.mails(NOW + 2 * DAY)
    assert ["Waiting for your approval: 1" in mail.body("plain") for mail in box.to(asking.ACCOUNT)] == [True, True]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_an_expert_is_told_in_their_language_why_an_answer_was_sent_back(
    office: Office, box: Postbox, language: str
) -> None:
    office.expert("lauri-sock", language=language)
    sends_back(office, answers(office, "Ei tea."))
    office.mails(NOW + DAY)
    office.mails(NOW + 2 * DAY)
    (mail,) = box.to(LAURI)
    for kind in ("plain", "html"):
        assert texts.say(language, "digest.rejected", number="1") in mail.body(kind)
        assert "Palun lisage allikas." in mail.body(kind)


def test_an_answer_that_was_changed_since_is_no_longer_told_as_sent_back(office: Office, box: Postbox) -> None:
    sends_back(office, answers(office, "Ei tea."))
    answers(office, "Andmed.", hours=3)
    office.mails(NOW + DAY)
    assert box.to(LAURI) == []


def test_digests_call_askers_by_name_only_where_the_programme_does(office: Office, box: Postbox) -> None:
    (question, *_) = office.ledger.questions.find()
    office.ledger.names.remember({question.asker_id: "Osaleja Üks"})
    office.hears("Mis? Ja miks?", "Kas?")
    office.mails(NOW + DAY)
    settings = QuestionSettings(approval="organiser", askers="named")
    office.programme = replace(office.programme, questions=settings)
    office.hears("Mis? Ja miks ometi?", "Kas?")
    office.mails(NOW + 2 * DAY)
    hidden, named = (mail.body("plain") for mail in box.to(LAURI))
    assert "Osaleja" not in hidden
    assert texts.say("en", "digest.numbers") in hidden
    assert "Osaleja Üks, Tartu" in named
    assert texts.say("en", "digest.numbers") not in named
