"""Where things are: the target, the credentials, the ledger. Flags win over the environment, that over the file.

The file is ``better-classroom.toml`` beside the programme; paths in it count from its folder
(credentials.example/better-classroom.toml shows every key). Only this module reads the environment.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from better_classroom.errors import UsageError

GOOGLE = "google"
FILE = "better-classroom.toml"
PREFIX = "BETTER_CLASSROOM_"

GOOGLE_WAITS = {"timeout": 60.0, "settle": 60.0, "deadline": 300.0, "first_wait": 1.0}
# A sandbox stands on this machine: a request either reached it or never will.
SANDBOX_WAITS = {"timeout": 20.0, "settle": 1.0, "deadline": 30.0, "first_wait": 0.05}

MOST_INVITATIONS = 500
"""Google's own limit for an account of a school in a day (google-apis.md A.1)."""

ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f]+@[^\s@<>()\[\],;:\"\\\x00-\x1f]+")
"""An e-mail address that can stand in a header without quoting."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""How a mail server is spoken to, and its usual port: encryption asked for, from the first byte, or none at all."""

MAIL_KEYS = ("smtp_host", "smtp_security", "smtp_user", "smtp_password", "smtp_ca", "mail_from", "mail_organiser")
TEXT_KEYS = ("target", "ledger", "credentials", "pseudonym_key", *MAIL_KEYS)
COUNTS = ("invitations_a_day", "invitations_reserve")
PATHS = ("credentials", "smtp_ca")
KEYS = (*TEXT_KEYS, *GOOGLE_WAITS, *COUNTS, "smtp_port", "overdue_days", "mail_every_hours")


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server, and in whose name it is asked to send."""

    host: str
    port: int
    security: str
    """A key of ``PORTS``; ``none`` only to a server on this machine."""
    sender: str
    """Address that stands as the sender."""
    organiser: str = ""
    """Who gets the organiser's digest, and the experts' replies; empty for the programme's account."""
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    """Certificates to trust in place of this machine's own, for a server whose certificate nobody else signed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where one run finds its things, and how long it waits."""

    programme: Path
    target: str
    """``google``, or a sandbox's address without a slash at its end."""
    ledger: str
    """SQLAlchemy's URL of the ledger."""
    credentials: Path | None
    """An OAuth client's file or a service account's; none is needed against a sandbox."""
    timeout: float
    """Seconds that one request may take."""
    settle: float
    """Seconds after which a create whose reply was lost cannot arrive any more."""
    deadline: float
    """Seconds over which one call may be repeated."""
    first_wait: float
    """Longest wait, in seconds, before the first repeat; it doubles from one to the next."""
    invitations_a_day: int | None = None
    """How many invitations an account may send in a day; None for as many as Google allows."""
    invitations_reserve: int | None = None
    """Of these, how many are left for invitations made by hand; None for a tenth."""
    key: str = ""
    """The secret that makes pseudonyms; empty while none was set."""
    mail: Mail | None = None
    """None while no mail server was named: then nothing is mailed."""
    overdue_days: int = 7
    """After how many days a question that still waits is called overdue."""
    mail_every_hours: int = 0
    """How many hours lie between two digests to the same recipient, at least."""

    @property
    def is_google(self) -> bool:
        """Whether real participants will see what this run does."""
        return self.target == GOOGLE

    def pseudonym_key(self) -> bytes:
        """The secret that makes pseudonyms; made at first need and kept, readable by its owner alone, by the ledger.

        Raises UsageError where the ledger is no file and no key is set.
        """
        if self.key:
            return self.key.encode()
        path = ledger_path(self.ledger)
        if path is None:
            raise UsageError(
                "no pseudonym_key is set, and a ledger on a server has no folder to keep one in",
                advice=f"Set {PREFIX}PSEUDONYM_KEY, or pseudonym_key in {FILE}, to a long random text, and keep it.",
            )
        return _kept_key(path.with_name(path.name + ".key"))


def load(
    *,
    programme: str | Path | None = None,
    target: str | None = None,
    ledger: str | None = None,
    credentials: str | Path | None = None,
) -> Settings:
    """Settings from flags, the environment and the file beside the programme, in that order of weight.

    Raises UsageError for values that make no sense, naming where they stand.
    """
    path = Path(programme or os.environ.get(PREFIX + "PROGRAMME") or "programme.yaml")
    flags = {"target": target, "ledger": ledger, "credentials": str(credentials) if credentials else None}
    found: dict[str, Any] = {**_from_file(path.parent / FILE), **_from_environment()}
    found |= {key: value for key, value in flags.items() if value}
    chosen = _target(found.get("target", GOOGLE))
    waits = GOOGLE_WAITS if chosen == GOOGLE else SANDBOX_WAITS
    return Settings(
        programme=path,
        target=chosen,
        ledger=_ledger_url(found.get("ledger") or _default_ledger(path, chosen)),
        credentials=Path(found["credentials"]) if found.get("credentials") else None,
        key=found.get("pseudonym_key", ""),
        invitations_a_day=_count("invitations_a_day", found),
        invitations_reserve=_count("invitations_reserve", found),
        mail=_mail(found, on_google=chosen == GOOGLE),
        overdue_days=_whole("overdue_days", found.get("overdue_days", 7), 1, 365),
        mail_every_hours=_whole("mail_every_hours", found.get("mail_every_hours", 0), 0, 8_760),
        **{name: _seconds(name, found.get(name, default)) for name, default in waits.items()},
    )


