"""Reads ``multipart/related`` uploads as they stream by: the JSON part first, then the media (google-apis.md D.1).

Lines may end in a bare line feed, as the Python client's do. Media that say so are decoded from base64.
"""

from __future__ import annotations

import binascii
from collections.abc import AsyncIterator, Callable
from email.message import Message

from better_classroom.sandbox.drive.refusals import bad_request

Headers = dict[str, str]
Sink = Callable[[bytes], None]

_LONGEST_LINE = 8192
_MOST_LINES = 100
_UNBROKEN = b"\r\n"


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type names; raises 400 if it is not that of a body in two parts.

    The document speaks of multipart/related alone; that multipart/form-data is taken as well is [seen]: ``curl -F`` sends
    it, in many public scripts that upload to Drive.
    """
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_type() not in {"multipart/related", "multipart/form-data"} or not boundary:
        raise bad_request("A multipart upload needs the content type multipart/related with a boundary.")
    return boundary.encode("utf-8", "surrogateescape")


class Related:
    """One body, read part by part, each once: ``next_headers`` and then ``body``."""

    def __init__(self, chunks: AsyncIterator[bytes], boundary: bytes) -> None:
        self._chunks = chunks
        self._buffer = bytearray()
        self._opening = b"--" + boundary
        self._delimiter = b"\n--" + boundary
        self._carriage_returns = False
        self._started = False
        self.at_end = False

    async def next_headers(self) -> Headers:
        """The headers of the next part, names in lower case; raises 400 if there is none."""
        if not self._started:
            await self._skip_preamble()
        if self.at_end:
            raise bad_request("A multipart upload needs two parts: the metadata, then the media.")
        lines: list[str] = []
        while line := (await self._line()).rstrip(_UNBROKEN):
            text = line.decode("utf-8", "replace")
            if lines and text[0] in " \t":
                lines[-1] += text
            elif len(lines) < _MOST_LINES:
                lines.append(text)
            else:
                raise bad_request("Too many headers in a part of the multipart body.")
        parted = (line.partition(":") for line in lines)
        return {name.strip().lower(): value.strip() for name, _, value in parted}

    async def body(self, sink: Sink) -> None:
        """Hand the part's body to ``sink`` piece by piece, and step behind the boundary that ends it."""
        self._buffer[:0] = b"\n"  # the line before may be the boundary's own: then the body is empty
        pieces = _Piecewise(sink)
        while True:
            at = self._buffer.find(self._delimiter)
            if at < 0:
                keep = len(self._delimiter)  # one more than could begin a delimiter: the carriage return before it
                if len(self._buffer) > keep:
                    pieces.take(bytes(self._buffer[:-keep]))
                    del self._buffer[:-keep]
                await self._more()
            elif await self._is_boundary(at + len(self._delimiter)):
                end = at - 1 if self._carriage_returns and self._buffer[at - 1 : at] == b"\r" else at
                pieces.take(bytes(self._buffer[: max(end, 0)]))
                del self._buffer[: at + len(self._delimiter)]
                await self._pass_boundary()
                return
            else:
                pieces.take(bytes(self._buffer[: at + 1]))
                del self._buffer[: at + 1]

    async def drain(self) -> None:
        """Read what follows the last part, and forget it."""
        self._buffer.clear()
        async for _ in self._chunks:
            pass

    async def _is_boundary(self, after: int) -> bool:
        """Whether what follows a delimiter makes it one: ``--``, or nothing but blanks up to the end of the line."""
        while len(self._buffer) < after + 2 and await self._tries_more():
            pass
        rest = bytes(self._buffer[after : after + 2])
        return not rest or rest[:1] in b" \t\r\n" or rest == b"--"

    async def _pass_boundary(self) -> None:
        if self._buffer[:2] == b"--" or not self._buffer:
            self.at_end = True
        else:
            await self._line()

    async def _skip_preamble(self) -> None:
        self._started = True
        for _ in range(_MOST_LINES):
            line = await self._line()
            if line.rstrip() == self._opening:
                self._carriage_returns = line.endswith(b"\r\n")
                return
        raise bad_request("The multipart body does not begin with its boundary.")

    async def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise bad_request("A line of the multipart body is too long.")
            await self._more()
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    async def _more(self) -> None:
        if not await self._tries_more():
            raise bad_request("The multipart body ends before its last boundary.")

    async def _tries_more(self) -> bool:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            return False
        self._buffer += chunk
        return True


class _Piecewise:
    """Hands pieces on, less the line feed that was put before the first."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._first = True

    def take(self, piece: bytes) -> None:
        if self._first and piece:
            self._first = False
            piece = piece[1:]
        if piece:
            self._sink(piece)


class Base64:
    """Decodes base64 on its way to a sink; raises 400 for what is none."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._carry = b""

    def take(self, piece: bytes) -> None:
        """More of the text, cut anywhere."""
        text = self._carry + b"".join(piece.split())
        whole = len(text) // 4 * 4
        self._carry = text[whole:]
        self._decode(text[:whole])

    def close(self) -> None:
        """The text ends here."""
        if self._carry:
            raise bad_request("The media are not valid base64.")

    def _decode(self, text: bytes) -> None:
        try:
            self._sink(binascii.a2b_base64(text, strict_mode=True) if text else b"")
        except binascii.Error:
            raise bad_request("The media are not valid base64.") from None


class Limited:
    """Hands pieces on until there are too many bytes; then raises what it was given."""

    def __init__(self, sink: Sink, most: int, refusal: Exception) -> None:
        self._sink = sink
        self._left = most
        self._refusal = refusal

    def take(self, piece: bytes) -> None:
        """More bytes."""
        self._left -= len(piece)
        if self._left < 0:
            raise self._refusal
        self._sink(piece)
