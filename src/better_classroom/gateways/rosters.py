"""Who is in a course and who is invited; inviting, adding, and the way in without an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from better_classroom.errors import AlreadyExists, NotFound, OutcomeUnknown, RefusedByGoogle
from better_classroom.gateways.calls import Calls
from better_classroom.joining import Door, Member, Roster

PAGE = 100
INVITATIONS_PAGE = 500
"""Google's own default; how many it gives at most is not published (google-apis.md A.11)."""

MEMBER = "userId,profile/emailAddress"
INVITATION = "userId"


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of an invitation or of a direct adding."""

    user_id: str
    """Google's number for the person."""
    member: bool = False
    """In the course already, so nothing was sent."""
    earlier: bool = False
    """There was an invitation before this call, so nothing was sent."""


class Rosters:
    """The people of the courses that one account teaches. Courses by id or alias, people by number or address.

    Every method raises RefusedByGoogle, SignInNeeded and TryLater; one that writes raises OutcomeUnknown where the
    reply was lost and a second look did not tell what became of it. No error names an address. Several threads may
    share it.
    """

    def __init__(self, root: Any, calls: Calls) -> None:
        self._root = root
        self._calls = calls

    # Made at first use: most runs have nothing to do with people, and a chain costs four times a request.

    @cached_property
    def _courses(self) -> Any:
        return self._root.courses()

    @cached_property
    def _students(self) -> Any:
        return self._courses.students()

    @cached_property
    def _teachers(self) -> Any:
        return self._courses.teachers()

    @cached_property
    def _invitations(self) -> Any:
        return self._root.invitations()

    def roster(self, course_id: str) -> Roster:
        """Everybody in a course, and everybody invited, in whatever role: three listings."""
        teachers = self._members(self._teachers.list, "teachers", course_id)
        students = self._members(self._students.list, "students", course_id)
        members = {member.user_id: member for member in (*students, *teachers)}
        return Roster(members, frozenset(self._waiting(course_id)))

    def teaches(self, course_id: str) -> bool:
        """Whether the account is a teacher of the course, and not only an administrator who may look at it."""
        try:
            self._run(self._teachers.get(courseId=course_id, userId="me", fields="userId"), course_id)
        except NotFound:
            return False
        return True

    def door(self, course_id: str) -> Door:
        """The course's link, and its code, which Google shows to those who teach it."""
        found = self._run(self._courses.get(id=course_id, fields="alternateLink,enrollmentCode"), course_id)
        return Door(found.get("alternateLink", ""), found.get("enrollmentCode", ""))

    def invite(self, course_id: str, address: str) -> Invited:
        """Invite a person as participant; nobody is invited twice.

        Raises NotFound for an address without a Google account (or a course that is not there).
        """
        body = {"courseId": course_id, "userId": address, "role": "STUDENT"}
        request = self._invitations.create(body=body, fields=INVITATION)
        try:
            return Invited(self._run(request, course_id)["userId"])
        except RefusedByGoogle as error:
            # google-apis.md A.9: an open invitation is 409; who has this role or a higher one is 400 without a name.
            if not isinstance(error, AlreadyExists) and (error.status != HTTPStatus.BAD_REQUEST or error.reason):
                raise
            found = self._found(course_id, address)
            if found is None:
                raise
            return found
        except OutcomeUnknown:
            found = self._found(course_id, address)
            if found is None:
                raise
            return Invited(found.user_id, member=found.member)

    def add(self, course_id: str, address: str) -> Invited:
        """Put a person into a course without asking them, as the administrator of their domain may."""
        request = self._students.create(courseId=course_id, body={"userId": address}, fields="userId")
        try:
            return Invited(self._run(request, course_id)["userId"])
        except AlreadyExists:
            found = self._member(course_id, address)
            if not found:
                raise
            return Invited(found, member=True)
        except OutcomeUnknown:
            found = self._member(course_id, address)
            if not found:
                raise
            return Invited(found)

    def _found(self, course_id: str, address: str) -> Invited | None:
        """The open invitation of a person, or their membership; None where there is neither."""
        rows = self._pages(self._invitations.list, "invitations", course_id, INVITATION, userId=address)
        invited = next((row["userId"] for row in rows), "")
        if invited:
            return Invited(invited, earlier=True)
        member = self._member(course_id, address)
        return Invited(member, member=True) if member else None

    def _member(self, course_id: str, address: str) -> str:
        """Number of a member of a course, by the address; empty for somebody else."""
        for resource in (self._students, self._teachers):
            try:
                found = self._run(resource.get(courseId=course_id, userId=address, fields="userId"), course_id)
            except NotFound:
                continue
            return str(found["userId"])
        return ""

    def _members(self, method: Any, key: str, course_id: str) -> Iterator[Member]:
        for entry in self._pages(method, key, course_id, MEMBER, pageSize=PAGE):
            address = entry.get("profile", {}).get("emailAddress", "")
            yield Member(entry["userId"], address, organises=key == "teachers")

    def _waiting(self, course_id: str) -> Iterator[str]:
        listed = self._pages(self._invitations.list, "invitations", course_id, INVITATION, pageSize=INVITATIONS_PAGE)
        return (row["userId"] for row in listed)

    def _pages(self, method: Any, key: str, course_id: str, fields: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        return self._calls.pages(
            method,
            key,
            item=f"people of course {course_id}",
            courseId=course_id,
            fields=f"nextPageToken,{key}({fields})",
            **parameters,
        )

    def _run(self, request: Any, course_id: str) -> dict[str, Any]:
        return self._calls.run(request, item=f"people of course {course_id}")
