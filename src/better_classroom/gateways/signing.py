"""Puts an account's token on every request, and renews it in time.

google-auth's own ``AuthorizedHttp`` is not used: it shares one Http among threads, looks up a "regional access
boundary" on a host of its own in a background thread, and its token requests wait and repeat by rules of their own.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import google.auth.credentials
import google.auth.exceptions
import google.auth.transport
import httplib2

from better_classroom.errors import SignInNeeded
from better_classroom.gateways.transport import NotSent, Reply, Transport

UNAUTHENTICATED = 401
PASSING = frozenset({408, 429, 500, 502, 503, 504})
PASSING_WORDS = (b"internal_failure", b"server_error", b"temporarily_unavailable")
"""What the token endpoint says, with status 400, about faults that pass."""


class Exchange(google.auth.transport.Request):
    """How google-auth reaches the token endpoint: one attempt. Its own repeats never begin, since faults are raised."""

    def __init__(self, transport: Callable[[], Transport]) -> None:
        self._transport = transport

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - google-auth's signature; the transport has its own
        **_: Any,
    ) -> Answer:
        """Send one request. Raises NotSent for a fault that may pass: what waits for the token was not sent either."""
        try:
            reply, content = self._transport().request(url, method, body=body, headers=dict(headers or {}))
        except (OSError, http.client.HTTPException, httplib2.HttpLib2Error) as error:
            raise NotSent(f"the sign-in could not be renewed: {error}") from error
        passing = reply.status >= HTTPStatus.BAD_REQUEST and any(words in content for words in PASSING_WORDS)
        if reply.status in PASSING or passing:
            raise NotSent(f"the sign-in could not be renewed: HTTP status {reply.status}")
        return Answer(reply, content)


class Answer(google.auth.transport.Response):
    """A reply in google-auth's words."""

    def __init__(self, reply: Any, content: bytes) -> None:
        self._reply = reply
        self._content = content

    @property
    def status(self) -> int:
        """HTTP status."""
        return int(self._reply.status)

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        headers: Mapping[str, str] = self._reply
        return headers

    @property
    def data(self) -> bytes:
        """The body."""
        return self._content


class Signed:
    """What the Google client takes for its Http; several threads may share it, each gets a Transport of its own.

    ``explain`` says what an organiser can do about a token that cannot be had; ``renewed`` is called with the lock
    held after each renewal.
    """

    def __init__(
        self,
        credentials: google.auth.credentials.Credentials,
        open_transport: Callable[[], Transport],
        *,
        explain: Callable[[google.auth.exceptions.RefreshError], SignInNeeded],
        renewed: Callable[[], None],
    ) -> None:
        self._credentials = credentials
        self._open = open_transport
        self._explain = explain
        self._renewed = renewed
        self._mine = threading.local()
        self._opened: list[Transport] = []
        self._lock = threading.RLock()

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Reply:
        """Send one request; once more with a new token where the first was refused: 401 says nothing was done."""
        token = self._token()
        reply, content = self._send(uri, method, body, headers, token)
        if reply.status == UNAUTHENTICATED:
            reply, content = self._send(uri, method, body, headers, self._token(stale=token))
        return reply, content

    def close(self) -> None:
        """Close every connection; no thread may be using one."""
        with self._lock:
            opened, self._opened = self._opened, []
        for transport in opened:
            transport.close()

    def transport(self) -> Transport:
        """The Transport of this thread."""
        mine: Transport | None = getattr(self._mine, "transport", None)
        if mine is None:
            mine = self._mine.transport = self._open()
            with self._lock:
                self._opened.append(mine)
        return mine

    def _send(self, uri: str, method: str, body: Any, headers: Mapping[str, str] | None, token: str) -> Reply:
        signed = {**(headers or {}), "authorization": f"Bearer {token}"}
        return self.transport().request(uri, method, body=body, headers=signed)

    def _token(self, stale: str = "") -> str:
        """A token that is good for some minutes at least, and not the stale one."""
        with self._lock:
            if stale and self._credentials.token == stale:
                # Should the renewal fail, the next attempt begins with another instead of with this one.
                self._credentials.token = None
            if not self._credentials.valid:
                self._renew()
            return str(self._credentials.token)

    def _renew(self) -> None:
        try:
            self._credentials.refresh(Exchange(self.transport))
        except google.auth.exceptions.RefreshError as error:
            raise self._explain(error) from error
        self._renewed()
