"""The body of a request that is read while it comes, and what is left of it once the reply is made.

A server that answers before it has read everything must not take the next request for the rest of this one, nor close
while bytes still come: the reset that follows would take the reply away from the client (RFC 9112, 9.6). So it says
``Connection: close``, sends the reply, and reads on for as long as something comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

_PATIENCE = 2.0  # seconds without a byte

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Incoming:
    """The ``receive`` of a request, which knows whether it has given everything."""

    def __init__(self, receive: Receive, headers: Mapping[str, str]) -> None:
        self._receive = receive
        self.whole = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers

    async def __call__(self) -> MutableMapping[str, Any]:
        """The next message."""
        message = await self._receive()
        if not message.get("more_body", False):
            self.whole = True
        return message

    async def read_on(self) -> None:
        """Read the rest and forget it; give up on a client that sends nothing more."""
        while not self.whole:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self()
            except TimeoutError:
                return
