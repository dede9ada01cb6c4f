"""What we do in Classroom, done in the sandbox through Google's own client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from better_classroom.course import POSTS, Attachment, Kind, ObservedCourse, ObservedPost, Standing
from better_classroom.errors import AlreadyExists, NotOurs, OutcomeUnknown, RefusedByGoogle
from better_classroom.gateways import Account, Classroom
from gateways_account import COURSE, FIRST, ORGANISER, PERSONAL, SECOND, seed, signed_in

ALIAS = "p:better-2020-tartu"
LATER = datetime(2020, 6, 9, 8, 30, tzinfo=UTC)


@pytest.fixture
def account(sandbox_url: str, control: Any) -> Iterator[Account]:
    seed(control)
    with signed_in(sandbox_url) as found:
        yield found


@pytest.fixture
def classroom(account: Account) -> Classroom:
    return account.classroom


@pytest.fixture
def course(classroom: Classroom) -> ObservedCourse:
    found = classroom.course(COURSE)
    assert found
    return found


def make(classroom: Classroom, kind: Kind, title: str = "Ettekanne", **given: Any) -> ObservedPost:
    asked = {
        "title": "" if kind is Kind.ANNOUNCEMENT else title,
        "text": "Küsi siin.",
        "topic_id": "",
        "attachments": (),
    }
    return classroom.create_post(COURSE, kind, **asked | given)


def posts(classroom: Classroom, course: ObservedCourse) -> dict[str, ObservedPost]:
    return {post.remote_id: post for post in classroom.snapshot(course).posts}


def test_a_course_is_found_by_its_id_and_by_its_alias(classroom: Classroom) -> None:
    made = classroom.create_course(alias=ALIAS, name="BETTER: kolmas temaatiline üritus")
    assert made.active
    assert classroom.course(ALIAS) == classroom.course(made.remote_id) == made


def test_a_course_that_is_not_there_is_none(classroom: Classroom) -> None:
    assert classroom.course("p:better-2021-tartu") is None
    assert classroom.course("604567890199") is None


def test_an_alias_is_taken_once(classroom: Classroom) -> None:
    classroom.create_course(alias=ALIAS, name="BETTER")
    with pytest.raises(AlreadyExists, match="course “BETTER II”"):
        classroom.create_course(alias=ALIAS, name="BETTER II")


@pytest.mark.parametrize("do", ["drop", "reset", "truncate", 500, 503])
def test_a_course_whose_creation_was_not_answered_is_found_by_its_alias(
    classroom: Classroom, control: Any, do: str | int
) -> None:
    control.post("faults", {"method": "classroom.courses.create", "when": "after", "do": do})
    made = classroom.create_course(alias=ALIAS, name="BETTER")
    assert made == classroom.course(ALIAS)
    assert [found.name for found in classroom.courses()] == ["BETTER", "BETTER: Tartu"]


def test_a_personal_account_is_told_to_make_its_course_by_hand(sandbox_url: str, account: Account) -> None:
    with signed_in(sandbox_url, PERSONAL) as personal, pytest.raises(RefusedByGoogle) as caught:
        personal.classroom.create_course(alias=ALIAS, name="BETTER")
    assert caught.value.reason == "CourseStateDenied"
    assert "by hand" in caught.value.advice
    assert account.classroom.course(ALIAS) is None


def test_a_course_is_renamed(classroom: Classroom, course: ObservedCourse) -> None:
    assert classroom.rename_course(COURSE, "BETTER 2020") == replace(course, name="BETTER 2020")


def test_a_new_course_that_google_does_not_know_yet_is_waited_for(classroom: Classroom, control: Any) -> None:
    made = classroom.create_course(alias=ALIAS, name="BETTER")
    for method in ("classroom.courses.topics.create", "classroom.courses.courseWork.list"):
        control.post("faults", {"method": method, "when": "before", "do": 404, "reason": "CourseNotFound", "times": 2})
    topic = classroom.create_topic(made.remote_id, "Seminar 1")
    assert classroom.snapshot(made).topics == (topic,)


def test_topics_are_made_renamed_and_deleted(classroom: Classroom, course: ObservedCourse) -> None:
    first = classroom.create_topic(COURSE, "Seminar 1: Partnerlus")
    second = classroom.create_topic(COURSE, "Seminar 2:  Äriideed ")
    assert second.name == "Seminar 2: Äriideed"  # google-apis.md A.2: trimmed and collapsed, and so told
    renamed = classroom.rename_topic(COURSE, first.remote_id, "Seminar 1: Partnerluse kujundamine")
    assert {topic.name for topic in classroom.snapshot(course).topics} == {renamed.name, second.name}
    classroom.delete_topic(COURSE, first.remote_id)
    assert classroom.snapshot(course).topics == (second,)


def test_a_topic_name_is_taken_once(classroom: Classroom) -> None:
    classroom.create_topic(COURSE, "Seminar 1")
    other = classroom.create_topic(COURSE, "Seminar 2")
    with pytest.raises(AlreadyExists):
        classroom.create_topic(COURSE, "Seminar 1")
    with pytest.raises(RefusedByGoogle):
        classroom.rename_topic(COURSE, other.remote_id, "Seminar 1")


@pytest.mark.parametrize("kind", POSTS)
def test_a_new_post_is_a_draft_that_nobody_is_waiting_for(
    classroom: Classroom, course: ObservedCourse, kind: Kind
) -> None:
    topic = classroom.create_topic(COURSE, "Seminar 1")
    made = make(classroom, kind, topic_id="" if kind is Kind.ANNOUNCEMENT else topic.remote_id)
    assert (made.standing, made.publish, made.link) == (Standing.DRAFT, None, "")
    assert made.text == "Küsi siin."
    assert made.creator_id == "101"
    assert made.created is not None
    assert posts(classroom, course) == {made.remote_id: made}


@pytest.mark.parametrize("kind", POSTS)
def test_a_post_is_edited_field_by_field(classroom: Classroom, course: ObservedCourse, kind: Kind) -> None:
    made = make(classroom, kind, title="Enne")
    edited = classroom.patch_post(COURSE, kind, made.remote_id, text="Küsi siin kuni 16. juunini.")
    assert (edited.title, edited.text) == (made.title, "Küsi siin kuni 16. juunini.")
    if kind is not Kind.ANNOUNCEMENT:
        topic = classroom.create_topic(COURSE, "Seminar 1")
        edited = classroom.patch_post(COURSE, kind, made.remote_id, title="Pärast", topic_id=topic.remote_id)
        assert (edited.title, edited.text, edited.topic_id) == ("Pärast", edited.text, topic.remote_id)
        edited = classroom.patch_post(COURSE, kind, made.remote_id, topic_id="", text="")
        assert (edited.topic_id, edited.text) == ("", "")
    assert posts(classroom, course) == {made.remote_id: edited}


@pytest.mark.parametrize("kind", POSTS)
def test_a_post_is_scheduled_moved_taken_back_and_published(classroom: Classroom, control: Any, kind: Kind) -> None:
    made = make(classroom, kind)
    scheduled = classroom.schedule_post(COURSE, kind, made.remote_id, LATER)
    assert (scheduled.standing, scheduled.publish) == (Standing.SCHEDULED, LATER)
    moved = classroom.schedule_post(COURSE, kind, made.remote_id, LATER + timedelta(days=1))
    assert moved.publish == LATER + timedelta(days=1)
    back = classroom.schedule_post(COURSE, kind, made.remote_id, None)
    assert (back.standing, back.publish) == (Standing.DRAFT, None)
    control.post("clock", {"now": "2020-06-11T08:30:00Z"})
    public = classroom.publish_post(COURSE, kind, made.remote_id)
    assert (public.standing, public.publish) == (Standing.PUBLIC, None)
    assert public.link.startswith("https://")


@pytest.mark.parametrize("kind", POSTS)
def test_a_scheduled_post_goes_live_by_itself(
    classroom: Classroom, course: ObservedCourse, control: Any, kind: Kind
) -> None:
    made = make(classroom, kind)
    classroom.schedule_post(COURSE, kind, made.remote_id, LATER)
    control.post("clock", {"now": "2020-06-09T08:30:00Z"})
    found = posts(classroom, course)[made.remote_id]
    assert (found.standing, found.publish) == (Standing.PUBLIC, None)
    assert found.link


@pytest.mark.parametrize("kind", POSTS)
def test_a_post_that_is_gone_is_deleted_as_well_as_one_that_is_there(
    classroom: Classroom, course: ObservedCourse, kind: Kind
) -> None:
    made = make(classroom, kind)
    classroom.publish_post(COURSE, kind, made.remote_id)
    for _ in range(2):
        classroom.delete_post(COURSE, kind, made.remote_id)
        assert posts(classroom, course) == {}
    classroom.delete_post(COURSE, kind, "999999999999")


def test_a_topic_that_is_gone_is_deleted_as_well_as_one_that_is_there(classroom: Classroom) -> None:
    made = classroom.create_topic(COURSE, "Seminar 1")
    for _ in range(2):
        classroom.delete_topic(COURSE, made.remote_id)
    classroom.delete_topic(COURSE, "999999999999")


def test_what_stays_though_it_was_to_be_deleted_is_told(classroom: Classroom, control: Any) -> None:
    made = make(classroom, Kind.MATERIAL)
    method = "classroom.courses.courseWorkMaterials.delete"
    control.post("faults", {"method": method, "when": "before", "do": 400, "reason": "CourseNotModifiable"})
    with pytest.raises(RefusedByGoogle):
        classroom.delete_post(COURSE, Kind.MATERIAL, made.remote_id)


def test_attachments_come_back_as_what_google_made_of_them(classroom: Classroom, course: ObservedCourse) -> None:
    sent = (
        Attachment("link", "https://www.interregeurope.eu/better/"),
        Attachment("youtube", "dQw4w9WgXcQ"),
        Attachment("link", "https://www.youtube.com/watch?v=oHg5SJYRHA0"),
    )
    made = make(classroom, Kind.MATERIAL, attachments=sent)
    assert made.attachments == (*sent[:2], Attachment("youtube", "oHg5SJYRHA0"))  # google-apis.md A.5: upgraded
    assert posts(classroom, course)[made.remote_id].attachments == made.attachments


def test_a_path_of_the_programme_is_never_sent_as_an_attachment(classroom: Classroom) -> None:
    with pytest.raises(ValueError, match="Drive's id"):
        make(classroom, Kind.MATERIAL, attachments=(Attachment("file", "slides/1.pdf"),))


def test_an_attachment_that_nobody_can_see_is_explained(classroom: Classroom) -> None:
    with pytest.raises(RefusedByGoogle) as caught:
        make(classroom, Kind.MATERIAL, attachments=(Attachment("drive", "1abcdefghijklmnopqrstuvwxyz"),))
    assert caught.value.reason == "AttachmentNotVisible"
    assert "material “Ettekanne”" in caught.value.where
    assert "cannot see one of the attached files" in caught.value.message


@pytest.mark.parametrize("kind", POSTS)
@pytest.mark.parametrize("do", ["drop", "reset", "truncate", 500, 503])
def test_a_post_whose_creation_was_not_answered_is_there_once_and_unknown(
    classroom: Classroom, course: ObservedCourse, control: Any, kind: Kind, do: str | int
) -> None:
    resource = {Kind.MATERIAL: "courseWorkMaterials", Kind.BOX: "courseWork", Kind.ANNOUNCEMENT: "announcements"}[kind]
    control.post("faults", {"method": f"classroom.courses.{resource}.create", "when": "after", "do": do})
    with pytest.raises(OutcomeUnknown):
        make(classroom, kind)
    assert len(posts(classroom, course)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_edit_whose_reply_is_lost_is_made_again(classroom: Classroom, control: Any, when: str) -> None:
    made = make(classroom, Kind.MATERIAL)
    fault = {"method": "classroom.courses.courseWorkMaterials.patch", "when": when, "do": "drop", "times": 2}
    control.post("faults", fault)
    assert classroom.publish_post(COURSE, Kind.MATERIAL, made.remote_id).standing is Standing.PUBLIC


def as_other_project(control: Any, google: Any) -> Any:
    scopes = ("classroom.coursework.students", "classroom.courseworkmaterials", "classroom.announcements")
    return google("classroom", "v1", control.token(ORGANISER, *scopes, project="somebody-elses")).courses()


@pytest.mark.parametrize("kind", POSTS)
def test_whose_a_post_is_can_be_asked(
    classroom: Classroom, course: ObservedCourse, control: Any, google: Any, kind: Kind
) -> None:
    theirs = as_other_project(control, google)
    bodies = {
        Kind.MATERIAL: (theirs.courseWorkMaterials(), {"title": "Ettekanne"}),
        Kind.BOX: (theirs.courseWork(), {"title": "Ettekanne", "workType": "SHORT_ANSWER_QUESTION"}),
        Kind.ANNOUNCEMENT: (theirs.announcements(), {"text": "Küsi siin."}),
    }
    resource, body = bodies[kind]
    stranger = resource.create(courseId=COURSE, body=body).execute()["id"]
    ours = make(classroom, kind).remote_id
    text = "Küsi siin." if kind is Kind.ANNOUNCEMENT else "Ettekanne"
    before = posts(classroom, course)
    assert classroom.probe(COURSE, kind, ours, text)
    assert not classroom.probe(COURSE, kind, stranger, text)
    with pytest.raises(NotOurs):
        classroom.patch_post(COURSE, kind, stranger, text="Meie oma.")
    after = posts(classroom, course)
    assert after[stranger] == before[stranger]
    assert replace(after[ours], updated=None) == replace(before[ours], updated=None)
    seen = {post_id: post.ours for post_id, post in after.items()}
    assert seen == ({ours: True, stranger: False} if kind is Kind.BOX else {ours: None, stranger: None})


def test_work_that_we_never_make_is_not_seen(
    classroom: Classroom, course: ObservedCourse, control: Any, google: Any
) -> None:
    topic = classroom.create_topic(COURSE, "Teema").remote_id
    work = as_other_project(control, google).courseWork()
    work.create(courseId=COURSE, body={"title": "Kodutöö", "workType": "ASSIGNMENT", "topicId": topic}).execute()
    found = classroom.snapshot(course)
    assert found.posts == ()
    assert [topic.others for topic in found.topics] == [1]


def test_a_post_for_some_participants_alone_is_marked(
    classroom: Classroom, course: ObservedCourse, control: Any, google: Any
) -> None:
    body = {"text": "Ainult sulle.", "assigneeMode": "INDIVIDUAL_STUDENTS"}
    body |= {"individualStudentsOptions": {"studentIds": ["201"]}}  # type: ignore[dict-item]  # one of each
    as_other_project(control, google).announcements().create(courseId=COURSE, body=body).execute()
    assert [post.individual for post in classroom.snapshot(course).posts] == [True]


def test_a_long_course_is_read_whole(classroom: Classroom, course: ObservedCourse, control: Any) -> None:
    for number in range(120):
        classroom.create_topic(COURSE, f"Teema {number}")
    control.delete("calls")
    assert len(classroom.snapshot(course).topics) == 120
    assert len(control.calls("classroom.courses.topics.list")) == 2
    assert {call["status"] for call in control.calls()} == {200}


def asked(control: Any, classroom: Classroom, user: str, answer: str, title: str = "Küsimused enne") -> str:
    box = make(classroom, Kind.BOX, title)
    classroom.publish_post(COURSE, Kind.BOX, box.remote_id)
    control.post("submissions", {"courseId": COURSE, "courseWorkId": box.remote_id, "userId": user, "answer": answer})
    return box.remote_id


def test_what_participants_asked_comes_in_one_listing(classroom: Classroom, control: Any) -> None:
    before = asked(control, classroom, FIRST, "Kuidas andmeid jagada?\n=1+1")
    after = asked(control, classroom, SECOND, "Kes maksab? 🙂", "Küsimused pärast")
    control.delete("calls")
    found = {submission.asker_id: submission for submission in classroom.submissions(COURSE)}
    assert len(control.calls()) == 1
    assert {asker: (one.box_id, one.text, one.withdrawn) for asker, one in found.items()} == {
        "201": (before, "Kuidas andmeid jagada?\n=1+1", False),
        "202": (after, "Kes maksab? 🙂", False),
    }
    assert all(one.at and one.link for one in found.values())


def test_who_did_not_ask_is_not_heard_of(classroom: Classroom, control: Any) -> None:
    asked(control, classroom, FIRST, "Kuidas?")
    assert [submission.asker_id for submission in classroom.submissions(COURSE)] == ["201"]


def test_a_question_taken_back_is_marked(classroom: Classroom, control: Any, google: Any) -> None:
    box = asked(control, classroom, FIRST, "Kuidas?")
    (before,) = classroom.submissions(COURSE)
    mine = google("classroom", "v1", control.token(FIRST, "classroom.coursework.me", project="better-classroom"))
    mine.courses().courseWork().studentSubmissions().reclaim(
        courseId=COURSE, courseWorkId=box, id=before.remote_id
    ).execute()
    (after,) = classroom.submissions(COURSE)
    assert (after.remote_id, after.withdrawn) == (before.remote_id, True)


def test_participants_are_listed_with_names_and_addresses(classroom: Classroom) -> None:
    assert sorted(classroom.participants(COURSE)) == [
        ("201", "Osaleja Üks", FIRST),
        ("202", "Osaleja Kaks", SECOND),
    ]


def test_many_threads_share_an_account(classroom: Classroom, course: ObservedCourse) -> None:
    found: list[Any] = []

    def work(number: int) -> None:
        made = make(classroom, Kind.MATERIAL, f"Ettekanne {number}")
        found.append(classroom.schedule_post(COURSE, Kind.MATERIAL, made.remote_id, LATER).title)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"Ettekanne {number}" for number in range(8)]
    assert len(posts(classroom, course)) == 8


def test_a_course_of_other_peoples_is_refused_with_what_to_check(sandbox_url: str, course: ObservedCourse) -> None:
    with signed_in(sandbox_url, PERSONAL) as stranger:
        for look in (lambda: stranger.classroom.course(COURSE), lambda: stranger.classroom.snapshot(course)):
            with pytest.raises(RefusedByGoogle) as caught:
                look()
            assert caught.value.where == f"{PERSONAL}, course {COURSE}"
            assert f"Check that {PERSONAL} teaches the course" in caught.value.advice


def test_google_is_asked_for_nothing_that_is_not_read(classroom: Classroom, control: Any) -> None:
    asked(control, classroom, FIRST, "Kuidas?")
    control.delete("calls")
    list(classroom.submissions(COURSE))
    (call,) = control.calls()
    assert call["bytesOut"] < 700
