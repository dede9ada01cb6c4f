"""Attachments in the sandbox, held against google-apis.md A.5, G.9 and G.10."""

from __future__ import annotations

from typing import Any

import pytest
from googleapiclient.http import MediaInMemoryUpload

from sandbox_school import CO_TEACHER, COURSE, FIRST, OUTSIDER, OWNER, SECOND, School, refused

VIDEO = "dQw4w9WgXcQ"


def link(url: str) -> dict[str, Any]:
    return {"link": {"url": url}}


def drive(file_id: str, **more: str) -> dict[str, Any]:
    return {"driveFile": {"driveFile": {"id": file_id}, **more}}


def upload(school: School, who: str = OWNER, **more: Any) -> str:
    media = MediaInMemoryUpload(b"%PDF-1.4", mimetype="application/pdf")
    files = school.by(who, api="drive").files()
    return str(files.create(body={"name": "ettekanne.pdf"} | more, media_body=media, fields="id").execute()["id"])


def share(school: School, file_id: str, who: str, role: str) -> None:
    body = {"type": "user", "role": role, "emailAddress": who}
    permissions = school.by(OWNER, api="drive").permissions()
    permissions.create(fileId=file_id, body=body, sendNotificationEmail=False).execute()


def groups(school: School, file_id: str) -> list[str]:
    listing = (
        school.by(OWNER, api="drive").permissions().list(fileId=file_id, fields="permissions(type,role,emailAddress)")
    )
    rows = listing.execute()["permissions"]
    return [f"{row['role']} {row['emailAddress']}" for row in rows if row["type"] == "group"]


def attach(school: School, *materials: dict[str, Any], who: str = OWNER, **body: Any) -> list[Any]:
    return list(school.material(who, materials=list(materials), **body).get("materials", []))


# --- links and what becomes of them


def test_a5_title_and_thumbnail_of_a_link_are_filled_by_the_server(school: School) -> None:
    (material,) = attach(school, {"link": {"url": "https://www.interregeurope.eu/better/", "title": "mine"}})
    assert material["link"]["url"] == "https://www.interregeurope.eu/better/"
    assert material["link"]["title"] == "www.interregeurope.eu/better"
    assert material["link"]["thumbnailUrl"].startswith("https://")


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={VIDEO}&t=10s",
        f"https://youtu.be/{VIDEO}?si=x",
        f"http://m.youtube.com/watch?v={VIDEO}",
        f"https://www.youtube.com/embed/{VIDEO}",
        f"https://youtube.com/live/{VIDEO}?feature=share",
    ],
)
def test_a5_a_youtube_address_comes_back_as_a_video(school: School, url: str) -> None:
    (material,) = attach(school, link(url))
    assert material["youtubeVideo"]["id"] == VIDEO
    assert material["youtubeVideo"]["alternateLink"] == f"https://www.youtube.com/watch?v={VIDEO}"
    assert material["youtubeVideo"]["title"]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@better",
        "https://www.youtube.com/watch?v=short",
        "https://notyoutube.com/watch?v=dQw4w9WgXcQ",
        "https://docs.google.com/forms/d/e/1FAIpQL/viewform",
        "https://drive.google.com/drive/my-drive",
    ],
)
def test_a5_other_addresses_stay_links(school: School, url: str) -> None:
    assert attach(school, link(url))[0]["link"]["url"] == url


@pytest.mark.parametrize(
    "form",
    [
        "https://drive.google.com/file/d/{}/view?usp=sharing",
        "https://drive.google.com/open?id={}",
        "https://docs.google.com/presentation/d/{}/edit#slide=1",
    ],
)
def test_a5_a_drive_address_comes_back_as_the_file_and_is_held_to_its_rules(school: School, form: str) -> None:
    file_id = upload(school)
    (material,) = attach(school, link(form.format(file_id)))
    assert material["driveFile"]["driveFile"]["id"] == file_id
    with refused(400, "FAILED_PRECONDITION", "AttachmentNotVisible"):
        attach(school, link(form.format(upload(school, OUTSIDER))))


@pytest.mark.parametrize("url", ["", "x" * 2025, "better.example", "ftp://better.example/", "https://", "http://a b/"])
def test_a5_a_link_is_an_address_of_1_to_2024_characters(school: School, url: str) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        attach(school, link(url))


