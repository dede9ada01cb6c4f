"""Simple and multipart uploads, by Google's client and byte by byte, held against google-apis.md D.1."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.http import MediaFileUpload, MediaIoBaseDownload
from hypothesis import given
from hypothesis import strategies as st

from better_classroom.sandbox.drive.related import Base64, Related, boundary_of
from better_classroom.sandbox.errors import ApiError
from sandbox_drive import (
    DOCUMENT,
    OWNER,
    PDF,
    Drive,
    refused,
)
from talking import Answer, Control, Wire

UPLOAD = "/upload/drive/v3/files"
SMALL = 5 * 1024 * 1024


def related(parts: list[tuple[str, bytes]], end: str = "\r\n", boundary: str = "piir") -> bytes:
    body = b"".join(
        f"--{boundary}{end}{headers.replace('|', end)}{end}{end}".encode() + content + end.encode()
        for headers, content in parts
    )
    return body + f"--{boundary}--{end}".encode()


def send(drive: Drive, body: bytes, kind: str = "multipart/related; boundary=piir", query: str = "") -> Answer:
    with drive.wire() as wire:
        return wire.ask("POST", f"{UPLOAD}?uploadType=multipart{query}", body, content_type=kind)


def content(drive: Drive, file_id: str) -> bytes:
    return bytes(drive.by().files().get_media(fileId=file_id).execute())


JSON = "Content-Type: application/json; charset=UTF-8"


# --- simple


def test_d1_a_simple_upload_is_bytes_without_metadata(drive: Drive) -> None:
    with drive.wire() as wire:
        answer = wire.ask(
            "POST", f"{UPLOAD}?uploadType=media&fields=*", b"tere", content_type="text/plain; charset=utf-8"
        )
    assert (answer.json["name"], answer.json["mimeType"], answer.json["size"]) == ("Untitled", "text/plain", "4")
    assert content(drive, answer.json["id"]) == b"tere"


def test_d1_a_simple_patch_is_a_new_revision(drive: Drive) -> None:
    made = drive.put(b"%PDF one")
    with drive.wire() as wire:
        answer = wire.ask("PATCH", f"{UPLOAD}/{made['id']}?uploadType=media", b"%PDF two", content_type=PDF)
    assert answer.json["id"] == made["id"]
    assert content(drive, made["id"]) == b"%PDF two"


@pytest.mark.parametrize("way", ["media", "multipart"])
def test_d1_simple_and_multipart_take_5_mb_and_no_more(drive: Drive, way: str) -> None:
    with drive.wire() as wire:
        for size, status in ((SMALL, 200), (SMALL + 1, 413)):
            body, kind = b"x" * size, PDF
            if way == "multipart":
                body = related([(JSON, b"{}"), (f"Content-Type: {PDF}", body)])
                kind = "multipart/related; boundary=piir"
            answer = wire.ask("POST", f"{UPLOAD}?uploadType={way}", body, content_type=kind)
            assert answer.status == status
    assert answer.error["errors"][0]["reason"] == "uploadTooLarge"


@pytest.mark.parametrize("query", ["", "?uploadType=carrier-pigeon"])
def test_d1_an_upload_says_which_kind_it_is(drive: Drive, query: str) -> None:
    with drive.wire() as wire:
        assert wire.ask("POST", UPLOAD + query, b"x", content_type=PDF).status == 400


def test_f1_an_upload_needs_token_and_scope(drive: Drive) -> None:
    with drive.wire(OWNER, "drive.readonly") as wire:
        assert wire.ask("POST", f"{UPLOAD}?uploadType=media", b"x").status == 403
        assert wire.ask("POST", f"{UPLOAD}?uploadType=media", b"x", authorization="Bearer none").status == 401


# --- multipart


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("media", [b"", b"tere", b"\r\n", b"\r", b"\n", b"--piirileping\r\n", b"a\r\n--piip\r\n"])
def test_d1_a_multipart_upload_keeps_every_byte(drive: Drive, end: str, media: bytes) -> None:
    name = "Märkmed ja küsimused.txt"
    answer = send(
        drive, related([(JSON, json.dumps({"name": name}).encode()), ("Content-Type: text/plain", media)], end)
    )
    assert (answer.json["name"], answer.json["mimeType"]) == (name, "text/plain")
    assert content(drive, answer.json["id"]) == media


def test_d1_media_may_come_as_base64(drive: Drive) -> None:
    text = base64.encodebytes(bytes(range(256)) * 4)
    media = ("Content-Type: application/pdf|Content-Transfer-Encoding: base64", text)
    answer = send(drive, related([(JSON, b"{}"), media]))
    assert content(drive, answer.json["id"]) == bytes(range(256)) * 4
    assert send(drive, related([(JSON, b"{}"), (media[0], b"%%%")])).status == 400
    assert send(drive, related([(JSON, b"{}"), (media[0], b"abc")])).status == 400


def test_d1_a_preamble_folded_headers_and_quoted_boundaries_are_read(drive: Drive) -> None:
    body = b"for old readers\r\n" + related([(JSON, b"{}"), ("Content-Type:|  text/plain", b"tere")], boundary="a b")
    answer = send(drive, body, 'multipart/related; boundary="a b"; type="application/json"')
    assert answer.json["mimeType"] == "text/plain"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing of the kind",
        related([(JSON, b"{}")]),
        related([("Content-Type: text/plain", b"tere"), (JSON, b"{}")]),
        related([(JSON, b"{}"), ("Content-Type: text/plain", b"1"), ("Content-Type: text/plain", b"2")]),
        related([(JSON, b"{"), ("Content-Type: text/plain", b"tere")]),
        related([(JSON, b"[]"), ("Content-Type: text/plain", b"tere")]),
        related([(JSON, b'{"colour": "red"}'), ("Content-Type: text/plain", b"tere")]),
        related([(JSON, b"{}"), ("Content-Transfer-Encoding: quoted-printable", b"tere")]),
        related([(JSON, b"{}"), ("Content-Type: not a type", b"tere")]),
        related([(JSON, b"{}"), ("Content-Type: text/plain", b"tere")])[:-10],
        b"--piir\r\n" + b"x: y\r\n" * 200,
        b"--piir\r\n" + b"x" * 10_000,
    ],
)
def test_d1_a_multipart_body_that_is_none_is_400(drive: Drive, body: bytes) -> None:
    assert send(drive, body).status == 400
    assert drive.found("") == []


def test_d1_metadata_of_any_length_are_not_read(drive: Drive) -> None:
    long = json.dumps({"description": "x" * 1024 * 1024}).encode()
    assert send(drive, related([(JSON, long), ("Content-Type: text/plain", b"tere")])).status == 413


def test_d1_a_form_as_curl_sends_it_is_a_multipart_upload_too(drive: Drive) -> None:
    body = (
        b'--piir\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json;charset=UTF-8\r\n\r\n'
        b'{"name": "Slaidid.pdf"}\r\n'
        b'--piir\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        b"%PDF-1.7\r\n--piir--\r\n"
    )
    made = send(drive, body, "multipart/form-data; boundary=piir", "&fields=name,mimeType,size").json
    assert made == {"name": "Slaidid.pdf", "mimeType": PDF, "size": "8"}


@pytest.mark.parametrize("kind", ["multipart/related", "multipart/mixed; boundary=piir", "application/json", ""])
def test_d1_a_multipart_upload_says_so(drive: Drive, kind: str) -> None:
    assert send(drive, related([(JSON, b"{}"), ("Content-Type: text/plain", b"tere")]), kind).status == 400


def test_a_bad_selector_is_refused_before_anything_is_made(drive: Drive) -> None:
    body = related([(JSON, b"{}"), ("Content-Type: text/plain", b"tere")])
    assert send(drive, body, query="&fields=colour").status == 400
    assert drive.found("") == []
    assert send(drive, body, query="&fields=size").json == {"size": "4"}


def test_an_upload_that_is_refused_leaves_no_bytes_behind(drive: Drive) -> None:
    with refused(404, "notFound"):
        drive.put(b"%PDF", parents=["1nowhere"])
    with refused(501, "notImplemented"):
        drive.put(b"%PDF", mimeType=DOCUMENT)
    assert drive.found("") == []


def test_g13_a_fault_after_the_effect_leaves_the_file_made(drive: Drive) -> None:
    drive.control.post("faults", {"method": "drive.files.create", "when": "after", "do": 503})
    with refused(503, "backendError"):
        drive.put(b"%PDF")
    drive.control.post("faults", {"method": "drive.files.create", "when": "before", "do": 503})
    with refused(503, "backendError"):
        drive.put(b"%PDF")
    assert drive.found("") == ["Ettekanne.pdf"]


# --- the client's own ways


def test_d1_a_file_from_disk_comes_back_in_ranges(drive: Drive, tmp_path: Path) -> None:
    source, target = tmp_path / "ettekanne.pdf", tmp_path / "tagasi.pdf"
    source.write_bytes(bytes(range(256)) * 5000)
    media = MediaFileUpload(str(source), mimetype=PDF)
    made = drive.by().files().create(body={"name": "ettekanne.pdf"}, media_body=media).execute()
    with target.open("wb") as file:
        download = MediaIoBaseDownload(file, drive.by().files().get_media(fileId=made["id"]), chunksize=300_000)
        pieces = 0
        done = False
        while not done:
            _, done = download.next_chunk()
            pieces += 1
    assert target.read_bytes() == source.read_bytes()
    assert pieces == 5


# --- the parser alone


async def _parts(body: bytes, cuts: list[int]) -> list[bytes]:
    async def chunks() -> AsyncIterator[bytes]:
        start = 0
        for cut in sorted({min(cut, len(body)) for cut in cuts} | {len(body)}):
            yield body[start:cut]
            start = cut

    reader = Related(chunks(), boundary_of("multipart/related; boundary=piir"))
    found: list[bytes] = []
    while not reader.at_end:
        await reader.next_headers()
        pieces = bytearray()
        await reader.body(pieces.extend)
        found.append(bytes(pieces))
    return found


_TEXT = st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--piir", b"piir", b"x", b" "]), max_size=12).map(b"".join)


@given(media=_TEXT, cuts=st.lists(st.integers(0, 200), max_size=20), end=st.sampled_from(["\r\n", "\n"]))
def test_however_the_bytes_are_cut_the_parts_are_the_same(media: bytes, cuts: list[int], end: str) -> None:
    if b"\n--piir" in media or media.startswith(b"--piir"):
        return  # no body may hold its own boundary
    body = related([(JSON, b"{}"), ("Content-Type: text/plain", media)], end)
    assert asyncio.run(_parts(body, cuts)) == [b"{}", media]


@given(body=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_bytes_that_are_no_parts_are_refused_not_fallen_over(body: bytes, cuts: list[int]) -> None:
    outcome = 400
    try:
        asyncio.run(_parts(b"--piir\r\n" + body, cuts))
    except ApiError as error:
        outcome = error.code
    assert outcome == 400


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_base64_decodes_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    text = base64.encodebytes(data)
    found = bytearray()
    decoder = Base64(found.extend)
    start = 0
    for cut in sorted({min(cut, len(text)) for cut in cuts} | {len(text)}):
        decoder.take(text[start:cut])
        start = cut
    decoder.close()
    assert bytes(found) == data


def test_uploads_are_logged_as_the_method_they_are(drive: Drive) -> None:
    drive.control.delete("calls")
    drive.put(b"%PDF")
    calls: list[dict[str, Any]] = drive.control.calls("drive.files.create")
    assert [call["status"] for call in calls] == [200]


def test_d1_the_document_names_a_second_path_for_resumable_uploads(sandbox_url: str, control: Control) -> None:
    with Wire(sandbox_url, control.token("korraldaja@tartu.example", "drive")) as wire:
        begun = wire.ask("POST", "/resumable/upload/drive/v3/files?uploadType=resumable&fields=size", {"name": "a"})
        path = begun.headers["location"].removeprefix(sandbox_url)
        assert path.startswith("/resumable/upload/drive/v3/files?")
        assert wire.ask("PUT", path, b"%PDF").json == {"size": "4"}
