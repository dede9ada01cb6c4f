"""The sandbox as an ASGI application: which part of it a request is for, and how a reply goes out.

It is written on the bare interface, since most requests are small and many: a framework's request and response
objects would cost as much again as all that is done in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect

from better_classroom.sandbox import oauth
from better_classroom.sandbox.api import Api, no_such_page
from better_classroom.sandbox.batch import answer_batch
from better_classroom.sandbox.control import PREFIX, Control
from better_classroom.sandbox.discovery import Methods
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.handlers import HANDLERS
from better_classroom.sandbox.incoming import Incoming
from better_classroom.sandbox.streaming import stream
from better_classroom.sandbox.uploading import answer_upload
from better_classroom.sandbox.wire import Call, Reply, http_date, json_reply, pairs, zipped
from better_classroom.sandbox.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

UPLOADS = ("/upload/", "/resumable/upload/")  # the second is the document's, for resumable ones
_log = logging.getLogger(__name__)

MOST_BODY = 10 * 1024 * 1024  # bytes of anything but an upload
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_CONSENT = frozenset({"/o/oauth2/auth", "/o/oauth2/v2/auth"})
_FORM = "application/x-www-form-urlencoded"
_FRONT_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Classroom sandbox: not Google</title>
<h1>This is not Google.</h1>
<p>It is the Classroom sandbox of better_classroom: nothing that happens here reaches anyone.
"""


class TooLarge(Exception):
    """A body larger than is taken."""


class Gone(Exception):
    """The client has gone away."""


class App:
    """One world at one address."""

    def __init__(self, world: World, methods: Methods, url: str) -> None:
        self._world = world
        self._url = url
        self._api = Api(world, methods, HANDLERS)
        self._control = Control(world, methods)
        self._batch_paths = {f"/{method.api.batch_path}" for method in methods.by_id.values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        path = scope["raw_path"].decode("ascii")
        if path.startswith(UPLOADS):
            receive = Incoming(receive, headers)
        try:
            reply = _stranger(headers) or await self._reply(scope, headers, path, receive)
        except TooLarge:
            reply = Reply(413, b"", [("Connection", "close")])
        except (Gone, ClientDisconnect):
            return
        except Exception:  # noqa: BLE001 - a bug of ours is one 500, told loudly, not the end of a rehearsal
            _log.exception("%s %s failed: a bug of this sandbox", scope["method"], path)
            reply = json_reply(500, {"error": "Internal error of the sandbox."})
        if self._world.latency and not path.startswith(PREFIX):
            await asyncio.sleep(self._world.latency)
        if reply.cut == "truncate" and reply.content:
            reply.body = reply.content.path.read_bytes()
        await self._send(zipped(reply, headers), scope, receive, send)

    async def _reply(self, scope: Scope, headers: Mapping[str, str], path: str, receive: Receive) -> Reply:
        if path.startswith(UPLOADS):
            return await answer_upload(self._api, scope, headers, receive)
        body = await _body(headers, receive)
        call = Call(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body)
        if path.startswith(PREFIX):
            return self._control.answer(call)
        if path in self._batch_paths and call.verb == "POST":
            return await answer_batch(self._api, call)
        if path in _CONSENT or path in {"/token", "/revoke"}:
            return self._oauth(call)
        if path == "/" and call.verb == "GET":
            return Reply(200, _FRONT_PAGE.encode(), [("Content-Type", "text/html; charset=UTF-8")])
        return await self._api.answer(_overridden(call))

    def _oauth(self, call: Call) -> Reply:
        try:
            query = dict(pairs(call.query))
            if call.path in _CONSENT and call.verb == "GET":
                return oauth.answer_consent(self._world.store, query)
            form = query | dict(pairs(call.body.decode("latin-1")))
        except ApiError as error:
            return json_reply(400, {"error": "invalid_request", "error_description": error.message})
        if call.path == "/token" and call.verb == "POST":
            authorization = call.headers.get("authorization", "")
            return oauth.answer_token(self._world.store, form, authorization, f"{self._url}/token")
        if call.path == "/revoke" and call.verb == "POST":
            return oauth.answer_revoke(self._world.store, form)
        return no_such_page(call.path)

    async def _send(self, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
        connection = scope["sandbox.connection"]
        if reply.cut in {"drop", "reset"}:
            connection.drop() if reply.cut == "drop" else connection.reset()
            await _until_gone(receive)
            return
        size = len(reply.body)
        headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in reply.headers]
        headers += self._own_headers()
        if reply.content and reply.cut != "truncate":
            await stream(reply.content, scope, headers, send)
            return
        if reply.status != 204:  # noqa: PLR2004 - No Content
            headers.append((b"content-length", str(size).encode()))
        unread = receive if isinstance(receive, Incoming) and not receive.whole else None
        if unread:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": reply.status or 200, "headers": headers})
        if reply.cut == "truncate":
            await send({"type": "http.response.body", "body": reply.body[: size // 2], "more_body": True})
            connection.drop()
            await _until_gone(receive)
            return
        if unread:
            await send({"type": "http.response.body", "body": reply.body, "more_body": True})
            await unread.read_on()
        await send({"type": "http.response.body", "body": b"" if unread else reply.body})

    def _own_headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"date", http_date(self._world.store.now).encode()),
            (b"server", b"better-classroom-sandbox (not Google)"),
            (b"vary", b"Accept-Encoding"),
            (b"x-content-type-options", b"nosniff"),
        ]


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _stranger(headers: Mapping[str, str]) -> Reply | None:
    """A refusal for who does not come from this machine by name: a web page must not reach a rehearsal."""
    host = headers.get("host", "")
    if _name_of(f"//{host}") not in _OWN_NAMES:
        return json_reply(403, {"error": f"This sandbox answers to localhost and 127.0.0.1 only, not to {host!r}."})
    origin = headers.get("origin")
    if origin is not None and _name_of(origin) not in _OWN_NAMES:
        return json_reply(403, {"error": f"This sandbox takes nothing from pages of {origin!r}."})
    return None


@lru_cache(maxsize=256)
def _name_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


async def _body(headers: Mapping[str, str], receive: Receive) -> bytes:
    length = headers.get("content-length")
    if length is None and "transfer-encoding" not in headers:
        return b""
    if length and length.isdecimal() and int(length) > MOST_BODY:
        raise TooLarge
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MOST_BODY:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _overridden(call: Call) -> Call:
    """google-apis.md F.4: a GET whose URI exceeds 2048 characters comes as a POST with a form body."""
    if call.verb != "POST" or call.headers.get("x-http-method-override", "").upper() != "GET":
        return call
    form = call.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    query = call.body.decode("latin-1") if form else ""
    return Call("GET", call.path, "&".join(filter(None, (call.query, query))), call.headers)
