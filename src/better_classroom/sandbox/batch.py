"""Many calls in one request: ``multipart/mixed`` both ways (google-apis.md C, "Batch fact").

Each part is carried out on its own, one after another, with its own credentials or else the outer ones; the answers
come in the order of the parts. Reading is tolerant of what real clients send: bare line feeds, folded headers,
missing inner types.
"""

from __future__ import annotations

import re
import secrets
from http.client import responses

from better_classroom.sandbox.api import Api, refusal
from better_classroom.sandbox.errors import ApiError, invalid_argument
from better_classroom.sandbox.wire import Call, Headers, Reply

MOST = {"classroom": 50, "drive": 100, "sheets": 100}  # google-apis.md C: at most 50 calls, Drive 100
LONGEST_URL = 8_000  # google-apis.md C: of each call to Drive in a batch

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_REQUEST_LINE = re.compile(r"([A-Z]+) (\S+)(?: HTTP/1\.[01])?")
_NOT_FOR_PARTS = ("content-", "transfer-", "host", "connection", "expect", "accept-encoding")


class BadPart(Exception):
    """A part that is no call; the message says why."""


async def answer_batch(api: Api, call: Call) -> Reply:
    """The reply to a batch. A part whose reply is to be cut takes the whole batch with it."""
    service_of_path = "drive" if call.path.strip("/") == "batch/drive/v3" else "classroom"
    try:
        parts = _parts(call)
        calls = [_read(part, call) for part in parts]
        _hold_to_limits(api, call.path, calls)
    except ApiError as error:
        return refusal(error, service_of_path)
    api.world.batches += 1
    batch = api.world.batches
    boundary = f"batch_{secrets.token_urlsafe(24)}"
    pieces: list[bytes] = []
    cut = ""
    for content_id, inner in calls:
        reply = await _answer_part(api, inner, batch, service_of_path)
        cut = cut or reply.cut
        pieces.append(_piece(boundary, content_id, reply))
    pieces.append(f"--{boundary}--\r\n".encode())
    kind = ("Content-Type", f"multipart/mixed; boundary={boundary}")
    return Reply(200, b"".join(pieces), [kind], cut=cut)


async def _answer_part(api: Api, inner: Call | BadPart, batch: int, service: str) -> Reply:
    if isinstance(inner, BadPart):
        return refusal(invalid_argument(str(inner)), service)
    reply = await api.answer(
        Call(inner.verb, inner.path, inner.query, inner.headers, inner.body, batch=batch),
    )
    if reply.content:
        return refusal(invalid_argument("Media cannot travel in a batch."), service)
    return reply


def _parts(call: Call) -> list[bytes]:
    kind = call.headers.get("content-type", "")
    found = _BOUNDARY.search(kind)
    if not kind.lower().startswith("multipart/mixed") or not found:
        raise invalid_argument("A batch is multipart/mixed, with a boundary.")
    boundary = (found[1] or found[2]).encode()
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)", call.body)
    # the split gives: preamble, mark, part, mark, part, …, "--", epilogue
    parts = []
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if mark:
            break
        parts.append(piece.removeprefix(b"\r").removeprefix(b"\n"))
    else:
        raise invalid_argument("The batch has no end: its last boundary is missing.")
    if not parts:
        raise invalid_argument("The batch has no parts.")
    return parts


def _read(part: bytes, outer: Call) -> tuple[str, Call | BadPart]:
    headers, rest = _headers(part)
    content_id = headers.get("content-id", "")
    kind = headers.get("content-type", "application/http").partition(";")[0].strip().lower()
    if kind != "application/http":
        return content_id, BadPart(f"A part of a batch is application/http, not {kind}.")
    line, _, rest = rest.lstrip(b"\r\n").partition(b"\n")
    found = _REQUEST_LINE.fullmatch(line.decode("latin-1").strip())
    if not found:
        return content_id, BadPart("The part does not begin with a request line.")
    verb, target = found.groups()
    if not target.startswith("/"):
        # google-apis.md C: the inner request line must be a path, not a full URL
        return content_id, BadPart("The request line of a part must be a path, not a full URL.")
    if len(target) > LONGEST_URL and target.startswith("/drive/"):
        return content_id, BadPart(f"The URL of a call in a batch has {LONGEST_URL} characters at most.")
    inner, body = _headers(rest)
    path, _, query = target.partition("?")
    if path.startswith(("/upload/", "/resumable/", "/batch")):
        return content_id, BadPart("Neither uploads nor batches can travel in a batch.")
    merged = {name: value for name, value in outer.headers.items() if not name.startswith(_NOT_FOR_PARTS)} | inner
    length = inner.get("content-length", "")
    if length.isdecimal() and len(length) < len("10000000000"):
        body = body[: int(length)]
    return content_id, Call(verb, path, query, merged, body)


def _headers(text: bytes) -> tuple[dict[str, str], bytes]:
    """The headers at the beginning of a text, and what follows their blank line."""
    headers: dict[str, str] = {}
    name = ""
    rest = text
    while rest:
        line, _, rest = rest.partition(b"\n")
        shown = line.decode("latin-1").rstrip("\r")
        if not shown.strip():
            break
        if shown[0] in " \t" and name:
            headers[name] = f"{headers[name]} {shown.strip()}".strip()
            continue
        name, _, value = shown.partition(":")
        name = name.strip().lower()
        headers[name] = value.strip()
    return headers, rest


def _hold_to_limits(api: Api, path: str, calls: list[tuple[str, Call | BadPart]]) -> None:
    """The API of the first part sets the limit, and must be one that is batched here; parts of two are refused."""
    known = [service for service in (_service(inner) for _, inner in calls) if service]
    first = known[0] if known else "classroom"
    if len(set(known)) > 1:
        raise invalid_argument("All parts of a batch must be calls to the same API.")
    batch_path = next(one.api.batch_path for one in api.methods.by_id.values() if one.service == first)
    if known and batch_path != path.strip("/"):
        raise invalid_argument(f"Calls to {first} are batched at /{batch_path}.")
    if len(calls) > MOST[first]:
        raise invalid_argument(f"The batch has {len(calls)} calls; at most {MOST[first]} are allowed.")


def _service(inner: Call | BadPart) -> str:
    """The API of a part, by its path: a verb that the path does not have is the part's own error."""
    if isinstance(inner, BadPart):
        return ""
    start = inner.path.strip("/").partition("/")[0]
    return {"v1": "classroom", "drive": "drive", "v4": "sheets"}.get(start, "")


def _piece(boundary: str, content_id: str, reply: Reply) -> bytes:
    answer_id = f"Content-ID: {_answer_id(content_id)}\r\n" if content_id else ""
    phrase = responses.get(reply.status, "Lost")
    headers: Headers = [*reply.headers, ("Content-Length", str(len(reply.body)))]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"--{boundary}\r\nContent-Type: application/http\r\n{answer_id}\r\nHTTP/1.1 {reply.status} {phrase}\r\n{lines}\r\n"
    return head.encode("latin-1", "replace") + reply.body + b"\r\n"


def _answer_id(content_id: str) -> str:
    """google-apis.md F.4: ``<x>`` is answered as ``<response-x>``."""
    if content_id.startswith("<"):
        return f"<response-{content_id[1:]}"
    return f"response-{content_id}"
