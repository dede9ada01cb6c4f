"""The gateways as a whole: what they call, and that nothing of it shows."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from better_classroom.board import design
from better_classroom.course import POSTS, Attachment, File, Kind, Standing
from better_classroom.errors import NotFound, RefusedByGoogle
from better_classroom.gateways import Account, posts
from better_classroom.gateways.methods import METHODS
from better_classroom.gateways.rosters import Invited
from gateways_account import CO_TEACHER, COURSE, FIRST, PERSONAL, seed, signed_in
from gateways_wire import refuse, reply, server

TOKEN = reply(200, {"access_token": "ya29.fresh"})
ME = reply(200, {"id": "201", "emailAddress": FIRST}, date="Tue, 16 Jun 2020 09:00:00 GMT")


def everything(account: Account, path: Path) -> None:
    """Call every public method of the gateways."""
    classroom, drive = account.classroom, account.drive
    list(classroom.courses())
    made = classroom.create_course(alias="p:better-2020-tartu", name="BETTER")
    classroom.rename_course(made.remote_id, "BETTER 2020")
    topic = classroom.create_topic(COURSE, "Seminar 1")
    classroom.rename_topic(COURSE, topic.remote_id, "Seminar 2")
    for kind in POSTS:
        post = classroom.create_post(COURSE, kind, title="Ettekanne", text="Küsi.", topic_id="", attachments=())
        classroom.patch_post(COURSE, kind, post.remote_id, text="Küsi siin.")
        classroom.probe(COURSE, kind, post.remote_id, post.title or post.text)
        classroom.schedule_post(COURSE, kind, post.remote_id, None)
        classroom.publish_post(COURSE, kind, post.remote_id)
        for _ in range(2):
            classroom.delete_post(COURSE, kind, post.remote_id)
    for _ in range(2):
        classroom.delete_topic(COURSE, topic.remote_id)
    course = classroom.course(COURSE)
    assert course
    classroom.snapshot(course)
    list(classroom.submissions(COURSE))
    list(classroom.participants(COURSE))
    people(account)
    content = path.read_bytes()
    file = File("file:a/1.pdf", "1.pdf", "1.pdf", "application/pdf", hashlib.sha256(content).hexdigest(), len(content))
    remote_id = drive.new_id()
    for _ in range(2):
        drive.create_file(file, path, mark="m", programme="better-2020", remote_id=remote_id)
    drive.revise_file(remote_id, file, path)
    drive.share(remote_id, course.group_email)
    drive.files("better-2020")
    drive.free()
    comments(account, remote_id)
    drive.delete_file(remote_id)
    boards(account)


def boards(account: Account) -> None:
    """Call every public method about boards."""
    drive, sheets, item = account.drive, account.sheets, "board"
    made, copy = (drive.create_board("Board", expert=expert, programme="better-2020") for expert in ("a", "b"))
    sheets.reach()
    (spare,) = sheets.tabs(made.remote_id, item=item)
    sheets.set_up(made.remote_id, design("et"), [("k/1",)], instead_of=spare.sheet_id, item=item)
    (tab,) = sheets.tabs(made.remote_id, item=item)
    sheets.append(made.remote_id, tab, design("et").columns, [("k/2",)], item=item)
    sheets.copy(made.remote_id, copy.remote_id, lambda tab: range(len(tab.rows)), item=item)
    drive.share_board(made.remote_id, CO_TEACHER, item=item)
    shared = drive.board(made.remote_id, item=item)
    assert shared
    for permission in shared.readers.values():
        drive.unshare(made.remote_id, permission, item=item)
    for one in drive.listing("better-2020").boards:
        drive.delete_file(one.remote_id)
    assert drive.board(made.remote_id, item=item) is None


def comments(account: Account, remote_id: str) -> None:
    """Call every public method about the comments on a file; there is none to reply to, and none to change."""
    assert list(account.comments.on(remote_id)) == []
    with pytest.raises(NotFound):
        account.comments.reply(f"{remote_id}/none", "Jah.")
    with pytest.raises(NotFound):
        account.comments.correct(f"{remote_id}/none/none", "Jah.")
    account.comments.delete(f"{remote_id}/none/none")


def people(account: Account) -> None:
    """Call every public method about the people of a course."""
    rosters = account.rosters
    rosters.roster(COURSE)
    rosters.door(COURSE)
    assert rosters.invite(COURSE, PERSONAL) == Invited("301")
    assert rosters.invite(COURSE, PERSONAL) == Invited("301", earlier=True)
    assert rosters.invite(COURSE, CO_TEACHER) == Invited("102", member=True)
    with pytest.raises(RefusedByGoogle):
        rosters.add(COURSE, PERSONAL)


def test_the_table_of_repeats_holds_every_method_that_is_called_and_no_other(
    sandbox_url: str, control: Any, tmp_path: Path
) -> None:
    path = tmp_path / "1.pdf"
    path.write_bytes(b"%PDF")
    seed(control)
    with signed_in(sandbox_url) as account:
        everything(account, path)
    assert {call["method"] for call in control.calls()} == set(METHODS)


def test_nothing_that_google_says_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with server() as wire:
        wire.script = [TOKEN, ME, refuse(403, "No."), reply(403, b"{Osaleja"), reply(429, b"{Osaleja"), reply()]
        with signed_in(wire.url, FIRST) as account:
            for _ in range(2):
                with pytest.raises(RefusedByGoogle):
                    account.classroom.course(COURSE)
            assert list(account.classroom.courses()) == []
    assert caplog.records == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.MATERIAL, {"title": "Enne", "description": "Küsi.", "topicId": "9", "state": "DRAFT"}),
        (
            Kind.BOX,
            {
                "title": "Enne",
                "description": "Küsi.",
                "topicId": "9",
                "state": "DRAFT",
                "workType": "SHORT_ANSWER_QUESTION",
                "submissionModificationMode": "MODIFIABLE",
            },
        ),
        (Kind.ANNOUNCEMENT, {"text": "Küsi.", "state": "DRAFT"}),
    ],
)
def test_a_new_post_says_that_it_is_a_draft_and_never_names_a_time(kind: Kind, body: dict[str, str]) -> None:
    # google-apis.md A.6: what a post is that does not say so, Google's own documents disagree about.
    with server() as wire:
        wire.script = [TOKEN, ME, reply(200, {"id": "1"})]
        with signed_in(wire.url, FIRST) as account:
            account.classroom.create_post(COURSE, kind, title="Enne", text="Küsi.", topic_id="9", attachments=())
    assert wire.requests[-1].json() == body


def test_a_time_that_google_keeps_after_publication_counts_no_longer() -> None:
    # google-apis.md A.6: whether it is kept is unknown.
    found = {"id": "1", "state": "PUBLISHED", "scheduledTime": "2020-06-09T08:30:00Z", "title": "Enne"}
    observed = posts.observed(Kind.MATERIAL, found)
    assert (observed.standing, observed.publish) == (Standing.PUBLIC, None)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-06-09T08:30:00Z", datetime(2020, 6, 9, 8, 30, tzinfo=UTC)),
        ("2020-06-09T08:30:00.123Z", datetime(2020, 6, 9, 8, 30, 0, 123000, tzinfo=UTC)),
        ("2020-06-09T08:30:00.123456Z", datetime(2020, 6, 9, 8, 30, 0, 123456, tzinfo=UTC)),
        ("2020-06-09T08:30:00.123456789Z", datetime(2020, 6, 9, 8, 30, 0, 123456, tzinfo=UTC)),
        ("2020-06-09T11:30:00+03:00", datetime(2020, 6, 9, 8, 30, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_an_instant_is_read_in_every_spelling_google_has(text: str | None, instant: datetime | None) -> None:
    assert posts.moment(text) == instant


@pytest.mark.parametrize(
    ("material", "attachment"),
    [
        ({"form": {"formUrl": "https://forms.example/1"}}, Attachment("link", "https://forms.example/1")),
        ({"gem": {"url": "https://gems.example/1"}}, Attachment("link", "https://gems.example/1")),
        ({"notebook": {"url": "https://notes.example/1"}}, Attachment("link", "https://notes.example/1")),
        ({"driveFile": {}}, Attachment("drive", "")),
        ({}, Attachment("link", "")),
    ],
)
def test_what_only_a_hand_can_attach_is_seen_too(material: dict[str, Any], attachment: Attachment) -> None:
    observed = posts.observed(Kind.MATERIAL, {"id": "1", "state": "DRAFT", "materials": [material]})
    assert observed.attachments == (attachment,)
