"""Resumable uploads, by Google's client and byte by byte, held against google-apis.md D.1."""

from __future__ import annotations

import hashlib
import http.client
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, MediaIoBaseUpload

from better_classroom.sandbox.server import Running, start_in_thread
from sandbox_drive import DOCUMENT, FIRST, GRAIN, OWNER, PDF, Drive, refused
from talking import Answer, Control, Wire

START = "/upload/drive/v3/files?uploadType=resumable"
CONTENT = bytes(range(256)) * 1024 * 3 + b"the rest"  # three grains and a little


class Session:
    """One upload session, spoken to byte by byte."""

    def __init__(self, wire: Wire, verb: str = "POST", path: str = START, body: Any = None, **headers: str) -> None:
        self.wire = wire
        self.begun = wire.ask(verb, path, {"name": "Ettekanne.pdf"} if body is None else body, **headers)
        location = urlsplit(self.begun.headers.get("location", ""))
        self.path = f"{location.path}?{location.query}"

    def put(self, content: bytes = b"", span: str = "", **headers: str) -> Answer:
        """Send bytes; ``span`` is what stands behind ``bytes`` in Content-Range."""
        if span:
            headers["content_range"] = f"bytes {span}"
        return self.wire.ask("PUT", self.path, content, **headers)

    def chunk(self, first: int, last: int, total: int | str = len(CONTENT)) -> Answer:
        """Send a slice of CONTENT, the last byte included."""
        return self.put(CONTENT[first : last + 1], f"{first}-{last}/{total}")


@pytest.fixture
def wire(drive: Drive) -> Iterator[Wire]:
    with drive.wire() as wire:
        yield wire


def downloaded(drive: Drive, file_id: str) -> bytes:
    return bytes(drive.by().files().get_media(fileId=file_id).execute())


def reason(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.error["errors"][0]["reason"]


# --- by Google's client


@pytest.mark.parametrize("chunk", [GRAIN, 2 * GRAIN, -1])
@pytest.mark.parametrize("content", [b"", b"tere", bytes(GRAIN), CONTENT])
def test_d1_the_client_uploads_in_chunks_of_any_size(drive: Drive, chunk: int, content: bytes) -> None:
    media = MediaIoBaseUpload(BytesIO(content), mimetype=PDF, chunksize=chunk, resumable=True)
    request = drive.by().files().create(body={"name": "Ettekanne.pdf"}, media_body=media, fields="id,sha256Checksum")
    made = request.execute()
    assert made == {"id": made["id"], "sha256Checksum": hashlib.sha256(content).hexdigest()}
    assert downloaded(drive, made["id"]) == content


def test_d1_the_client_sends_a_new_revision_in_chunks(drive: Drive, tmp_path: Path) -> None:
    made = drive.put(b"%PDF one")
    source = tmp_path / "ettekanne.pdf"
    source.write_bytes(CONTENT)
    media = MediaFileUpload(str(source), mimetype=PDF, chunksize=GRAIN, resumable=True)
    changed = drive.by().files().update(fileId=made["id"], body={}, media_body=media, fields="id,size").execute()
    assert changed == {"id": made["id"], "size": str(len(CONTENT))}
    assert downloaded(drive, made["id"]) == CONTENT


def test_d1_the_client_asks_where_it_was_after_a_lost_reply_and_goes_on(drive: Drive) -> None:
    media = MediaIoBaseUpload(BytesIO(CONTENT), mimetype=PDF, chunksize=GRAIN, resumable=True)
    request = drive.by().files().create(body={"name": "Ettekanne.pdf"}, media_body=media)
    request.next_chunk()
    fault = {"method": "drive.files.create", "when": "after", "do": "drop"}
    drive.control.post("faults", fault)
    with pytest.raises(HttpError):  # httplib2 sends the chunk once more by itself, which is stored already
        request.next_chunk()
    response = None
    while response is None:
        status, response = request.next_chunk()
        assert status is None or status.resumable_progress > GRAIN
    assert downloaded(drive, response["id"]) == CONTENT
    assert drive.found("") == ["Ettekanne.pdf"]


# --- beginning


def test_d1_a_session_is_begun_with_an_empty_200_and_its_address(wire: Wire) -> None:
    begun = Session(wire).begun
    assert (begun.status, begun.body) == (200, b"")
    assert "upload_id=" in begun.headers["location"]


def test_d1_the_announced_type_is_the_files(wire: Wire) -> None:
    session = Session(wire, x_upload_content_type="text/plain", x_upload_content_length="4")
    assert session.put(b"tere").json["mimeType"] == "text/plain"


def test_d1_a_session_may_begin_without_metadata(wire: Wire) -> None:
    assert Session(wire, body=b"").put(b"tere").json["name"] == "Untitled"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_upload_content_length": "many"}, 400),
        ({"x_upload_content_length": "-1"}, 400),
        ({"x_upload_content_length": "5497558138881"}, 413),
        ({"x_upload_content_type": "no type"}, 400),
        ({"content_type": "text/plain"}, 400),
    ],
)
def test_d1_what_cannot_become_a_file_is_refused_at_the_beginning(
    wire: Wire, headers: dict[str, str], status: int
) -> None:
    assert Session(wire, **headers).begun.status == status


