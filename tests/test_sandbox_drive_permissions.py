"""Sharing in the sandbox's Drive, held against google-apis.md D.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from better_classroom.sandbox.server import Running, start_in_thread
from sandbox_drive import (
    CONSUMER,
    COURSE,
    ELSEWHERE,
    FIRST,
    FOLDER,
    OWNER,
    WRITER,
    Drive,
    refused,
)
from talking import Control, Wire


def grant(drive: Drive, file_id: str, by: Any = None, body: dict[str, Any] | None = None, **query: Any) -> Any:
    service = drive.by() if by is None else by
    return service.permissions().create(fileId=file_id, body=body or {}, fields="*", **query).execute()


def roles(drive: Drive, file_id: str, by: Any = None) -> dict[str, str]:
    service = drive.by() if by is None else by
    listed = service.permissions().list(fileId=file_id, fields="permissions(emailAddress,role)").execute()
    return {one.get("emailAddress", "anyone"): one["role"] for one in listed["permissions"]}


# --- who is given what


def test_d3_a_reader_reads_and_an_outsider_finds_nothing(drive: Drive) -> None:
    made = drive.make()
    drive.share(made["id"])
    assert drive.get(made["id"], by=drive.by(FIRST))["name"] == "Ettekanne.pdf"
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(ELSEWHERE))


def test_d3_a_permission_is_shown_with_id_type_and_role(drive: Drive) -> None:
    made = drive.make()
    body = {"type": "user", "role": "reader", "emailAddress": FIRST}
    shown = drive.by().permissions().create(fileId=made["id"], body=body).execute()
    assert shown == {"kind": "drive#permission", "id": shown["id"], "type": "user", "role": "reader"}
    whole = drive.by().permissions().get(fileId=made["id"], permissionId=shown["id"], fields="*").execute()
    assert (whole["emailAddress"], whole["displayName"], whole["deleted"]) == (FIRST, "Osaleja Üks", False)


def test_d3_the_same_person_has_the_same_permission_id_on_every_file(drive: Drive) -> None:
    assert drive.share(drive.make()["id"])["id"] == drive.share(drive.make()["id"])["id"]


def test_d3_sharing_again_changes_the_one_permission(drive: Drive) -> None:
    made = drive.make()
    drive.share(made["id"], FIRST, "reader")
    drive.share(made["id"], FIRST, "writer")
    assert roles(drive, made["id"]) == {OWNER: "owner", FIRST: "writer"}


@pytest.mark.parametrize(("role", "rights"), [("reader", []), ("commenter", ["canComment"])])
def test_d3_readers_do_not_comment_and_commenters_do(drive: Drive, role: str, rights: list[str]) -> None:
    made = drive.make()
    drive.share(made["id"], FIRST, role)
    held = drive.get(made["id"], by=drive.by(FIRST))["capabilities"]
    assert [one for one in ("canComment", "canEdit", "canShare") if held[one]] == rights


def test_d3_the_courses_group_address_takes_permissions(drive: Drive) -> None:
    made, group = drive.make(), drive.group()
    shown = grant(drive, made["id"], body={"type": "group", "role": "reader", "emailAddress": group})
    assert (shown["emailAddress"], shown["displayName"]) == (group, "BETTER: Tartu")
    assert drive.get(made["id"], by=drive.by(FIRST))["name"] == "Ettekanne.pdf"
    assert drive.found("", by=drive.by(FIRST)) == ["Ettekanne.pdf"]
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(ELSEWHERE))
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(WRITER))  # of the same domain, but not in the course


def test_d3_who_leaves_the_course_leaves_its_group(drive: Drive) -> None:
    made = drive.make()
    grant(drive, made["id"], body={"type": "group", "role": "reader", "emailAddress": drive.group()})
    service = drive._google("classroom", "v1", drive.control.token(OWNER, "classroom.rosters"))  # noqa: SLF001
    service.courses().students().delete(courseId=COURSE, userId=FIRST).execute()
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(FIRST))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"type": "group", "role": "reader", "emailAddress": "keegi@tartu.example"}, "invalidSharingRequest"),
        ({"type": "user", "role": "reader", "emailAddress": "keegi@tartu.example"}, "invalidSharingRequest"),
        ({"type": "user", "role": "reader", "emailAddress": "keegi"}, "invalidSharingRequest"),
        ({"type": "user", "role": "reader"}, "required"),
        ({"type": "user", "emailAddress": FIRST}, "required"),
        ({"role": "reader"}, "required"),
        ({"type": "user", "role": "king", "emailAddress": FIRST}, "invalid"),
        ({"type": "crowd", "role": "reader"}, "invalid"),
        ({"type": "domain", "role": "reader"}, "invalidSharingRequest"),
        ({"type": "anyone", "role": "reader", "emailAddress": FIRST}, "invalid"),
        ({"type": "user", "role": "reader", "emailAddress": FIRST, "allowFileDiscovery": True}, "invalid"),
        ({"type": "user", "role": "reader", "emailAddress": OWNER}, "invalidSharingRequest"),
    ],
)
def test_d3_a_permission_that_cannot_be_is_400(drive: Drive, body: dict[str, Any], reason: str) -> None:
    made = drive.make()
    with refused(400, reason):
        grant(drive, made["id"], body=body)


def test_d3_roles_of_shared_drives_are_refused(drive: Drive) -> None:
    with refused(403, "cannotShareTeamDriveItem"):
        drive.share(drive.make()["id"], role="organizer")


def test_a_domain_is_everyone_with_an_account_of_it_and_no_personal_account(drive: Drive) -> None:
    made = drive.make()
    shown = grant(drive, made["id"], body={"type": "domain", "role": "reader", "domain": "Tartu.example"})
    assert (shown["domain"], shown["allowFileDiscovery"]) == ("tartu.example", False)
    assert drive.get(made["id"], by=drive.by(FIRST))
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(CONSUMER))


# --- who may share


def test_writers_share_unless_the_owner_forbids_it(drive: Drive) -> None:
    made = drive.make()
    drive.share(made["id"], WRITER, "writer")
    drive.share(made["id"], FIRST, by=drive.by(WRITER))
    drive.update(made["id"], body={"writersCanShare": False})
    with refused(403, "insufficientFilePermissions"):
        drive.share(made["id"], ELSEWHERE, by=drive.by(WRITER))


@pytest.mark.parametrize("role", ["reader", "commenter"])
def test_b3_who_may_not_share_may_not_list_either(drive: Drive, role: str) -> None:
    made = drive.make()
    drive.share(made["id"], FIRST, role)
    with refused(403, "insufficientFilePermissions"):
        drive.share(made["id"], ELSEWHERE, by=drive.by(FIRST))
    with refused(403, "insufficientFilePermissions"):
        roles(drive, made["id"], by=drive.by(FIRST))


def test_an_outsider_who_shares_meets_404(drive: Drive) -> None:
    made = drive.make()
    with refused(404, "notFound"):
        drive.share(made["id"], ELSEWHERE, by=drive.by(ELSEWHERE))


# --- changing and taking away


def test_a_permission_taken_away_is_gone(drive: Drive) -> None:
    made = drive.make()
    shared = drive.share(made["id"])
    call = drive.by().permissions().delete(fileId=made["id"], permissionId=shared["id"])
    assert call.execute() == ""
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(FIRST))
    with refused(404, "notFound") as error:
        call.execute()
    assert error["message"] == f"Permission not found: {shared['id']}."


def test_a_role_is_changed_in_place(drive: Drive) -> None:
    made = drive.make()
    shared = drive.share(made["id"])
    changed = drive.by().permissions().update(fileId=made["id"], permissionId=shared["id"], body={"role": "writer"})
    assert changed.execute()["role"] == "writer"
    assert roles(drive, made["id"])[FIRST] == "writer"


def test_anyone_may_give_up_their_own_access(drive: Drive) -> None:
    made = drive.make()
    shared = drive.share(made["id"])
    drive.by(FIRST).permissions().delete(fileId=made["id"], permissionId=shared["id"]).execute()
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(FIRST))


def test_the_owner_cannot_be_removed_or_demoted(drive: Drive) -> None:
    made = drive.make()
    own = {"fileId": made["id"], "permissionId": made["permissionIds"][0]}
    with refused(403, "insufficientFilePermissions"):
        drive.by().permissions().delete(**own).execute()
    with refused(403, "insufficientFilePermissions"):
        drive.by().permissions().update(**own, body={"role": "reader"}).execute()


def test_ownership_is_handed_over_only_when_said_so(drive: Drive) -> None:
    made = drive.make()
    body = {"type": "user", "role": "owner", "emailAddress": WRITER}
    with refused(403, "forbidden"):
        grant(drive, made["id"], body=body)
    with refused(403, "forbidden"):
        grant(drive, made["id"], body=body, transferOwnership=True, sendNotificationEmail=False)
    grant(drive, made["id"], body=body, transferOwnership=True)
    assert roles(drive, made["id"], by=drive.by(WRITER)) == {OWNER: "writer", WRITER: "owner"}
    assert drive.get(made["id"], by=drive.by(WRITER))["ownedByMe"]


def test_a_permission_ends_at_its_time(drive: Drive) -> None:
    made = drive.make()
    body = {"type": "user", "role": "reader", "emailAddress": FIRST, "expirationTime": "2020-06-01T00:00:00Z"}
    grant(drive, made["id"], body=body)
    assert drive.get(made["id"], by=drive.by(FIRST))
    drive.control.post("clock", {"now": "2020-06-01T00:00:00Z"})
    with refused(404, "notFound"):
        drive.get(made["id"], by=drive.by(FIRST))
    with refused(403, "expirationDateInvalid"):
        grant(drive, made["id"], body=body)


# --- folders


def test_what_a_folder_is_shared_as_its_files_are(drive: Drive) -> None:
    outer = drive.folder()
    inner = drive.folder(parents=[outer])
    made = drive.make(parents=[inner])
    shared = drive.share(outer, FIRST, "writer")
    assert drive.get(made["id"], by=drive.by(FIRST))["capabilities"]["canEdit"]
    held = {one["id"]: one for one in drive.get(made["id"])["permissions"]}
    assert held[shared["id"]]["permissionDetails"] == [{"permissionType": "file", "role": "writer", "inherited": True}]


def test_what_a_folder_gives_is_not_taken_away_below_it(drive: Drive) -> None:
    folder = drive.folder()
    made = drive.make(parents=[folder])
    shared = drive.share(folder)
    with refused(403, "cannotDeleteInheritedPermission"):
        drive.by().permissions().delete(fileId=made["id"], permissionId=shared["id"]).execute()


def test_the_owner_of_a_folder_edits_what_others_put_into_it_and_does_not_own_it(drive: Drive) -> None:
    folder = drive.folder()
    drive.share(folder, WRITER, "writer")
    theirs = drive.make("Minu.pdf", by=drive.by(WRITER), parents=[folder])
    seen = drive.get(theirs["id"])
    assert (seen["ownedByMe"], seen["capabilities"]["canEdit"]) == (False, True)


def test_my_drive_itself_is_not_shared(drive: Drive) -> None:
    with refused(403, "insufficientFilePermissions"):
        drive.share("root")
    with refused(403, "insufficientFilePermissions"):
        drive.update("root", body={"name": "Minu"})
    with refused(403, "insufficientFilePermissions"):
        drive.by().files().delete(fileId="root").execute()
    assert drive.get("root")["mimeType"] == FOLDER


# --- pages and mail


def test_the_whole_list_comes_unless_a_size_is_asked_for(drive: Drive) -> None:
    made = drive.make()
    for who in (WRITER, FIRST, ELSEWHERE):
        drive.share(made["id"], who)
    assert len(roles(drive, made["id"])) == 4
    page = drive.by().permissions().list(fileId=made["id"], pageSize=3).execute()
    assert len(page["permissions"]) == 3
    rest = drive.by().permissions().list(fileId=made["id"], pageSize=3, pageToken=page["nextPageToken"]).execute()
    assert len(rest["permissions"]) == 1


def test_d3_mail_is_for_users_and_groups_alone(drive: Drive) -> None:
    made = drive.make()
    with refused(400, "invalid"):
        grant(drive, made["id"], body={"type": "anyone", "role": "reader"}, sendNotificationEmail=True)


@pytest.fixture
def own() -> Iterator[Running]:
    running = start_in_thread()
    yield running
    running.stop()


def test_d3_mail_goes_to_users_and_groups_unless_it_is_switched_off(own: Running) -> None:
    control = Control(own.url)
    control.seed(users=[{"email": OWNER}, {"email": FIRST}, {"email": WRITER}])
    with Wire(own.url, control.token(OWNER, "drive")) as wire:
        made = wire.ask("POST", "/drive/v3/files", {"name": "Ettekanne.pdf"}).json["id"]
        for who, query in ((FIRST, "?sendNotificationEmail=false"), (WRITER, "?emailMessage=Tere")):
            body = {"type": "user", "role": "reader", "emailAddress": who}
            wire.ask("POST", f"/drive/v3/files/{made}/permissions{query}", body)
    control.close()
    mails = [(one["to"], one["fileId"], one["message"]) for one in own.world.store.rows("mails", "")]
    assert mails == [(WRITER, made, "Tere")]


def test_domain_admin_access_is_for_shared_drives_which_are_not_reproduced(drive: Drive) -> None:
    with refused(501, "notImplemented"):
        drive.by().permissions().list(fileId=drive.make()["id"], useDomainAdminAccess=True).execute()
