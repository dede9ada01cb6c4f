"""Who is told what by mail, and that it is told once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

import asking
from asking import EARLIER, asked
from better_classroom import questions, texts
from better_classroom.course import Submission
from better_classroom.errors import RefusedByGoogle, TryLater
from better_classroom.ledger import Answer
from mailing import HENRIK, LAURI, NOW, Office
from postbox import Postbox

DAY = timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path, box: Postbox) -> Iterator[Office]:
    with asking.opened(tmp_path) as ledger:
        yield Office(tmp_path, ledger, box)


def decides(
    office: Office, outcome: str, text: str = "", *, expert: str = "lauri-sock", status: str = "answered"
) -> str:
    (first, *_) = office.ledger.questions.find()
    answer = Answer(0, len(first.texts), expert, outcome, "public", text, NOW)
    office.ledger.questions.answer(first.key, answer, status=status)
    return first.key


class Outline(HTMLParser):
    """Tags and texts of a page; a page that does not close what it opens is no page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "style", "onclick"}
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts += [line.strip() for line in data.splitlines() if line.strip()]


# Who, and what


def test_an_expert_is_told_of_new_questions_and_the_organiser_too(office: Office, box: Postbox) -> None:
    office.hears("Kas andmed on avatud?")
    assert office.mails().sent == 2
    (mail,) = box.to(LAURI)
    assert "Kas andmed on avatud?" in mail.body("plain")
    assert "Kas andmed on avatud?" in mail.body("html")
    assert mail.message["Subject"] == "BETTER: questions for you (new: 1, overdue: 0)"
    (report,) = box.to(asking.ACCOUNT)
    assert "for Lauri Sock" in report.body("plain")
    assert "questions show KEY" in report.body("plain")
    assert box.to(HENRIK) == []