def test_d1_the_metadata_are_checked_at_the_beginning_and_nothing_is_made(drive: Drive, wire: Wire) -> None:
    used = drive.put(b"%PDF", id=drive.by().files().generateIds(count=1).execute()["ids"][0])["id"]
    assert reason(Session(wire, body={"id": used}).begun) == (409, "fileIdInUse")
    assert reason(Session(wire, body={"parents": ["1nowhere"]}).begun) == (404, "notFound")
    assert reason(Session(wire, body={"mimeType": DOCUMENT}).begun) == (501, "notImplemented")
    assert Session(wire, body={"colour": "red"}).begun.status == 400
    assert Session(wire).begun.status == 200
    assert drive.found("") == ["Ettekanne.pdf"]


# --- chunks


def test_d1_each_chunk_is_answered_308_with_what_is_stored_and_the_last_with_the_file(wire: Wire) -> None:
    session = Session(wire)
    first = session.chunk(0, GRAIN - 1)
    assert (first.status, first.headers["range"], first.body) == (308, f"bytes=0-{GRAIN - 1}", b"")
    assert session.chunk(GRAIN, 3 * GRAIN - 1).headers["range"] == f"bytes=0-{3 * GRAIN - 1}"
    last = session.chunk(3 * GRAIN, len(CONTENT) - 1)
    assert (last.status, last.json["kind"]) == (200, "drive#file")


def test_d1_chunks_but_the_last_are_multiples_of_256_kib(wire: Wire) -> None:
    session = Session(wire)
    assert session.chunk(0, GRAIN).status == 400
    assert session.chunk(0, 9).status == 400
    assert session.put(b"", f"*/{len(CONTENT)}").headers.get("range") is None


