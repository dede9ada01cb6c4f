"""Courses that are simply there, as if made in Classroom's own page: the seed of a rehearsal or a test."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox import people
from better_classroom.sandbox.classroom import course_rows, rosters
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import already_exists, invalid_argument
from better_classroom.sandbox.store import Store

_STATES = {"ACTIVE", "ARCHIVED", "PROVISIONED", "DECLINED", "SUSPENDED"}


def seed_course(store: Store, spec: dict[str, Any]) -> Row:
    """Add a course and return its row.

    ``spec``: ``{"id", "name", "owner", "state", "teachers": [email], "students": [email]}``; name and owner (an
    address) are needed, the state is ACTIVE unless said otherwise. People not known yet are added. Raises 400 for
    a spec that makes no sense, 409 for an id that is taken.
    """
    name, owner = spec.get("name"), spec.get("owner")
    if not isinstance(name, str) or not name or not isinstance(owner, str) or "@" not in owner:
        raise invalid_argument("A course needs a name and the address of its owner.")
    state = spec.get("state") or "ACTIVE"
    if state not in _STATES:
        raise invalid_argument(f"There is no course state {state}.")
    course_id = str(spec.get("id") or store.new_id())
    if store.get("courses", "", course_id):
        raise already_exists(f"The course {course_id} exists.")
    row = course_rows.new(store, course_id, _person(store, owner), {"name": name}, state)
    if state != "PROVISIONED":
        row = row | {"calendarId": course_rows.calendar_id(course_id)}
        store.put("courses", "", course_id, row)
    for table in ("teachers", "students"):
        for address in spec.get(table) or ():
            user = _person(store, address)
            if not store.get("teachers", course_id, user["id"]):
                rosters.join(store, row, user["id"], table)
    return row


def _person(store: Store, address: Any) -> Row:
    if not isinstance(address, str) or "@" not in address:
        raise invalid_argument(f"{address!r} is no address.")
    return people.user_by(store, address) or people.add_user(store, address)