def test_nothing_is_told_twice(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    assert office.mails(NOW + DAY).sent == 0
    assert len(box.taken) == 2


def test_a_further_question_makes_one_further_mail_that_tells_it_alone(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    office.hears("One?", "Two?")
    office.mails(NOW + DAY)
    latest = box.to(LAURI)[-1]
    assert len(box.to(LAURI)) == 2
    assert "Two?" in latest.body("plain")
    assert "One?" not in latest.body("plain")


def test_a_question_that_its_asker_changed_is_told_as_changed(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    office.hears("One? And another?")
    office.mails(NOW + DAY)
    assert "changed or added to" in box.to(LAURI)[-1].body("plain")


def test_an_expert_is_reminded_each_time_the_stated_days_have_passed(office: Office, box: Postbox) -> None:
    office.more = {"overdue_days": 3}
    office.hears("One?")
    told = []
    for day in range(8):
        office.mails(NOW + day * DAY)
        told.append(len(box.to(LAURI)))
    assert told == [1, 1, 1, 2, 2, 2, 3, 3]
    assert "Overdue: 1" in box.to(LAURI)[1].body("plain")
    names = [mail.message["Message-ID"] for mail in box.to(LAURI)]
    assert len(set(names)) == 3, "a mail program would take one reminder for the other"


def test_to_the_organiser_a_question_is_overdue_from_when_it_was_asked(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails(NOW + 8 * DAY)
    assert "overdue: 1" in box.to(asking.ACCOUNT)[0].message["Subject"]
    assert "new: 1, overdue: 0" in box.to(LAURI)[0].message["Subject"]


def test_a_question_that_was_answered_or_taken_back_is_not_overdue(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    office.hears("One?", withdrawn=True)
    assert office.mails(NOW + 9 * DAY).sent == 0
    office.hears("One?")
    decides(office, "publish", "Yes.")
    assert office.mails(NOW + 9 * DAY).sent == 0
    assert len(box.taken) == 2


def test_the_organiser_is_told_of_a_question_that_was_declined_and_why(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    decides(office, "decline", "Not my field.", status="declined")
    assert office.mails(NOW + DAY).sent == 1
    assert "declined by Lauri Sock" in box.taken[-1].body("plain")
    assert office.mails(NOW + DAY).sent == 0


def test_the_organiser_is_told_of_a_question_taken_back_after_its_answer(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    decides(office, "publish", "Yes.")
    office.hears("One?", withdrawn=True)
    assert office.mails(NOW + DAY).sent == 1
    assert "Taken back by those who asked, after an answer: 1" in box.taken[-1].body("plain")
    assert office.mails(NOW + DAY).sent == 0


def test_an_expert_is_told_what_another_has_answered_but_not_by_a_mail_of_its_own(office: Office, box: Postbox) -> None:
    office.programme = asking.programme(experts=("lauri-sock", "henrik-mazzanti"))
    office.hears("One?")
    office.mails()
    decides(office, "publish", "Yes.", expert="henrik-mazzanti")
    assert office.mails(NOW + DAY).sent == 0
    office.hears("One?", "Two?")
    office.mails(NOW + DAY)
    assert "Answered by another expert meanwhile: 1" in box.to(LAURI)[-1].body("plain")
    assert "meanwhile" not in box.to(HENRIK)[-1].body("plain")


def test_a_question_that_nobody_is_to_answer_is_told_to_the_organiser(office: Office, box: Postbox) -> None:
    office.programme = asking.programme(experts=())
    office.hears("One?")
    assert office.mails().sent == 1
    assert "nobody is to answer it yet" in box.to(asking.ACCOUNT)[0].body("plain")


def test_digests_may_be_kept_apart_by_some_hours(office: Office, box: Postbox) -> None:
    office.more = {"mail_every_hours": 24}
    office.hears("One?")
    office.mails()
    office.hears("One?", "Two?")
    assert office.mails(NOW + timedelta(hours=23)).sent == 0
    assert office.mails(NOW + timedelta(hours=24)).sent == 2
    assert "Two?" in box.to(LAURI)[-1].body("plain")


# Failures


def test_the_organiser_is_told_of_a_failure_once_a_day(office: Office, box: Postbox) -> None:
    failures = [("tartu: its questions could not be read", RefusedByGoogle("no such course", reason="NotFound"))]
    assert office.mails(NOW, failures).sent == 1
    assert office.mails(NOW + timedelta(minutes=15), failures).sent == 0
    assert office.mails(NOW + DAY, failures).sent == 1
    assert "no such course" in box.taken[0].body("plain")
    assert box.taken[0].message["Message-ID"] != box.taken[1].message["Message-ID"]


def test_a_failure_that_names_a_participant_is_told_without_the_address(office: Office, box: Postbox) -> None:
    error = TryLater(f"osaleja.uks@tartu.example was not invited by {asking.ACCOUNT}")
    office.mails(NOW, [("tartu (osaleja.uks@tartu.example)", error)])
    assert b"osaleja.uks" not in box.taken[0].raw
    assert f"… was not invited by {asking.ACCOUNT}" in box.taken[0].body("plain")


# What stands in it


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_an_expert_is_written_to_in_their_language(office: Office, box: Postbox, language: str) -> None:
    office.expert("lauri-sock", language=language)
    office.hears("Kas andmed on avatud?")
    office.mails()
    (mail,) = box.to(LAURI)
    assert mail.message["Content-Language"] == language
    assert texts.say(language, "digest.hello", name="Lauri Sock") in mail.body("plain")
    assert f'<html lang="{language}">' in mail.body("html")
    assert texts.say(language, "digest.back") in mail.body("plain")
    assert box.to(asking.ACCOUNT)[0].message["Content-Language"] == "en"


def test_headers_say_from_whom_when_and_that_a_program_wrote(office: Office, box: Postbox) -> None:
    office.hears("One?")
    office.mails()
    (mail,) = box.to(LAURI)
    headers = mail.message
    assert mail.sender == "seminars@tartu.example"
    assert headers["From"] == "BETTER <seminars@tartu.example>"
    assert headers["To"] == f"Lauri Sock <{LAURI}>"
    assert headers["Reply-To"] == asking.ACCOUNT
    assert headers["Date"].datetime == NOW
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@tartu.example>")
    assert headers.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in headers.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/csv",
    ]


def test_the_file_is_the_one_that_export_writes(office: Office, box: Postbox, tmp_path: Path) -> None:
    office.hears("Kas see on =1+1?", "Teine?")
    office.mails()
    name, content = box.to(LAURI)[0].file
    found = questions.find(office.ledger, office.programme)
    (exported,) = questions.export(found, programme=office.programme, folder=tmp_path / "q", experts=["lauri-sock"])
    assert (name, content) == (exported.path.name, exported.path.read_bytes())


def test_an_expert_can_send_the_file_back_with_answers(office: Office, box: Postbox, tmp_path: Path) -> None:
    office.expert("lauri-sock", language="et")
    office.hears("Kas andmed on avatud?")
    office.mails()
    text = box.to(LAURI)[0].file[1].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    rows[0] |= {"status": "publish", "answer": "Jah, kõik.", "visibility": "public"}
    path = tmp_path / "vastused.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    taken = questions.take([path], programme=office.programme, ledger=office.ledger, now=NOW)
    assert (taken.complaints, taken.numbers()["public"]) == ([], 1)


def test_askers_are_numbers_and_no_id_of_theirs_leaves(office: Office, box: Postbox) -> None:
    submission = Submission("s1", asking.box(), "112233445566778899", "One?", withdrawn=False, at=EARLIER)
    asking.pull(office.ledger, submission, of=office.programme)
    office.mails()
    number = office.ledger.questions.find()[0].asker
    for mail in box.taken:
        assert f"Participant {number}, Tartu" in mail.body("plain")
        assert b"112233445566778899" not in mail.raw


def test_what_participants_write_is_shown_and_never_executed_or_obeyed(office: Office, box: Postbox) -> None:
    hostile = '<script>alert(1)</script>\r\nBcc: all@tartu.example\r\n.\r\n\x1b[2J\x00<img src="x"> & \u202egnp \ud800'
    office.hears(hostile)
    office.mails()
    for mail in box.taken:
        page = mail.body("html")
        outline = Outline(page)
        assert not set(outline.tags) & {"script", "img"}
        assert "<script>alert(1)</script>" in outline.texts
        assert mail.message["Bcc"] is None
        for body in (page, mail.body("plain")):
            assert not set("\x1b\x00\u202e") & set(body)
            assert "." in {line.strip().removesuffix("<br>") for line in body.splitlines()}


def test_the_page_is_headings_and_lists_and_loads_nothing(office: Office, box: Postbox) -> None:
    office.hears("One?", "Two?")
    office.mails()
    outline = Outline(box.to(LAURI)[0].body("html"))
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("h2") == 1
    assert set(outline.tags) <= {"html", "head", "meta", "title", "body", "h1", "h2", "p", "ul", "li", "strong", "br"}


def test_names_with_line_ends_begin_no_headers(office: Office, box: Postbox) -> None:
    office.expert("lauri-sock", name="Lauri\r\nBcc: all@tartu.example\nSock, “Õpetaja” <x@y.example>")
    office.programme = replace(office.programme, title=asking.words("BETTER\r\n\r\nX: y " + "õ" * 300))
    office.hears("One?")
    assert office.mails().failures == []
    (mail,) = box.to(LAURI)
    assert mail.message["Bcc"] is None
    assert mail.message["X"] is None
    assert mail.message["To"].addresses[0].addr_spec == LAURI
    assert len(mail.message["Subject"]) <= 200


def test_an_address_with_a_line_end_is_refused_and_holds_up_nobody(office: Office, box: Postbox) -> None:
    office.programme = asking.programme(experts=("lauri-sock", "henrik-mazzanti"))
    office.expert("lauri-sock", email="lauri@tartu.example\r\nBcc: all@tartu.example")
    office.hears("One?")
    done = office.mails()
    assert (done.sent, [where for where, _ in done.failures]) == (2, ["expert lauri-sock: no mail could be sent"])
    assert len(box.to(HENRIK)) == 1
    assert "lauri-sock: no mail could be sent" in box.to(asking.ACCOUNT)[0].body("plain")


def test_a_text_in_one_endless_line_arrives_whole_in_the_file_and_begun_in_the_mail(
    office: Office, box: Postbox
) -> None:
    office.hears("õ" * 25_000)
    office.mails()
    (mail,) = box.to(LAURI)  # the server takes no line of more than 1,000 octets
    assert "õ" * 399 + "…" in mail.body("plain")
    assert "õ" * 25_000 in mail.file[1].decode("utf-8")


def test_a_thousand_questions_make_one_mail_that_shows_some_and_attaches_all(office: Office, box: Postbox) -> None:
    office.hears(*(f"Question number {n}?" for n in range(1_000)))
    office.mails()
    (mail,) = box.to(LAURI)
    assert "New questions: 1000" in mail.body("plain")
    assert "Not shown here: 980." in mail.body("plain")
    assert len(mail.raw) < 1_000_000
    assert mail.file[1].count(b"Question number") == 1_000
    assert len(box.to(asking.ACCOUNT)[0].raw) < 50_000
    assert office.mails(NOW + DAY).sent == 0


def test_a_file_that_no_server_would_take_is_left_out_and_said_to_be(office: Office, box: Postbox) -> None:
    office.hears(*("x" * 29_000 for _ in range(250)))
    office.mails()
    (mail,) = box.to(LAURI)
    assert list(mail.message.iter_attachments()) == []
    assert "too large for an e-mail" in mail.body("plain")


# Without a mail server


def test_without_a_mail_server_nothing_is_sent_and_nothing_is_forgotten(tmp_path: Path, box: Postbox) -> None:
    with asking.opened(tmp_path) as ledger:
        office = Office(tmp_path, ledger, None)
        asking.pull(ledger, asked("One?"), of=office.programme)
        assert office.mails() == type(office.mails())()
        office.postbox = box
        assert office.mails().sent == 2
