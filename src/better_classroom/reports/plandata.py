"""The plan for programs: the same facts as in the letter. Pure."""

from __future__ import annotations

from typing import Any

from better_classroom.change import Blocker, Change, Note, Plan
from better_classroom.course import Post, Standing
from better_classroom.keys import asker_of
from better_classroom.reports import obstacles
from better_classroom.reports.plan import Heading


def data(plan: Plan, heading: Heading) -> dict[str, Any]:
    """The whole plan."""
    return {
        "target": heading.target,
        "now": plan.now.isoformat(),
        "fingerprint": heading.fingerprint,
        "changes": [_change_data(change) for change in plan.changes],
        "blockers": [_blocker_data(blocker) for blocker in plan.blockers],
        "obstacles": obstacles.data(heading.obstacles),
        "notes": [_note_data(note) for note in plan.notes],
        "unchecked": {course: [box.link for box in boxes] for course, boxes in heading.unchecked.items()},
        "notifications": dict(plan.notifications),
        "notifications_alone": dict(plan.notifications_alone),
        "unmanaged": dict(plan.unmanaged),
    }


def _change_data(change: Change) -> dict[str, Any]:
    publish = change.item.publish if isinstance(change.item, Post) else None
    return {
        "action": change.action.value,
        "key": change.key,
        "kind": change.kind.value,
        "course": change.course,
        "account": change.account,
        "title": change.title,
        "publish": publish.isoformat() if publish else None,
        "public": change.standing is Standing.PUBLIC,
        "asker": asker_of(change.key) or None,
        "questions": change.questions,
        "fields": {field.name: {"have": field.have, "want": field.want} for field in change.fields},
    }


def _blocker_data(blocker: Blocker) -> dict[str, Any]:
    return {
        "course": blocker.course,
        "reason": blocker.reason,
        "advice": blocker.advice,
        "held": [change.key for change in blocker.changes],
    }


def _note_data(note: Note) -> dict[str, Any]:
    return {
        "remark": note.remark.value,
        "key": note.key,
        "course": note.course,
        "title": note.title,
        "fields": {field.name: {"have": field.have, "want": field.want} for field in note.fields},
    }