def ledger_path(url: str) -> Path | None:
    """The file that holds the ledger; None where a server does."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def _default_ledger(programme: Path, target: str) -> str:
    ending = "ledger.db" if target == GOOGLE else "sandbox-ledger.db"
    return str(programme.with_name(f"{programme.stem}.{ending}"))


def _ledger_url(text: str) -> str:
    if "://" in text:
        return text
    return f"sqlite:///{Path(text).absolute()}"


def _target(text: str) -> str:
    if text == GOOGLE:
        return text
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"the target {text!r} is neither google nor an address", advice="Write google or http://…")
    if parts.hostname not in LOOPBACK:
        raise UsageError(
            f"the target {text!r} is not on this machine",
            advice="A sandbox listens on 127.0.0.1 only; for the real Google write google.",
        )
    return text.rstrip("/")


def _mail(found: Mapping[str, Any], *, on_google: bool) -> Mail | None:
    """How to send mail; None where that was not said, and in a rehearsal, unless the server is on this machine too."""
    host, security = found.get("smtp_host", ""), found.get("smtp_security", "starttls")
    if not host:
        return None
    if security not in PORTS:
        raise UsageError(f"smtp_security is {security!r}", advice=f"Write one of {', '.join(PORTS)}.")
    if security == "none" and host not in LOOPBACK:
        advice = "Write starttls or tls; without encryption, mail goes only to a server on this machine."
        raise UsageError(f"smtp_security is none, and {host} is not on this machine", advice=advice)
    for name in ("mail_from", "mail_organiser"):
        address = found.get(name, "")
        if not ADDRESS.fullmatch(address) and (address or name == "mail_from"):
            raise UsageError(f"{name} is {address!r}", advice="Write an address, such as seminars@city.example.")
    if not on_google and host not in LOOPBACK:
        return None
    return Mail(
        host=host,
        port=_whole("smtp_port", found.get("smtp_port", PORTS[security]), 1, 65_535),
        security=security,
        sender=found["mail_from"],
        organiser=found.get("mail_organiser", ""),
        user=found.get("smtp_user", ""),
        password=found.get("smtp_password", ""),
        ca=Path(found["smtp_ca"]) if found.get("smtp_ca") else None,
    )


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if not str(value).isdecimal() or not least <= int(value) <= most:
        raise UsageError(f"{name} is {value!r}", advice=f"Write a whole number from {least} to {most}.")
    return int(value)


def _seconds(name: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 <= seconds < 86_400:  # noqa: PLR2004 - a day, in seconds
        raise UsageError(f"{name} is {value!r}", advice="Write a number of seconds, such as 60.")
    return seconds


def _count(name: str, found: Mapping[str, Any]) -> int | None:
    value = found.get(name)
    return None if value is None else _whole(name, value, 0, MOST_INVITATIONS)


def _from_environment() -> dict[str, Any]:
    found = {key: os.environ.get(PREFIX + key.upper()) for key in KEYS}
    return {key: value for key, value in found.items() if value}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", where=str(path)) from error
    _refuse_unknown(path, found)
    for name in PATHS:
        if name in found:
            found[name] = str(path.parent / found[name])
    if "ledger" in found and "://" not in found["ledger"]:
        found["ledger"] = str(path.parent / found["ledger"])
    return found


def _refuse_unknown(path: Path, found: Mapping[str, Any]) -> None:
    unknown = sorted(set(found) - set(KEYS))
    if unknown:
        raise UsageError(f"unknown: {', '.join(unknown)}", where=str(path), advice=f"It may hold {', '.join(KEYS)}.")
    wrong = [key for key in TEXT_KEYS if not isinstance(found.get(key, ""), str)]
    if wrong:
        raise UsageError(f"{', '.join(wrong)} must be text", where=str(path), advice='Write it in quotes: "…".')


def _kept_key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        key = secrets.token_hex(32).encode()
    # O_EXCL: of two runs that both find none, one makes it and the other reads it.
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
