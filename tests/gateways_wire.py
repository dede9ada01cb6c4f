"""A server of a few lines that does with each request exactly what a test says, down to the socket."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from better_classroom.gateways import documents
from better_classroom.gateways.transport import Transport


@dataclass(frozen=True)
class Request:
    """What arrived: with the number of its connection, from 0."""

    verb: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        return json.loads(self.body)


Act = Callable[[socket.socket, Request], bool]
"""Does something with a connection after a request; tells whether the connection goes on."""


def reply(status: int = 200, body: Any = None, *, close: bool = False, **headers: Any) -> Act:
    """Answer with JSON; ``close`` hangs up afterwards without having said so."""

    def act(sock: socket.socket, _request: Request) -> bool:
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        named = {"content-length": str(len(content)), "content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        sock.sendall("\r\n".join(lines).encode() + content)
        return not close

    return act


def refuse(status: int, message: str = "No.", *, reason: str = "", grpc: str = "", **headers: Any) -> Act:
    """Answer with Google's envelope for errors."""
    error: dict[str, Any] = {"code": status, "message": message}
    if grpc:
        error["status"] = grpc
    if reason:
        error["errors"] = [{"domain": "usageLimits", "reason": reason, "message": message}]
    return reply(status, {"error": error}, **headers)


def hang_up(_sock: socket.socket, _request: Request) -> bool:
    """Read the request, and close without a word."""
    return False


def reset(sock: socket.socket, _request: Request) -> bool:
    """Read the request, and break the connection."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def half(sock: socket.socket, _request: Request) -> bool:
    """Promise more than is sent."""
    sock.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\ncontent-type: application/json\r\n\r\n{"id": "7"')
    return False


@dataclass
class Server:
    """Listens on loopback; ``script`` holds what to do with the next requests, then ``otherwise`` is done."""

    url: str
    script: list[Act] = field(default_factory=list)
    otherwise: Act = field(default_factory=lambda: reply())  # noqa: PLW0108 - a fresh one each time
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    quiet: threading.Event = field(default_factory=threading.Event)
    """Set whenever a connection has ended."""

    def handle(self, sock: socket.socket, connection: int) -> None:
        with sock, sock.makefile("rb") as stream, contextlib.suppress(ConnectionError):
            while True:
                request = _read(stream, connection)
                if request is None:
                    break
                self.requests.append(request)
                act = self.script.pop(0) if self.script else self.otherwise
                if not act(sock, request):
                    break
        self.quiet.set()


def _read(stream: Any, connection: int) -> Request | None:
    first = stream.readline().decode().split()
    if not first:
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(first[0], first[1], headers, body, connection)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A server for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    found = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
    socks: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            socks.append(sock)
            threads.append(threading.Thread(target=found.handle, args=(sock, found.connections)))
            found.connections += 1
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield found
    finally:
        # Closing alone would not wake a thread that waits in accept() or read().
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for sock in socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def client(api: str, version: str, target: str) -> Iterator[Any]:
    """Google's client over our transport, unsigned."""
    transport = Transport(target, timeout=5)
    with contextlib.closing(transport):
        yield documents.service(api, version, target=target, http=transport)
