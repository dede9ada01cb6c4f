"""The only way to the network: one attempt a request, to one world, without detours.

httplib2 sends a request again when its reply was lost, whatever it was told (twice measured with no repeats asked, six
times with two): for a create that is a second topic, a second post. Here every request goes out exactly once; whether
it may go out again is decided in ``calls.py`` and nowhere else.
"""

from __future__ import annotations

import http.client
import selectors
import socket
import weakref
from typing import Any
from urllib.parse import urlsplit

import httplib2

from better_classroom.errors import RefusedByBrake

GOOGLE = "google"
"""The target that is not a sandbox."""

Reply = tuple[Any, bytes]
"""httplib2's Response (a dict of lower-case headers with ``status``), and the body."""

Origin = tuple[str, str, int | None]


class NotSent(Exception):
    """The request never left: no connection, or no token to send it with. The target cannot have acted on it."""


class Transport(httplib2.Http):  # type: ignore[misc]  # httplib2 ships no types
    """An Http that the Google client can use, for one thread: httplib2 is not made to be shared.

    ``timeout`` is in seconds and covers each wait for the target, not the whole request. A sandbox is reached
    directly, whatever proxy the environment names; Google through that proxy.
    """

    def __init__(self, target: str, *, timeout: float) -> None:
        proxies = httplib2.proxy_info_from_environment if target == GOOGLE else None
        super().__init__(timeout=timeout, proxy_info=proxies)
        self.target = target
        # Google's API answers 308 to a part of an upload, and sends nobody elsewhere: a redirect would carry a token
        # to a host that nobody checked, or turn a write into a read.
        self.follow_redirects = False
        # A run that ends without close() leaves no open socket behind.
        weakref.finalize(self, _close_all, self.connections)

    def request(self, uri: str, method: str = "GET", *args: Any, **kwargs: Any) -> Reply:
        """Send one request.

        Raises NotSent where no connection came about, RefusedByBrake for an address outside the target, and what
        sockets, ``http.client`` and httplib2 raise where the reply was lost.
        """
        if not is_within(self.target, uri):
            host = urlsplit(uri).netloc
            raise RefusedByBrake(
                f"a request to {host} was stopped: this run talks to {self.target} only",
                advice="A credentials file that names another host, or a reply that points to one, is not trusted.",
            )
        reply: Reply = super().request(uri, method, *args, **kwargs)
        return reply

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: dict[str, str]) -> Reply:
        """What httplib2 calls to send a request; its own version repeats."""
        _connect(conn)
        try:
            conn.request(method, request_uri, body, headers)
            response = conn.getresponse()
            content = response.read()
        except BaseException:
            # Half a reply may still be under way; nothing else may be asked on this connection.
            conn.close()
            raise
        reply = httplib2.Response(response)
        return reply, httplib2._decompressContent(reply, content, self.limit_kwargs)  # noqa: SLF001 - httplib2's own step after reading, which our version of its method must keep


def is_within(target: str, uri: str) -> bool:
    """Whether an address belongs to the target: the sandbox's own origin, or one of Google's API hosts."""
    parts = urlsplit(uri)
    if target == GOOGLE:
        return parts.scheme == "https" and (parts.hostname or "").endswith(".googleapis.com")
    return _origin(uri) == _origin(target)


def _origin(address: str) -> Origin:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port


def _connect(conn: Any) -> None:
    """Open the connection where none is kept; one that the target has closed meanwhile is given up first."""
    if conn.sock is not None and _has_something_to_read(conn.sock):
        conn.close()
    if conn.sock is not None:
        return
    try:
        conn.connect()
    except (OSError, http.client.HTTPException, httplib2.HttpLib2Error) as error:
        conn.close()
        raise NotSent(f"no connection to {conn.host}: {error}") from error


def _has_something_to_read(sock: socket.socket) -> bool:
    """Before anything was asked, only the end of a connection can be there to read (or noise: as good a reason)."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def _close_all(connections: dict[str, Any]) -> None:
    for connection in connections.values():
        connection.close()
