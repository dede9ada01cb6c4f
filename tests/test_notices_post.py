"""The way to the mail server: encrypted or not at all; nothing lost, and nothing sent again that was acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import asking
import postbox as postboxes
from better_classroom import settings
from better_classroom.errors import UsageError
from mailing import HENRIK, LAURI, Office, found
from postbox import Postbox


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return postboxes.certificate_for(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with asking.opened(tmp_path) as ledger:
        office = Office(tmp_path, ledger, None, asking.programme(experts=("lauri-sock", "henrik-mazzanti")))
        office.hears("One?")
        yield office


@pytest.fixture
def plain(office: Office) -> Iterator[Postbox]:
    with postboxes.opened() as box:
        office.postbox = box
        yield box


def told(office: Office) -> list[str]:
    """What could not be done, as the organiser reads it."""
    return [str(error) for _, error in office.mails().failures]


# Encryption


@pytest.mark.parametrize(("security", "from_the_start"), [("starttls", False), ("tls", True)])
def test_mail_and_password_go_through_an_encrypted_connection(
    office: Office, certificate: Path, security: str, *, from_the_start: bool
) -> None:
    with postboxes.opened(certificate, from_the_start=from_the_start) as box:
        box.password = "õige hobune"
        office.postbox = box
        office.more = {"smtp_security": security, "smtp_ca": str(certificate)}
        office.more |= {"smtp_user": "seminars", "smtp_password": "õige hobune"}
        assert told(office) == []
        assert [(mail.encrypted, mail.user) for mail in box.taken] == [(True, "seminars")] * 3
        assert box.connections == 1


def test_a_certificate_that_nobody_signed_is_not_trusted_unless_it_is_named(office: Office, certificate: Path) -> None:
    with postboxes.opened(certificate) as box:
        office.postbox = box
        office.more = {"smtp_security": "starttls"}
        (said,) = told(office)
        assert "certificate is not trusted" in said
        assert "smtp_ca" in said
        assert box.taken == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_cannot_be_read_is_named(
    office: Office, plain: Postbox, tmp_path: Path, content: str | None
) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content, encoding="utf-8")
    office.more = {"smtp_ca": "ca.pem"}
    (said,) = told(office)
    assert f"{tmp_path / 'ca.pem'} cannot be read as smtp_ca" in said
    assert plain.connections == 0


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_name_that_no_machine_has_is_told(office: Office, plain: Postbox, host: str) -> None:
    office.more = {"smtp_host": host, "smtp_security": "tls"}
    (said,) = told(office)
    assert f"mail server {host}:{plain.port}: It cannot be reached" in said


def test_nothing_is_sent_where_encryption_is_wanted_and_not_offered(office: Office, certificate: Path) -> None:
    with postboxes.opened(certificate) as box:
        box.offer_starttls = False
        office.postbox = box
        office.more = {"smtp_security": "starttls", "smtp_ca": str(certificate)}
        assert "offers no STARTTLS" in told(office)[0]
        assert box.taken == []


def test_a_wrong_password_is_told_once_and_shown_never(office: Office, plain: Postbox) -> None:
    plain.password = "right"
    office.more = {"smtp_user": "seminars", "smtp_password": "mistaken"}
    (said,) = told(office)
    assert "smtp_user" in said
    assert "mistaken" not in said
    assert "@" not in said
    assert "mistaken" not in repr(found(office.folder, plain, **office.more))


@pytest.mark.parametrize("host", ["smtp.city.example", "192.0.2.1", "127.0.0.1.city.example"])
def test_without_encryption_mail_goes_to_this_machine_alone(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="not on this machine"):
        found(tmp_path, Postbox(25), smtp_host=host)


def test_a_rehearsal_mails_nobody_but_a_server_on_this_machine(tmp_path: Path) -> None:
    found(tmp_path, Postbox(25), smtp_host="smtp.city.example", smtp_security="tls")
    away = settings.load(programme=tmp_path / "programme.yaml", target="http://127.0.0.1:1")
    assert away.mail is None
    found(tmp_path, Postbox(25))
    here = settings.load(programme=tmp_path / "programme.yaml", target="http://127.0.0.1:1")
    assert here.mail is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_security": "ssl"},
        {"smtp_port": 0},
        {"smtp_port": "many"},
        {"mail_from": ""},
        {"mail_from": "BETTER <seminars@city.example>"},
        {"mail_organiser": "nobody"},
        {"overdue_days": 0},
        {"mail_every_hours": 9_000},
    ],
)
def test_settings_that_make_no_sense_are_told_by_name(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        found(tmp_path, Postbox(25), **wrong)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_SMTP_PASSWORD", "from outside")
    monkeypatch.setenv("BETTER_CLASSROOM_OVERDUE_DAYS", "3")
    got = found(tmp_path, Postbox(25), smtp_password="from the file", overdue_days=9)
    assert got.mail is not None
    assert (got.mail.password, got.overdue_days) == ("from outside", 3)


def test_replies_and_the_digest_go_to_the_organiser_that_was_named(office: Office, plain: Postbox) -> None:
    office.more = {"mail_organiser": "korraldaja@tartu.example"}
    office.mails()
    assert [mail.message["Reply-To"] for mail in plain.taken] == ["korraldaja@tartu.example"] * 3
    assert len(plain.to("korraldaja@tartu.example")) == 1


# What goes wrong on the way


def test_a_mail_that_one_recipient_s_server_refuses_is_told_and_tried_again(office: Office, plain: Postbox) -> None:
    plain.refuse[LAURI] = f"550 no such person as {LAURI}"
    done = office.mails()
    assert done.sent == 2
    ((where, error),) = done.failures
    assert where == "expert lauri-sock: no mail could be sent"
    assert "It refused with 550: no such person as …" in str(error)
    assert "lauri-sock: no mail could be sent" in plain.to(asking.ACCOUNT)[0].body("plain")
    plain.refuse.clear()
    assert office.mails().sent == 1
    assert (len(plain.to(LAURI)), len(plain.to(HENRIK))) == (1, 1)


def test_a_server_that_cannot_be_reached_is_told_once_and_the_next_run_tells_all(office: Office) -> None:
    with postboxes.opened() as gone:
        office.postbox = gone
    (said,) = told(office)
    assert "cannot be reached" in said
    with postboxes.opened() as box:
        office.postbox = box
        assert office.mails().sent == 3


def test_what_was_acknowledged_is_never_sent_again_even_if_the_server_then_breaks_off(
    office: Office, plain: Postbox
) -> None:
    plain.hang_up_after_each = True
    assert office.mails().sent == 3
    assert plain.connections == 3
    assert office.mails().sent == 0
    assert len(plain.taken) == 3


def test_a_server_that_does_not_say_goodbye_has_taken_the_mail(office: Office, plain: Postbox) -> None:
    plain.hang_up_on_quit = True
    assert office.mails().sent == 3
    assert office.mails().sent == 0


def test_a_mail_whose_acknowledgement_was_lost_comes_again_under_the_same_name(office: Office, plain: Postbox) -> None:
    plain.lose_acknowledgements = 1
    done = office.mails()
    assert done.sent == 2
    assert "broke off" in str(done.failures[0][1])
    assert office.mails().sent == 1
    (first,) = plain.lost
    (again,) = plain.to(LAURI)
    assert first.recipients == [LAURI]
    assert again.message["Message-ID"] == first.message["Message-ID"]
    assert again.raw == first.raw


def test_an_address_beyond_ascii_is_told_to_be_beyond_the_server_and_a_domain_is_not(
    office: Office, plain: Postbox
) -> None:
    office.expert("lauri-sock", email="lauri@jõhvi.example")
    office.expert("henrik-mazzanti", email="jürgen@tartu.example")
    done = office.mails()
    assert len(plain.to("lauri@xn--jhvi-0qa.example")) == 1
    assert ["beyond ASCII" in str(error) for _, error in done.failures] == [True]
