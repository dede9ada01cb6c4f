"""How runs are broken off: calls that fail, and runs in processes of their own that SIGKILL ends amid a call."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from typing import Any

from talking import Control
from worlds import Organiser

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [f"better_classroom.cli.{name}" for name in ("publishing", "syncing", "person", "people")]
)

WAITS = {"BETTER_CLASSROOM_SETTLE": "0", "BETTER_CLASSROOM_FIRST_WAIT": "0.001"}
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "dropped before the effect": {"when": "before", "do": "drop"},
    "dropped after the effect": {"when": "after", "do": "drop"},
    "500 with the effect done": {"when": "after", "do": 500},
    "503": {"when": "before", "do": 503},
    "429": {"when": "before", "do": 429},
    "429 with Retry-After": {"when": "before", "do": 429, "retryAfter": 0},
    "403 rateLimitExceeded": {"when": "before", "do": 403, "reason": "rateLimitExceeded"},
}
LOST = ("dropped before the effect", "dropped after the effect", "500 with the effect done")
"""After these nobody knows whether the call has had its effect."""
KILLS: Mapping[str, Mapping[str, Any]] = {
    "killed before the ledger's row": {"when": "after", "do": "hang"},
    "killed before the call": {"when": "before", "do": "hang"},
}

ROUNDS = 10_000
"""So often is asked how far a run has come, and half a minute at least goes by."""


class Children:
    """Runs in processes of their own; none outlives the test."""

    def __init__(self) -> None:
        self._begun: list[ForkServerProcess] = []

    def begin(self, organiser: Organiser, *command: str, environment: Mapping[str, str] = WAITS) -> ForkServerProcess:
        """Begin a run, with these of our variables and no others."""
        process = PROCESSES.Process(target=_run, args=(organiser, command, dict(environment)))
        process.start()
        self._begun.append(process)
        return process

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._begun:
            process.kill()
            process.join()
            process.close()


def held_up(process: ForkServerProcess, control: Control, what: str = "") -> None:
    """Let a run go on until the latest fault holds one of its calls up."""
    goes_on(process, lambda: bool(control.get("faults")["faults"][-1]["struck"]), what)


def goes_on(process: ForkServerProcess, until: Callable[[], bool], what: str = "") -> None:
    """Let a run go on until that is so, which it must be before the run ends."""
    rounds = iter(range(ROUNDS))
    while not until():
        assert process.is_alive(), what
        assert next(rounds, None) is not None, f"{what}: it waits for ever"
        process.join(0.003)  # whoever asks all the time keeps the sandbox from answering the run


def killed(process: ForkServerProcess, control: Control, what: str = "") -> None:
    """Kill a run amid the call that the latest fault holds up, and let that call be answered."""
    held_up(process, control, what)
    process.kill()
    process.join()
    control.post("faults/release")


def _run(organiser: Organiser, command: tuple[str, ...], environment: dict[str, str]) -> None:
    # A child of the fork server inherits what some other test had set when that server began, and nothing of this one's.
    own = os.environ  # noqa: TID251 - see above
    for name in [name for name in own if name.startswith("BETTER_CLASSROOM_")]:
        del own[name]
    own.update(environment)
    organiser.types(*command)
