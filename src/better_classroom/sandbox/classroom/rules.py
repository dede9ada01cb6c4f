"""What must hold between the fields of a post (google-apis.md A.4, A.6).

Unknown, and taken on the strict side: PUBLISHED together with a scheduled time, and a scheduled time of a published
post, are refused; a due time that a patch sets must lie in the future as at creation; the choices of a multiple choice
question must be at least one, and none empty.
"""

from __future__ import annotations

from collections.abc import Collection

from better_classroom.sandbox.classroom import timestamps
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import failed_precondition, invalid_argument
from better_classroom.sandbox.handler import Body
from better_classroom.sandbox.store import Store


def check_new(store: Store, row: Row) -> None:
    """Raise 400 if a post cannot begin like that."""
    if row["state"] == "PUBLISHED" and "scheduledTime" in row:
        raise invalid_argument("A scheduled time can only be given to a draft.")
    _check_due(store, row)


def check_patched(store: Store, former: Row, row: Row, masked: Collection[str]) -> None:
    """Raise 400 if the patch of ``masked`` may not lead from one row to the other."""
    if former["state"] == "PUBLISHED":
        if row["state"] == "DRAFT":  # google-apis.md A.6: not supported
            raise failed_precondition("A published item cannot become a draft again.")
        if "scheduledTime" in masked:
            raise failed_precondition("scheduledTime can only be set on a draft.")
    if "scheduledTime" in masked and row["state"] == "PUBLISHED" and "scheduledTime" in row:
        raise invalid_argument("A scheduled time can only be given to a draft.")
    if "dueDate" in masked or "dueTime" in masked:
        _check_due(store, row)


def choices(row: Row, body: Body) -> Row:
    """The ``multipleChoiceQuestion`` of new course work: needed for that type, refused for the others (A.4)."""
    question = body.get("multipleChoiceQuestion")
    if row.get("workType") != "MULTIPLE_CHOICE_QUESTION":
        if question is not None:
            raise invalid_argument("multipleChoiceQuestion must only be set for a multiple choice question.")
        return {}
    offered = (question or {}).get("choices", [])
    if not offered or not all(offered):
        raise invalid_argument("multipleChoiceQuestion.choices must be given.")
    return {"multipleChoiceQuestion": {"choices": offered}}


def _check_due(store: Store, row: Row) -> None:
    if ("dueDate" in row) != ("dueTime" in row):  # google-apis.md A.4: both or neither
        raise invalid_argument("dueDate and dueTime must be given together.")
    due = timestamps.due_micros(row)
    if due is not None and due <= timestamps.micros(store.now):
        raise invalid_argument("The due time must be in the future.")
