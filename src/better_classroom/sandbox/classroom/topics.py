"""Topics: the headings of a course's Classwork page.

Unknown, and taken on the strict side: deleting another project's topic is refused like renaming it (A.2 documents only
the latter's rule); the posts of a deleted topic lose it and stay; somebody invited gets 403 (A.9 speaks of posts alone).
"""

from __future__ import annotations

from better_classroom.sandbox import paging
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import masks, membership
from better_classroom.sandbox.classroom.membership import READERS, TEACHERS, Row
from better_classroom.sandbox.errors import already_exists, failed_precondition, invalid_argument, not_found
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

LONGEST_NAME = 100
MOST = 200  # google-apis.md A.1 (class limits), A.2
_TABLES_WITH_TOPICS = ("materials", "courseWork")


def _create(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], TEACHERS)
    membership.refuse_if_closed(course)
    name = _name(body)
    present = _living(store, course["id"])
    if any(row["name"] == name for row in present):
        raise already_exists()  # google-apis.md A.2, G.3: 409 here, 400 on rename
    if len(present) >= MOST:
        raise failed_precondition("The course has too many topics.", "CourseTopicLimitReached")
    row: Row = {"courseId": course["id"], "topicId": store.new_id(), "name": name, "updateTime": store.stamp()}
    row["_project"] = caller.project
    store.put("topics", course["id"], row["topicId"], row)
    return membership.shown(row)


def _get(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], READERS)
    row = store.get("topics", course["id"], params["id"])
    if row is None or "_deleted" in row:
        raise not_found()
    return membership.shown(row)


def _list(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], READERS)
    rows = _living(store, course["id"])[::-1]  # google-apis.md A.2: newest first, and no way to order them
    return paging.page(params, rows, default=30, most=100, key="topic", show=membership.shown)


def _patch(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, former = _own(store, caller, params)
    if "_deleted" in former:
        raise not_found()
    masks.parse(params.get("updateMask"), {"name"})
    name = _name(body)
    if any(row["name"] == name and row is not former for row in _living(store, course["id"])):
        # google-apis.md A.2, G.3: renaming to a taken name is FAILED_PRECONDITION, not ALREADY_EXISTS
        raise failed_precondition("A topic of that name exists in the course.")
    row = former | {"name": name, "updateTime": store.stamp()}
    store.put("topics", course["id"], row["topicId"], row)
    return membership.shown(row)


def _delete(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, row = _own(store, caller, params)
    if "_deleted" in row:
        raise failed_precondition()  # google-apis.md A.2: deleting twice
    store.stamp()
    store.put("topics", course["id"], row["topicId"], row | {"_deleted": True})
    for table in _TABLES_WITH_TOPICS:
        for post in store.rows(table, course["id"]):
            if post.get("topicId") == row["topicId"]:
                without = {name: value for name, value in post.items() if name != "topicId"}
                store.put(table, course["id"], post["id"], without)
    return {}


def _own(store: Store, caller: Caller, params: Params) -> tuple[Row, Row]:
    """The course and the topic that the caller wants to change; raises what stands in the way."""
    course, _role = membership.enter(store, caller, params["courseId"], TEACHERS)
    row = store.get("topics", course["id"], params["id"])
    if row is None:
        raise not_found()
    membership.refuse_other_project(row, caller)
    membership.refuse_if_closed(course)
    return course, row


def _living(store: Store, course_id: str) -> list[Row]:
    return [row for row in store.rows("topics", course_id) if "_deleted" not in row]


def _name(body: Body) -> str:
    """The name as Google keeps it (google-apis.md A.2): trimmed, inner whitespace collapsed, case kept."""
    name = " ".join(body.get("name", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise invalid_argument(f"A topic's name must have between 1 and {LONGEST_NAME} characters.")
    return name


HANDLERS: dict[str, Handler] = {
    "classroom.courses.topics.create": _create,
    "classroom.courses.topics.get": _get,
    "classroom.courses.topics.list": _list,
    "classroom.courses.topics.patch": _patch,
    "classroom.courses.topics.delete": _delete,
}
