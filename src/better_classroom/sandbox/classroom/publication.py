"""Going public: what a draft becomes when it is published, by hand or by the clock.

The table ``schedule`` (parent ``""``) holds one row per draft with a time: ``{"at": microseconds, "table", "courseId",
"id"}``, so that the clock need not look at every post.

Unknown, and taken on the strict side: a published post no longer says when it was scheduled (H.2).
"""

from __future__ import annotations

from better_classroom.sandbox.classroom import attachments, handouts, timestamps
from better_classroom.sandbox.classroom.kinds import COURSE_WORK, PostKind
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.store import Store


def save(store: Store, kind: PostKind, row: Row) -> None:
    """Keep a post, and its place in the schedule."""
    store.put(kind.table, row["courseId"], row["id"], row)
    place = f"{kind.table}/{row['courseId']}/{row['id']}"
    if row["state"] == "DRAFT" and "scheduledTime" in row:
        at = timestamps.micros(row["scheduledTime"])
        entry = {"at": at, "table": kind.table, "courseId": row["courseId"], "id": row["id"]}
        store.put("schedule", "", place, entry)
    else:
        store.remove("schedule", "", place)


def publish(store: Store, kind: PostKind, row: Row, *, teacher_id: str, when: str) -> Row:
    """Make a draft public at that instant: link, sharing of its files, submissions. Returns the row as kept.

    ``teacher_id`` is in whose name the files are shared.
    """
    course = store.get("courses", "", row["courseId"])
    assert course is not None
    public = {name: value for name, value in row.items() if name != "scheduledTime"}
    public |= {"state": "PUBLISHED", "updateTime": when}
    public["alternateLink"] = kind.alternate_link(row)  # google-apis.md A.6, G.8: only from now on
    save(store, kind, public)
    attachments.share(store, course, public, teacher_id)
    if kind is COURSE_WORK:
        handouts.hand_out(store, public)
    return public
