"""Slides that can be commented on: a copy for each course, shared for it, and what cannot work said beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from better_classroom import programme
from between import between, without_group
from builders import ACCOUNT, a_programme, a_seminar, written
from slides_world import ABROAD, FIRST, ON, Slides, begun, seeded
from talking import Control
from worlds import Organiser, token, world

Google = Callable[[str, str, str], Any]


@pytest.fixture
def slides(tmp_path: Path, control: Control, google: Google, sandbox_url: str) -> Slides:
    return begun(tmp_path, control, google, sandbox_url)


def copies(slides: Slides) -> list[str]:
    listed = slides.drive().files().list(fields="files(name)").execute()["files"]
    return sorted(file["name"] for file in listed)


def test_each_course_has_its_own_copy_and_nobody_elses(slides: Slides) -> None:
    assert copies(slides) == ["1.pdf", "1.pdf"]
    assert slides.file("tartu") != slides.file("birmingham")
    assert slides.drive(FIRST).files().get(fileId=slides.file("tartu")).execute()["name"] == "1.pdf"
    with pytest.raises(HttpError, match="404"):
        slides.drive(FIRST).files().get(fileId=slides.file("birmingham")).execute()


def test_participants_may_comment_on_their_copy_also_after_it_is_published(slides: Slides) -> None:
    slides.control.post("clock", {"now": "2020-06-12T08:00:00Z"})
    body = {"content": "Kust?"}
    for person, course in ((FIRST, "tartu"), (ABROAD, "birmingham")):
        made = slides.drive(person).comments().create(fileId=slides.file(course), body=body, fields="content").execute()
        assert made == body
    assert slides.organiser.plans()["changes"] == []


def test_the_posts_carry_the_copy_of_their_course(slides: Slides) -> None:
    classroom = slides.google("classroom", "v1", token(slides.control, ACCOUNT))
    for course in ("tartu", "birmingham"):
        materials = classroom.courses().courseWorkMaterials()
        found = materials.list(courseId=f"p:{course}", materialDriveId=slides.file(course)).execute()
        assert len(found["courseWorkMaterial"]) == 1


def test_the_same_bytes_are_never_uploaded_twice_for_a_course(slides: Slides) -> None:
    slides.control.delete("calls")
    slides.publish()
    assert slides.calls("drive.files.create") + slides.calls("drive.files.update") == 0
    (slides.folder / "slides/1.pdf").write_bytes(b"%PDF-1.4\n% corrected\n%%EOF\n")
    before = slides.file()
    slides.publish()
    assert (slides.calls("drive.files.create"), slides.file()) == (0, before)
    assert slides.organiser.plans()["changes"] == []


def test_a_permission_that_was_lowered_is_given_again(slides: Slides) -> None:
    permissions = slides.drive().permissions()
    held = permissions.list(fileId=slides.file(), fields="permissions(id,role)").execute()["permissions"]
    (group,) = [one["id"] for one in held if one["role"] == "commenter"]
    permissions.update(fileId=slides.file(), permissionId=group, body={"role": "reader"}).execute()
    assert "participants cannot comment on 1.pdf" in slides.organiser.types("doctor").out
    slides.publish()
    slides.comment("Kust?")
    assert "everyone in the course may comment" in slides.organiser.types("doctor").out


def test_the_plan_says_whose_copy_it_is_and_that_it_can_be_commented_on(
    tmp_path: Path, control: Control, sandbox_url: str
) -> None:
    seeded(control)
    path = written(tmp_path / "programme", a_programme(**ON))
    said = Organiser(path, sandbox_url, tmp_path / "ledger.db").types("plan").out
    for course in ("tartu", "birmingham"):
        assert f"upload   slides/1.pdf (1 kB), for {course} alone, to be commented on" in said
    assert said.count("share   slides/1.pdf: everyone in the course may comment on it") == 2
    assert "//" not in said.replace("https://", "").replace("http://", "")


def test_switched_on_later_it_replaces_the_posts_with_their_files(
    tmp_path: Path, control: Control, google: Google, sandbox_url: str
) -> None:
    slides = begun(tmp_path, control, google, sandbox_url, questions={})
    assert copies(slides) == ["1.pdf"]
    written(slides.folder, a_programme(**ON))
    said = slides.organiser.types("plan").out
    assert said.count("replace ") == 2
    assert "Participants lose the link to the old post" in said
    slides.publish()
    assert copies(slides) == ["1.pdf", "1.pdf"]
    assert slides.organiser.plans()["changes"] == []
    posts = world(google("classroom", "v1", token(control, ACCOUNT)), slides.drive())["BETTER: proov"]["posts"]
    assert len([post for post in posts if post["attachments"]]) == 1


def test_a_lost_ledger_finds_every_copy_again(slides: Slides) -> None:
    before = {course: slides.file(course) for course in ("tartu", "birmingham")}
    slides.organiser.ledger.unlink()
    slides.control.delete("calls")
    slides.publish()
    assert {course: slides.file(course) for course in before} == before
    assert slides.calls("drive.files.create") == 0
    assert slides.organiser.plans()["changes"] == []


def test_participants_are_told_that_their_comments_are_read_and_by_whom(slides: Slides) -> None:
    classroom = slides.google("classroom", "v1", token(slides.control, ACCOUNT))
    found = world(classroom, slides.drive())
    english = [post["text"] for post in found["BETTER: a test"]["posts"] if post["attachments"]]
    assert "everyone in this course sees your name beside them" in english[0]
    others = [post["text"] for post in found["BETTER: a test"]["posts"] if not post["attachments"]]
    assert not any("sees your name beside them" in text for text in others)


class TestWhatCannotWork:
    def test_files_that_drive_has_no_comments_for_are_named(
        self, tmp_path: Path, control: Control, sandbox_url: str
    ) -> None:
        seeded(control)
        seminar = a_seminar()
        seminar["materials"]["presentation"]["attachments"] = [{"file": "slides/1.pdf"}, {"file": "film.mp4"}]
        path = written(tmp_path / "programme", a_programme(**ON) | {"seminars": {"one": seminar}})
        organiser = Organiser(path, sandbox_url, tmp_path / "ledger.db")
        said = organiser.types("plan").out
        assert "Google names no way to comment on film.mp4 in Drive's page" in said
        organiser.applies()
        assert "tartu: Google names no way to comment on film.mp4" in organiser.types("doctor").out

    def test_a_course_without_an_address_lets_nobody_comment_and_everything_else_goes_on(
        self, tmp_path: Path, control: Control, sandbox_url: str
    ) -> None:
        seeded(control)
        path = written(tmp_path / "programme", a_programme(**ON))
        with between(sandbox_url) as wire:
            wire.rewrite = without_group
            organiser = Organiser(path, wire.url, tmp_path / "ledger.db")
            assert organiser.applies().code == 0
            for command in ("plan", "doctor"):
                said = organiser.types(command).out
                assert "tartu: the course has no address to share with, so its participants can read the slides" in said
                assert "may comment on" not in said
            assert organiser.plans()["changes"] == []
            assert organiser.types("sync").code == 0

    def test_check_says_that_commenters_see_each_others_names(self, tmp_path: Path) -> None:
        path = written(tmp_path, a_programme(**ON))
        (warning,) = programme.check(path).warnings
        assert "whoever comments on slides does so by name" in warning.message
