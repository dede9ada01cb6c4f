"""What posts stand in and on: files in Drive, courses, who may read, topics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from better_classroom import compare
from better_classroom.apply.hand import Hand
from better_classroom.change import Change
from better_classroom.course import (
    Action,
    Course,
    File,
    ObservedCourse,
    ObservedFile,
    ObservedTopic,
    Share,
    Topic,
    Value,
)
from better_classroom.errors import AlreadyExists
from better_classroom.gateways.uploads import changed
from better_classroom.keys import file_mark


def create_file(hand: Hand, change: Change) -> None:
    """Upload a presentation under an id that was fetched beforehand."""
    file = change.item
    assert isinstance(file, File)
    drive, path = hand.account(change).drive, hand.tools.folder / file.path
    begun = hand.pendings.get(change.key)
    # The same id again: if the lost upload did arrive, Google refuses a second file of that id (google-apis.md D.2).
    remote_id = begun.remote_id if begun and begun.remote_id else drive.new_id()
    programme, mark, resuming = hand.tools.programme, file_mark(file.target), hand.resuming(change, file, remote_id)
    _upload(
        hand,
        change,
        file,
        remote_id,
        lambda: drive.create_file(file, path, programme=programme, mark=mark, remote_id=remote_id, resuming=resuming),
    )


def revise_file(hand: Hand, change: Change) -> None:
    """Put other bytes behind the same link."""
    file = change.item
    assert isinstance(file, File)
    remote_id = hand.entries[change.key].remote_id
    drive, path = hand.account(change).drive, hand.tools.folder / file.path
    resuming = hand.resuming(change, file, remote_id)
    _upload(hand, change, file, remote_id, lambda: drive.revise_file(remote_id, file, path, resuming=resuming))


def _upload(hand: Hand, change: Change, file: File, remote_id: str, call: Callable[[], ObservedFile]) -> None:
    """Send a file, and hold what arrived to what was planned: it may have been written to while it was sent."""
    found = hand.write(
        change,
        change.action,
        call,
        # What arrived counts as what was sent: so the next run puts it right, and takes it for nobody's hand.
        lambda found: hand.new_entry(change, found.remote_id, {"sha256": found.sha256}, {"sha256": found.sha256}),
        sent={"sha256": file.sha256},
        remote_id=remote_id,
    )
    # google-apis.md D.2: binary files carry a checksum.
    if found.sha256 != file.sha256:
        raise changed(file)


def create_course(hand: Hand, change: Change) -> None:
    """Make a course under its alias, which keeps it from being made twice."""
    course = change.item
    assert isinstance(course, Course)
    classroom, alias = hand.account(change).classroom, hand.tools.aliases[change.course]
    sent: dict[str, Value] = {"name": course.name}

    def create() -> ObservedCourse:
        try:
            return classroom.create_course(alias=alias, name=course.name)
        except AlreadyExists:
            # Made by an earlier request whose reply was lost; Google had not listed it yet when we looked.
            found = classroom.course(alias)
            if found is None:
                raise
            return found

    hand.courses[change.course] = hand.write(
        change,
        Action.CREATE,
        create,
        lambda found: hand.new_entry(change, found.remote_id, sent, {"name": found.name}),
        sent=sent,
    )


def rename_course(hand: Hand, change: Change) -> None:
    """Give a course its new name."""
    course = change.item
    assert isinstance(course, Course)
    classroom = hand.account(change).classroom
    _rename(hand, change, course.name, lambda remote_id: classroom.rename_course(remote_id, course.name))


def share(hand: Hand, change: Change) -> None:
    """Let everyone in the course read a file, or comment on it, so that a refusal is seen now and not by the participants.

    A personal account's course has no address to give the permission to; there Classroom alone shares the file, when
    it publishes the post.
    """
    item = change.item
    assert isinstance(item, Share)
    group, file = hand.courses[change.course].group_email, hand.file_id(item.file, change)
    drive = hand.account(change).drive
    hand.write(
        change,
        Action.CREATE,
        lambda: drive.share(file, group, role=item.role) if group else "",
        lambda permission: hand.new_entry(change, permission, {}, {}),
        sent={},
    )


def create_topic(hand: Hand, change: Change) -> None:
    """Make a topic."""
    topic = change.item
    assert isinstance(topic, Topic)
    classroom, course_id = hand.account(change).classroom, hand.course_id(change.course)
    sent: dict[str, Value] = {"name": topic.name}
    hand.write(
        change,
        Action.CREATE,
        lambda: classroom.create_topic(course_id, topic.name),
        lambda found: hand.new_entry(change, found.remote_id, sent, compare.topic_values(found)),
        sent=sent,
    )


def rename_topic(hand: Hand, change: Change) -> None:
    """Give a topic its new name."""
    topic = change.item
    assert isinstance(topic, Topic)
    classroom, course_id = hand.account(change).classroom, hand.course_id(change.course)
    _rename(hand, change, topic.name, lambda remote_id: classroom.rename_topic(course_id, remote_id, topic.name))


def _rename(hand: Hand, change: Change, name: str, call: Callable[[str], ObservedCourse | ObservedTopic]) -> None:
    entry = hand.entries[change.key]
    sent: dict[str, Value] = {"name": name}
    hand.write(
        change,
        Action.UPDATE,
        lambda: call(entry.remote_id),
        lambda found: replace(entry, sent=sent, answered={"name": found.name}),
        sent=sent,
        remote_id=entry.remote_id,
    )
