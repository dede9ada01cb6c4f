#!/usr/bin/env python3
"""How quick the sandbox is: calls a second on one core over kept connections, and the time from start to ready.

Both stand beside baselines measured in the same run, since absolute numbers are those of a machine and its mood: a bare
uvicorn application that answers as many bytes without looking at the request, and a Python that does nothing. Calls are
given by the wall clock and by the server's own processor time; the latter does not mind what else the machine does.

    scripts/bench/sandbox.py [--seconds 2] [--starts 7]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

COURSE = "604567890123"
ORGANISER = "korraldaja@tartu.example"
SCOPES = ["https://www.googleapis.com/auth/" + name for name in ("classroom.courses", "classroom.topics", "drive")]
CONNECTIONS = 16
WANTED_CALLS = 2_500  # a second on one core
WANTED_START = 0.5  # seconds

_TICKS = os.sysconf("SC_CLK_TCK")
_PINNED = (
    "import os, sys; os.sched_setaffinity(0, {{{core}}}); os.execv(sys.executable, [sys.executable, *{arguments!r}])"
)
_BARE = """
import asyncio, socket, sys, uvicorn
body = b"x" * int(sys.argv[1])
async def app(scope, receive, send):
    headers = [(b"content-type", b"application/json; charset=UTF-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
sock.bind(("127.0.0.1", 0))
sock.listen(2048)
print(f"http://127.0.0.1:{sock.getsockname()[1]}", file=sys.stderr, flush=True)
config = uvicorn.Config(app, http="httptools", loop="asyncio", lifespan="off", log_config=None, access_log=False)
asyncio.run(uvicorn.Server(config).serve(sockets=[sock]))
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly calls were answered: calls a second by the wall clock, microseconds of the server's core for each."""

    per_second: float
    core: float

    @property
    def per_core_second(self) -> float:
        """Calls for each second of the server's processor time."""
        return 1e6 / self.core


class Server:
    """A server in a process of its own, held to one core where there are several; its address is on its stderr."""

    def __init__(self, arguments: Sequence[str]) -> None:
        command = [sys.executable, *arguments]
        if _cores() > 1:
            command = [sys.executable, "-c", _PINNED.format(core=_core(0), arguments=list(arguments))]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.url = _address(self.process)
        self.port = int(self.url.rpartition(":")[2])

    def core_seconds(self) -> float:
        """Processor time used so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - read thousands of times, where a Path would be a part of what is measured
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def control(self, what: str, body: Any) -> Any:
        """Call the sandbox's control surface."""
        request = urllib.request.Request(f"{self.url}/_sandbox/{what}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def stop(self) -> None:
        """Stop it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        assert self.process.stderr
        self.process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
    raise SystemExit("the server stopped before it listened")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _core(number: int) -> int:
    return sorted(os.sched_getaffinity(0))[number]


# --- calls


def pace(server: Server, requests: Sequence[bytes], seconds: float) -> Pace:
    """Send these requests over and over, each connection as soon as it is answered."""
    waiting = selectors.DefaultSelector()
    socks = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(CONNECTIONS)]
    for number, sock in enumerate(socks):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(sock, selectors.EVENT_READ)
        sock.sendall(requests[number % len(requests)])
    _serve(waiting, requests, seconds / 4)  # until caches are warm
    core, begun = server.core_seconds(), time.perf_counter()
    done = _serve(waiting, requests, seconds)
    took, used = time.perf_counter() - begun, server.core_seconds() - core
    waiting.close()
    for sock in socks:
        sock.close()
    return Pace(done / took, used / done * 1e6)


def _serve(waiting: selectors.BaseSelector, requests: Sequence[bytes], seconds: float) -> int:
    done = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in waiting.select(1):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            _whole(sock.recv(65_536), sock)
            sock.sendall(requests[done % len(requests)])
            done += 1
    return done


def _whole(piece: bytes, sock: socket.socket) -> None:
    """Read the rest of a reply; all those asked for here succeed."""
    if not piece.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")):
        raise SystemExit(f"not answered: {piece[:300]!r}")
    head, _, body = piece.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    left = int(length[1]) - len(body) if length else 0
    while left > 0:
        left -= len(sock.recv(65_536))


def request(verb: str, path: str, token: str, body: Any = None) -> bytes:
    """One request as bytes."""
    raw = b"" if body is None else json.dumps(body).encode()
    kind = f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n" if raw else ""
    client = "Accept: application/json\r\nUser-Agent: bench (gzip)\r\nAccept-Encoding: gzip, deflate\r\n"
    head = f"{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{client}{kind}\r\n"
    return head.encode() + raw


def simple_calls(server: Server) -> dict[str, list[bytes]]:
    """What is measured: reads, writes and refusals as programs make them, each checked against its schema."""
    server.control("seed", {"courses": [{"id": COURSE, "name": "BETTER: Tartu", "owner": ORGANISER}]})
    token = server.control("tokens", {"user": ORGANISER, "scopes": SCOPES, "project": "bench"})["access_token"]
    topics = f"/v1/courses/{COURSE}/topics"
    ids = []
    for number in range(8):
        made = urllib.request.Request(
            server.url + topics,
            json.dumps({"name": f"Teema {number}"}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(made) as reply:
            ids.append(json.load(reply)["topicId"])
    return {
        "get a course": [request("GET", f"/v1/courses/{COURSE}?alt=json", token)],
        "get a topic, some fields": [
            request("GET", f"{topics}/{one}?fields=topicId,name&alt=json", token) for one in ids
        ],
        "list 8 topics": [request("GET", f"{topics}?pageSize=100&alt=json", token)],
        "rename a topic": [
            request("PATCH", f"{topics}/{one}?updateMask=name&alt=json", token, {"name": f"Uus {number} {one}"})
            for number in range(4)
            for one in ids
        ],
        "refuse an unknown field": [request("POST", f"{topics}?alt=json", token, {"name": "a", "title": "b"})],
    }


# --- starts


def starts(arguments: Sequence[str], times: int, *, ready: bool) -> tuple[list[float], list[float]]:
    """Seconds from a start until it says where it listens, or else until it ends; and of its processor time in all."""
    taken, used = [], []
    for _ in range(times):
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.PIPE, text=True)
        if ready:
            _address(process)
            taken.append(time.perf_counter() - begun)
            process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if not ready:
            taken.append(time.perf_counter() - begun)
        used.append(usage.ru_utime + usage.ru_stime)
        assert process.stderr
        process.stderr.close()
    return taken, used


# --- reports


def measure_calls(seconds: float) -> None:
    """Print a table of calls beside the bare server."""
    sandbox, bare = Server(["-m", "better_classroom", "sandbox"]), Server(["-c", _BARE, "300"])
    if _cores() > 1:
        os.sched_setaffinity(0, {_core(1)})
    print(f"{'':28} {'calls/s':>8} {'µs of core':>10} {'calls/core s':>12} {'of bare':>8}")
    try:
        idle = [request("GET", "/", "none")]
        base = pace(bare, idle, seconds)
        print(f"{'a bare uvicorn':28} {base.per_second:8.0f} {base.core:10.0f} {base.per_core_second:12.0f}")
        for name, requests in simple_calls(sandbox).items():
            found = pace(sandbox, requests, seconds)
            short = "" if found.per_core_second >= WANTED_CALLS else f"   short of {WANTED_CALLS}"
            ratio = base.core / found.core
            print(
                f"{name:28} {found.per_second:8.0f} {found.core:10.0f} {found.per_core_second:12.0f} {ratio:8.2f}{short}"
            )
    finally:
        sandbox.stop()
        bare.stop()


def measure_starts(times: int) -> None:
    """Print how long a start takes beside a Python that does nothing."""
    nothing, nothing_used = starts(["-c", "pass"], times, ready=False)
    taken, used = starts(["-m", "better_classroom", "sandbox"], times, ready=True)
    short = "" if min(used) < WANTED_START else f"   short of {WANTED_START} s"
    print(f"{'':28} {'at best':>8} {'usually':>8} {'of a core':>10} {'of python':>8}")
    for name, walls, cores in (("python -c pass", nothing, nothing_used), ("start to ready", taken, used)):
        ratio = min(cores) / min(nothing_used)
        print(f"{name:28} {min(walls):7.3f}s {statistics.median(walls):7.3f}s {min(cores):9.3f}s {ratio:8.1f}")
    print(f"{short}\n" if short else "")


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=2, help="for which each call is repeated (%(default)s)")
    parser.add_argument("--starts", type=int, default=7, help="starts to take the best of (%(default)s)")
    chosen = parser.parse_args()
    measure_starts(chosen.starts)
    measure_calls(chosen.seconds)


if __name__ == "__main__":
    main()
