"""Uploads that outlast the run that began them: killed anywhere, a file arrives once and whole, and no byte goes twice."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from better_classroom.gateways import Policy, Resuming
from better_classroom.ledger import Ledger, backup
from better_classroom.ledger.uploads import LIFETIME
from breaking_off import KILLS, WAITS, Children, killed
from builders import ACCOUNT, a_programme
from talking import Control
from test_ledger_schema import migrated
from worlds import Organiser, Organising, listed, token

Google = Callable[[str, str, str], Any]

SLIDES = "slides/1.pdf"
KEY = f"file:{ACCOUNT}/{SLIDES}"
SIZE = 2 * Policy().part + 7
"""Three parts."""
NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)
METHODS = {"a new file": "drive.files.create", "a new version": "drive.files.update"}


@pytest.fixture
def organiser(organising: Organising, monkeypatch: pytest.MonkeyPatch) -> Organiser:
    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0.2")
    return organising(a_programme(courses=("tartu",)))


@dataclass
class Slides:
    """The presentation on this machine, and in Drive."""

    path: Path
    drive: Any

    def write(self, seed: int) -> None:
        """Give it other bytes, of another size than a run of equal parts would have."""
        self.path.write_bytes(
            bytes((number * seed) % 251 for number in range(256)) * (SIZE // 256) + b"." * (SIZE % 256)
        )

    def arrived(self) -> list[bytes]:
        """What Drive holds, of every file there."""
        found = listed(self.drive.files().list, "files", fields="nextPageToken,files(id)")
        return [self.drive.files().get_media(fileId=file["id"]).execute() for file in found]


@pytest.fixture
def slides(organiser: Organiser, control: Control, google: Google) -> Slides:
    return Slides(organiser.programme.parent / SLIDES, google("drive", "v3", token(control, ACCOUNT)))


def begun(organiser: Organiser, slides: Slides, what: str) -> None:
    """Bring the world to where the upload is the next thing to do."""
    if what == "a new version":
        assert organiser.applies().code == 0
    slides.write(7)


@pytest.fixture
def kill(control: Control, children: Children) -> Callable[[Organiser, str, int, str], None]:
    """Kills a run of its own process at the call of that method and number."""

    def kill(organiser: Organiser, method: str, number: int, how: str) -> None:
        control.post("faults", {**KILLS[how], "method": method, "skip": number, "times": 1})
        killed(children.begin(organiser, "apply", "--yes"), control)

    return kill


def sent(control: Control, method: str) -> int:
    """Bytes of the file that were sent to Drive by runs that nobody killed; names and questions are short."""
    calls = [call for call in control.calls(method) if "fault" not in call]
    return sum(call["bytesIn"] for call in calls if call["bytesIn"] not in range(8, 2000))


def kept(organiser: Organiser) -> list[tuple[str, ...]]:
    """What the ledger holds about uploads."""
    with sqlite3.connect(organiser.ledger) as found:
        return found.execute("SELECT key, sha256, remote_id, session FROM uploads").fetchall()


@pytest.mark.parametrize("number", range(4), ids=["the start", "part 1", "part 2", "part 3"])
@pytest.mark.parametrize("how", KILLS)
@pytest.mark.parametrize("what", METHODS)
def test_an_upload_goes_on_where_a_killed_run_stopped(  # noqa: PLR0917 - what is killed, how, and where
    organiser: Organiser,
    slides: Slides,
    control: Control,
    kill: Callable[[Organiser, str, int, str], None],
    what: str,
    how: str,
    number: int,
) -> None:
    part, method = Policy().part, METHODS[what]
    begun(organiser, slides, what)
    kill(organiser, method, number, how)
    assert len(kept(organiser)) == (number > 0)
    control.delete("calls")
    again = organiser.applies()
    assert again.code == 0, again.err
    assert slides.arrived() == [slides.path.read_bytes()]
    most, least = SIZE - max(0, number - 1) * part, max(0, SIZE - number * part)
    if how == "killed before the call":
        # Of the part that was stopped on its way Drive may have taken some bytes, or none.
        assert least <= sent(control, method) <= most
    else:
        assert sent(control, method) == least
    assert kept(organiser) == []
    assert organiser.plans()["changes"] == []


@pytest.fixture
def broken_off(
    organiser: Organiser, slides: Slides, kill: Callable[[Organiser, str, int, str], None]
) -> tuple[str, ...]:
    """A first run that was killed when Drive had taken one part of three; what the ledger holds of it."""
    slides.write(7)
    kill(organiser, "drive.files.create", 1, "killed before the ledger's row")
    (row,) = kept(organiser)
    return row


@pytest.mark.usefixtures("broken_off")
def test_a_file_that_changed_meanwhile_is_sent_from_its_beginning(
    organiser: Organiser, slides: Slides, control: Control
) -> None:
    slides.write(11)
    control.delete("calls")
    assert organiser.applies().code == 0
    assert slides.arrived() == [slides.path.read_bytes()]
    assert sent(control, "drive.files.create") == SIZE
    assert kept(organiser) == []


@pytest.mark.usefixtures("broken_off")
@pytest.mark.parametrize("status", [400, 403, 404, 412])
def test_an_upload_that_drive_has_forgotten_is_begun_anew(
    organiser: Organiser, slides: Slides, control: Control, status: int
) -> None:
    control.post("faults", {"method": "drive.files.create", "when": "before", "do": status})
    control.delete("calls")
    again = organiser.applies()
    assert again.code == 0, again.err
    assert slides.arrived() == [slides.path.read_bytes()]
    assert sent(control, "drive.files.create") == SIZE
    assert kept(organiser) == []


def test_a_run_that_gave_up_is_gone_on_with_too(organiser: Organiser, slides: Slides, control: Control) -> None:
    slides.write(7)
    fault = {"method": "drive.files.create", "when": "before", "do": 503, "skip": 2, "times": 30}
    control.post("faults", fault)
    assert organiser.applies().code in {7, 9}
    control.delete("faults")
    control.delete("calls")
    assert organiser.applies().code == 0
    assert slides.arrived() == [slides.path.read_bytes()]
    assert sent(control, "drive.files.create") == SIZE - Policy().part


def test_a_refusal_ends_an_upload_for_good(organiser: Organiser, slides: Slides, control: Control) -> None:
    slides.write(7)
    fault = {"method": "drive.files.create", "when": "before", "do": 403, "reason": "storageQuotaExceeded", "skip": 2}
    control.post("faults", fault)
    assert organiser.applies().code == 7
    assert kept(organiser) == []
    assert organiser.applies().code == 0
    assert slides.arrived() == [slides.path.read_bytes()]


def test_bytes_that_changed_while_a_killed_run_sent_them_are_noticed_and_sent_again(
    organiser: Organiser, slides: Slides, kill: Callable[[Organiser, str, int, str], None]
) -> None:
    begun(organiser, slides, "a new version")
    meant = slides.path.read_bytes()
    slides.path.write_bytes(b"!" + meant[1:])
    kill(organiser, "drive.files.update", 1, "killed before the ledger's row")
    with sqlite3.connect(organiser.ledger) as found:
        found.execute("UPDATE uploads SET sha256 = ?", (hashlib.sha256(meant).hexdigest(),))
    slides.path.write_bytes(meant)  # the first part that Drive has is of a file that no longer is
    first = organiser.applies()
    assert first.code in {6, 7}
    assert "changed since the programme was read" in first.err
    assert organiser.applies().code == 0
    assert slides.arrived() == [meant]


@pytest.mark.usefixtures("broken_off")
def test_nothing_is_sent_to_an_address_outside_the_target(organiser: Organiser, slides: Slides) -> None:
    with sqlite3.connect(organiser.ledger) as found:
        found.execute("UPDATE uploads SET session = 'http://elsewhere.example/upload?upload_id=1'")
    first = organiser.applies()
    assert first.code in {6, 7}
    assert "a request to elsewhere.example was stopped" in first.err
    assert organiser.applies().code == 0
    assert slides.arrived() == [slides.path.read_bytes()]


def test_where_an_upload_goes_on_is_a_secret(
    organiser: Organiser,
    control: Control,
    broken_off: tuple[str, ...],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    *_, session = broken_off
    (secret,) = parse_qs(urlsplit(session).query)["upload_id"]
    caplog.set_level(logging.DEBUG)
    control.post("faults", {"method": "drive.files.create", "when": "before", "do": "drop", "times": 30})
    plan = tmp_path / "reviewed.plan"
    said = [
        organiser.types(*command)
        for command in (
            ("apply", "--yes"),
            ("plan", "--out", str(plan)),
            ("plan", "--json"),
            ("doctor",),
            ("status",),
            ("ledger", "backup", str(tmp_path / "copy.db")),
        )
    ]
    assert said[0].code in {7, 9}  # something else may have been done meanwhile
    assert [one.code for one in said[1:]] == [0, 0, 0, 0, 0]
    assert kept(organiser) == [broken_off]
    written_down = [text for one in said for text in (one.out, one.err)] + [caplog.text, plan.read_text()]
    assert not [text for text in written_down if secret in text]
    assert secret.encode() in organiser.ledger.read_bytes() + organiser.ledger.with_name("ledger.db-wal").read_bytes()
    assert organiser.ledger.stat().st_mode & 0o077 == 0
    assert secret.encode() not in (tmp_path / "copy.db").read_bytes()
    assert "session" not in repr(Resuming(session))


# The ledger's part


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(str(tmp_path / "ledger.db"), programme="better-2020", target="google") as found:
        yield found


UPLOAD = {"sha256": "ab", "remote_id": "1abc"}


def test_an_upload_is_known_by_file_bytes_and_id_for_a_week(ledger: Ledger) -> None:
    ledger.uploads.begin(KEY, **UPLOAD, session="https://there/1", begun_at=NOW)
    ledger.uploads.begin(KEY, **UPLOAD, session="https://there/2", begun_at=NOW)
    just_before = NOW + LIFETIME - timedelta(seconds=1)
    assert ledger.uploads.session(KEY, **UPLOAD, now=just_before) == "https://there/2"
    assert ledger.uploads.session(KEY, **UPLOAD, now=NOW + LIFETIME) == ""
    for other in ({"sha256": "cd"}, {"remote_id": "1xyz"}):
        assert ledger.uploads.session(KEY, **(UPLOAD | other), now=NOW) == ""
    assert ledger.uploads.session("file:a@b.example/slides/2.pdf", **UPLOAD, now=NOW) == ""


def test_an_upload_goes_with_the_write_that_it_belongs_to_and_when_it_is_too_old(ledger: Ledger) -> None:
    other = "file:a@b.example/slides/2.pdf"
    ledger.uploads.begin(KEY, **UPLOAD, session="https://there/1", begun_at=NOW)
    ledger.uploads.begin(other, **UPLOAD, session="https://there/2", begun_at=NOW + LIFETIME)
    assert ledger.uploads.session(KEY, **UPLOAD, now=NOW) == ""
    ledger.settle(KEY, None)
    assert ledger.uploads.session(other, **UPLOAD, now=NOW + LIFETIME) == "https://there/2"
    ledger.settle(other, None)
    assert ledger.uploads.session(other, **UPLOAD, now=NOW + LIFETIME) == ""


def test_a_copy_of_a_ledger_of_an_earlier_version_is_made_as_well(tmp_path: Path) -> None:
    migrated(str(tmp_path / "ledger.db"), "0004")
    backup.copy(tmp_path / "ledger.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").exists()
