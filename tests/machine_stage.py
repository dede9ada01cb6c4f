"""Where random stories are told: a sandbox with a witness, and what can go wrong on the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from better_classroom.sandbox.server import Running
from builders import ACCOUNT
from machine_programmes import EXISTING, OTHER_ACCOUNT
from machine_world import Witness
from talking import Control, Wire
from worlds import token

EXPERT = "lauri.sock@tartu.example"
RESOURCES = {"materials": "courseWorkMaterials", "courseWork": "courseWork", "announcements": "announcements"}
WRITES = (
    "classroom.courses.create",
    "classroom.courses.patch",
    "classroom.courses.topics.create",
    "classroom.courses.topics.patch",
    "classroom.courses.topics.delete",
    *(f"classroom.courses.{kind}.{verb}" for kind in RESOURCES.values() for verb in ("create", "patch", "delete")),
    "drive.files.create",
    "drive.files.update",
    "drive.files.delete",
    "drive.permissions.create",
    "drive.permissions.delete",
    "sheets.spreadsheets.batchUpdate",
)
READS = (
    "classroom.courses.courseWork.studentSubmissions.list",
    "sheets.spreadsheets.get",
    "classroom.courses.get",
    "classroom.courses.topics.list",
    "classroom.courses.courseWork.list",
    "drive.files.list",
)
FAULTS: tuple[Mapping[str, Any], ...] = (
    {"when": "before", "do": "drop"},
    {"when": "after", "do": "drop"},
    {"when": "after", "do": "reset"},
    {"when": "after", "do": "truncate"},
    {"when": "after", "do": 500},
    {"when": "before", "do": 503},
    {"when": "before", "do": 429, "retryAfter": 0},
    {"when": "before", "do": 403, "reason": "rateLimitExceeded"},
    {"when": "before", "do": 403},
)

faults: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda fault, **where: {**fault, **where},
    st.sampled_from(FAULTS),
    method=st.sampled_from(WRITES + READS),
    skip=st.integers(0, 6),
    times=st.sampled_from((1, 1, 1, 2, 5)),
)


class Stage:
    """The sandbox that all stories are told in, one after another."""

    def __init__(self, running: Running, control: Control) -> None:
        self.url, self.control = running.url, control
        self.store = running.world.store
        self._running = running
        self._wires: dict[tuple[str, str], Wire] = {}
        self.clear()

    def clear(self) -> None:
        """An empty world with our people and the courses that exist already."""
        self.close()
        self.control.post("reset")
        self.witness = self._running.world.calls = Witness(self.store)
        self.control.post("seed", {"users": [{"email": email} for email in (ACCOUNT, OTHER_ACCOUNT, EXPERT)]})
        for key, spec in EXISTING.items():
            owner = spec.get("account", ACCOUNT)
            self.control.post("seed", {"courses": [{"id": spec["id"], "name": key, "owner": owner}]})

    def close(self) -> None:
        self.control.post("faults/release")
        for wire in self._wires.values():
            wire.close()
        self._wires.clear()

    def person(self, user: str, project: str = "") -> Wire:
        """Classroom as somebody reaches it, by our Cloud project or another."""
        if (user, project) not in self._wires:
            access = token(self.control, user, *((project,) if project else ()))
            self._wires[user, project] = Wire(self.url, access)
        return self._wires[user, project]

    def email(self, user_id: str) -> str:
        row = self.store.get("users", "", user_id)
        assert row
        return str(row["email"])