def test_d1_the_total_may_stay_unknown_until_the_last_chunk(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    assert session.chunk(0, GRAIN - 1, "*").status == 308
    assert session.chunk(GRAIN, 3 * GRAIN - 1, "*").status == 308
    last = session.chunk(3 * GRAIN, len(CONTENT) - 1)
    assert downloaded(drive, last.json["id"]) == CONTENT


def test_d1_a_total_that_turns_out_to_be_reached_ends_the_upload(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    assert session.chunk(0, GRAIN - 1, "*").status == 308
    last = session.put(b"", f"*/{GRAIN}")
    assert last.status == 200
    assert downloaded(drive, last.json["id"]) == CONTENT[:GRAIN]


def test_d1_the_whole_may_come_at_once_without_a_range(drive: Drive, wire: Wire) -> None:
    answer = Session(wire).put(CONTENT)
    assert answer.status == 200
    assert downloaded(drive, answer.json["id"]) == CONTENT


def without_length(drive: Drive, session: Session, pieces: list[bytes]) -> Answer:
    """The whole in one request that does not tell its size."""
    connection = http.client.HTTPConnection(urlsplit(drive.url).netloc, timeout=10)
    token = {"Authorization": f"Bearer {drive.control.token(OWNER, 'drive')}"}
    connection.request("PUT", session.path, iter(pieces), token)
    response = connection.getresponse()
    answer = Answer(response.status, {}, response.read())
    connection.close()
    return answer


@pytest.mark.parametrize("announced", [{}, {"x_upload_content_length": str(len(CONTENT))}])
def test_d1_the_whole_may_come_without_a_length(drive: Drive, wire: Wire, announced: dict[str, str]) -> None:
    pieces = [CONTENT[at : at + 100_000] for at in range(0, len(CONTENT), 100_000)]
    answer = without_length(drive, Session(wire, **announced), pieces)
    assert downloaded(drive, answer.json["id"]) == CONTENT


@pytest.mark.parametrize("wrong", [CONTENT[:-1], CONTENT + b"x", CONTENT[:GRAIN]])
def test_d1_the_whole_without_a_length_is_of_the_announced_size(drive: Drive, wire: Wire, wrong: bytes) -> None:
    session = Session(wire, x_upload_content_length=str(len(CONTENT)))
    assert without_length(drive, session, [wrong]).status == 400


@pytest.mark.parametrize(
    "span",
    [
        f"{GRAIN}-{2 * GRAIN - 1}/{len(CONTENT)}",  # not where it stands
        f"0-{GRAIN - 1}/{GRAIN - 5}",  # beyond the total
        f"5-2/{len(CONTENT)}",
        f"0-{GRAIN}/{GRAIN + 1}",  # one more than is sent
        f"0-{GRAIN - 1}",
        f"0-/{GRAIN}",
        "all of it",
        "*/*",  # a question carries no bytes
    ],
)
def test_d1_a_range_that_does_not_fit_is_400_and_stores_nothing(wire: Wire, span: str) -> None:
    session = Session(wire)
    assert reason(session.put(CONTENT[:GRAIN], span)) == (400, "badRequest")
    status = session.put(b"", "*/*")
    assert (status.status, status.headers.get("range")) == (308, None)


def test_d1_a_chunk_that_is_stored_already_is_400(wire: Wire) -> None:
    session = Session(wire)
    session.chunk(0, GRAIN - 1)
    assert session.chunk(0, GRAIN - 1).status == 400
    assert session.put(CONTENT).status == 400
    assert session.chunk(GRAIN, len(CONTENT) - 1).status == 200


def test_d1_the_size_is_the_announced_one(wire: Wire) -> None:
    session = Session(wire, x_upload_content_length=str(len(CONTENT)))
    assert session.put(CONTENT[:-1]).status == 400
    assert session.chunk(0, GRAIN - 1, len(CONTENT) + 1).status == 400
    assert session.put(CONTENT).status == 200


# --- where it stands


def test_d1_the_status_is_308_without_range_while_nothing_is_stored(wire: Wire) -> None:
    answer = Session(wire).put(b"", f"*/{len(CONTENT)}")
    assert (answer.status, answer.headers.get("range")) == (308, None)


def test_d1_the_status_says_how_much_is_stored(wire: Wire) -> None:
    session = Session(wire)
    session.chunk(0, GRAIN - 1)
    for total in (len(CONTENT), "*"):
        answer = session.put(b"", f"*/{total}")
        assert (answer.status, answer.headers["range"]) == (308, f"bytes=0-{GRAIN - 1}")


def test_d1_a_finished_session_answers_with_the_file_again(drive: Drive, wire: Wire) -> None:
    session = Session(wire, path=f"{START}&fields=id,size")
    first = session.put(CONTENT)
    assert first.json == {"id": first.json["id"], "size": str(len(CONTENT))}
    assert session.put(b"", f"*/{len(CONTENT)}").json == first.json
    assert session.put(CONTENT).json == first.json
    assert drive.found("") == ["Ettekanne.pdf"]


def test_d1_an_unknown_session_is_404(wire: Wire) -> None:
    session = Session(wire)
    session.path += "x"
    assert reason(session.put(CONTENT)) == (404, "notFound")


def test_d1_somebody_elses_session_is_404(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    with drive.wire(FIRST) as other:
        session.wire = other
        assert session.put(CONTENT).status == 404


def test_d1_the_session_of_one_file_is_not_that_of_another(drive: Drive, wire: Wire) -> None:
    one, two = drive.put(b"one"), drive.put(b"two")
    path = "/upload/drive/v3/files/{}?uploadType=resumable"
    session = Session(wire, "PATCH", path.format(one["id"]), body={})
    right = session.path
    session.path = right.replace(one["id"], two["id"])
    assert session.put(CONTENT).status == 404
    session.path = right
    assert session.put(CONTENT).json["id"] == one["id"]


def test_d1_a_session_lives_one_week(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    session.chunk(0, GRAIN - 1)
    later = datetime.now(UTC) + timedelta(days=8)  # noqa: TID251 - it is the wall clock that counts
    with time_machine.travel(later, tick=False), drive.wire() as session.wire:  # with a token of that day
        assert session.put(b"", "*/*").status == 404


def test_b3_an_id_that_was_used_meanwhile_is_409_at_the_end(drive: Drive, wire: Wire) -> None:
    wanted = drive.by().files().generateIds(count=1).execute()["ids"][0]
    session = Session(wire, body={"id": wanted})
    drive.put(b"%PDF", id=wanted)
    assert reason(session.put(CONTENT)) == (409, "fileIdInUse")
    assert session.put(CONTENT).status == 404


# --- broken off


def test_d1_what_came_before_the_connection_broke_is_kept_in_whole_grains(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    token = drive.control.token(OWNER, "drive")
    head = (
        f"PUT {session.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {len(CONTENT)}\r\n\r\n"
    )
    sent = 2 * GRAIN + 1000
    with socket.create_connection(("127.0.0.1", urlsplit(drive.url).port or 0)) as broken:
        broken.sendall(head.encode() + CONTENT[:sent])
    while 503 not in [call["status"] for call in drive.control.calls("drive.files.create")]:
        pass  # the sandbox has yet to see the end
    stored = session.put(b"", "*/*").headers["range"]
    assert stored in {f"bytes=0-{GRAIN - 1}", f"bytes=0-{2 * GRAIN - 1}"}
    stands = int(stored.rpartition("-")[2]) + 1
    last = session.chunk(stands, len(CONTENT) - 1)
    assert downloaded(drive, last.json["id"]) == CONTENT


def test_d1_of_two_requests_to_a_session_the_later_goes_on(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    token = drive.control.token(OWNER, "drive")
    head = (
        f"PUT {session.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Length: {len(CONTENT)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(drive.url).port or 0), timeout=10) as slow:
        slow.sendall(head.encode() + CONTENT[: GRAIN + 1000])
        while session.put(b"", "*/*").headers.get("range") is None:
            pass  # the sandbox has yet to store the first grain
        last = session.chunk(GRAIN, len(CONTENT) - 1)
        slow.sendall(b"x" * 1000)
        assert b" 503 " in slow.recv(1000)
    assert downloaded(drive, last.json["id"]) == CONTENT


# --- one sandbox of its own: the server keeps less, and restarts


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Running]:
    running = start_in_thread(folder=tmp_path / "world")
    yield running
    running.stop()


def signed_in(running: Running) -> Wire:
    control = Control(running.url)
    control.seed(users=[{"email": OWNER, "name": "Korraldaja Üks"}])
    wire = Wire(running.url, control.token(OWNER, "drive"))
    control.close()
    return wire


def partly(running: Running, **fault: int) -> None:
    control = Control(running.url)
    control.post("faults", {"method": "drive.files.create", "do": "partial"} | fault)
    control.close()


def test_d1_the_server_may_keep_fewer_bytes_than_were_sent(own: Running) -> None:
    with signed_in(own) as wire:
        session = Session(wire)
        partly(own, keep=GRAIN + 5, times=2)
        first = session.chunk(0, 2 * GRAIN - 1)
        assert (first.status, first.headers["range"]) == (308, f"bytes=0-{GRAIN - 1}")
        second = session.chunk(GRAIN, len(CONTENT) - 1)
        assert (second.status, second.headers["range"]) == (308, f"bytes=0-{2 * GRAIN - 1}")
        assert session.chunk(2 * GRAIN, len(CONTENT) - 1).status == 200


def test_d1_the_server_may_keep_nothing_at_all(own: Running) -> None:
    with signed_in(own) as wire:
        session = Session(wire)
        partly(own, keep=0)
        answer = session.put(CONTENT)
        assert (answer.status, answer.headers.get("range")) == (308, None)
        assert session.put(CONTENT).status == 200


def test_an_upload_goes_on_after_a_restart_with_the_right_sums(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    running = start_in_thread(folder=folder)
    with signed_in(running) as wire:
        session = Session(wire, path=f"{START}&fields=sha256Checksum,size")
        session.chunk(0, 2 * GRAIN - 1)
    running.stop()
    unacknowledged = max((folder / "blobs").iterdir(), key=lambda blob: blob.stat().st_size)
    with unacknowledged.open("ab") as blob:
        blob.write(b"what nobody said was stored")
    running = start_in_thread(folder=folder)
    with signed_in(running) as wire:
        session.wire = wire
        assert session.put(b"", "*/*").headers["range"] == f"bytes=0-{2 * GRAIN - 1}"
        last = session.chunk(2 * GRAIN, len(CONTENT) - 1)
    running.stop()
    assert last.json == {"sha256Checksum": hashlib.sha256(CONTENT).hexdigest(), "size": str(len(CONTENT))}


def test_a_refused_upload_leaves_no_blob(own: Running) -> None:
    with signed_in(own) as wire:
        generated = wire.ask("GET", "/drive/v3/files/generateIds?count=1").json["ids"][0]
        session = Session(wire, body={"id": generated})
        wire.ask("POST", "/drive/v3/files", {"id": generated})
        assert session.put(CONTENT).status == 409
        sizes = [blob.stat().st_size for blob in own.world.store.blobs.iterdir()]
    assert sizes == [0]


def test_deleted_bytes_leave_the_disk_at_the_next_change(own: Running) -> None:
    with signed_in(own) as wire:
        made = Session(wire).put(CONTENT).json
        wire.ask("DELETE", f"/drive/v3/files/{made['id']}")
        Session(wire).put(b"tere")
        sizes = [blob.stat().st_size for blob in own.world.store.blobs.iterdir()]
    assert sizes == [4]


def test_g13_a_session_survives_a_503(drive: Drive, wire: Wire) -> None:
    session = Session(wire)
    drive.control.post("faults", {"method": "drive.files.create", "when": "before", "do": 503})
    assert session.chunk(0, GRAIN - 1).status == 503
    assert session.put(CONTENT).status == 200


def test_the_client_tells_a_refused_beginning(drive: Drive) -> None:
    media = MediaIoBaseUpload(BytesIO(b"tere"), mimetype=PDF, resumable=True)
    with refused(404, "notFound"):
        drive.by().files().create(body={"parents": ["1nowhere"]}, media_body=media).execute()


def test_a_reply_to_what_was_not_read_through_ends_the_connection(wire: Wire) -> None:
    session = Session(wire)
    session.path += "x"
    answer = session.put(CONTENT * 4)
    assert (answer.status, answer.headers["connection"]) == (404, "close")
