"""The only code that talks to a mail server: one connection for a run, opened when there is something to send."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from better_classroom.errors import MailNotSent
from better_classroom.settings import Mail

_ADDRESSES = re.compile(r"[^\s<>@,;:\"']+@[^\s<>@,;:\"']+")
_OK, _WELCOME = 250, 235


class ServerUnusable(MailNotSent):
    """No mail can be sent at all: the server cannot be reached, or does not let us in."""


class Post:
    """A mail server, ready to take messages; what it acknowledged is its affair from then on."""

    def __init__(self, mail: Mail, *, timeout: float) -> None:
        self._mail = mail
        self._timeout = timeout
        self._server: smtplib.SMTP | None = None
        self._where = f"mail server {mail.host}:{mail.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            # Whatever happens now, the messages were taken.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()

    def send(self, message: EmailMessage) -> None:
        """Hand one message over; when this returns, the server has taken it.

        Raises ``ServerUnusable`` when no other message would fare better, ``MailNotSent`` when this one was refused or
        its acknowledgement was lost.
        """
        server = self._ready()
        recipients = [address.addr_spec for address in message["To"].addresses]
        sender = message["From"].addresses[0].addr_spec
        try:
            server.send_message(message, from_addr=sender, to_addrs=recipients)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._refused(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailNotSent("The server takes no addresses with letters beyond ASCII.", where=self._where) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            advice = "The next run sends it again; should it have arrived after all, it comes twice."
            raise MailNotSent(
                "The connection broke off before the mail was acknowledged.", where=self._where, advice=advice
            ) from error

    def _ready(self) -> smtplib.SMTP:
        """The server, asked whether it still listens: some hang up after a few messages."""
        if self._server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._server.noop()[0] == _OK:
                    return self._server
            self._drop()
        self._server = self._connected()
        return self._server

    def _connected(self) -> smtplib.SMTP:
        mail, context = self._mail, self._trusting()
        try:
            if mail.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=self._timeout, context=context)
            else:
                server = smtplib.SMTP(mail.host, mail.port, timeout=self._timeout)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: no name of a machine
            raise self._unusable(error) from error
        try:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user:
                _log_in(server, mail.user, mail.password)
        except (smtplib.SMTPException, OSError) as error:
            server.close()
            raise self._unusable(error) from error
        return server

    def _trusting(self) -> ssl.SSLContext:
        ca = self._mail.ca
        try:
            return ssl.create_default_context(cafile=str(ca) if ca else None)
        except OSError as error:
            advice = "Name a file of certificates (PEM), or take smtp_ca out of the settings."
            raise ServerUnusable(f"{ca} cannot be read as smtp_ca.", where=self._where, advice=advice) from error

    def _unusable(self, error: Exception) -> ServerUnusable:
        """Say why, in words that hold neither password nor address."""
        if isinstance(error, smtplib.SMTPAuthenticationError):
            why, advice = "It does not accept smtp_user and smtp_password.", "Correct them in the settings."
        elif isinstance(error, ssl.SSLCertVerificationError):
            why = f"Its certificate is not trusted: {error.verify_message}."
            advice = "Name the server as its certificate does, or name the certificate in smtp_ca."
        elif isinstance(error, smtplib.SMTPNotSupportedError):
            why = "It offers no STARTTLS, or no way to log in; nothing is sent unencrypted."
            advice = "Try smtp_security tls with its port, usually 465."
        elif isinstance(error, smtplib.SMTPResponseException):
            why, advice = _answer(error.smtp_code, error.smtp_error), "Ask who runs it."
        else:
            reason = getattr(error, "strerror", None) or type(error).__name__
            why, advice = f"It cannot be reached: {reason}.", "The next run tries again."
        return ServerUnusable(why, where=self._where, advice=advice)

    def _refused(self, code: int, said: bytes | str) -> MailNotSent:
        return MailNotSent(_answer(code, said), where=self._where, advice="The next run tries again.")

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        server.login(user, password)
        return
    # Python's own login breaks on letters beyond ASCII; RFC 4616 sends them as UTF-8.
    server.ehlo_or_helo_if_needed()
    secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = server.docmd("AUTH", f"PLAIN {secret}")
    if code != _WELCOME:
        raise smtplib.SMTPAuthenticationError(code, said)


def _answer(code: int, said: bytes | str) -> str:
    """What a server answered, without the addresses it repeats."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = _ADDRESSES.sub("…", " ".join(text.split()))
    return f"It refused with {code}: {words[:200]}"
