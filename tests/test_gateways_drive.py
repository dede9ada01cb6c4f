"""Presentations in Drive: sent whole or not at all, found again, shared without mail."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from better_classroom.course import File, ObservedFile
from better_classroom.errors import AlreadyExists, NotFound, RefusedByBrake, RefusedByGoogle, TryLater
from better_classroom.gateways import Account, Drive, Policy
from better_classroom.gateways.policy import UPLOAD_UNIT
from gateways_account import CO_TEACHER, COURSE, GROUP, ORGANISER, QUICK, seed, signed_in
from gateways_wire import refuse, reply, server

PROGRAMME = "better-2020"
MARK = "0123456789abcdef0123456789abcdef"
SMALL_PARTS = replace(QUICK, part=UPLOAD_UNIT)


@pytest.fixture
def account(sandbox_url: str, control: Any) -> Iterator[Account]:
    seed(control)
    with signed_in(sandbox_url, policy=SMALL_PARTS) as found:
        yield found


@pytest.fixture
def drive(account: Account) -> Drive:
    return account.drive


@pytest.fixture
def slides(tmp_path: Path) -> Path:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 10)
    return path


def described(path: Path, name: str = "Ettekanne õ.pdf") -> File:
    content = path.read_bytes()
    return File(
        key=f"file:{ORGANISER}/slides/1.pdf",
        path="slides/1.pdf",
        name=name,
        mime_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )


def create(drive: Drive, path: Path, remote_id: str = "", **given: Any) -> ObservedFile:
    asked = {"mark": MARK, "programme": PROGRAMME} | given
    file = asked.pop("file", None) or described(path)
    return drive.create_file(file, path, remote_id=remote_id or drive.new_id(), **asked)


def content(control: Any, google: Any, remote_id: str, reader: str = ORGANISER) -> bytes:
    files = google("drive", "v3", control.token(reader, "drive", project="better-classroom")).files()
    found: bytes = files.get_media(fileId=remote_id).execute()
    return found


@pytest.mark.parametrize("size", [0, 1, UPLOAD_UNIT - 1, UPLOAD_UNIT, UPLOAD_UNIT + 1, 3 * UPLOAD_UNIT])
def test_a_file_arrives_byte_for_byte(drive: Drive, control: Any, google: Any, tmp_path: Path, size: int) -> None:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(bytes(number % 251 for number in range(size)))
    remote_id = drive.new_id()
    told: list[tuple[int, int]] = []
    made = create(drive, path, remote_id, progress=lambda sent, total: told.append((sent, total)))
    assert made == ObservedFile(
        remote_id=remote_id,
        key=MARK,
        name="Ettekanne õ.pdf",
        mime_type="application/pdf",
        sha256=described(path).sha256,
        size=size,
        readers=made.readers,
        commenters=made.commenters,
        version=made.version,
    )
    assert content(control, google, remote_id) == path.read_bytes()
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert len(told) == max(1, -(-size // UPLOAD_UNIT))


def test_files_are_found_again_by_the_programmes_mark(drive: Drive, slides: Path) -> None:
    made = create(drive, slides)
    create(drive, slides, programme="another's-2020", mark="f" * 32)
    assert drive.files(PROGRAMME) == (made,)
    assert [found.key for found in drive.files("another's-2020")] == ["f" * 32]
    assert drive.files("none") == ()


def test_a_new_revision_stands_behind_the_same_id(drive: Drive, control: Any, google: Any, slides: Path) -> None:
    made = create(drive, slides)
    slides.write_bytes(b"%PDF-1.7 teine")
    revised = drive.revise_file(made.remote_id, described(slides, "Uus nimi.pdf"), slides)
    assert (revised.remote_id, revised.key, revised.name) == (made.remote_id, MARK, "Uus nimi.pdf")
    assert content(control, google, made.remote_id) == b"%PDF-1.7 teine"
    assert drive.files(PROGRAMME) == (revised,)


BREAKS = [
    {"when": when, "do": do, "skip": skip}
    for when in ("before", "after")
    for do in ("drop", "reset", 500, 503)
    for skip in range(4)  # the start, and each of three parts
]


@pytest.mark.parametrize("fault", BREAKS, ids=str)
def test_a_broken_upload_goes_on_where_it_was(
    drive: Drive, control: Any, google: Any, tmp_path: Path, fault: dict[str, Any]
) -> None:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(bytes(number % 249 for number in range(2 * UPLOAD_UNIT + 7)))
    remote_id = drive.new_id()
    control.post("faults", {"method": "drive.files.create"} | fault)
    made = create(drive, path, remote_id)
    assert made.sha256 == described(path).sha256
    assert content(control, google, remote_id) == path.read_bytes()
    assert drive.files(PROGRAMME) == (made,)


def test_a_second_create_under_the_same_id_is_the_first(drive: Drive, control: Any, slides: Path) -> None:
    remote_id = drive.new_id()
    first = create(drive, slides, remote_id)
    control.delete("calls")
    assert create(drive, slides, remote_id) == first
    assert drive.files(PROGRAMME) == (first,)


def test_a_second_create_with_other_bytes_brings_the_first_up_to_date(
    drive: Drive, control: Any, google: Any, slides: Path
) -> None:
    remote_id = drive.new_id()
    create(drive, slides, remote_id)
    slides.write_bytes(b"%PDF-1.7 teine")
    made = create(drive, slides, remote_id)
    assert made.sha256 == described(slides).sha256
    assert content(control, google, remote_id) == b"%PDF-1.7 teine"


def test_an_id_that_belongs_to_something_else_is_not_touched(
    drive: Drive, control: Any, google: Any, slides: Path
) -> None:
    taken = create(drive, slides)
    before = content(control, google, taken.remote_id)
    slides.write_bytes(b"%PDF-1.7 teine")
    with pytest.raises(AlreadyExists):
        create(drive, slides, taken.remote_id, mark="f" * 32)
    assert content(control, google, taken.remote_id) == before


def test_a_file_that_is_not_the_one_planned_is_not_sent(drive: Drive, control: Any, slides: Path) -> None:
    planned = described(slides)
    slides.write_bytes(b"%PDF-1.7 teine")
    control.delete("calls")
    with pytest.raises(RefusedByBrake, match="changed since the programme was read"):
        create(drive, slides, "1fixed", file=planned)
    assert control.calls() == []


def test_a_file_that_changes_while_it_is_sent_is_noticed(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(b"a" * (3 * UPLOAD_UNIT))

    def edit(sent: int, _total: int) -> None:
        if sent == UPLOAD_UNIT:
            with path.open("r+b") as file:
                file.seek(2 * UPLOAD_UNIT)
                file.write(b"b")

    planned = described(path)
    made = create(drive, path, file=planned, progress=edit)
    assert made.sha256 == described(path).sha256 != planned.sha256


def test_a_file_that_shrinks_while_it_is_sent_is_noticed(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(b"a" * (3 * UPLOAD_UNIT))

    def cut(_sent: int, _total: int) -> None:
        with path.open("r+b") as file:
            file.truncate(UPLOAD_UNIT)

    with pytest.raises(RefusedByBrake, match="changed since the programme was read"):
        create(drive, path, progress=cut)
    assert drive.files(PROGRAMME) == ()


def test_a_file_that_is_not_there_is_named(drive: Drive, slides: Path) -> None:
    planned = described(slides)
    with pytest.raises(RefusedByBrake, match=r"slides/1\.pdf: cannot be read"):
        create(drive, slides.with_name("puudub.pdf"), file=planned)


def test_an_upload_that_drive_forgot_is_begun_anew(drive: Drive, control: Any, google: Any, tmp_path: Path) -> None:
    path = tmp_path / "ettekanne.pdf"
    path.write_bytes(b"a" * (2 * UPLOAD_UNIT))
    control.post("faults", {"method": "drive.files.create", "when": "before", "do": 404, "skip": 1})
    made = create(drive, path)
    assert content(control, google, made.remote_id) == path.read_bytes()


def test_an_upload_that_drive_keeps_forgetting_ends(slides: Path) -> None:
    with server() as wire:
        begun = reply(200, location=f"{wire.url}/upload/drive/v3/files?upload_id=1")
        forgotten = refuse(404, "Requested entity was not found.")
        token = reply(200, {"access_token": "ya29.fresh"})
        me = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        wire.script = [token, me, *(begun, forgotten) * 3]
        wire.otherwise = refuse(404, "Requested entity was not found.")
        with signed_in(wire.url) as account, pytest.raises(NotFound):
            create(account.drive, slides, "1fixed")
    assert [request.verb for request in wire.requests] == ["POST", "GET", *["POST", "PUT"] * 3]


def test_a_full_drive_is_explained(drive: Drive, control: Any, slides: Path) -> None:
    fault = {"method": "drive.files.create", "when": "before", "do": 403, "reason": "storageQuotaExceeded"}
    control.post("faults", fault)
    with pytest.raises(RefusedByGoogle) as caught:
        create(drive, slides)
    assert caught.value.where == f"{ORGANISER}, slides/1.pdf"
    assert "is full" in caught.value.message


def test_a_large_file_is_never_held_whole(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "salvestus.mp4"
    size = 24 * UPLOAD_UNIT
    with path.open("wb") as file:
        file.truncate(size)
    planned = described(path)
    remote_id = drive.new_id()
    tracemalloc.start(1)
    try:
        create(drive, path, remote_id, file=planned)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Some parts' worth of memory on both sides of the wire, since the sandbox runs in this process too.
    assert peak < size / 4


def group(account: Account) -> str:
    found = account.classroom.course(COURSE)
    assert found
    return found.group_email


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_file_is_shared_with_the_course_once_and_without_mail(
    account: Account, control: Any, slides: Path, when: str
) -> None:
    made = create(account.drive, slides)
    control.post("faults", {"method": "drive.permissions.create", "when": when, "do": "drop"})
    permission = account.drive.share(made.remote_id, group(account))
    assert account.drive.share(made.remote_id, group(account)) == permission
    (found,) = account.drive.files(PROGRAMME)
    assert found.readers[group(account).lower()] == permission
    assert set(found.readers) == {ORGANISER, group(account).lower()}


def test_nobody_gets_mail_about_a_shared_file() -> None:
    with server() as wire:
        token = reply(200, {"access_token": "ya29.fresh"})
        me = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        wire.script = [token, me, reply(200, {"id": "7"})]
        with signed_in(wire.url) as account:
            assert account.drive.share("1fixed", GROUP) == "7"
    assert "sendNotificationEmail=false" in wire.requests[-1].path
    assert wire.requests[-1].json() == {"type": "group", "role": "reader", "emailAddress": GROUP}


def test_a_file_in_the_trash_is_not_found(drive: Drive, control: Any, google: Any, slides: Path) -> None:
    made = create(drive, slides)
    files = google("drive", "v3", control.token(ORGANISER, "drive", project="better-classroom")).files()
    files.update(fileId=made.remote_id, body={"trashed": True}).execute()
    assert drive.files(PROGRAMME) == ()


def test_a_shared_file_is_not_the_other_accounts(sandbox_url: str, account: Account, slides: Path) -> None:
    made = create(account.drive, slides)
    account.drive.share(made.remote_id, group(account))
    with signed_in(sandbox_url, CO_TEACHER, QUICK) as other:
        assert other.drive.files(PROGRAMME) == ()


def test_a_file_that_is_gone_is_deleted_as_well_as_one_that_is_there(drive: Drive, slides: Path) -> None:
    made = create(drive, slides)
    for _ in range(2):
        drive.delete_file(made.remote_id)
        assert drive.files(PROGRAMME) == ()


def test_a_drive_that_stays_out_of_order_is_given_up(drive: Drive, control: Any, slides: Path) -> None:
    control.post("faults", {"method": "drive.files.generateIds", "when": "before", "do": 503, "times": QUICK.attempts})
    with pytest.raises(TryLater):
        create(drive, slides)


@pytest.mark.parametrize("part", [0, -1, 1000, UPLOAD_UNIT + 1])
def test_parts_are_of_a_size_that_drive_takes(part: int) -> None:
    with pytest.raises(ValueError, match="multiple"):
        Policy(part=part)
