"""Hands in Classroom, field by field: told and kept, or written back, and never confused with what the programme edits.

Google lets nobody but a person change attachments, and lets us change neither those nor, once public, when a post appears.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from better_classroom.ledger import Ledger
from better_classroom.sandbox.store import Row, Store
from builders import ACCOUNT, a_programme, a_seminar, written
from machine_world import rows
from talking import Control
from worlds import Organiser

SLIDES, BOX = "tartu/seminar-1/materials.presentation", "tartu/seminar-1/before"
REMINDER, TOPIC = "tartu/seminar-1/reminders.1-day-before", "tartu/seminar-1/topic"
KEPT, CONFLICT = "changed by hand, kept", "changed by hand and in the programme, kept"


@dataclass(frozen=True)
class Case:
    """One field of one item."""

    key: str
    field: str
    """What we call it."""
    table: str
    name: str
    """What Google calls it."""
    hand: Any
    edit: Callable[[dict[str, Any]], Any]
    """What the programme is edited to say instead; it changes the seminar in place."""
    restored: bool = True
    """Whether ``drift: restore`` writes it back."""


def _attach(seminar: dict[str, Any]) -> None:
    seminar["materials"]["presentation"]["attachments"] = [{"link": "https://edited.example"}]


CASES = [
    Case(SLIDES, "title", "materials", "title", "By hand", lambda s: s["materials"]["presentation"].update(title="Anew")),
    Case(SLIDES, "text", "materials", "description", "By hand", lambda s: s["materials"]["presentation"].update(text="Anew")),
    Case(SLIDES, "publish", "materials", "scheduledTime", "2020-06-09T08:00:00Z", lambda s: s["materials"]["presentation"].update(publish="2 days before")),
    Case(SLIDES, "attachments", "materials", "materials", [], _attach, restored=False),
    Case(BOX, "text", "courseWork", "description", "By hand", lambda s: s["questions"]["before"].update(closes="1 hour before")),
    Case(REMINDER, "text", "announcements", "text", "By hand", lambda s: s["reminders"][0].update(text="Anew")),
    Case(REMINDER, "publish", "announcements", "scheduledTime", "2020-06-09T08:00:00Z", lambda s: s.update(starts="2020-06-16 11:45")),
    Case(TOPIC, "name", "topics", "name", "By hand", lambda s: s.update(title="Anew")),
]  # fmt: skip


class School:
    """One course, published, into which a hand reaches."""

    def __init__(self, control: Control, store: Store, url: str, folder: Path) -> None:
        control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
        self.store, self.folder = store, folder
        self.seminar = a_seminar(1)
        self.organiser = Organiser(folder / "programme.yaml", url, folder / "ledger.db")
        self.writes()
        assert self.organiser.applies().code == 0
        self.before = {case.key: dict(self.row(case)) for case in CASES}

    def writes(self, **whole: Any) -> None:
        written(self.folder, a_programme(courses=("tartu",)) | {"seminars": {"seminar-1": self.seminar}} | whole)

    def row(self, case: Case) -> Row:
        return self._found(case)[1]

    def hand(self, case: Case) -> None:
        """A person in Classroom's own page, who may change everything."""
        place, row = self._found(case)
        self.store.put(*place, row | {case.name: case.hand, "updateTime": self.store.stamp()})

    def _found(self, case: Case) -> tuple[tuple[str, str, str], Row]:
        ledger = self.organiser.ledger
        with Ledger.open(str(ledger), programme="better-test", target=self.organiser.target) as found:
            remote_id = found.entries()[case.key].remote_id
        everything = dict(rows(self.store)) | {
            ("topics", course, key): row for course in self.store.parents("topics") for key, row in self.store.items("topics", course)
        }  # fmt: skip
        return next((place, row) for place, row in everything.items() if place[2] == remote_id)

    def notes(self) -> list[tuple[str, str, set[str]]]:
        return [(note["key"], note["remark"], set(note["fields"])) for note in self.organiser.plans()["notes"]]


@pytest.fixture
def school(control: Control, view: Any, sandbox_url: str, tmp_path: Path) -> School:
    return School(control, view.store, sandbox_url, tmp_path)


def ids(case: Case) -> str:
    return f"{case.table} {case.field}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_what_a_hand_changed_is_told_and_kept_until_it_is_restored(school: School, case: Case) -> None:
    school.hand(case)
    assert school.organiser.plans()["changes"] == []
    assert school.notes() == [(case.key, KEPT, {case.field})]
    assert school.organiser.applies().code == 0
    assert school.row(case)[case.name] == case.hand
    assert school.organiser.applies("--restore", case.key).code == 0
    assert school.row(case)[case.name] == school.before[case.key][case.name]
    assert (school.organiser.plans()["changes"], school.notes()) == ([], [])


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_drift_restore_writes_back_all_but_attachments(school: School, case: Case) -> None:
    school.hand(case)
    school.writes(drift="restore")
    assert school.organiser.applies().code == 0
    wanted = school.before[case.key][case.name] if case.restored else case.hand
    assert school.row(case)[case.name] == wanted
    assert school.notes() == ([] if case.restored else [(case.key, KEPT, {case.field})])


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_where_hand_and_programme_both_changed_a_field_the_hand_s_is_kept_and_told(school: School, case: Case) -> None:
    school.hand(case)
    case.edit(school.seminar)
    school.writes()
    assert school.organiser.applies("--allow-many").code == 0
    assert school.row(case)[case.name] == case.hand
    assert (case.key, CONFLICT, {case.field}) in school.notes()
    assert school.organiser.applies("--restore", case.key).code == 0
    assert school.row(case)[case.name] not in (case.hand, school.before[case.key][case.name])
    assert (school.organiser.plans()["changes"], school.notes()) == ([], [])


def test_what_the_programme_changes_beside_a_hand_s_field_is_written(school: School) -> None:
    title = CASES[0]
    school.hand(title)
    school.seminar["materials"]["presentation"]["text"] = "Anew"
    school.writes()
    assert school.organiser.applies().code == 0
    assert school.row(title)["title"] == "By hand"
    assert school.row(title)["description"].startswith("Anew")
    assert school.notes() == [(title.key, KEPT, {"title"})]
