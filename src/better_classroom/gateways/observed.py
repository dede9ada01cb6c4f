"""Courses, topics and submissions: what we ask Google to say of them, and what it said in our types."""

from __future__ import annotations

from typing import Any

from better_classroom.course import ObservedCourse, ObservedTopic, Submission
from better_classroom.gateways import posts

COURSE = "id,name,courseState,courseGroupEmail,alternateLink"
TOPIC = "topicId,name,updateTime"
SUBMISSION = (
    "id,courseWorkId,userId,state,courseWorkType,creationTime,updateTime,alternateLink,shortAnswerSubmission/answer"
)


def course(found: dict[str, Any]) -> ObservedCourse:
    """A course of a reply."""
    state = found.get("courseState", "")
    return ObservedCourse(
        remote_id=found["id"],
        name=found.get("name", ""),
        active=state == "ACTIVE",
        state=state,
        group_email=found.get("courseGroupEmail", ""),
        link=found.get("alternateLink", ""),
    )


def topic(found: dict[str, Any], others: int = 0) -> ObservedTopic:
    """A topic of a reply; ``others`` counts the posts in it that we never keep."""
    return ObservedTopic(found["topicId"], found.get("name", ""), posts.moment(found.get("updateTime")), others)


def submission(found: dict[str, Any], text: str, *, withdrawn: bool) -> Submission:
    """A submission of a reply, and the text in it."""
    return Submission(
        remote_id=found["id"],
        box_id=found["courseWorkId"],
        asker_id=found["userId"],
        text=text,
        withdrawn=withdrawn,
        at=posts.moment(found.get("updateTime") or found.get("creationTime")),
        link=found.get("alternateLink", ""),
    )
