"""What the three kinds of posts have in common and where they differ, as data (google-apis.md A.3, A.4, A.7, A.11)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from better_classroom.sandbox.classroom import fields
from better_classroom.sandbox.classroom.fields import Reader
from better_classroom.sandbox.classroom.membership import Row

LONGEST_TITLE = 3_000
LONGEST_TEXT = 30_000

_TITLE = fields.text("title", LONGEST_TITLE)
_DESCRIPTION = fields.text("description", LONGEST_TEXT)


@dataclass(frozen=True, slots=True)
class PostKind:
    """One kind of post."""

    resource: str
    """Google's name of the collection, in paths and method ids."""
    table: str
    """Where its rows are kept, under the course's id."""
    list_key: str
    states_parameter: str
    unspecified_state: str
    patchable: Mapping[str, Reader]
    """Fields of the update mask, in the order in which they are read."""
    fixed: Mapping[str, Reader]
    """Further fields that can be set at creation alone."""
    needed: frozenset[str]
    """Fields that do not support empty values: required at creation, refused when a patch would clear them."""
    ignored: frozenset[str]
    """Fields that discovery names in the mask and no schema has."""
    orders: frozenset[str]
    marked: bool
    """Whether it says ``associatedWithDeveloper``."""
    link: str
    """Its address in Classroom's page, with ``{course}`` and ``{post}``."""

    def alternate_link(self, row: Row) -> str:
        """Where people open that post."""
        return self.link.format(course=segment(row["courseId"]), post=segment(row["id"]))


def segment(number: str) -> str:
    """An id as Classroom's addresses spell it (google-apis.md A)."""
    return b64encode(number.encode()).decode().rstrip("=")


def _state(unspecified: str) -> Reader:
    # Unknown: what patching to DELETED does (A.6); refused, there is a method for it.
    return fields.one_of("state", unspecified, "DELETED")


MATERIALS = PostKind(
    resource="courseWorkMaterials",
    table="materials",
    list_key="courseWorkMaterial",  # G.1: singular
    states_parameter="courseWorkMaterialStates",
    unspecified_state="COURSEWORK_MATERIAL_STATE_UNSPECIFIED",
    patchable={
        "title": _TITLE,
        "description": _DESCRIPTION,
        "state": _state("COURSEWORK_MATERIAL_STATE_UNSPECIFIED"),
        "scheduledTime": fields.scheduled_time,
        "topicId": fields.topic,
    },
    fixed={},
    needed=frozenset({"title", "state"}),
    ignored=frozenset({"learningGoals"}),
    orders=frozenset({"updateTime"}),
    marked=False,
    link="https://classroom.google.com/c/{course}/m/{post}/details",
)

COURSE_WORK = PostKind(
    resource="courseWork",
    table="courseWork",
    list_key="courseWork",
    states_parameter="courseWorkStates",
    unspecified_state="COURSE_WORK_STATE_UNSPECIFIED",
    patchable={
        "title": _TITLE,
        "description": _DESCRIPTION,
        "state": _state("COURSE_WORK_STATE_UNSPECIFIED"),
        "dueDate": fields.due_date,
        "dueTime": fields.due_time,
        "maxPoints": fields.max_points,
        "scheduledTime": fields.scheduled_time,
        "submissionModificationMode": fields.one_of(
            "submissionModificationMode", "SUBMISSION_MODIFICATION_MODE_UNSPECIFIED"
        ),
        "topicId": fields.topic,
        "gradingPeriodId": fields.grading_period,
    },
    fixed={"workType": fields.one_of("workType", "COURSE_WORK_TYPE_UNSPECIFIED")},
    needed=frozenset({"title", "state", "workType", "submissionModificationMode"}),
    ignored=frozenset({"learningGoals"}),
    orders=frozenset({"updateTime", "dueDate"}),
    marked=True,
    link="https://classroom.google.com/c/{course}/a/{post}/details",
)

ANNOUNCEMENTS = PostKind(
    resource="announcements",
    table="announcements",
    list_key="announcements",
    states_parameter="announcementStates",
    unspecified_state="ANNOUNCEMENT_STATE_UNSPECIFIED",
    patchable={
        "text": fields.text("text", LONGEST_TEXT),
        "state": _state("ANNOUNCEMENT_STATE_UNSPECIFIED"),
        "scheduledTime": fields.scheduled_time,
    },
    fixed={},
    needed=frozenset({"text", "state"}),  # that an announcement needs a text is unknown: the strict side
    ignored=frozenset(),
    orders=frozenset({"updateTime"}),
    marked=False,
    link="https://classroom.google.com/c/{course}/p/{post}",
)

KINDS = (MATERIALS, COURSE_WORK, ANNOUNCEMENTS)
BY_TABLE = {kind.table: kind for kind in KINDS}

DEFAULTS: Mapping[str, str] = {
    "state": "DRAFT",  # A.6: the enum text calls PUBLISHED the default, field text and guide say DRAFT
    "submissionModificationMode": "MODIFIABLE_UNTIL_TURNED_IN",
}
"""What a needed field is when its creation leaves it out."""
