"""The list of changes in the sandbox's Drive, held against google-apis.md D.6."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_drive import ELSEWHERE, FIRST, OWNER, Drive, refused


def start(drive: Drive, who: str = OWNER) -> str:
    return str(drive.by(who).changes().getStartPageToken().execute()["startPageToken"])


def since(drive: Drive, token: str, who: str = OWNER, **more: Any) -> Any:
    return drive.by(who).changes().list(pageToken=token, **{"fields": "*"} | more).execute()


def told(answer: Any) -> list[tuple[str, bool]]:
    return [(one["fileId"], one["removed"]) for one in answer["changes"]]


def test_d6_changes_are_listed_oldest_first_up_to_a_new_start(drive: Drive) -> None:
    drive.put(b"%PDF", name="enne.pdf")
    token = start(drive)
    nothing = since(drive, token)
    assert nothing == {"kind": "drive#changeList", "changes": [], "newStartPageToken": token}
    first, second = drive.put(b"%PDF one", name="üks.pdf"), drive.put(b"%PDF two", name="kaks.pdf")
    answer = since(drive, token)
    assert [one["file"]["name"] for one in answer["changes"]] == ["üks.pdf", "kaks.pdf"]
    assert {one["changeType"] for one in answer["changes"]} == {"file"}
    drive.update(first["id"], body={"name": "üks uuesti.pdf"})
    later = since(drive, answer["newStartPageToken"])
    assert [one["file"]["name"] for one in later["changes"]] == ["üks uuesti.pdf"]
    # from the first token on, a file that changed twice is told once, at its last change
    assert told(since(drive, token)) == [(second["id"], False), (first["id"], False)]


def test_d6_tokens_do_not_expire_and_are_not_bound_to_a_query(drive: Drive) -> None:
    token = start(drive)
    made = drive.put(b"%PDF")
    drive.control.post("clock", {"now": "2022-01-01T00:00:00Z"})
    assert told(since(drive, token, pageSize=7)) == told(since(drive, token)) == [(made["id"], False)]


@pytest.mark.parametrize("token", ["abc", "0", "-1", "99999", "1.5", "٣"])
def test_what_is_no_token_is_refused(drive: Drive, token: str) -> None:
    with refused(400, "invalid"):
        since(drive, token)


def test_d6_the_token_is_required(drive: Drive) -> None:
    wire = drive.wire()
    answer = wire.ask("GET", "/drive/v3/changes")
    wire.close()
    assert (answer.status, answer.error["errors"][0]["reason"]) == (400, "required")


def test_d6_a_page_has_100_changes_unless_asked_and_never_more_than_1000(drive: Drive) -> None:
    token = start(drive)
    by = drive.by()
    for number in range(103):
        by.files().create(body={"name": f"{number}"}, fields="id").execute()
    request, sizes, answer = by.changes().list(pageToken=token), [], None
    while request is not None:
        answer = request.execute()
        sizes.append(len(answer["changes"]))
        request = by.changes().list_next(request, answer)
    assert sizes == [100, 3]
    assert answer is not None
    assert "nextPageToken" not in answer
    assert answer["newStartPageToken"] == start(drive)
    assert len(since(drive, token, pageSize=5000)["changes"]) == 103


def test_without_fields_a_changed_file_shows_its_identity(drive: Drive) -> None:
    token = start(drive)
    made = drive.put(b"%PDF")
    (change,) = drive.by().changes().list(pageToken=token).execute()["changes"]
    assert change["file"] == {name: made[name] for name in ("kind", "id", "name", "mimeType")}


def test_d5_a_comment_is_a_change_of_the_file(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    drive.share(made["id"], FIRST, "commenter")
    token = start(drive)
    drive.control.post("comments", {"fileId": made["id"], "userId": FIRST, "content": "Miks?"})
    assert told(since(drive, token)) == [(made["id"], False)]


def test_a_write_to_a_spreadsheet_is_a_change_of_the_file(drive: Drive) -> None:
    made = drive.make("Tahvel", mimeType="application/vnd.google-apps.spreadsheet")
    token = start(drive)
    with drive.wire() as wire:
        path = f"/v4/spreadsheets/{made['id']}/values/A1?valueInputOption=RAW"
        assert wire.ask("PUT", path, {"values": [["a"]]}).status == 200
    assert told(since(drive, token)) == [(made["id"], False)]


def test_d6_a_deleted_file_is_told_as_removed_to_all_who_had_it(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    drive.share(made["id"], FIRST)
    token = start(drive)
    drive.by().files().delete(fileId=made["id"]).execute()
    for who in (OWNER, FIRST):
        (change,) = since(drive, token, who)["changes"]
        assert (change["fileId"], change["removed"]) == (made["id"], True)
        assert "file" not in change
    assert since(drive, token, ELSEWHERE)["changes"] == []
    assert since(drive, token, includeRemoved=False)["changes"] == []


def test_d6_lost_access_is_told_as_removed_once(drive: Drive) -> None:
    made = drive.put(b"%PDF")
    shared = drive.share(made["id"], FIRST)
    token = start(drive)
    drive.by().permissions().delete(fileId=made["id"], permissionId=shared["id"]).execute()
    drive.update(made["id"], body={"name": "edasi.pdf"})
    answer = since(drive, token, FIRST)
    assert told(answer) == [(made["id"], True)]
    drive.update(made["id"], body={"name": "veel.pdf"})
    assert since(drive, answer["newStartPageToken"], FIRST)["changes"] == []


def test_others_files_are_nobodys_change(drive: Drive) -> None:
    token = start(drive, ELSEWHERE)
    made = drive.put(b"%PDF")
    assert since(drive, token, ELSEWHERE)["changes"] == []
    drive.share(made["id"], ELSEWHERE)
    assert told(since(drive, token, ELSEWHERE)) == [(made["id"], False)]
    assert since(drive, token, ELSEWHERE, restrictToMyDrive=True)["changes"] == []


def test_f1_drive_file_tells_of_the_apps_own_files(drive: Drive) -> None:
    token = start(drive)
    made = drive.put(b"%PDF")
    for project, seen in (("better", [(made["id"], False)]), ("another", [])):
        by = drive.by(OWNER, "drive.file", project=project)
        assert told(by.changes().list(pageToken=token).execute()) == seen


def test_what_is_not_reproduced_names_itself(drive: Drive) -> None:
    with refused(501, "notImplemented"):
        since(drive, start(drive), driveId="0AB")
    with refused(501, "notImplemented"):
        since(drive, start(drive), spaces="appDataFolder")
    with refused(400, "invalid"):
        since(drive, start(drive), spaces="kuskil")
