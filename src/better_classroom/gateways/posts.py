"""Posts as Google writes them: its dictionaries to ours and back, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from better_classroom.course import Attachment, Kind, ObservedPost, Standing

QUESTION = "SHORT_ANSWER_QUESTION"
"""The work type of a question box."""

ALONE = "INDIVIDUAL_STUDENTS"
"""The mode of a post that is for some participants alone (google-apis.md A.7)."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of post looks in the API (google-apis.md A.3, A.4, A.7)."""

    resource: str
    listed: str
    """Key of a listing's entries: singular for materials, as Google has it."""
    states: str
    """Parameter of a listing that names the states; without it only published ones come."""
    title: str
    """Field of the title; empty where there is none."""
    text: str
    topic: str
    """Field of the topic; empty where there is none."""
    fields: str
    """What we read of one post."""
    extra: Mapping[str, str]
    """What a new one says besides."""


_FIELDS = (
    "id,materials(driveFile/driveFile/id,youtubeVideo/id,link/url,form/formUrl,gem/url,notebook/url),state,"
    "scheduledTime,creatorUserId,creationTime,updateTime,alternateLink,assigneeMode,"
    "individualStudentsOptions/studentIds"
)

FORMS: dict[Kind, Form] = {
    Kind.MATERIAL: Form(
        resource="courseWorkMaterials",
        listed="courseWorkMaterial",
        states="courseWorkMaterialStates",
        title="title",
        text="description",
        topic="topicId",
        fields=f"{_FIELDS},title,description,topicId",
        extra={},
    ),
    Kind.BOX: Form(
        resource="courseWork",
        listed="courseWork",
        states="courseWorkStates",
        title="title",
        text="description",
        topic="topicId",
        fields=f"{_FIELDS},title,description,topicId,workType,associatedWithDeveloper",
        # MODIFIABLE: whoever asked may add further questions (google-apis.md A.8). No due date: Google would call
        # those who do not ask "missing". No points: nothing is graded.
        extra={"workType": QUESTION, "submissionModificationMode": "MODIFIABLE"},
    ),
    Kind.ANNOUNCEMENT: Form(
        resource="announcements",
        listed="announcements",
        states="announcementStates",
        title="",
        text="text",
        topic="",
        fields=f"{_FIELDS},text",
        extra={},
    ),
}


def body(
    kind: Kind, *, title: str, text: str, topic_id: str, attachments: tuple[Attachment, ...], only_for: str = ""
) -> dict[str, Any]:
    """A new post: always a draft, never with a time, so that one we have no record of can never appear to anyone.

    ``only_for`` names the one participant who is to see it; said at its making, it is never for all, not for a moment.
    """
    form = FORMS[kind]
    named = {form.title: title, form.text: text, form.topic: topic_id}
    found: dict[str, Any] = {field: value for field, value in named.items() if field and value}
    if attachments:
        found["materials"] = [_material(attachment) for attachment in attachments]
    if only_for:
        found |= {"assigneeMode": ALONE, "individualStudentsOptions": {"studentIds": [only_for]}}
    return {**found, "state": "DRAFT", **form.extra}


def edits(kind: Kind, *, title: str | None, text: str | None, topic_id: str | None) -> dict[str, str]:
    """The fields to patch; their names, joined by commas, are the mask. None leaves a field as it is."""
    form = FORMS[kind]
    named = ((form.title, title), (form.text, text), (form.topic, topic_id))
    return {field: value for field, value in named if field and value is not None}


def observed(kind: Kind, found: Mapping[str, Any]) -> ObservedPost:
    """One post as Google shows it."""
    form = FORMS[kind]
    public = found.get("state") == "PUBLISHED"
    # What scheduledTime reads once Google has published is unknown (google-apis.md A.6): it counts for drafts only.
    publish = None if public else moment(found.get("scheduledTime"))
    draft = Standing.SCHEDULED if publish else Standing.DRAFT
    return ObservedPost(
        kind=kind,
        remote_id=found["id"],
        title=found.get(form.title, ""),
        text=found.get(form.text, ""),
        topic_id=found.get(form.topic, ""),
        attachments=tuple(_attachment(entry) for entry in found.get("materials", ())),
        standing=Standing.PUBLIC if public else draft,
        publish=publish,
        creator_id=found.get("creatorUserId", ""),
        created=moment(found.get("creationTime")),
        updated=moment(found.get("updateTime")),
        link=found.get("alternateLink", ""),
        ours=found.get("associatedWithDeveloper", False) if kind is Kind.BOX else None,
        individual=found.get("assigneeMode") == ALONE,
        audience=tuple(found.get("individualStudentsOptions", {}).get("studentIds", ())),
    )


def is_managed(kind: Kind, found: Mapping[str, Any]) -> bool:
    """Whether a post is of a sort that we keep; assignments and multiple-choice questions are not: nobody's business."""
    return found.get("state") != "DELETED" and (kind is not Kind.BOX or found.get("workType") == QUESTION)


def moment(text: str | None) -> datetime | None:
    """An instant as Google writes it, in UTC; None where there is none."""
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def stamp(instant: datetime) -> str:
    """An instant as Google reads it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _material(attachment: Attachment) -> dict[str, Any]:
    if attachment.kind == "drive":
        # google-apis.md A.5: VIEW is the only mode that materials may have.
        return {"driveFile": {"driveFile": {"id": attachment.target}, "shareMode": "VIEW"}}
    if attachment.kind == "youtube":
        return {"youtubeVideo": {"id": attachment.target}}
    if attachment.kind == "link":
        return {"link": {"url": attachment.target}}
    raise ValueError(f"{attachment} must be resolved to Drive's id before it is sent")


def _attachment(found: Mapping[str, Any]) -> Attachment:
    if "driveFile" in found:
        return Attachment("drive", found["driveFile"].get("driveFile", {}).get("id", ""))
    if "youtubeVideo" in found:
        return Attachment("youtube", found["youtubeVideo"].get("id", ""))
    # Forms, gems and notebooks can be attached by hand only (google-apis.md A.5); to us they are links.
    shown: Mapping[str, str] = next(iter(found.values()), {})
    return Attachment("link", shown.get("url") or shown.get("formUrl") or "")
