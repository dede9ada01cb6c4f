"""A wire between the program and the sandbox that can show an answer otherwise than the sandbox gave it.

For what Google does and the sandbox does not: a reply that leaves something out, a listing that lags behind.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Rewrite = Callable[[str, str, bytes], bytes]
"""From verb, path and an answer's body to the body to be shown."""

DROPPED = {"transfer-encoding", "content-length", "connection", "content-encoding"}


class Between(ThreadingHTTPServer):
    """Hands every request on to the sandbox, and its answer back as ``rewrite`` makes it."""

    daemon_threads = True

    def __init__(self, sandbox: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.beyond = urlsplit(sandbox).netloc
        self.rewrite: Rewrite = lambda _verb, _path, body: body

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Between

    def _pass(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        # Without these the sandbox answers in one uncompressed piece.
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        beyond = http.client.HTTPConnection(self.server.beyond, timeout=10)
        try:
            beyond.request(self.command, self.path, sent, headers)
            answer = beyond.getresponse()
            body = self.server.rewrite(self.command, self.path, answer.read())
        finally:
            beyond.close()
        # Not send_response: it adds a Date of this machine's, and the sandbox has its own time.
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in DROPPED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass  # noqa: N815 - http.server's names

    def log_message(self, *arguments: Any) -> None:
        """Stay silent."""


@contextmanager
def between(sandbox: str) -> Iterator[Between]:
    server = Between(sandbox)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def without_group(verb: str, path: str, body: bytes) -> bytes:  # noqa: ARG001 - any answer about courses
    """A course as Google might show a personal account's: without an address that stands for its members."""
    if "/courses" not in path or b"courseGroupEmail" not in body:
        return body
    found = json.loads(body)
    for course in [found, *found.get("courses", [])]:
        course.pop("courseGroupEmail", None)
    return json.dumps(found).encode()
