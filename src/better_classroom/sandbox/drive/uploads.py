"""Uploads: simple, multipart and resumable, all of them streamed to disk (google-apis.md D.1).

The effect of an upload, the new file or the new content, happens at its end in one transaction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from better_classroom.sandbox import discovery
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.checks import read_message
from better_classroom.sandbox.drive import blobs, changing, creation, resource, sessions
from better_classroom.sandbox.drive.blobs import Spool, Stored
from better_classroom.sandbox.drive.refusals import bad_request, too_large
from better_classroom.sandbox.drive.related import Base64, Limited, Related, boundary_of
from better_classroom.sandbox.fields import chosen, selection
from better_classroom.sandbox.store import Row, Store
from better_classroom.sandbox.wire import json_reply

# google-apis.md D.1: simple and multipart are for up to 5 MB. Google may take more; the strict side refuses it.
SMALL = 5 * 1024 * 1024
METADATA = 1024 * 1024  # our own guard: metadata have no stated limit
_TOO_LARGE = f"Simple and multipart uploads take {SMALL} bytes at most. Use a resumable upload."


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request asks for: the method it is an upload to, its query parameters, and the request with the bytes."""

    store: Store
    caller: Caller
    method: discovery.Method
    params: dict[str, Any]
    request: Request

    def media_type(self) -> str:
        """The type that the request's own header names, without its parameters."""
        return _bare(self.request.headers.get("content-type", ""))

    async def metadata(self) -> dict[str, Any]:
        """The whole body as metadata, held against the schema; an empty one is none."""
        raw = bytearray()
        async for chunk in self.request.stream():
            raw += chunk
            if len(raw) > METADATA:
                raise too_large("The metadata are too large.")
        if raw and self.media_type() != "application/json":
            raise bad_request("The metadata must be application/json.")
        return self.read(bytes(raw))

    def read(self, raw: bytes) -> dict[str, Any]:
        """Metadata held against the schema of the method."""
        return read_message(self.method, raw) if raw.strip() else {}

    def carry_out(self, body: dict[str, Any], stored: Stored, media_type: str) -> Row:
        """Make or change the file."""
        act = changing.update if self.method.id == "drive.files.update" else creation.create
        return act(self.store, self.caller, self.params, body, stored=stored, media_type=media_type)

    def reply(self, row: Row) -> Response:
        """The file, as the ``fields`` of the request that began the upload ask for it."""
        fields = self.params.get("fields")
        shown = resource.shown(self.store, self.caller, row, fields)
        reply = json_reply(200, chosen(shown, self.method, fields) if fields else shown)
        return Response(reply.body, headers=dict(reply.headers))


async def upload(store: Store, caller: Caller, method_id: str, params: dict[str, Any], request: Request) -> Response:
    """Answer a request to an upload path: the caller is known, and may use the method.

    ``params`` are those of the method and the global ones. Raises ApiError, with nothing done.
    """
    method = discovery.load().by_id[method_id]
    asked = Upload(store, caller, method, params, request)
    if params.get("fields"):
        selection(method, params["fields"])  # a bad one is refused before anything is done
    if request.method == "PUT" or "upload_id" in request.query_params:
        return await _resume(asked)
    way = _WAYS.get(params.get("uploadType", ""))
    if way is None:
        raise bad_request("The parameter uploadType must be media, multipart or resumable.")
    return await way(asked)


async def _simple(asked: Upload) -> Response:
    """The media alone, without metadata."""
    spool = Spool(asked.store)
    limited = Limited(spool.write, SMALL, too_large(_TOO_LARGE))
    try:
        async for chunk in asked.request.stream():
            limited.take(chunk)
        return _finish(asked, {}, spool, asked.media_type())
    finally:
        spool.close()


async def _multipart(asked: Upload) -> Response:
    """Metadata and media in one request."""
    related = Related(asked.request.stream(), boundary_of(asked.request.headers.get("content-type", "")))
    headers = await related.next_headers()
    if _bare(headers.get("content-type", "")) != "application/json":
        raise bad_request("The first part of a multipart upload must be application/json.")
    raw = bytearray()
    await related.body(Limited(raw.extend, METADATA, too_large("The metadata are too large.")).take)
    body = asked.read(bytes(raw))
    headers = await related.next_headers()
    spool = Spool(asked.store)
    try:
        await _media_part(related, headers, spool)
        return _finish(asked, body, spool, _bare(headers.get("content-type", "")))
    finally:
        spool.close()


async def _media_part(related: Related, headers: dict[str, str], spool: Spool) -> None:
    limited = Limited(spool.write, SMALL, too_large(_TOO_LARGE))
    encoding = headers.get("content-transfer-encoding", "binary").lower()
    if encoding == "base64":
        decoder = Base64(limited.take)
        await related.body(decoder.take)
        decoder.close()
    elif encoding in {"binary", "8bit", "7bit"}:
        await related.body(limited.take)
    else:
        raise bad_request(f"Unknown Content-Transfer-Encoding: {encoding}")
    if not related.at_end:
        raise bad_request("A multipart upload has two parts, not more.")
    await related.drain()


def _finish(asked: Upload, body: dict[str, Any], spool: Spool, media_type: str) -> Response:
    """The effect, at once and whole; if it is refused, the bytes go."""
    spool.flush()
    try:
        with asked.store.transaction():
            blobs.sweep(asked.store)
            row = asked.carry_out(body, spool.result(), media_type)
    except BaseException:
        spool.discard()
        raise
    return asked.reply(row)


async def _begin(asked: Upload) -> Response:
    """Begin a resumable session: everything but the bytes is checked now, by doing it and taking it back."""
    headers = asked.request.headers
    total = sessions.declared_total(headers.get("x-upload-content-length"))
    body = await asked.metadata()
    media_type = _bare(headers.get("x-upload-content-type", ""))
    with contextlib.suppress(_TakenBack), asked.store.transaction():
        asked.carry_out(body, sessions.no_bytes_yet(total), media_type)
        raise _TakenBack
    upload_id = sessions.begin(
        asked.store, asked.caller, method=asked.method.id, params=asked.params, body=body, type_=media_type, total=total
    )
    location = asked.request.url.replace(query=f"uploadType=resumable&upload_id={upload_id}")
    return Response(headers={"Location": str(location), "X-GUploader-UploadID": upload_id})


class _TakenBack(Exception):
    """Rolls a transaction back that was only to see whether it could be done."""


async def _resume(asked: Upload) -> Response:
    """A request to a session: more bytes, or the question how many there are."""
    session = sessions.find(asked.store, asked.caller, asked.method.id, asked.params, asked.request)
    begun = Upload(asked.store, asked.caller, asked.method, session["params"], asked.request)
    if session["file"]:
        return begun.reply(sessions.finished_file(asked.store, asked.caller, session))
    spool, session = await sessions.receive(asked.store, session, asked.request)
    if session["total"] is None or spool.size < session["total"]:
        return sessions.incomplete(spool.size)
    spool.flush()
    try:
        with asked.store.transaction():
            blobs.sweep(asked.store)
            row = begun.carry_out(session["body"], spool.result(), session["type"])
            sessions.end(asked.store, session, row["id"])
    except BaseException:
        sessions.forget(asked.store, session)
        raise
    finally:
        spool.close()
    return begun.reply(row)


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


_WAYS: dict[str, Callable[[Upload], Awaitable[Response]]] = {
    "media": _simple,
    "multipart": _multipart,
    "resumable": _begin,
}
