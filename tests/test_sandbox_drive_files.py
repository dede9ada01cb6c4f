"""Files in the sandbox's Drive: identity, metadata, properties, places, trash; held against google-apis.md D.2."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from googleapiclient.http import MediaInMemoryUpload

from sandbox_drive import (
    DOCUMENT,
    ELSEWHERE,
    FIRST,
    FOLDER,
    OWNER,
    PDF,
    SHORTCUT,
    WRITER,
    Drive,
    refused,
)

# --- ids that make a repeated create harmless


def test_d2_ten_ids_are_generated_unless_a_number_is_asked_for(drive: Drive) -> None:
    answer = drive.by().files().generateIds().execute()
    assert (answer["kind"], answer["space"]) == ("drive#generatedIds", "drive")
    assert len(set(answer["ids"])) == 10
    assert len(set(drive.by().files().generateIds(count=1000).execute()["ids"])) == 1000


def test_d2_more_than_1000_ids_are_refused(drive: Drive) -> None:
    with refused(400, "badRequest"):
        drive.by().files().generateIds(count=1001).execute()


def generated(drive: Drive, who: str = OWNER, **more: str) -> str:
    return str(drive.by(who).files().generateIds(count=1, **more).execute()["ids"][0])


def test_d2_a_file_gets_the_generated_id_it_was_created_with(drive: Drive) -> None:
    wanted = generated(drive)
    assert drive.put(b"%PDF", id=wanted)["id"] == wanted


def test_d2_creating_with_a_used_id_is_409(drive: Drive) -> None:
    wanted = drive.put(b"%PDF", id=generated(drive))["id"]
    with refused(409, "fileIdInUse"):
        drive.put(b"%PDF", id=wanted)
    assert drive.found("trashed = false") == ["Ettekanne.pdf"]


def test_d2_the_id_of_a_deleted_file_stays_used(drive: Drive) -> None:
    wanted = drive.put(b"%PDF", id=generated(drive))["id"]
    drive.by().files().delete(fileId=wanted).execute()
    with refused(409, "fileIdInUse"):
        drive.put(b"%PDF", id=wanted)


def test_d2_an_id_that_was_never_generated_is_refused(drive: Drive) -> None:
    with refused(400, "invalid"):
        drive.make(id="1" + "a" * 32)


def test_d2_an_id_generated_for_somebody_else_is_refused(drive: Drive) -> None:
    with refused(400, "invalid"):
        drive.make(id=generated(drive, FIRST))


def test_d2_generated_ids_are_refused_for_googles_own_types_but_folders(drive: Drive) -> None:
    with refused(400, "badRequest"):
        drive.make(id=generated(drive), mimeType=DOCUMENT)
    wanted = generated(drive)
    assert drive.make(id=wanted, mimeType=FOLDER)["id"] == wanted


def test_d2_ids_for_shortcuts_are_for_shortcuts(drive: Drive) -> None:
    target = drive.make()["id"]
    wanted = generated(drive, type="shortcuts")
    shortcut = drive.make(id=wanted, mimeType=SHORTCUT, shortcutDetails={"targetId": target})
    assert shortcut["shortcutDetails"] == {"targetId": target, "targetMimeType": PDF}
    with refused(400, "invalid"):
        drive.make(id=generated(drive, type="shortcuts"))


# --- what a file says of itself


def test_d2_without_fields_get_and_create_show_kind_id_name_and_type(drive: Drive) -> None:
    made = drive.by().files().create(body={"name": "Ettekanne.pdf"}).execute()
    assert made == {"kind": "drive#file", "id": made["id"], "name": "Ettekanne.pdf", "mimeType": PDF}
    assert drive.by().files().get(fileId=made["id"]).execute() == made
    assert drive.by().files().list().execute() == {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": [made],
    }


def test_d2_a_file_with_bytes_has_size_and_sums_as_strings(drive: Drive) -> None:
    content = "Partnerluse kujundamine õ".encode()
    made = drive.put(content)
    assert made["size"] == made["quotaBytesUsed"] == str(len(content))
    assert made["md5Checksum"] == hashlib.md5(content).hexdigest()
    assert made["sha1Checksum"] == hashlib.sha1(content).hexdigest()
    assert made["sha256Checksum"] == hashlib.sha256(content).hexdigest()
    assert made["headRevisionId"]


@pytest.mark.parametrize("kind", [DOCUMENT, FOLDER])
def test_d2_googles_own_types_have_no_sums_and_no_head_revision(drive: Drive, kind: str) -> None:
    made = drive.make(mimeType=kind)
    assert not made.keys() & {"md5Checksum", "sha1Checksum", "sha256Checksum", "headRevisionId", "webContentLink"}


def test_d2_version_is_a_string_that_grows_on_every_change(drive: Drive) -> None:
    made = drive.make()
    versions = [made["version"]]
    versions.append(drive.update(made["id"], body={"name": "Esitlus.pdf"})["version"])
    drive.share(made["id"])
    versions.append(drive.get(made["id"])["version"])
    versions.append(drive.update(made["id"], body={"starred": True})["version"])
    assert [int(one) for one in versions] == sorted({int(one) for one in versions})
    assert all(isinstance(one, str) for one in versions)


def test_d2_names_are_not_unique(drive: Drive) -> None:
    assert drive.make("Ettekanne.pdf")["id"] != drive.make("Ettekanne.pdf")["id"]


def test_a_file_without_a_name_is_untitled(drive: Drive) -> None:
    made = drive.by().files().create(body={}, fields="name,mimeType").execute()
    assert made == {"name": "Untitled", "mimeType": "application/octet-stream"}


def test_a_name_tells_the_extension_and_a_type_where_nothing_else_does(drive: Drive) -> None:
    made = drive.make("andmed.tar.gz")
    assert (made["fullFileExtension"], made["fileExtension"]) == ("tar.gz", "gz")
    renamed = drive.update(drive.make("1. ettekanne.pdf")["id"], body={"name": "Ettekanne"})
    assert (renamed["fullFileExtension"], renamed["originalFilename"]) == ("pdf", "1. ettekanne.pdf")


@pytest.mark.parametrize("name", ["//[", "data:,", "https://tartu.example/a", ".", "a.", "õ.ü", "..\x00/", "x" * 5000])
def test_a_file_may_have_any_name(drive: Drive, name: str) -> None:
    made = drive.make(name)
    assert (made["name"], made["mimeType"]) == (name, "application/octet-stream")
    assert drive.found("name != ''", orderBy="name_natural") == [name]


def test_owners_and_capabilities_are_those_of_the_caller(drive: Drive) -> None:
    made = drive.make()
    drive.share(made["id"], FIRST)
    mine, theirs = drive.get(made["id"]), drive.get(made["id"], by=drive.by(FIRST))
    assert (mine["ownedByMe"], theirs["ownedByMe"]) == (True, False)
    assert (mine["owners"][0]["emailAddress"], mine["owners"][0]["me"]) == (OWNER, True)
    assert mine["shared"]
    rights = ("canEdit", "canShare", "canComment", "canDelete", "canDownload")
    assert [mine["capabilities"][one] for one in rights] == [True] * 5
    assert [theirs["capabilities"][one] for one in rights] == [False] * 4 + [True]
    assert "permissions" in mine
    assert "permissions" not in theirs  # only for who can share


def test_links_lead_to_the_page_of_the_kind(drive: Drive) -> None:
    made, folder = drive.make(), drive.make(mimeType=FOLDER)
    assert made["webViewLink"] == f"https://drive.google.com/file/d/{made['id']}/view?usp=drivesdk"
    assert made["webContentLink"] == f"https://drive.google.com/uc?id={made['id']}&export=download"
    assert folder["webViewLink"] == f"https://drive.google.com/drive/folders/{folder['id']}"
    assert made["hasThumbnail"]
    assert made["thumbnailLink"].startswith("https://")


def test_an_unknown_file_is_404_with_its_id(drive: Drive) -> None:
    with refused(404, "notFound") as error:
        drive.get("1nobody")
    assert error["message"] == "File not found: 1nobody."
    assert error["errors"][0] | {"message": ""} == {
        "domain": "global",
        "reason": "notFound",
        "message": "",
        "location": "fileId",
        "locationType": "parameter",
    }


# --- patch semantics


def test_d2_only_what_was_sent_changes(drive: Drive) -> None:
    made = drive.make(description="Esimene", properties={"keel": "et"})
    changed = drive.update(made["id"], body={"name": "Esitlus.pdf"})
    moved = {"name", "version", "modifiedTime", "modifiedByMeTime"}
    assert {key: value for key, value in changed.items() if key not in moved} == {
        key: value for key, value in made.items() if key not in moved
    }
    assert changed["modifiedTime"] > made["modifiedTime"]


def test_an_update_of_nothing_changes_nothing(drive: Drive) -> None:
    made = drive.make()
    assert drive.update(made["id"], body={}) == made


def test_times_are_set_as_asked_and_shown_in_utc(drive: Drive) -> None:
    made = drive.make(createdTime="2020-05-01T10:00:00+03:00", modifiedTime="2020-05-02T10:00:00Z")
    assert (made["createdTime"], made["modifiedTime"]) == ("2020-05-01T07:00:00.000Z", "2020-05-02T10:00:00.000Z")


@pytest.mark.parametrize(
    "field", [{"id": "1a"}, {"size": "7"}, {"ownedByMe": True}, {"createdTime": "2020-05-01T10:00:00Z"}]
)
def test_what_drive_alone_writes_is_refused(drive: Drive, field: dict[str, object]) -> None:
    made = drive.make()
    with refused(403, "fieldNotWritable"):
        drive.update(made["id"], body=field)


def test_d2_the_type_changes_only_with_the_content(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    with refused(400, "invalid"):
        drive.update(made["id"], body={"mimeType": "text/plain"})
    assert drive.update(made["id"], media=b"tere", body={"mimeType": "text/plain"})["mimeType"] == "text/plain"


def test_content_makes_no_document_of_googles(drive: Drive) -> None:
    made = drive.put(b"a,b")
    for media_type, body in ((DOCUMENT, {}), (PDF, {"mimeType": DOCUMENT})):
        media = MediaInMemoryUpload(b"c,d", mimetype=media_type)
        with refused(501, "notImplemented"):
            drive.by().files().update(fileId=made["id"], body=body, media_body=media).execute()
    with refused(400, "badRequest"):
        drive.update(drive.folder(), media=b"x")


def test_what_the_sandbox_does_not_reproduce_it_names(drive: Drive) -> None:
    with refused(501, "notImplemented") as error:
        drive.make(contentRestrictions=[{"readOnly": True}])
    assert "contentRestrictions" in error["message"]
    with refused(501, "notImplemented"):
        drive.put(b"a,b", mimeType="application/vnd.google-apps.spreadsheet")


# --- properties


def test_d2_app_properties_are_private_to_the_app_and_properties_are_not(drive: Drive) -> None:
    made = drive.make(appProperties={"bc_file": "1f"}, properties={"keel": "et"})
    other = drive.get(made["id"], by=drive.by(OWNER, project="another"))
    assert made["appProperties"] == {"bc_file": "1f"}
    assert "appProperties" not in other
    assert other["properties"] == {"keel": "et"}


def test_d2_a_null_removes_a_property(drive: Drive) -> None:
    made = drive.make(appProperties={"bc_file": "1f", "bc_programme": "better-2020"})
    changed = drive.update(made["id"], body={"appProperties": {"bc_file": None, "other": "x"}})
    assert changed["appProperties"] == {"bc_programme": "better-2020", "other": "x"}


@pytest.mark.parametrize("kind", ["appProperties", "properties"])
def test_d2_there_are_at_most_30_properties_of_a_kind(drive: Drive, kind: str) -> None:
    made = drive.make(**dict[str, Any]({kind: {f"k{n}": "v" for n in range(30)}}))
    assert len(made[kind]) == 30
    with refused(400, "invalid"):
        drive.update(made["id"], body={kind: {"one_more": "v"}})


def test_d2_there_are_at_most_100_properties_in_all(drive: Drive) -> None:
    made = drive.make(properties={f"k{n}": "v" for n in range(30)})
    for project, count in (("a", 30), ("b", 30), ("c", 10)):
        sent = {f"k{n}": "v" for n in range(count)}
        drive.update(made["id"], by=drive.by(OWNER, project=project), body={"appProperties": sent})
    with refused(400, "invalid"):
        drive.update(made["id"], by=drive.by(OWNER, project="c"), body={"appProperties": {"one_more": "v"}})


def test_d2_key_and_value_take_124_bytes_of_utf_8_together(drive: Drive) -> None:
    assert drive.make(appProperties={"võti": "x" * 119})["appProperties"]
    with refused(400, "invalid"):
        drive.make(appProperties={"võti": "x" * 120})


# --- places


def test_d2_a_file_goes_into_my_drive_unless_a_folder_is_named(drive: Drive) -> None:
    root = drive.get("root")["id"]
    folder = drive.folder()
    assert drive.make()["parents"] == [root]
    assert drive.make(parents=[folder])["parents"] == [folder]


def test_d2_a_file_has_one_parent_only(drive: Drive) -> None:
    with refused(400, "invalid"):
        drive.make(parents=[drive.folder(), drive.folder()])


def test_d2_a_move_takes_away_one_parent_and_adds_one(drive: Drive) -> None:
    made, folder = drive.make(), drive.folder()
    with refused(403, "cannotAddParent"):
        drive.update(made["id"], addParents=folder, body={})
    moved = drive.update(made["id"], addParents=folder, removeParents=made["parents"][0], body={})
    assert moved["parents"] == [folder]


def test_parents_are_not_written_by_an_update(drive: Drive) -> None:
    made = drive.make()
    with refused(403, "fieldNotWritable"):
        drive.update(made["id"], body={"parents": [drive.folder()]})


def test_a_folder_cannot_go_into_itself(drive: Drive) -> None:
    outer = drive.folder()
    inner = drive.folder(parents=[outer])
    with refused(400, "invalid"):
        drive.update(outer, addParents=inner, removeParents="root", body={})


def test_an_unseen_parent_is_404_and_a_file_is_no_parent(drive: Drive) -> None:
    with refused(404, "notFound"):
        drive.make(by=drive.by(ELSEWHERE), parents=[drive.folder()])
    with refused(403, "parentNotAFolder"):
        drive.make(parents=[drive.make()["id"]])


# --- trash and deletion


def test_d2_trash_can_be_taken_back_and_is_listed_unless_excluded(drive: Drive) -> None:
    made = drive.make()
    assert drive.update(made["id"], body={"trashed": True})["trashed"]
    assert drive.found("") == ["Ettekanne.pdf"]
    assert drive.found("trashed = false") == []
    assert not drive.update(made["id"], body={"trashed": False})["trashed"]
    assert drive.found("trashed = false") == ["Ettekanne.pdf"]


def test_what_is_in_a_trashed_folder_is_trashed_but_not_by_itself(drive: Drive) -> None:
    folder = drive.folder()
    made = drive.make(parents=[folder])
    drive.update(folder, body={"trashed": True})
    inner = drive.get(made["id"])
    assert (inner["trashed"], inner["explicitlyTrashed"]) == (True, False)


def test_only_the_owner_trashes_and_deletes(drive: Drive) -> None:
    made = drive.make()
    drive.share(made["id"], WRITER, "writer")
    writer = drive.by(WRITER)
    with refused(403, "insufficientFilePermissions"):
        drive.update(made["id"], by=writer, body={"trashed": True})
    with refused(403, "insufficientFilePermissions"):
        writer.files().delete(fileId=made["id"]).execute()


def test_d2_delete_is_for_good_and_takes_a_folder_with_all_that_is_in_it(drive: Drive) -> None:
    outer = drive.folder()
    inner = drive.folder(parents=[outer])
    made = drive.put(b"%PDF", parents=[inner])
    assert drive.by().files().delete(fileId=outer).execute() == ""
    for gone in (outer, inner, made["id"]):
        with refused(404, "notFound"):
            drive.get(gone)


def test_others_files_survive_the_folder_they_were_in(drive: Drive) -> None:
    folder = drive.folder()
    drive.share(folder, WRITER, "writer")
    theirs = drive.make("Minu.pdf", by=drive.by(WRITER), parents=[folder])
    drive.by().files().delete(fileId=folder).execute()
    assert drive.get(theirs["id"], by=drive.by(WRITER))["parents"] == [drive.get("root", by=drive.by(WRITER))["id"]]


def test_emptying_the_trash_deletes_what_is_in_it_and_nothing_else(drive: Drive) -> None:
    kept, gone = drive.make("Jääb.pdf"), drive.make("Läheb.pdf")
    drive.update(gone["id"], body={"trashed": True})
    drive.by().files().emptyTrash().execute()
    assert drive.found("") == [kept["name"]]


# --- what an app sees


def test_f1_drive_file_shows_an_app_its_own_files_only(drive: Drive) -> None:
    others = drive.make("Vana.pdf", by=drive.by(OWNER, project="another"))
    ours = drive.make("Uus.pdf", by=drive.by(OWNER, "drive.file"))
    app = drive.by(OWNER, "drive.file")
    assert drive.found("", by=app) == ["Uus.pdf"]
    assert drive.found("name contains '.pdf' or name != ''") == ["Uus.pdf", "Vana.pdf"]
    with refused(404, "notFound"):
        drive.get(others["id"], by=app)
    assert drive.get(ours["id"], by=app)["isAppAuthorized"]


def test_b3_an_app_that_sees_a_file_but_may_not_write_it_is_not_authorized(drive: Drive) -> None:
    made = drive.make(by=drive.by(OWNER, project="another"))
    with refused(403, "appNotAuthorizedToFile"):
        drive.update(made["id"], by=drive.by(OWNER, "drive.file", "drive.readonly"), body={"name": "x"})


def test_scopes_for_metadata_do_not_show_the_bytes(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    reader = drive.by(OWNER, "drive.metadata.readonly")
    assert drive.get(made["id"], by=reader)["size"] == "4"
    with refused(403, "insufficientPermissions"):
        reader.files().get_media(fileId=made["id"]).execute()


# --- bytes


def test_d1_downloaded_bytes_equal_the_uploaded_ones(drive: Drive) -> None:
    content = bytes(range(256)) * 300
    made = drive.put(content)
    assert drive.by().files().get_media(fileId=made["id"]).execute() == content


def test_googles_own_types_are_not_downloaded_and_bytes_not_exported(drive: Drive) -> None:
    document, made = drive.make(mimeType=DOCUMENT), drive.put(b"%PDF")
    with refused(403, "fileNotDownloadable"):
        drive.by().files().get_media(fileId=document["id"]).execute()
    with refused(403, "fileNotExportable"):
        drive.by().files().export(fileId=made["id"], mimeType=PDF).execute()
    with refused(501, "notImplemented"):
        drive.by().files().export(fileId=document["id"], mimeType=PDF).execute()


def test_readers_do_not_download_what_only_writers_may_copy(drive: Drive) -> None:
    made = drive.put(b"%PDF", copyRequiresWriterPermission=True)
    drive.share(made["id"])
    with refused(403, "insufficientFilePermissions"):
        drive.by(FIRST).files().get_media(fileId=made["id"]).execute()


def test_d2_a_service_account_without_delegation_stores_nothing(drive: Drive) -> None:
    robot = "robot@better.iam.example"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    drive.control.seed(
        users=[{"email": robot}], serviceAccounts=[{"email": robot, "project": "better", "publicKey": pem}]
    )
    service = drive.by(robot)
    with refused(403, "storageQuotaExceeded"):
        drive.put(b"%PDF", by=service)
    assert drive.make(by=service, mimeType=FOLDER)["ownedByMe"]


# --- copies


def test_a_copy_is_a_file_of_its_own_with_the_same_bytes(drive: Drive) -> None:
    made = drive.put(b"%PDF", appProperties={"bc_file": "1f", "other": "x"}, description="Esimene")
    drive.share(made["id"])
    copied = drive.by().files().copy(fileId=made["id"], body={"appProperties": {"other": None}}, fields="*").execute()
    assert copied["id"] != made["id"]
    assert (copied["name"], copied["description"]) == ("Copy of Ettekanne.pdf", "Esimene")
    assert copied["appProperties"] == {"bc_file": "1f"}
    assert copied["sha256Checksum"] == made["sha256Checksum"]
    assert not copied["shared"]
    drive.by().files().delete(fileId=made["id"]).execute()
    drive.update(copied["id"], media=b"uus", body={})  # bytes that nobody holds any more are swept now
    revisions = drive.by().revisions().list(fileId=copied["id"]).execute()["revisions"]
    first = drive.by().revisions().get_media(fileId=copied["id"], revisionId=revisions[0]["id"]).execute()
    assert first == b"%PDF"


def test_folders_are_not_copied(drive: Drive) -> None:
    with refused(403, "cannotCopyFile"):
        drive.by().files().copy(fileId=drive.folder(), body={}).execute()


def test_a_reader_copies_into_a_drive_of_their_own(drive: Drive) -> None:
    made = drive.put(b"%PDF", parents=[drive.folder()])
    drive.share(made["id"])
    copied = drive.by(FIRST).files().copy(fileId=made["id"], body={"name": "Minu.pdf"}, fields="*").execute()
    assert (copied["ownedByMe"], copied["parents"]) == (True, [drive.get("root", by=drive.by(FIRST))["id"]])


def test_d2_new_content_keeps_the_id_and_the_links(drive: Drive) -> None:
    made = drive.put(b"%PDF one")
    media = MediaInMemoryUpload(b"%PDF two", mimetype=PDF)
    changed = drive.by().files().update(fileId=made["id"], media_body=media, fields="*").execute()
    same = ("id", "webViewLink", "webContentLink", "name", "createdTime")
    assert [changed[one] for one in same] == [made[one] for one in same]
    assert changed["headRevisionId"] != made["headRevisionId"]
    assert changed["md5Checksum"] == hashlib.md5(b"%PDF two").hexdigest()
