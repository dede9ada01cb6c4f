"""Sessions of resumable uploads: what was begun, how many bytes are stored, and what comes next (google-apis.md D.1).

A session is a row of ``uploads``; its bytes grow on disk. The sums of what is stored live beside the store, and are
made anew from the disk after a restart.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import visibility
from better_classroom.sandbox.drive.about import MAX_UPLOAD_SIZE
from better_classroom.sandbox.drive.blobs import GRAIN, Spool, Stored
from better_classroom.sandbox.drive.refusals import bad_request, too_large
from better_classroom.sandbox.errors import ApiError, unavailable
from better_classroom.sandbox.store import Row, Store

LIFETIME = 7 * 24 * 3600  # google-apis.md D.1: one week; by the wall clock, like tokens
KEEP = "sandbox.keep"  # in a request's scope: how many bytes of it are kept, where a fault says so
_RANGE = re.compile(r"bytes (?:(?P<first>[0-9]{1,15})-(?P<last>[0-9]{1,15})|\*)/(?P<total>[0-9]{1,15}|\*)")


@dataclass(slots=True)
class _Live:
    """The bytes of a session as this process knows them; ``turn`` tells the latest request that writes to it."""

    spool: Spool
    turn: int = 0


@dataclass(slots=True)
class _Chunk:
    """What a request to a session says it carries: bytes from ``first`` on, ``length`` of them if it says so.

    ``total`` is the size of the file, None while nobody knows; ``is_whole``: the request is all of it.
    """

    first: int
    length: int | None
    total: int | None
    is_question: bool = False
    is_whole: bool = False
    taken: int = field(default=0, init=False)


_live: WeakKeyDictionary[Store, dict[str, _Live]] = WeakKeyDictionary()


def declared_total(header: str | None) -> int | None:
    """The size that ``X-Upload-Content-Length`` announces; None if it is not known yet."""
    if header is None:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", header):
        raise bad_request("X-Upload-Content-Length must be a number of bytes.")
    return _within_limit(int(header))


def _within_limit(total: int) -> int:
    if total > MAX_UPLOAD_SIZE:
        raise too_large(f"A file takes {MAX_UPLOAD_SIZE} bytes at most.")
    return total


def no_bytes_yet(total: int | None) -> Stored:
    """What stands for the content while an upload is only tried out."""
    return {"blob": "", "size": total or 0, "md5": "", "sha1": "", "sha256": ""}


def begin(
    store: Store,
    caller: Caller,
    *,
    method: str,
    params: dict[str, Any],
    body: dict[str, Any],
    type_: str,
    total: int | None,
) -> str:
    """Note a new session and return its id; old ones are forgotten on the way."""
    _tidy(store)
    session: Row = {
        "id": secrets.token_urlsafe(48),
        "user": caller.user_id,
        "project": caller.project,
        "method": method,
        "params": params,
        "body": body,
        "type": type_,
        "total": total,
        "received": 0,
        "blob": secrets.token_urlsafe(24),
        "begun": time.time(),
        "file": "",
    }
    store.put("uploads", "", session["id"], session)
    return str(session["id"])


def _tidy(store: Store) -> None:
    """Forget sessions that are over, and what this process knew of sessions of a world that was emptied."""
    for old in store.rows("uploads", ""):
        if _expired(old):
            forget(store, old)
    live = _live.get(store, {})
    for upload_id in [one for one in live if store.get("uploads", "", one) is None]:
        live.pop(upload_id).spool.close()


def find(store: Store, caller: Caller, method: str, params: dict[str, Any], request: Request) -> Row:
    """The session that a request goes on with; raises 404 if it is unknown, expired, or somebody else's."""
    if request.method != "PUT":
        raise bad_request("An upload session takes PUT requests.")
    upload_id = request.query_params.get("upload_id")
    if not upload_id:
        raise bad_request("A request to an upload session needs its upload_id.")
    session = store.get("uploads", "", upload_id)
    if session is not None and _expired(session):
        forget(store, session)
        session = None
    if (
        session is None
        or (session["user"], session["project"], session["method"]) != (caller.user_id, caller.project, method)
        or session["params"].get("fileId") != params.get("fileId")
    ):
        raise _no_session()
    return session


def _no_session() -> ApiError:
    return ApiError(404, "NOT_FOUND", "Upload session not found.", reason="notFound", location="upload_id")


def _expired(session: Row) -> bool:
    return bool(session["begun"] + LIFETIME < time.time())


def finished_file(store: Store, caller: Caller, session: Row) -> Row:
    """The file that a finished session made or changed: a lost reply can be asked for again."""
    return visibility.find(store, caller, session["file"])


def end(store: Store, session: Row, file_id: str) -> None:
    """Note what came of a session; raises 404 if the session is gone meanwhile."""
    if store.get("uploads", "", session["id"]) is None:
        raise _no_session()
    store.put("uploads", "", session["id"], session | {"file": file_id})
    _live.get(store, {}).pop(session["id"], None)


def forget(store: Store, session: Row) -> None:
    """Drop a session, and its bytes unless a file has them."""
    store.remove("uploads", "", session["id"])
    live = _live.get(store, {}).pop(session["id"], None)
    if live is not None:
        live.spool.close()
    if not session["file"]:
        store.blob_path(session["blob"]).unlink(missing_ok=True)


