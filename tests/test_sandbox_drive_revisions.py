"""Revisions and the account in the sandbox's Drive, held against google-apis.md D.2."""

from __future__ import annotations

from typing import Any

from googleapiclient.http import MediaInMemoryUpload

from sandbox_drive import (
    DOCUMENT,
    FIRST,
    OWNER,
    PDF,
    Drive,
    refused,
)


def revisions(drive: Drive, file_id: str) -> list[Any]:
    listed: list[Any] = drive.by().revisions().list(fileId=file_id, fields="*").execute()["revisions"]
    return listed


def revise(drive: Drive, file_id: str, content: bytes, **query: Any) -> Any:
    media = MediaInMemoryUpload(content, mimetype=PDF)
    return drive.by().files().update(fileId=file_id, media_body=media, fields="*", **query).execute()


def test_d2_new_content_adds_a_revision_and_the_old_bytes_can_be_read(drive: Drive) -> None:
    made = drive.put(b"%PDF one")
    changed = revise(drive, made["id"], b"%PDF two")
    first, second = revisions(drive, made["id"])
    assert (first["id"], second["id"]) == (made["headRevisionId"], changed["headRevisionId"])
    assert (first["size"], first["md5Checksum"]) == ("8", made["md5Checksum"])
    media = drive.by().revisions().get_media(fileId=made["id"], revisionId=first["id"])
    assert media.execute() == b"%PDF one"
    assert drive.by().revisions().get_media(fileId=made["id"], revisionId="head").execute() == b"%PDF two"


def test_d2_metadata_alone_add_no_revision(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    drive.update(made["id"], body={"name": "Esitlus.pdf"})
    assert [one["id"] for one in revisions(drive, made["id"])] == [made["headRevisionId"]]


def test_d2_former_revisions_go_after_30_days_and_the_head_stays(drive: Drive) -> None:
    made = drive.put(b"%PDF one")
    revise(drive, made["id"], b"%PDF two")
    drive.control.post("clock", {"now": "2020-06-17T00:00:00Z"})
    assert len(revisions(drive, made["id"])) == 2
    drive.control.post("clock", {"now": "2020-06-18T00:00:00Z"})
    assert [one["size"] for one in revisions(drive, made["id"])] == ["8"]
    assert drive.by().files().get_media(fileId=made["id"]).execute() == b"%PDF two"


def test_d2_a_revision_kept_forever_stays_and_takes_storage(drive: Drive) -> None:
    made = drive.put(b"%PDF one")
    pinned = revise(drive, made["id"], b"%PDF two!", keepRevisionForever=True)
    changed = revise(drive, made["id"], b"%PDF three")
    drive.control.post("clock", {"now": "2021-01-01T00:00:00Z"})
    assert [one["id"] for one in revisions(drive, made["id"])] == [pinned["headRevisionId"], changed["headRevisionId"]]
    assert drive.get(made["id"])["quotaBytesUsed"] == str(len(b"%PDF two!") + len(b"%PDF three"))


def test_d2_at_most_200_revisions_are_kept_forever(drive: Drive) -> None:
    made = drive.put(b"0")
    for number in range(200):
        revise(drive, made["id"], b"%d" % number, keepRevisionForever=True)
    with refused(403, "revisionLimitExceeded"):
        revise(drive, made["id"], b"one more", keepRevisionForever=True)
    revise(drive, made["id"], b"one more")


def test_d2_of_many_revisions_the_last_100_stay(drive: Drive) -> None:
    made = drive.put(b"0")
    for number in range(1, 102):
        revise(drive, made["id"], str(number).encode())
    kept = revisions(drive, made["id"])
    assert len(kept) == 100
    media = drive.by().revisions().get_media(fileId=made["id"], revisionId=kept[0]["id"])
    assert media.execute() == b"2"


def test_revisions_are_for_writers(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    drive.share(made["id"])
    with refused(403, "insufficientFilePermissions"):
        drive.by(FIRST).revisions().list(fileId=made["id"]).execute()


def test_an_unknown_revision_is_404(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    with refused(404, "notFound") as error:
        drive.by().revisions().get(fileId=made["id"], revisionId="0B").execute()
    assert error["message"] == "Revision not found: 0B."


def test_without_bytes_there_are_no_revisions(drive: Drive) -> None:
    with refused(403, "revisionsNotSupported"):
        drive.by().revisions().list(fileId=drive.folder()).execute()
    with refused(501, "notImplemented"):
        drive.by().revisions().list(fileId=drive.make(mimeType=DOCUMENT)["id"]).execute()


def test_d2_about_needs_fields(drive: Drive) -> None:
    with refused(400, "required") as error:
        drive.by().about().get().execute()
    assert error["message"] == "The 'fields' parameter is required for this method."


def test_about_tells_who_calls_and_what_they_store(drive: Drive) -> None:
    drive.put(b"%PDF")
    about = drive.by().about().get(fields="user,storageQuota,maxUploadSize").execute()
    assert (about["user"]["emailAddress"], about["user"]["me"]) == (OWNER, True)
    assert about["storageQuota"]["usage"] == "4"
    assert about["maxUploadSize"] == "5497558138880"


def test_what_is_not_reproduced_names_itself(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    with refused(501, "notImplemented") as error:
        drive.by().revisions().delete(fileId=made["id"], revisionId="head").execute()
    assert "drive.revisions.delete" in error["message"]
