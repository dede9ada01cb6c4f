"""The sandbox as a server: one world behind one loopback address, in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from better_classroom.sandbox.app import App
from better_classroom.sandbox.discovery import load
from better_classroom.sandbox.protocol import Protocol
from better_classroom.sandbox.world import World

HOST = "127.0.0.1"
IDLE = 240  # seconds for which an idle connection is kept
_BACKLOG = 2048
_FILES = 65_536  # open files to ask for: a thousand idle connections are no matter

_log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, told to stop by us alone, and telling us when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to ``serve``: uvicorn would raise them once more after its own clean end."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets=sockets)
        self._listening()


@dataclass(slots=True)
class Running:
    """A sandbox that runs in a thread of this process, for tests."""

    url: str
    world: World
    _server: _Server
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop it and wait until it has stopped."""
        self._server.should_exit = True
        self._thread.join()


def start_in_thread(
    *,
    now: datetime | None = None,
    folder: Path | None = None,
    port: int = 0,
    latency: float = 0.0,
    quotas: bool = False,
) -> Running:
    """Start a sandbox beside the caller; it listens when this returns."""
    world = World(now=now or wall_clock(), folder=folder, latency=latency, quotas=quotas)
    sock, url = _bound(port, world)
    listening = threading.Event()
    server = _server(world, url, listening.set)

    def run() -> None:
        try:
            server.run(sockets=[sock])
        finally:
            world.close()
            sock.close()

    thread = threading.Thread(target=run, name="classroom-sandbox", daemon=True)
    thread.start()
    listening.wait()
    return Running(url, world, server, thread)


def serve(
    *,
    port: int,
    ready: Path | None,
    folder: Path | None,
    now: datetime | None,
    latency: float,
    quotas: bool,
    listening: Callable[[str], None],
) -> None:
    """Run a sandbox until SIGTERM or SIGINT; ``listening`` is called with its URL once it takes calls.

    ``ready`` is the file that then holds ``{"url": …, "pid": …}``. Raises OSError if the port is taken, JournalInUse
    or JournalDamaged for a folder that cannot be had.
    """
    _raise_file_limit()
    world = World(now=now or wall_clock(), folder=folder, latency=latency, quotas=quotas)
    sock, url = _bound(port, world)

    def tell() -> None:
        if ready:
            _write_whole(ready, {"url": url, "pid": os.getpid()})
        listening(url)

    server = _server(world, url, tell)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, setattr, server, "should_exit", True)  # noqa: FBT003 - the value to set
        await server.serve(sockets=[sock])

    try:
        asyncio.run(run())
    finally:
        world.close()
        sock.close()
        if ready:
            ready.unlink(missing_ok=True)


def wall_clock() -> datetime:
    """Where a sandbox's clock starts if nobody says otherwise."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the one place where the sandbox takes the time


def _server(world: World, url: str, listening: Callable[[], None]) -> _Server:
    config = uvicorn.Config(
        App(world, load(), url),
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        log_level=logging.CRITICAL,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=1,
        backlog=_BACKLOG,
    )
    return _Server(config, listening)


def _bound(port: int, world: World) -> tuple[socket.socket, str]:
    """A socket on that port, and its URL; the world is let go if the port cannot be had."""
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it on, a reply takes 40 ms
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        world.close()
        raise
    return sock, f"http://{HOST}:{sock.getsockname()[1]}"


def _write_whole(path: Path, value: dict[str, Any]) -> None:
    """Write a file so that nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as half:
        half.write(json.dumps(value) + "\n")
    Path(name).replace(path)


def _raise_file_limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
