"""The gateways as a whole: what they call, and that nothing of it shows."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

import pytest

from better_classroom.course import POSTS, File
from better_classroom.errors import RefusedByGoogle
from better_classroom.gateways import Account
from better_classroom.gateways.calls import METHODS
from gateways_account import COURSE, FIRST, seed, signed_in
from gateways_wire import refuse, reply, server


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
    content = path.read_bytes()
    file = File("file:a/1.pdf", "1.pdf", "1.pdf", "application/pdf", hashlib.sha256(content).hexdigest(), len(content))
    remote_id = drive.new_id()
    for _ in range(2):
        drive.create_file(file, path, mark="m", programme="better-2020", remote_id=remote_id)
    drive.revise_file(remote_id, file, path)
    drive.share(remote_id, course.group_email)
    drive.files("better-2020")
    drive.delete_file(remote_id)


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
        token = reply(200, {"access_token": "ya29.fresh"})
        me = reply(200, {"id": "101", "emailAddress": FIRST}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        wire.script = [token, me, refuse(403, "No."), reply(403, b"{Osaleja"), reply(429, b"{Osaleja"), reply()]
        with signed_in(wire.url, FIRST) as account:
            for _ in range(2):
                with pytest.raises(RefusedByGoogle):
                    account.classroom.course(COURSE)
            assert list(account.classroom.courses()) == []
    assert caplog.records == []
