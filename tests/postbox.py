"""A mail server for tests: strict about the protocol, over a real socket, with or without encryption."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

LONGEST_LINE = 1_000
"""Octets with the line's end: what SMTP carries (RFC 5321, 4.5.3.1.6)."""


@dataclass(slots=True)
class Delivery:
    """A message that the server has acknowledged, or at least taken."""

    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool
    user: str = ""

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    def body(self, kind: str) -> str:
        """The text in ``plain`` or ``html``."""
        part = self.message.get_body((kind,))
        assert part is not None
        text: str = part.get_content()
        return text

    @property
    def file(self) -> tuple[str, bytes]:
        """Name and bytes of what is attached."""
        (part,) = self.message.iter_attachments()
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        return part.get_filename() or "", content


@dataclass
class Postbox:
    """What a test sets, and what it finds."""

    port: int = 0
    taken: list[Delivery] = field(default_factory=list)
    """What was acknowledged."""
    lost: list[Delivery] = field(default_factory=list)
    """What arrived whole, and whose acknowledgement the client never got."""
    connections: int = 0
    password: str = ""
    """If set, nobody sends without it."""
    refuse: dict[str, str] = field(default_factory=dict)
    """Answers to these recipients."""
    lose_acknowledgements: int = 0
    hang_up_after_each: bool = False
    hang_up_on_quit: bool = False
    offer_starttls: bool = True
    before_acknowledging: Callable[[], None] | None = None

    def to(self, address: str) -> list[Delivery]:
        return [delivery for delivery in self.taken if delivery.recipients == [address]]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, postbox: Postbox, context: ssl.SSLContext | None, *, from_the_start: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.postbox = postbox
        self.context = context
        self.from_the_start = from_the_start

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off, or does not trust us, is part of the tests."""


class _HangUp(Exception):
    pass


class _Conversation(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.postbox = self.server.postbox
        self.postbox.connections += 1
        self.encrypted, self.user = False, ""
        self.sender: str | None = None
        self.recipients: list[str] = []
        try:
            self._converse()
        finally:
            self.request.close()  # the encrypted one, which the server knows nothing of

    def _converse(self) -> None:
        if self.server.from_the_start:
            self._encrypt()
        self._open()
        with contextlib.suppress(_HangUp, OSError):
            self._say("220 postbox.example ESMTP")
            while line := self._line():
                verb, _, rest = line.decode().partition(" ")
                getattr(self, f"_{verb.lower()}", self._unknown)(rest)

    def _open(self) -> None:
        self.reader = self.request.makefile("rb")

    def _encrypt(self) -> None:
        assert self.server.context
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.encrypted = True

    def _say(self, line: str) -> None:
        self.request.sendall(line.encode() + b"\r\n")

    def _line(self) -> bytes:
        line: bytes = self.reader.readline(LONGEST_LINE + 1)
        if not line:
            raise _HangUp
        assert line.endswith(b"\r\n"), "a line is too long, or does not end as SMTP's do"
        return line[:-2]

    def _unknown(self, _: str) -> None:
        self._say("500 what?")

    def _ehlo(self, _: str) -> None:
        offers = ["STARTTLS"] if self.server.context and not self.encrypted and self.postbox.offer_starttls else []
        offers += ["AUTH PLAIN"] if self.postbox.password and (self.encrypted or not self.server.context) else []
        for offer in ["postbox.example", *offers]:
            self._say(f"250-{offer}")
        self._say("250 SIZE 10000000")

    def _starttls(self, _: str) -> None:
        self._say("220 go on")
        self._encrypt()
        self._open()

    def _auth(self, rest: str) -> None:
        _, _, encoded = rest.partition(" ")
        _, user, password = base64.b64decode(encoded).decode().split("\0")
        if password == self.postbox.password:
            self.user = user
            self._say("235 welcome")
        else:
            self._say(f"535 {user}@postbox.example is not welcome")

    def _noop(self, _: str) -> None:
        self._say("250 ok")

    def _rset(self, _: str) -> None:
        self.sender, self.recipients = None, []
        self._say("250 ok")

    def _mail(self, rest: str) -> None:
        if self.postbox.password and not self.user:
            self._say("530 log in first")
            return
        self.sender, self.recipients = rest.removeprefix("FROM:<").partition(">")[0], []
        self._say("250 ok")

    def _rcpt(self, rest: str) -> None:
        address = rest.removeprefix("TO:<").partition(">")[0]
        if address in self.postbox.refuse:
            self._say(self.postbox.refuse[address])
            return
        self.recipients.append(address)
        self._say("250 ok")

    def _data(self, _: str) -> None:
        assert self.sender is not None
        assert self.recipients
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self._line()) != b".":
            line.decode("ascii")  # 8BITMIME was not offered
            lines.append(line.removeprefix(b"."))
        delivery = Delivery(self.sender, self.recipients, b"\r\n".join(lines), self.encrypted, self.user)
        if self.postbox.lose_acknowledgements:
            self.postbox.lose_acknowledgements -= 1
            self.postbox.lost.append(delivery)
            raise _HangUp
        self.postbox.taken.append(delivery)
        if self.postbox.before_acknowledging:
            self.postbox.before_acknowledging()
        self._say("250 taken")
        if self.postbox.hang_up_after_each:
            raise _HangUp

    def _quit(self, _: str) -> None:
        if not self.postbox.hang_up_on_quit:
            self._say("221 bye")
        raise _HangUp


@contextlib.contextmanager
def opened(certificate: Path | None = None, *, from_the_start: bool = False) -> Iterator[Postbox]:
    """A server that listens; with a certificate it offers STARTTLS, or is encrypted from the start."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    postbox = Postbox()
    with _Server(postbox, context, from_the_start=from_the_start) as server:
        postbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield postbox
        finally:
            server.shutdown()
            thread.join()


def certificate_for(folder: Path) -> Path:
    """A key and a certificate that nobody else signed, for this machine, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "postbox.example")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates hold by the clock of this machine
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "postbox.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
