#!/usr/bin/env python3
"""How many calls one after another a publication and a quiet sync take: what a slow line makes an organiser wait for.

The same command runs against a sandbox that answers at once and against one that waits; the difference in time, divided
by the wait, is the number of round trips in turn. So the speed of this machine drops out. Budgets: design §12.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "better-2020"
PROGRAM = [sys.executable, "-m", "better_classroom"]
WAIT = 0.25  # seconds: long enough that what else the machine does is small beside it
BUDGETS = {"first publication": 20, "quiet sync": 4}


@contextmanager
def sandbox(folder: Path, latency: float) -> Iterator[str]:
    """Give the address of a sandbox that waits before each reply."""
    ready = folder / "ready.json"
    command = [*PROGRAM, "sandbox", "--ready-file", str(ready), "--now", "2020-05-18T08:00:00Z"]
    process = subprocess.Popen([*command, "--latency", str(int(latency * 1000))], stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            time.sleep(0.05)  # noqa: TID251 - before the clock that measures runs
        yield json.loads(ready.read_text(encoding="utf-8"))["url"]
    finally:
        process.terminate()
        process.wait()


def seconds(folder: Path, *arguments: str) -> float:
    """Time one command."""
    began = time.perf_counter()
    subprocess.run([*PROGRAM, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measured(latency: float) -> dict[str, float]:
    """Seconds of each command; the better of two quiet syncs, for one may meet another program."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "programme"
        shutil.copytree(EXAMPLE, folder)
        with sandbox(Path(name), latency) as url:
            first = seconds(folder, "apply", "--yes", "--target", url)
            quiet = min(seconds(folder, "sync", "--target", url) for _ in range(2))
    return {"first publication": first, "quiet sync": quiet}


def main() -> None:
    """Measure both, and print the table."""
    at_once, slow = measured(0), measured(WAIT)
    print(f"{'':20}{'at once':>10}{f'+{WAIT * 1000:.0f} ms':>10}{'round trips':>14}{'budget':>9}")
    for name, budget in BUDGETS.items():
        trips = (slow[name] - at_once[name]) / WAIT
        print(f"{name:20}{at_once[name]:>8.2f} s{slow[name]:>8.2f} s{trips:>14.1f}{budget:>9}")


if __name__ == "__main__":
    main()
