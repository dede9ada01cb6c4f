"""One running sandbox: its store, its callers, the faults scripted for it, the calls made to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from better_classroom.sandbox.callers import Callers
from better_classroom.sandbox.calls import Calls
from better_classroom.sandbox.classroom.clock import publish_due
from better_classroom.sandbox.faults import Faults
from better_classroom.sandbox.quotas import Quotas
from better_classroom.sandbox.store import Store


class World:
    """All that a reset empties. ``latency`` (seconds) delays every reply, by the wall clock; ``quotas``: they are on."""

    def __init__(
        self, *, now: datetime, folder: Path | None = None, latency: float = 0.0, quotas: bool = False
    ) -> None:
        self.store = Store(now=now, folder=folder)
        self.callers = Callers(self.store)
        self.faults = Faults()
        self.calls = Calls()
        self.quotas = Quotas(on=quotas)
        self.latency = latency
        self.batches = 0
        self.number = 0  # of resets: a call that waited through one belongs to a former world

    def catch_up(self) -> None:
        """Publish what has come due by the clock."""
        with self.store.transaction():
            publish_due(self.store)

    def reset(self, now: datetime | None = None) -> None:
        """Empty the world; calls that hang are forgotten, without effect."""
        self.number += 1
        self.faults.release()
        self.faults.clear()
        self.calls.clear()
        self.quotas.clear()
        self.batches = 0
        self.store.reset(now)
        self.callers = Callers(self.store)

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()