# --- what can be attached


@pytest.mark.parametrize(
    "material",
    [
        {"form": {"formUrl": "https://docs.google.com/forms/d/e/1/viewform"}},
        {"gem": {"id": "1"}},
        {"notebook": {"id": "1"}},
        {},
        {"link": {"url": "https://better.example/"}, "youtubeVideo": {"id": VIDEO}},
        {"youtubeVideo": {}},
        {"youtubeVideo": {"id": "short"}},
        {"driveFile": {}},
        {"link": {}},
    ],
)
def test_g9_what_cannot_be_attached(school: School, material: dict[str, Any]) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        attach(school, material)


@pytest.mark.parametrize("kind", ["courseWorkMaterials", "courseWork", "announcements"])
def test_a3_there_are_at_most_20_attachments(school: School, kind: str) -> None:
    posts = getattr(school.courses(), kind)()
    words = {"text": "x"} if kind == "announcements" else {"title": "x"}
    body = words | ({"workType": "ASSIGNMENT"} if kind == "courseWork" else {})
    links = [link(f"https://better.example/{number}") for number in range(21)]
    with refused(400, "INVALID_ARGUMENT"):
        posts.create(courseId=COURSE, body=body | {"materials": links}).execute()
    post = posts.create(courseId=COURSE, body=body | {"materials": links[:20]}).execute()
    assert [material["link"]["url"] for material in post["materials"]] == [one["link"]["url"] for one in links[:20]]


def test_g9_other_share_modes_are_for_assignments_alone(school: School) -> None:
    file_id = upload(school)
    for mode in ("EDIT", "STUDENT_COPY"):
        with refused(400, "INVALID_ARGUMENT"):
            attach(school, drive(file_id, shareMode=mode))
        body = {"title": "x", "materials": [drive(file_id, shareMode=mode)]}
        with refused(400, "INVALID_ARGUMENT"):
            school.question(**body)
        work = school.question(workType="ASSIGNMENT", **body)
        assert work["materials"][0]["driveFile"]["shareMode"] == mode
    assert attach(school, drive(file_id))[0]["driveFile"]["shareMode"] == "VIEW"


# --- Drive files


def test_a5_title_and_link_of_a_drive_file_are_output(school: School) -> None:
    file_id = upload(school)
    given = drive(file_id)
    given["driveFile"]["driveFile"] |= {"title": "mine", "alternateLink": "https://better.example/"}
    (material,) = attach(school, given)
    file = material["driveFile"]["driveFile"]
    assert (file["id"], file["title"]) == (file_id, "ettekanne.pdf")
    assert file["alternateLink"].startswith("https://drive.google.com/")


def test_g10_a_file_the_teacher_cannot_see_is_attachment_not_visible(school: School) -> None:
    for file_id in ("nonsense", upload(school, OUTSIDER)):
        with refused(400, "FAILED_PRECONDITION", "AttachmentNotVisible"):
            attach(school, drive(file_id))


def test_g10_a_file_the_teacher_sees_but_cannot_share_is_403(school: School) -> None:
    file_id = upload(school)
    share(school, file_id, CO_TEACHER, "reader")
    with refused(403, "PERMISSION_DENIED"):
        attach(school, drive(file_id), who=CO_TEACHER)
    share(school, file_id, CO_TEACHER, "writer")
    assert attach(school, drive(file_id), who=CO_TEACHER)
    restricted = upload(school, writersCanShare=False)
    share(school, restricted, CO_TEACHER, "writer")
    with refused(403, "PERMISSION_DENIED"):
        attach(school, drive(restricted), who=CO_TEACHER)


def test_d3_the_course_reads_a_file_once_its_post_is_public(school: School) -> None:
    file_id = upload(school)
    group = school.courses().get(id=COURSE).execute()["courseGroupEmail"]
    post = school.material(materials=[drive(file_id)])
    assert groups(school, file_id) == []
    posts = school.courses().courseWorkMaterials()
    posts.patch(courseId=COURSE, id=post["id"], updateMask="state", body={"state": "PUBLISHED"}).execute()
    assert groups(school, file_id) == [f"reader {group}"]
    assert school.by(FIRST, api="drive").files().get(fileId=file_id).execute()["id"] == file_id
    with refused_by_drive():
        school.by(OUTSIDER, api="drive").files().get(fileId=file_id).execute()


