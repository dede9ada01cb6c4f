"""What every course should hold, worked out from the programme and the answers. Pure: no clock, no network.

The items of a course come in reading order. Nothing here depends on what time it is: an item carries its instants, and
the planner holds them against the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from better_classroom import texts, threads
from better_classroom.answered import Answered, Confided
from better_classroom.course import Attachment, Bytes, Course, File, Item, Kind, Post, Share, Topic
from better_classroom.desired import answers as _answers
from better_classroom.desired.scene import Scene
from better_classroom.keys import course_of, file_key, is_copy, path_of, share_key
from better_classroom.programme import CourseSpec, Programme, topic_name


@dataclass(frozen=True, slots=True)
class Desired:
    """The items, each course's in reading order, and what the programme says nothing about."""

    items: tuple[Item, ...]
    unmanaged: tuple[str, ...]
    """Beginnings of keys that belong to sections which the programme leaves out: these are left as they are."""


def items(
    programme: Programme,
    *,
    files: Mapping[str, Bytes],
    answers: Sequence[Answered] = (),
    confided: Sequence[Confided] = (),
) -> Desired:
    """Every item that should exist: the files of each account, then course by course.

    ``files`` tells by path what each presentation holds, ``confided`` what single askers are told alone.
    """
    found = [item for course in programme.courses.values() for item in _course(programme, course, answers, confided)]
    needed = {
        (programme.courses[course_of(key)].account, attachment.target): None
        for key, attachment in _attached_files(found)
    }
    found += threads.replies(programme, answers)
    uploads = [_file(account, target, files[path_of(target)]) for account, target in needed]
    return Desired(items=(*uploads, *found), unmanaged=tuple(_unmanaged(programme)))


def _file(account: str, target: str, content: Bytes) -> File:
    path = path_of(target)
    return File(
        key=file_key(account, target),
        path=path,
        name=path.rpartition("/")[2],
        mime_type=content.mime_type,
        sha256=content.sha256,
        size=content.size,
    )


def _attached_files(found: Sequence[Item]) -> Iterator[tuple[str, Attachment]]:
    for item in found:
        if isinstance(item, Post):
            yield from ((item.key, attachment) for attachment in item.attachments if attachment.kind == "file")


def _course(
    programme: Programme, course: CourseSpec, answers: Sequence[Answered], confided: Sequence[Confided]
) -> Iterator[Item]:
    if course.alias:
        yield Course(key=f"{course.key}/course", name=(course.name or programme.title).say(course.language))
    scenes = [Scene(programme, course, seminar) for seminar in programme.seminars.values()]
    shown = {scene.seminar.key: _shown(scene, answers) for scene in scenes}
    alone = [told for told in confided if told.course == course.key]
    posts = [post for scene in scenes for post in _seminar(scene, shown[scene.seminar.key], alone)]
    if programme.questions.announce == "daily":
        posts += _answers.news(course, [(scene.seminar, shown[scene.seminar.key]) for scene in scenes])
    if programme.welcome:
        posts.append(_welcome(programme, course))
    for target in dict.fromkeys(attachment.target for _, attachment in _attached_files(posts)):
        role: Literal["reader", "commenter"] = "commenter" if is_copy(target) else "reader"
        yield Share(share_key(course.key, target), file_key(course.account, target), role)
    yield from posts


def _seminar(scene: Scene, answers: Sequence[Answered], confided: Sequence[Confided]) -> Iterator[Topic | Post]:
    seminar = scene.seminar
    yield Topic(key=scene.key("topic"), name=topic_name(seminar, scene.course.language))
    yield scene.session()
    yield from (scene.material(material) for material in (seminar.materials or {}).values())
    if seminar.questions:
        yield from scene.boxes()
        yield from _answers.public(scene, answers)
        yield from (_answers.private(scene, told) for told in confided if told.seminar == seminar.key)
    yield from scene.reminders()
    if seminar.cancelled:
        yield scene.cancellation()


def _shown(scene: Scene, answers: Sequence[Answered]) -> list[Answered]:
    """The answers that this course reads about this seminar."""
    if not scene.seminar.questions:
        return []
    everywhere = scene.programme.questions.publish_answers == "all_courses"
    of_seminar = (answer for answer in answers if answer.seminar == scene.seminar.key)
    return [answer for answer in of_seminar if everywhere or answer.course == scene.course.key]


def _welcome(programme: Programme, course: CourseSpec) -> Post:
    assert programme.welcome
    return Post(
        key=f"{course.key}/welcome",
        kind=Kind.ANNOUNCEMENT,
        title="",
        text=texts.paragraphs(
            programme.welcome.text.say(course.language), texts.say(course.language, "welcome.footer")
        ),
        publish=programme.welcome.publish,
    )


def _unmanaged(programme: Programme) -> Iterator[str]:
    for course in programme.courses.values():
        if programme.welcome is None:
            yield f"{course.key}/welcome"
        for seminar in programme.seminars.values():
            prefix = f"{course.key}/{seminar.key}"
            if seminar.materials is None:
                yield f"{prefix}/materials."
            if seminar.questions is None:
                yield from (f"{prefix}/{slot}" for slot in ("before", "after", "answers", "private."))
            if seminar.reminders is None:
                yield f"{prefix}/reminders."
