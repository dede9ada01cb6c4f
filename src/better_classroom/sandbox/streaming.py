"""Files as replies, piece by piece, whole or the range that was asked for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from better_classroom.sandbox.handler import Content

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def stream(
    content: Content, scope: MutableMapping[str, Any], headers: list[tuple[bytes, bytes]], send: Send
) -> None:
    """Send a file; the client library downloads in ranges and reads ``Content-Range`` (google-apis.md F.4, LIB)."""
    with content.path.open("rb") as file:
        size = content.path.stat().st_size
        asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"range"), "")
        first, end = _range(asked, size)
        headers = [*headers, (b"content-type", content.type.encode("latin-1", "replace")), (b"accept-ranges", b"bytes")]
        if first >= end and size + first:  # nothing of it is there
            headers += [(b"content-range", f"bytes */{size}".encode()), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 416, "headers": headers})
            await send({"type": "http.response.body"})
            return
        partial = (first, end) != (0, size)
        if partial:
            headers.append((b"content-range", f"bytes {first}-{end - 1}/{size}".encode()))
        headers.append((b"content-length", str(end - first).encode()))
        await send({"type": "http.response.start", "status": 206 if partial else 200, "headers": headers})
        file.seek(first)
        left = end - first
        while left:
            piece = file.read(min(left, _PIECE))
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})


def _range(asked: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; the whole for what is no single range; ``first >= end`` if out of it."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        return max(size - int(found[2]), 0), size
    first = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return first, end
