"""What a submission went through: each change is a state, a grade or an edit, with when and by whom (A.8)."""

from __future__ import annotations

from datetime import datetime

from better_classroom.sandbox.classroom import timestamps
from better_classroom.sandbox.classroom.membership import Row

EDITED = "STUDENT_EDITED_AFTER_TURN_IN"
"""A value of the history alone, never of ``state`` nor of its filter (google-apis.md A.8)."""


def entered(row: Row, state: str, *, at: str, actor: str) -> Row:
    """The submission after it entered a state."""
    changed = touched(row, at) | {"state": state}
    if state == "TURNED_IN":
        changed["_turnedIn"] = at
    return _with(changed, "stateHistory", {"state": state, "stateTimestamp": at, "actorUserId": actor})


def edited(row: Row, *, at: str, actor: str) -> Row:
    """The submission after its student changed an answer that was turned in; the state stays."""
    return _with(touched(row, at), "stateHistory", {"state": EDITED, "stateTimestamp": at, "actorUserId": actor})


def graded(row: Row, field: str, grade: float | None, work: Row, *, at: str, actor: str) -> Row:
    """The submission after a grade was set or cleared; ``field`` is ``draftGrade`` or ``assignedGrade``."""
    changed = touched(row, at)
    entry: Row = {"gradeTimestamp": at, "actorUserId": actor}
    entry["gradeChangeType"] = f"{field.removesuffix('Grade').upper()}_GRADE_POINTS_EARNED_CHANGE"
    if "maxPoints" in work:
        entry["maxPoints"] = work["maxPoints"]
    if grade is None:
        changed.pop(field, None)
    else:
        changed[field] = entry["pointsEarned"] = grade
    return _with(changed, "gradeHistory", entry)


def is_late(row: Row, work: Row, now: datetime) -> bool:
    """Whether it was turned in after the due time, or is not turned in and that has passed."""
    due = timestamps.due_micros(work)
    if due is None:
        return False
    handed_in = row["_turnedIn"] if row["state"] in {"TURNED_IN", "RETURNED"} else None
    return timestamps.micros(handed_in or now) > due


def touched(row: Row, at: str) -> Row:
    """The submission after something in it changed; the first change is what creates it, in its student's eyes."""
    return {"creationTime": at} | row | {"updateTime": at}


def _with(row: Row, kind: str, entry: Row) -> Row:
    return row | {"submissionHistory": [*row.get("submissionHistory", []), {kind: entry}]}
