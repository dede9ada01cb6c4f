"""What we do in Google Classroom: read a course whole, and change one thing at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from better_classroom.course import (
    POSTS,
    Attachment,
    Kind,
    ObservedCourse,
    ObservedPost,
    ObservedTopic,
    Snapshot,
    Submission,
)
from better_classroom.errors import NotFound, NotOurs, OutcomeUnknown, RefusedByGoogle
from better_classroom.gateways import diagnosis, observed, posts
from better_classroom.gateways.calls import Calls

PAGE = 100
"""Entries asked for at once; how many Google gives at most is not published (google-apis.md A.11)."""

STUDENT = "userId,profile(name/fullName,emailAddress)"

STATES = ["DRAFT", "PUBLISHED"]
OPENED = ["CREATED", "TURNED_IN", "RETURNED", "RECLAIMED_BY_STUDENT"]
"""Every state of a submission but NEW: those that a participant has looked at."""

# google-apis.md A.13: right after a course is created, Google may not find it yet.
JUST_MADE = frozenset({"CourseNotFound"})


Each: TypeAlias = Callable[..., Iterable[Any]]
"""What ``map`` does, in turn or side by side."""


class Classroom:
    """The courses that one account teaches. Ids are Google's; a course is also found by its alias.

    Every method raises RefusedByGoogle (NotFound, AlreadyExists, NotOurs among it), SignInNeeded and TryLater; one
    that writes raises OutcomeUnknown where the reply was lost. Several threads may share it.
    """

    def __init__(self, root: Any, calls: Calls) -> None:
        self._calls = calls
        self._courses = root.courses()
        self._topics = self._courses.topics()
        self._posts = {kind: getattr(self._courses, posts.FORMS[kind].resource)() for kind in POSTS}
        self._submissions = self._courses.courseWork().studentSubmissions()
        self._students = self._courses.students()
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def courses(self) -> Iterator[ObservedCourse]:
        """Every course that the account teaches, in one listing, the newest first."""
        entries = self._calls.pages(
            self._courses.list,
            "courses",
            item="its courses",
            teacherId="me",
            pageSize=PAGE,
            fields=f"nextPageToken,courses({observed.COURSE})",
        )
        return (observed.course(entry) for entry in entries)

    def course(self, ref: str) -> ObservedCourse | None:
        """The course of that id or alias; None where there is none.

        Raises RefusedByGoogle (with status 403) for a course of other people's.
        """
        try:
            return observed.course(
                self._calls.run(self._courses.get(id=ref, fields=observed.COURSE), item=f"course {ref}")
            )
        except NotFound:
            return None

    def create_course(self, *, alias: str, name: str) -> ObservedCourse:
        """Create an active course of the account's own, known by the alias from its first moment.

        Raises AlreadyExists if the alias is taken. A course that a lost attempt of this very call made is returned.
        """
        body = {"id": alias, "name": name, "ownerId": "me", "courseState": "ACTIVE"}
        try:
            made = self._calls.run(self._courses.create(body=body, fields=observed.COURSE), item=f"course “{name}”")
        except OutcomeUnknown:
            found = self.course(alias)
            if found is None:
                raise
            return found
        with self._lock:
            self._made.add(made["id"])
        return observed.course(made)

    def rename_course(self, course_id: str, name: str) -> ObservedCourse:
        """Give a course another name."""
        request = self._courses.patch(id=course_id, updateMask="name", body={"name": name}, fields=observed.COURSE)
        return observed.course(self._run(request, course_id, f"the name “{name}”"))

    def snapshot(self, course: ObservedCourse, *, each: Each = map) -> Snapshot:
        """Topics and posts of a course, four listings in all: drafts, scheduled and published ones, none deleted.

        ``each`` makes the listings; an executor's ``map`` makes them side by side. Assignments and multiple-choice
        questions are counted by topic and left out: we keep none, so we never touch one.
        """
        listings = [
            lambda: list(self._list(self._topics.list, "topic", course.remote_id, observed.TOPIC)),
            *(partial(self._posts_of, course.remote_id, kind) for kind in POSTS),
        ]
        topics, *listed = each(_called, listings)
        found: list[ObservedPost] = []
        others: Counter[str] = Counter()
        for kind, entries in zip(POSTS, listed, strict=True):
            for entry in entries:
                if posts.is_managed(kind, entry):
                    found.append(posts.observed(kind, entry))
                else:
                    others[entry.get("topicId", "")] += 1
        return Snapshot(
            course, tuple(observed.topic(entry, others[entry["topicId"]]) for entry in topics), tuple(found)
        )

    def create_topic(self, course_id: str, name: str) -> ObservedTopic:
        """Create a topic; raises AlreadyExists where the course has one of that name."""
        request = self._topics.create(courseId=course_id, body={"name": name}, fields=observed.TOPIC)
        return observed.topic(self._run(request, course_id, f"topic “{name}”"))

    def rename_topic(self, course_id: str, topic_id: str, name: str) -> ObservedTopic:
        """Give a topic another name; Google refuses one that is taken (with 400, not 409: google-apis.md A.2)."""
        request = self._topics.patch(
            courseId=course_id, id=topic_id, updateMask="name", body={"name": name}, fields=observed.TOPIC
        )
        return observed.topic(self._run(request, course_id, f"topic “{name}”"))

    def delete_topic(self, course_id: str, topic_id: str) -> None:
        """Delete a topic; one that is gone already is as good."""
        self._delete(self._topics, course_id, topic_id, f"topic {topic_id}", fields="topicId")

    def create_post(
        self,
        course_id: str,
        kind: Kind,
        *,
        title: str,
        text: str,
        topic_id: str,
        attachments: tuple[Attachment, ...],
        only_for: str = "",
    ) -> ObservedPost:
        """Create a post as a draft without a time. Attachments are Drive files by their ids, links and videos.

        An announcement has no title and no topic: both are ignored. With ``only_for``, one participant's id, nobody
        else is ever to see it.
        """
        body = posts.body(kind, title=title, text=text, topic_id=topic_id, attachments=attachments, only_for=only_for)
        request = self._posts[kind].create(courseId=course_id, body=body, fields=posts.FORMS[kind].fields)
        return posts.observed(kind, self._run(request, course_id, f"{kind} “{title or text[:40]}”"))

    def patch_post(
        self,
        course_id: str,
        kind: Kind,
        post_id: str,
        *,
        title: str | None = None,
        text: str | None = None,
        topic_id: str | None = None,
    ) -> ObservedPost:
        """Change what is given, leave what is None. Raises NotOurs for a post that another project made."""
        return self._patch(course_id, kind, post_id, posts.edits(kind, title=title, text=text, topic_id=topic_id))

    def schedule_post(self, course_id: str, kind: Kind, post_id: str, at: datetime | None) -> ObservedPost:
        """Have Google publish a draft at an instant; None takes the instant back."""
        body = {"scheduledTime": posts.stamp(at)} if at else {}
        return self._patch(course_id, kind, post_id, body, mask="scheduledTime")

    def publish_post(self, course_id: str, kind: Kind, post_id: str) -> ObservedPost:
        """Publish a draft at once; participants are notified."""
        return self._patch(course_id, kind, post_id, {"state": "PUBLISHED"})

    def post(self, course_id: str, kind: Kind, post_id: str) -> ObservedPost:
        """One post as it is now. Raises NotFound where there is none."""
        form = posts.FORMS[kind]
        request = self._posts[kind].get(courseId=course_id, id=post_id, fields=form.fields)
        return posts.observed(kind, self._run(request, course_id, f"{kind} {post_id}"))

    def probe(self, course_id: str, kind: Kind, post_id: str, title_or_text: str) -> bool:
        """Whether our Cloud project made a post: its title (an announcement's text) is patched to what it is already.

        Nothing changes but the time of its last change.
        """
        form = posts.FORMS[kind]
        try:
            self._patch(course_id, kind, post_id, {form.title or form.text: title_or_text})
        except NotOurs:
            return False
        return True

    def delete_post(self, course_id: str, kind: Kind, post_id: str) -> None:
        """Delete a post; one that is gone already is as good."""
        self._delete(self._posts[kind], course_id, post_id, f"{kind} {post_id}", fields="id,state")

    def submissions(self, course_id: str) -> Iterator[Submission]:
        """What participants wrote into all question boxes of a course, in one listing.

        Those who opened a box and wrote nothing are left out.
        """
        entries = self._list(
            self._submissions.list,
            "studentSubmissions",
            course_id,
            observed.SUBMISSION,
            courseWorkId="-",
            states=OPENED,
        )
        for entry in entries:
            text = entry.get("shortAnswerSubmission", {}).get("answer", "")
            withdrawn = entry["state"] == "RECLAIMED_BY_STUDENT" and entry.get("courseWorkType") == posts.QUESTION
            if text or withdrawn:
                yield observed.submission(entry, text, withdrawn=withdrawn)

    def participants(self, course_id: str) -> Iterator[tuple[str, str, str]]:
        """Id, full name and address of each participant; the address is empty where Google hides it."""
        for entry in self._list(self._students.list, "students", course_id, STUDENT):
            profile = entry.get("profile", {})
            yield entry["userId"], profile.get("name", {}).get("fullName", ""), profile.get("emailAddress", "")

    def has_participant(self, course_id: str, user_id: str) -> bool:
        """Whether somebody is in a course as a participant."""
        request = self._students.get(courseId=course_id, userId=user_id, fields="userId")
        try:
            self._run(request, course_id, "one of its participants")
        except NotFound:
            return False
        return True

    def _posts_of(self, course_id: str, kind: Kind) -> list[dict[str, Any]]:
        form = posts.FORMS[kind]
        states = {form.states: STATES}
        listed = self._list(self._posts[kind].list, form.listed, course_id, form.fields, **states)
        return [entry for entry in listed if entry.get("state") != "DELETED"]

    def _list(self, method: Any, key: str, course_id: str, fields: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        return self._calls.pages(
            method,
            key,
            item=f"course {course_id}",
            patience=self._patience(course_id),
            courseId=course_id,
            pageSize=PAGE,
            fields=f"nextPageToken,{key}({fields})",
            **parameters,
        )

    def _patch(
        self, course_id: str, kind: Kind, post_id: str, body: dict[str, str], mask: str | None = None
    ) -> ObservedPost:
        request = self._posts[kind].patch(
            courseId=course_id,
            id=post_id,
            updateMask=mask or ",".join(body),
            body=body,
            fields=posts.FORMS[kind].fields,
        )
        return posts.observed(kind, self._run(request, course_id, f"{kind} {post_id}"))

    def _delete(self, resource: Any, course_id: str, remote_id: str, item: str, *, fields: str) -> None:
        try:
            self._run(resource.delete(courseId=course_id, id=remote_id), course_id, item)
        except RefusedByGoogle as error:
            # google-apis.md A.2, A.3: a second delete is a failed precondition, like much else: so look.
            if error.status != HTTPStatus.BAD_REQUEST or not self._is_gone(resource, course_id, remote_id, fields):
                raise

    def _is_gone(self, resource: Any, course_id: str, remote_id: str, fields: str) -> bool:
        try:
            found = self._run(resource.get(courseId=course_id, id=remote_id, fields=fields), course_id, remote_id)
        except NotFound:
            return True
        return found.get("state") == "DELETED"

    def _run(self, request: Any, course_id: str, item: str) -> dict[str, Any]:
        try:
            return self._calls.run(request, item=f"course {course_id}, {item}", patience=self._patience(course_id))
        except RefusedByGoogle as error:
            raise diagnosis.explained(error, self._calls, self._courses, course_id) from error

    def _patience(self, course_id: str) -> frozenset[str]:
        return JUST_MADE if course_id in self._made else frozenset()


def _called(listing: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return listing()
