"""Whatever anybody is called and whatever anybody wrote: a message keeps its headers, and its text can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from better_classroom.errors import MailNotSent
from better_classroom.notices.messages import Envelope, message
from better_classroom.reports.letter import Item, Letter, Section

HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]
ADDRESS = "lauri.sock@tartu.example"
AT = datetime(2020, 6, 9, 9, tzinfo=UTC)
# Surrogates too: a test of what must not break need not ask how they came in.
anything = st.text(st.characters(exclude_categories=()), max_size=300)


def envelope(name: str = "Lauri Sock", address: str = ADDRESS, title: str = "BETTER") -> Envelope:
    return Envelope("seminars@tartu.example", title, address, name, "organiser@tartu.example", "0123abcd", AT)


def letter(subject: str = "New", text: str = "Why?", title: str = "Seminar 1") -> Letter:
    return Letter("en", subject, "Dear you,", (Section("New", (Item(title, "somebody", text),)),), ("Bye.",))


def carried(made: EmailMessage) -> EmailMessage:
    """The message as it arrives."""
    raw = made.as_bytes(policy=SMTP)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body(found: EmailMessage, kind: str) -> str:
    part = found.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


@given(name=anything, title=anything, subject=anything)
@example(name="a\r\nBcc: b@c.example", title="\r\n\r\n<script>", subject="=?utf-8?q?a=0D=0ABcc:_x?=")
@example(name="=?utf-8?q?a=0D=0ABcc:_x?= b", title="=?utf-8?b?DQpCY2M6IHg=?=", subject="=??=?utf-8?q?=0D=0ABcc:_x?=")
@example(
    name="Sock, Lauri" + "a" * 70, title="Sock, Lauri; " + "õ" * 70, subject="Sock, Lauri <a@b.example>" + "a" * 70
)
@example(name='"', title="<a@b.example>,", subject="\x85Bcc: x\u2028Bcc: y")
def test_no_name_and_no_subject_adds_a_header_or_an_address(name: str, title: str, subject: str) -> None:
    found = carried(message(letter(subject), envelope(name, title=title)))
    assert found.keys() == HEADERS
    assert [address.addr_spec for address in found["To"].addresses] == [ADDRESS]
    assert [address.addr_spec for address in found["From"].addresses] == ["seminars@tartu.example"]
    assert found["Date"].datetime == AT


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"lang", "charset", "name", "content", "dir"}


@given(text=anything, title=anything)
@example(text="<script>alert(1)</script>\n.\n--=0123abcd=0=--\nFrom me", title="<img src=x onerror=alert(1)>")
def test_no_text_becomes_a_tag_or_a_part_of_the_message(text: str, title: str) -> None:
    found = carried(message(letter(text=text, title=title), envelope()))
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    plain = _Tags(body(carried(message(letter(), envelope())), "html"))
    tags = _Tags(body(found, "html"))
    assert set(tags.tags) <= {*plain.tags, "br"}
    assert "Bye." in body(found, "plain")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lauri",
        "@tartu.example",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nBcc: d",
        "<a@b.example>",
        "a@" + "x" * 64,
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailNotSent, match="no address"):
        message(letter(), envelope(address=address))
