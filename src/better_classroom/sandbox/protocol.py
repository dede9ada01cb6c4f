"""uvicorn's HTTP protocol, with what a stand-in for a network needs: connections that break, and heads that end.

The scope of a request carries ``sandbox.connection``, by which the application can break it.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEADERS = 64 * 1024  # bytes of a request line and its headers

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Connection:
    """The connection a request came by."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def drop(self) -> None:
        """Close it; what was written before still arrives."""
        self._transport.close()

    def reset(self) -> None:
        """Break it, so that the other side sees a reset."""
        sock = self._transport.get_extra_info("socket")
        # lingering for zero seconds turns the close into a reset (man 7 socket)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


class Protocol(HttpToolsProtocol):
    """One connection."""

    _head = 0

    def on_message_begin(self) -> None:
        """A new request: give it the means to break its connection."""
        super().on_message_begin()
        self._head = 0
        self.scope["sandbox.connection"] = Connection(self.transport)  # type: ignore[typeddict-unknown-key]

    def on_url(self, url: bytes) -> None:
        """A piece of the request line."""
        super().on_url(url)
        self._count(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        super().on_header(name, value)
        self._count(name + value)

    def _count(self, piece: bytes) -> None:
        self._head += len(piece)
        if self._head > MOST_HEADERS and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()
