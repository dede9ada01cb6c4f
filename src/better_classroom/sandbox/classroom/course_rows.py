"""The rows a course is made of: made together, removed together."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from better_classroom.sandbox import people
from better_classroom.sandbox.classroom import handouts, kinds
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.store import Store


def new(store: Store, course_id: str, owner: Row, given: Row, state: str) -> Row:
    """Make a course with its owner as teacher and its two groups; return the row."""
    stamp = store.stamp()
    group = _group_name(given["name"], course_id)
    domain = people.domain_of(owner["email"])
    row: Row = {"id": course_id} | given
    row |= {"ownerId": owner["id"], "courseState": state, "creationTime": stamp, "updateTime": stamp}
    row |= {
        "enrollmentCode": _hash(f"enrollment {course_id}")[:7],
        "alternateLink": f"https://classroom.google.com/c/{kinds.segment(course_id)}",
        "teacherGroupEmail": f"{group}_teachers@{domain}",
        "courseGroupEmail": f"{group}@{domain}",
        "guardiansEnabled": False,
        "gradebookSettings": {"calculationType": "TOTAL_POINTS", "displaySetting": "HIDE_OVERALL_GRADE"},
    }
    store.put("courses", "", course_id, row)
    store.put("teachers", course_id, owner["id"], {"courseId": course_id, "userId": owner["id"]})
    for address, teachers_only in ((row["courseGroupEmail"], False), (row["teacherGroupEmail"], True)):
        store.put("groups", "", address.lower(), {"courseId": course_id, "teachersOnly": teachers_only})
    return row


def calendar_id(course_id: str) -> str:
    """The calendar of a course."""
    return f"classroom{course_id}@group.calendar.google.com"


def remove(store: Store, course: Row) -> None:
    """Remove a course and all that is in it. Its aliases stay taken (google-apis.md H.8, the strict side)."""
    course_id = course["id"]
    for work in store.rows("courseWork", course_id):
        _clear(store, "submissions", handouts.place(work))
    for kind in kinds.KINDS:
        for post in store.rows(kind.table, course_id):
            store.remove("schedule", "", f"{kind.table}/{course_id}/{post['id']}")
        _clear(store, kind.table, course_id)
    for invitation in store.rows("invitations", ""):
        if invitation["courseId"] == course_id:
            store.remove("invitations", "", invitation["id"])
            store.remove("invited", course_id, invitation["userId"])
    for table in ("topics", "teachers", "students"):
        _clear(store, table, course_id)
    for address in (course["courseGroupEmail"], course["teacherGroupEmail"]):
        store.remove("groups", "", address.lower())
    store.remove("courses", "", course_id)


def _clear(store: Store, table: str, parent: str) -> None:
    keys = {"topics": "topicId", "teachers": "userId", "students": "userId"}
    for row in store.rows(table, parent):
        store.remove(table, parent, row[keys.get(table, "id")])


def _group_name(name: str, course_id: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:30] or "course"
    return f"{words}_{_hash(f'group {course_id}')[:8]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
