"""The kernel's half of uploads: who, which method, which fault; the bytes themselves are ``drive.uploads``' matter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from better_classroom.sandbox import errors
from better_classroom.sandbox.api import Api, Forgotten, Note, no_such_page, refusal
from better_classroom.sandbox.checks import read_params
from better_classroom.sandbox.discovery import Method
from better_classroom.sandbox.drive import sessions
from better_classroom.sandbox.drive.uploads import upload
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.wire import Call, Reply

_SESSION = frozenset({"upload_id"})

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def answer_upload(
    api: Api, scope: MutableMapping[str, Any], headers: Mapping[str, str], receive: Receive
) -> Reply:
    """The reply to one request of an upload, whose body is left on the wire for the one who stores it."""
    path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("latin-1")
    try:
        found = api.methods.find_upload(scope["method"], path)
    except UnicodeDecodeError:
        return refusal(errors.invalid_argument("Invalid UTF-8 in the path."), "drive")
    if found is None:
        return no_such_page(path)
    method, values = found
    note = Note()
    call = Call(scope["method"], path, query, headers)
    try:
        reply = await _stored(api, method, values, call, note, Request(scope, receive))
    except ApiError as error:
        reply = refusal(error, method.service)
    except Forgotten:
        return Reply(0, cut="drop")
    size = headers.get("content-length", "0")
    api.note(method, note, reply, batch=0, bytes_in=int(size) if size.isdecimal() else 0)
    return reply


async def _stored(  # noqa: PLR0917 - one call of it; they are what is known of the request
    api: Api, method: Method, values: dict[str, str], call: Call, note: Note, request: Request
) -> Reply:
    caller = api.admit(method, call, note)
    is_chunk = call.verb == "PUT" and not _only_asks(call.headers)
    lost = await api.suffer("before", method, note, is_chunk=is_chunk)
    if lost:
        return lost
    if note.lapse:
        request.scope[sessions.KEEP] = note.lapse.keep
    params, _ = read_params(method, values, call.query, _SESSION)
    world = api.world.number
    try:
        response = await upload(api.world.store, caller, method.id, params, request)
    except Exception:
        if world != api.world.number:  # a reset took the bytes away while they came
            raise Forgotten from None
        raise
    api.world.catch_up()
    reply = _plain(response)
    if reply.status >= 400:  # noqa: PLR2004 - a refusal: nothing was done that a reply could be lost of
        return reply
    return await api.suffer("after", method, note, reply) or reply


def _only_asks(headers: Mapping[str, str]) -> bool:
    """Whether a request to a session only asks how far it is (google-apis.md D.1)."""
    return headers.get("content-range", "").startswith("bytes */")


def _plain(response: Response) -> Reply:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]
    kept = [(name, value) for name, value in headers if name != "content-length"]
    return Reply(response.status_code, bytes(response.body), kept)
