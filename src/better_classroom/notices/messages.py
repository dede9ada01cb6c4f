"""From a letter to a message that any mail program reads: text and HTML beside each other, headers that hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from better_classroom.errors import MailNotSent
from better_classroom.reports import letter as letters
from better_classroom.reports.letter import Letter
from better_classroom.reports.questions import printable
from better_classroom.settings import ADDRESS

LONGEST_LINE = 200
"""Characters of a subject or a name."""

# Python 3.11 loses the quotes around a long name where it breaks the line: “Sock, Lauri” would become two addresses.
_SPECIALS = re.compile(r'[()<>@,:;\\"\[\]]')


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom, and when."""

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    replies_to: str
    name: str
    """Lasting name of the message, the same when it has to be sent again."""
    at: datetime


def message(letter: Letter, envelope: Envelope, *, file: tuple[str, bytes] | None = None) -> EmailMessage:
    """Write the message, with a CSV file (its name, its bytes) if there is one.

    Raises ``MailNotSent`` for an address that cannot stand in a header.
    """
    made = EmailMessage(policy=SMTP)
    domain = _address("", envelope.sender).domain
    made["From"] = _address(envelope.sender_name, envelope.sender)
    made["To"] = _address(envelope.recipient_name, envelope.recipient)
    made["Reply-To"] = _address("", envelope.replies_to)
    made["Subject"] = one_line(letter.subject)
    made["Date"] = format_datetime(envelope.at)
    made["Message-ID"] = f"<{envelope.name}@{domain}>"
    # RFC 3834: what a program sent gets no answer from another, such as an out-of-office note.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    # Quoted-printable, not 8bit: a line may be longer than the 998 octets that SMTP carries.
    made.set_content(_encodable(letters.text(letter)), cte="quoted-printable")
    made.add_alternative(_encodable(letters.html(letter)), subtype="html", cte="quoted-printable")
    if file:
        name, content = file
        made.add_attachment(content, maintype="text", subtype="csv", filename=name, params={"charset": "utf-8"})
    # Last: each part that is added takes the headers called Content-… along into a part of its own.
    made["Content-Language"] = letter.language
    # The same message has the same bytes; nobody who asks can know its name, and write its boundary into a question.
    for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
        part.set_boundary(f"={envelope.name}={number}=")
    return made


def one_line(text: str) -> str:
    """A text for a header: nothing in it can end the line and begin a header of its own."""
    # Python decodes “=?utf-8?q?…?=” in what it is given, line ends too, and writes them out: seen in 3.11.
    line = " ".join(_encodable(printable(text)).replace("=?", "= ?").split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rstrip() + "…"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _address(name: str, address: str) -> Address:
    """An address for a header; its domain as the mail system knows it, where it has letters beyond ASCII."""
    advice = "Correct it in the programme or the settings, and run again."
    local, _, domain = address.rpartition("@")
    if not ADDRESS.fullmatch(address):
        raise MailNotSent("This is no address that mail can be sent to.", advice=advice)
    try:
        return Address(one_line(_SPECIALS.sub(" ", name)), username=local, domain=domain.encode("idna").decode())
    except (MessageError, ValueError) as error:
        raise MailNotSent("This is no address that mail can be sent to.", advice=advice) from error