def incomplete(size: int) -> Response:
    """308: go on from there. Without ``Range`` nothing is stored yet (google-apis.md D.1)."""
    headers = {"Range": f"bytes=0-{size - 1}"} if size else {}
    return Response(status_code=308, headers=headers)


async def receive(store: Store, session: Row, request: Request) -> tuple[Spool, Row]:
    """Store what the request carries; returns the bytes so far and the session as it is now."""
    spool_of = _live.setdefault(store, {})
    live = spool_of.get(session["id"])
    if live is None:
        live = spool_of[session["id"]] = _Live(Spool(store, session["blob"], size=session["received"]))
    chunk = _announced(session, request, live.spool.size)
    if chunk.is_question:
        return live.spool, _noted(store, session, total=chunk.total)
    session = await _stored(store, session, live, chunk, request)
    return live.spool, session


def _announced(session: Row, request: Request, size: int) -> _Chunk:
    """What the headers say, held against what is stored; raises 400 where they do not fit."""
    text = request.headers.get("content-length")
    length = int(text) if text and text.isdecimal() else None
    header = request.headers.get("content-range")
    known = session["total"]
    chunk = _ranged(header, length, known) if header is not None else _Chunk(0, length, length, is_whole=True)
    if chunk.total is None:
        chunk.total = known
    if chunk.total is not None:
        _within_limit(chunk.total)
        if known not in {None, chunk.total}:
            raise bad_request(f"The upload was announced as {known} bytes, not {chunk.total}.")
        if size > chunk.total:
            raise bad_request(f"{size} bytes are stored already.")
    if not chunk.is_question and chunk.first != size:
        # The strict side: Google may overlook bytes that it has already.
        raise bad_request(f"The upload goes on at byte {size}, not {chunk.first}.")
    return chunk


def _ranged(header: str, length: int | None, known: int | None) -> _Chunk:
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        raise bad_request(f"Invalid Content-Range: {header[:100]}")
    total = known if match["total"] == "*" else int(match["total"])
    if match["first"] is None:
        if length:
            raise bad_request("The question for the status of an upload carries no bytes.")
        return _Chunk(0, 0, total, is_question=True)
    first, last = int(match["first"]), int(match["last"])
    if last < first or (total is not None and last >= total):
        raise bad_request(f"Invalid Content-Range: {header}")
    if length not in {None, last - first + 1}:
        raise bad_request(f"The Content-Range {header} does not fit {length} bytes.")
    if last + 1 != total and (last - first + 1) % GRAIN:
        raise bad_request(f"The size of every chunk but the last must be a multiple of {GRAIN} bytes.")
    return _Chunk(first, last - first + 1, total)


async def _stored(store: Store, session: Row, live: _Live, chunk: _Chunk, request: Request) -> Row:
    """Write the bytes to disk as they come; what came is noted even if the sender goes away in the middle."""
    live.turn += 1
    live.spool.forget_pending()  # of a request that is overtaken by this one
    turn, keep = live.turn, _to_keep(request, chunk)
    try:
        async for data in request.stream():
            if live.turn != turn:
                raise unavailable("Another request goes on with this upload.")
            _take(live, chunk, data, keep)
        _end_of(live, chunk, keep)
    except ClientDisconnect:
        raise unavailable("The client went away.") from None
    finally:
        if live.turn == turn:
            live.spool.forget_pending()
            live.spool.close()
            session = _noted(store, session, received=live.spool.size, total=chunk.total)
    return session


def _take(live: _Live, chunk: _Chunk, data: bytes, keep: int | None) -> None:
    most = chunk.length
    if most is None and chunk.total is not None:
        most = chunk.total - chunk.first
    if most is not None and chunk.taken + len(data) > most:
        raise bad_request("The request carries more bytes than it said.")
    room = len(data) if keep is None else max(0, keep - chunk.taken)
    live.spool.write(data[:room])
    chunk.taken += len(data)


def _end_of(live: _Live, chunk: _Chunk, keep: int | None) -> None:
    """The request is over; if it was the last one, all of it goes to disk."""
    if chunk.length is not None and chunk.taken < chunk.length:
        raise bad_request("The request ends before its last byte.")
    if chunk.is_whole and chunk.total is None:
        chunk.total = chunk.taken  # sent without a length: the end tells it
    if chunk.is_whole and chunk.taken != chunk.total:
        raise bad_request(f"The upload was announced as {chunk.total} bytes, not {chunk.taken}.")
    if chunk.first + chunk.taken == chunk.total and (keep is None or keep >= chunk.taken):
        live.spool.flush()


def _noted(store: Store, session: Row, **changes: Any) -> Row:
    """The session with what is known now; raises 404 if the world was emptied meanwhile."""
    if store.get("uploads", "", session["id"]) is None:
        raise _no_session()
    changed = session | changes
    if changed != session:
        store.put("uploads", "", session["id"], changed)
    return changed


def _to_keep(request: Request, chunk: _Chunk) -> int | None:
    """How many bytes of a chunk are kept, in whole grains; None for all (google-apis.md D.1: it "may keep fewer")."""
    keep = request.scope.get(KEEP)
    if keep is None or (chunk.length is not None and chunk.length <= keep):
        return None
    return int(keep) // GRAIN * GRAIN
