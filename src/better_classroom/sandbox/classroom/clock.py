"""The clock publishes what is due.

Unknown, and taken on the strict side (google-apis.md A.6, H.2): a scheduled post waits while its course is not ACTIVE
and goes public when it is again; it stays a draft if its creator no longer teaches the course.
"""

from __future__ import annotations

from better_classroom.sandbox.classroom import kinds, publication, timestamps
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.store import Store


def publish_due(store: Store) -> None:
    """Publish every draft whose scheduled time has come, in the order of those times (google-apis.md G.8)."""
    now = timestamps.micros(store.now)
    due = [entry for entry in store.rows("schedule", "") if entry["at"] <= now]
    if not due:
        return
    due.sort(key=lambda entry: entry["at"])
    with store.transaction():
        for entry in due:
            kind = kinds.BY_TABLE[entry["table"]]
            row = store.get(kind.table, entry["courseId"], entry["id"])
            if row and _may_publish(store, row):
                when = row["scheduledTime"]
                publication.publish(store, kind, row, teacher_id=row["creatorUserId"], when=when)


def _may_publish(store: Store, row: Row) -> bool:
    course = store.get("courses", "", row["courseId"])
    active = course is not None and course["courseState"] == "ACTIVE"
    return active and store.get("teachers", row["courseId"], row["creatorUserId"]) is not None
