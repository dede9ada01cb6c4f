"""Digests as the last stage of sync: real settings, a real sandbox, a real mail server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import postbox as postboxes
from better_classroom import programme
from builders import ACCOUNT, a_programme, written
from postbox import Postbox
from talking import Control
from worlds import Organiser, join, listed, token

PERSON = "osaleja.1@tartu.example"
EXPERT = "lauri.sock@tartu.example"


@pytest.fixture
def organiser(tmp_path: Path, sandbox_url: str, control: Control) -> Organiser:
    people = [{"email": ACCOUNT, "name": "Organiser"}, {"email": PERSON, "name": "Osaleja Üks"}]
    people += [{"email": EXPERT, "name": "Lauri Sock"}]
    control.post("seed", {"users": people})
    path = written(tmp_path / "programme", a_programme(courses=("tartu",)))
    return Organiser(path, sandbox_url, tmp_path / "ledger.db")


@pytest.fixture
def asked(organiser: Organiser, control: Control, google: Callable[[str, str, str], Any]) -> None:
    """A participant has asked, and no run has seen it yet."""
    organiser.types("sync")
    control.post("clock", {"now": "2020-06-10T09:00:00Z"})  # the boxes are open
    teacher, person = (google("classroom", "v1", token(control, user)) for user in (ACCOUNT, PERSON))
    join(person, teacher, "p:tartu")
    course = teacher.courses().get(id="p:tartu").execute()["id"]
    before = listed(teacher.courses().courseWork().list, "courseWork", courseId=course)[0]["id"]
    question = {"courseId": course, "courseWorkId": before, "userId": PERSON, "answer": "Kas andmed on avatud?"}
    control.post("submissions", question)


def configure(organiser: Organiser, box: Postbox) -> None:
    settings = f'smtp_host = "127.0.0.1"\nsmtp_port = {box.port}\nsmtp_security = "none"\nmail_from = "{ACCOUNT}"\n'
    organiser.programme.with_name("better-classroom.toml").write_text(settings, encoding="utf-8")


@pytest.mark.usefixtures("asked")
def test_sync_mails_last_and_counts_what_it_sent(organiser: Organiser, box: Postbox) -> None:
    configure(organiser, box)
    said = organiser.types("sync")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("1 new and 0 edited questions, 1 unanswered; 0 changes made; 2 digests mailed\n")
    (mail,) = box.to(EXPERT)
    assert "Kas andmed on avatud?" in mail.body("plain")
    assert mail.message["Date"].datetime.isoformat().startswith("2020-06-10T09:00")
    assert "mailed" not in organiser.types("sync").out
    assert all(b"osaleja.1" not in delivery.raw for delivery in box.taken)


@pytest.mark.usefixtures("asked")
def test_no_mail_sends_nothing_and_leaves_the_news_to_a_later_run(organiser: Organiser, box: Postbox) -> None:
    configure(organiser, box)
    assert organiser.types("sync", "--no-mail", "--json").data["mails"] == 0
    assert box.connections == 0
    assert organiser.types("sync", "--json").data["mails"] == 2


@pytest.mark.usefixtures("asked")
def test_without_a_mail_server_sync_says_nothing_of_mail(organiser: Organiser) -> None:
    said = organiser.types("sync")
    assert (said.code, said.err) == (0, "")
    assert "mail" not in said.out


@pytest.mark.usefixtures("asked")
def test_a_mail_server_that_is_away_keeps_nothing_else_from_being_done(organiser: Organiser) -> None:
    with postboxes.opened() as gone:
        configure(organiser, gone)
    said = organiser.types("sync", "--json")
    assert said.code == 9
    assert said.data["new_questions"] == 1
    assert (said.data["mails"], said.data["failures"]) == (0, 1)
    assert "mail server 127.0.0.1" in said.err


def test_what_failed_in_a_run_stands_in_the_organiser_s_digest(
    organiser: Organiser, control: Control, box: Postbox
) -> None:
    organiser.types("sync")
    configure(organiser, box)
    method = "classroom.courses.courseWork.studentSubmissions.list"
    control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    assert organiser.types("sync", "--json").data["mails"] == 1
    assert "tartu: its questions could not be read" in box.to(ACCOUNT)[0].body("plain")


@pytest.mark.usefixtures("asked")
def test_a_run_killed_before_it_recorded_a_mail_repeats_that_one_and_no_other(
    organiser: Organiser, box: Postbox
) -> None:
    configure(organiser, box)
    where = ("--programme", organiser.programme, "--target", organiser.target, "--ledger", organiser.ledger)
    command = [sys.executable, "-m", "better_classroom", "sync", *map(str, where)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        box.before_acknowledging = run.kill
        assert run.wait(timeout=60) == -9
    box.before_acknowledging = None
    (killed,) = box.taken
    assert killed.recipients == [EXPERT]
    assert organiser.types("sync", "--json").data["mails"] == 2
    assert box.to(EXPERT)[1].message["Message-ID"] == killed.message["Message-ID"]
    assert organiser.types("sync", "--json").data["mails"] == 0


def test_an_expert_s_language_is_the_programme_s_first_unless_it_is_written(tmp_path: Path) -> None:
    people = a_programme()["experts"]
    people["henrik-mazzanti"] = {**people["lauri-sock"], "language": "it"}
    path = written(tmp_path, a_programme(experts=people, languages=["et", "en"]))
    experts = programme.load(path).experts
    assert {key: expert.language for key, expert in experts.items()} == {"lauri-sock": "et", "henrik-mazzanti": "it"}
