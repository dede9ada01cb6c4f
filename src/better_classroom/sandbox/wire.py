"""Calls and replies, apart from the server that carries them: what a batch part and a request of its own share."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote_plus

from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.handler import Content

Headers = list[tuple[str, str]]

JSON = ("Content-Type", "application/json; charset=UTF-8")
_WORTH_ZIPPING = 1024  # a packet holds no less, so nothing smaller travels faster zipped

_compact: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_indented: Callable[[Any], str] = json.JSONEncoder(indent=2, ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request: ``path`` still percent-encoded, ``query`` without its ``?``, header names in lower case."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    batch: int = 0

    def token(self) -> str | None:
        """The bearer token, from the header or, as Google's own parameters allow, from the query."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and token.strip():
            return token.strip()
        if "_token=" not in self.query:
            return None
        return next((value for name, value in pairs(self.query) if name in {"access_token", "oauth_token"}), None)


@dataclass(slots=True)
class Reply:
    """What goes back. ``cut`` is a scripted fault of the wire: the reply is dropped, reset or truncated."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)
    content: Content | None = None
    cut: str = ""


def json_reply(status: int, body: Any, headers: Headers | None = None, *, pretty: bool = False) -> Reply:
    """A reply with a JSON body."""
    text = _indented(body) + "\n" if pretty else _compact(body)
    return Reply(status, text.encode(), [JSON, *(headers or ())])


def pairs(query: str) -> list[tuple[str, str]]:
    """The names and values of a query string, in order; raises 400 for what is no UTF-8."""
    found = []
    try:
        for one in query.split("&"):
            if one:
                name, _, value = one.partition("=")
                found.append((unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")))
    except UnicodeDecodeError:
        raise invalid_argument("Invalid UTF-8 in the query.") from None
    return found


def zipped(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The reply gzipped, if that was asked for and pays.

    google-apis.md A.11: it needs ``Accept-Encoding: gzip`` and a User-Agent that contains "gzip".
    """
    if (
        len(reply.body) < _WORTH_ZIPPING
        or "gzip" not in headers.get("accept-encoding", "")
        or "gzip" not in headers.get("user-agent", "")
    ):
        return reply
    packer = zlib.compressobj(1, wbits=31)
    body = packer.compress(reply.body) + packer.flush()
    return Reply(reply.status, body, [*reply.headers, ("Content-Encoding", "gzip")], cut=reply.cut)


def http_date(now: datetime) -> str:
    """The sandbox's clock as a ``Date`` header, in whole seconds."""
    return format_datetime(now.replace(microsecond=0), usegmt=True)
