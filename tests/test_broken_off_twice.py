"""Two runs broken off one after the other, and the programme edited before each: the third makes all good.

In one story a material is replaced that participants see. Its attachments change each time, so that a draft is to take
its place while another is still about to; and its seminar is moved, so that nothing but what was seen says that the
draft is not to wait. In the other all is written in place, and what the first run left there is not what the second
would have.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from breaking_off import WAITS
from builders import ACCOUNT, a_programme, a_seminar, written
from machine_world import rows
from participants_view import View
from talking import Control
from worlds import Organiser

MATERIALS = "classroom.courses.courseWorkMaterials"
CUTS = tuple(product(("create", "delete", "patch"), ("before", "after")))
"""Where the reply is lost; one before the first call, or after the last, is no more than one broken run."""
MOVED = {"starts": "2020-06-23 11:30", "ends": "2020-06-23 13:00"}
"""When what was seen already would come, were it new."""


@pytest.fixture
def organiser(control: Control, sandbox_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Organiser:
    for name, value in (WAITS | {"BETTER_CLASSROOM_DEADLINE": "0"}).items():
        monkeypatch.setenv(name, value)
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
    return Organiser(tmp_path / "programme.yaml", sandbox_url, tmp_path / "ledger.db")


def edition(number: int, **changes: Any) -> dict[str, Any]:
    """The programme with the attachments of that edition."""
    seminar = a_seminar(1, **changes)
    del seminar["questions"], seminar["reminders"]
    seminar["materials"]["presentation"]["attachments"] = [{"link": f"https://edition.example/{number}"}]
    programme = a_programme(courses=("tartu",)) | {"seminars": {"seminar-1": seminar}}
    del programme["welcome"]
    return programme


@pytest.mark.parametrize("second", CUTS[:-1], ids=lambda cut: f"then {cut[0]} {cut[1]}")
@pytest.mark.parametrize("first", CUTS[1:], ids=lambda cut: f"{cut[0]} {cut[1]}")
def test_an_edit_between_two_broken_runs_is_no_hand_s_and_participants_lose_nothing(  # noqa: PLR0917 - fixtures
    organiser: Organiser,
    control: Control,
    tmp_path: Path,
    view: View,
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    written(tmp_path, edition(1))
    assert organiser.applies().code == 0
    for number, (verb, side) in enumerate((first, second), start=2):
        written(tmp_path, edition(number, **MOVED))
        control.post("faults", {"method": f"{MATERIALS}.{verb}", "when": side, "do": "drop", "times": 1})
        organiser.applies("--allow-many")
        control.delete("faults")
    written(tmp_path, edition(4, **MOVED))
    assert organiser.applies("--allow-many").code == 0
    plan = organiser.plans()
    assert plan["changes"] == []
    assert not [note for note in plan["notes"] if "hand" in note["remark"]]
    links = [(row["state"], row["materials"][0]["link"]["url"]) for _, row in rows(view.store) if row.get("materials")]
    assert links == [("PUBLISHED", "https://edition.example/4")]
    assert view.twice == []


def worded(folder: Path, number: int) -> None:
    """The programme in the words of that edition, and its presentation."""
    seminar = a_seminar(1, title=f"Data, edition {number}", summary=f"What cities can do, edition {number}")
    seminar["questions"] = {"before": {"opens": "14 days before", "closes": f"{number} hours before"}}
    seminar["reminders"] = [{"publish": "1 day before", "text": f"Tomorrow, edition {number}"}]
    programme = a_programme(courses=("tartu",)) | {"seminars": {"seminar-1": seminar}}
    programme["courses"]["tartu"]["name"] = f"BETTER, edition {number}"
    written(folder, programme)
    (folder / "slides/1.pdf").write_bytes(f"%PDF-1.4 edition {number}".encode())


@pytest.mark.parametrize("second", ["before", "after"])
@pytest.mark.parametrize(
    "method",
    [
        "classroom.courses.patch",
        "classroom.courses.topics.patch",
        "classroom.courses.courseWorkMaterials.patch",
        "classroom.courses.courseWork.patch",
        "classroom.courses.announcements.patch",
        "drive.files.update",
    ],
)
def test_what_a_broken_run_wrote_is_no_hand_s_though_another_broken_run_came_after_it(  # noqa: PLR0917 - fixtures
    organiser: Organiser,
    control: Control,
    tmp_path: Path,
    view: View,
    method: str,
    second: str,
) -> None:
    worded(tmp_path, 1)
    assert organiser.applies().code == 0
    for number, side in ((2, "after"), (3, second)):
        worded(tmp_path, number)
        # What takes effect of an upload is its second call: the first only asks where to send the bytes.
        skip = int(method.startswith("drive.") and side == "after")
        control.post("faults", {"method": method, "when": side, "do": "drop", "times": 99, "skip": skip})
        assert organiser.applies().code != 0
        control.delete("faults")
    worded(tmp_path, 4)
    assert organiser.applies().code == 0
    plan = organiser.plans()
    assert (plan["changes"], plan["notes"]) == ([], [])
    store = view.store
    tables = ("courses", "topics", "materials", "courseWork", "announcements")
    there = str([row for table in tables for parent in store.parents(table) for row in store.rows(table, parent)])
    assert not [number for number in (1, 2, 3) if f"edition {number}" in there]


@pytest.mark.parametrize("side", ["before", "after"])
def test_what_left_and_came_back_between_two_broken_runs_was_deleted_by_no_hand(
    organiser: Organiser, control: Control, tmp_path: Path, view: View, side: str
) -> None:
    whole = edition(1)
    written(tmp_path, whole)
    assert organiser.applies().code == 0
    without = edition(1)
    without["seminars"]["seminar-1"]["materials"] = {}
    for programme, verb, when in ((without, "delete", "after"), (whole, "create", side)):
        written(tmp_path, programme)
        control.post("faults", {"method": f"{MATERIALS}.{verb}", "when": when, "do": "drop", "times": 1})
        assert organiser.applies().code != 0
        control.delete("faults")
    assert organiser.applies().code == 0
    plan = organiser.plans()
    assert (plan["changes"], plan["notes"]) == ([], [])
    assert len([row for _, row in rows(view.store) if row.get("materials")]) == 1


def test_a_draft_that_a_hand_deleted_amid_its_replacement_is_told_and_not_made_again(
    organiser: Organiser, control: Control, tmp_path: Path, view: View
) -> None:
    written(tmp_path, edition(1))
    assert organiser.applies().code == 0
    written(tmp_path, edition(2))
    control.post("faults", {"method": f"{MATERIALS}.delete", "when": "after", "do": "drop", "times": 1})
    assert organiser.applies().code != 0
    control.delete("faults")
    ((place, row),) = [found for found in rows(view.store) if found[1].get("materials")]
    view.store.put(*place, row | {"state": "DELETED"})
    assert organiser.applies().code == 0
    assert [note["remark"] for note in organiser.plans()["notes"]] == ["deleted by hand"]
    assert [row for _, row in rows(view.store) if row.get("materials")] == []