def grants(school: School, file_id: str) -> list[str]:
    """Who may use a file, its owner aside, as role and type."""
    rows = school.by(OWNER, api="drive").permissions().list(fileId=file_id, fields="permissions(type,role)").execute()
    return sorted(f"{row['role']} {row['type']}" for row in rows["permissions"] if row["role"] != "owner")


def test_a5_a_file_to_be_edited_is_shared_with_writers(school: School) -> None:
    file_id = upload(school)
    school.question(workType="ASSIGNMENT", materials=[drive(file_id, shareMode="EDIT")])
    assert grants(school, file_id) == ["writer group"]
    school.question(materials=[drive(file_id)])
    assert grants(school, file_id) == ["writer group"]  # the stronger stays


def test_a5_a_file_to_be_copied_is_shared_with_nobody(school: School) -> None:
    file_id = upload(school)
    school.question(workType="ASSIGNMENT", materials=[drive(file_id, shareMode="STUDENT_COPY")])
    assert grants(school, file_id) == []


def test_a7_a_file_for_some_students_is_shared_with_these_and_the_teachers(school: School) -> None:
    file_id, first, second = upload(school), school.id_of(FIRST), school.id_of(SECOND)
    some = {"assigneeMode": "INDIVIDUAL_STUDENTS", "individualStudentsOptions": {"studentIds": [first]}}
    work = school.question(materials=[drive(file_id)], **some)
    assert grants(school, file_id) == ["reader group", "reader user"]
    assert school.by(CO_TEACHER, api="drive").files().get(fileId=file_id).execute()["id"] == file_id
    with refused_by_drive():
        school.by(SECOND, api="drive").files().get(fileId=file_id).execute()
    change = {"assigneeMode": "INDIVIDUAL_STUDENTS", "modifyIndividualStudentsOptions": {"addStudentIds": [second]}}
    school.courses().courseWork().modifyAssignees(courseId=COURSE, id=work["id"], body=change).execute()
    assert grants(school, file_id) == ["reader group", "reader user", "reader user"]


def test_h3_scheduled_posts_share_their_files_when_they_go_public(school: School) -> None:
    file_id = upload(school)
    school.material(materials=[drive(file_id)], scheduledTime="2020-06-02T07:00:00Z")
    assert groups(school, file_id) == []
    school.tick("2020-06-02T07:00:00Z")
    assert len(groups(school, file_id)) == 1


def test_h3_a_file_that_is_gone_does_not_stop_the_publication(school: School) -> None:
    file_id = upload(school)
    post = school.material(materials=[drive(file_id)], scheduledTime="2020-06-02T07:00:00Z")
    school.by(OWNER, api="drive").files().delete(fileId=file_id).execute()
    school.tick("2020-06-02T07:00:00Z")
    posts = school.courses(SECOND).courseWorkMaterials()
    seen = posts.get(courseId=COURSE, id=post["id"]).execute()
    assert set(seen["materials"][0]["driveFile"]["driveFile"]) == {"id", "alternateLink"}


def test_a5_the_title_is_absent_for_readers_without_access(school: School) -> None:
    file_id = upload(school)
    school.material(materials=[drive(file_id)], state="PUBLISHED")
    permissions = school.by(OWNER, api="drive").permissions()
    for row in permissions.list(fileId=file_id).execute()["permissions"]:
        if row["type"] == "group":
            permissions.delete(fileId=file_id, permissionId=row["id"]).execute()
    (post,) = school.courses(FIRST).courseWorkMaterials().list(courseId=COURSE).execute()["courseWorkMaterial"]
    assert "title" not in post["materials"][0]["driveFile"]["driveFile"]


def test_a3_material_posts_are_found_by_drive_file(school: School) -> None:
    file_id = upload(school)
    post = school.material(materials=[drive(file_id)], state="PUBLISHED")
    listing = school.courses().courseWorkMaterials()
    assert listing.list(courseId=COURSE, materialDriveId=file_id).execute()["courseWorkMaterial"][0]["id"] == post["id"]
    assert listing.list(courseId=COURSE, materialDriveId=file_id[:-1]).execute() == {}


def refused_by_drive() -> Any:
    return pytest.raises(Exception, match="File not found")
