"""Google's refusals, told so that an organiser can act on them: what was refused, to whom, and what to do next."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from better_classroom.errors import (
    AlreadyExists,
    BetterClassroomError,
    NotFound,
    NotOurs,
    RefusedByGoogle,
    SignInNeeded,
    TryLater,
)
from better_classroom.gateways import scopes

RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
"""A 403 with one of these is a 429 in disguise (google-apis.md B.3, B.4)."""

LONG_LIMITS = frozenset({"dailyLimitExceeded", "sharingRateLimitExceeded", "UserCourseJoinRateLimitReached"})
"""Limits that pass, but not while anybody waits: hours, or a day (google-apis.md B.2, B.3)."""

NO_SCOPE = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"

NO_REASON = frozenset({"", "forbidden", "badRequest", "invalid", "conflict", "backendError", "internalError", "global"})
"""What stands in the place of a reason where Google gave none (google-apis.md B.1)."""

ADVICE: dict[str, str] = {
    # google-apis.md B.2: Classroom
    "AttachmentNotVisible": "{account} cannot see one of the attached files, or it was deleted. Restore it, or share it with {account}.",
    "CannotDirectAddUser": "Only the administrator of that person's domain may add them directly; invite them instead.",
    "CannotInviteUserInUntrustedDomain": "The school's administrator must trust that person's domain (Admin console → Classroom → Class access).",
    "ClassroomApiDisabled": "The administrator must allow apps to reach Classroom data for {account} (Admin console → Classroom → Data access).",
    "ClassroomDisabled": "{account} has no Google Classroom; the administrator can switch the service on.",
    "CourseMemberLimitReached": "The course is full: 1,000 members, 250 in a personal account's course.",
    "CourseTeacherLimitReached": "The course has all the teachers it can have.",
    "CourseTopicLimitReached": "A course holds at most 200 topics; delete some in Classroom, or use another course.",
    "CourseNotFound": "The course was deleted, or {account} does not teach it. Check the course's id or alias in the programme.",
    "CourseNotModifiable": "The course is archived or suspended; restore it in Classroom first.",
    "CourseStateDenied": "{account} may not make a course active through the API, as every personal account. Create it in Classroom by hand, and write its id into the programme.",
    "CourseTitleCannotContainUrl": "Take the address out of the course's name.",
    "EmptyAssignees": "A post needs at least one participant who may see it.",
    "InactiveCourseOwner": "The account that owns the course was deleted; an administrator must give the course a new owner.",
    "IneligibleOwner": "Only a co-teacher can become the owner of a course; add them as one first.",
    "ListCoursesStudentAndTeacherFilter": "This is a defect of ours: please report it.",
    "MissingGrant": "The account must sign in itself once: better-classroom login --account {account}",
    "PendingInvitationExists": "An invitation to own the course is still waiting for its answer.",
    "ProjectPermissionDenied": "It was made by hand or by another Cloud project, and only its maker's project may change it. Change it in Classroom, or use the credentials it was made with.",
    "UserCannotOwnCourse": "{account} may not own courses; the administrator decides who may (Admin console → Classroom → Teacher permissions).",
    "UserCourseJoinRateLimitReached": "That person joined too many courses today; run the same command again tomorrow.",
    "UserGroupsMembershipLimitReached": "That person is in too many groups to join another course.",
    "UserInIllegalDomain": "The school does not let people of that domain in; the administrator decides (Admin console → Classroom → Class access).",
    # google-apis.md B.3: Drive
    "appNotAuthorizedToFile": "The file was not made with these credentials, so they may not touch it.",
    "dailyLimitExceeded": "Google's limit for this day is used up; run the same command again tomorrow.",
    "domainPolicy": "The administrator of {account} does not let this app use Drive (Admin console → Security → API controls).",
    "fileIdInUse": "Another file has this id already.",
    "insufficientFilePermissions": "{account} may not change or share this file; its owner must give it the right to edit.",
    "invalidSharingRequest": "The address cannot be shared with: check that the course's group exists, and that the domain of {account} lets files be shared outside.",
    "notFound": "It was deleted, or {account} may not see it.",
    "numChildrenInNonRootLimitExceeded": "The folder in Drive is full.",
    "sharingRateLimitExceeded": "Google's limit for sharing is used up; run the same command again in some hours.",
    "storageQuotaExceeded": "The Drive of {account} is full. A service account has no storage of its own: it needs domain-wide delegation.",
    # Both
    NO_SCOPE: "{scope_advice}",
    "SERVICE_DISABLED": "Switch the API on for the Cloud project, wait some minutes, and run the same command again.",
    "accessNotConfigured": "Switch the API on for the Cloud project, wait some minutes, and run the same command again.",
    "quotaExceeded": "The Cloud project's quota is used up; run the same command again later.",
}

FORBIDDEN = (
    "Google does not say why. Check that {account} teaches the course, that its attachments may be shared by it, and "
    "that the administrator lets this app in."
)

PREFIX = re.compile(r"@(\w+)(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a reply says: HTTP status, Google's reason (or empty) and Google's words, in one line."""

    status: int
    reason: str
    message: str
    grpc: str = ""
    """Google's second name for the status, such as FAILED_PRECONDITION."""

    @property
    def is_rate_limit(self) -> bool:
        """Whether the reply says that a quota which fills again within minutes is used up; nothing was carried out."""
        if self.reason in LONG_LIMITS:
            return False
        return self.status == 429 or (self.status == 403 and self.reason in RATE_REASONS)  # noqa: PLR2004 - HTTP

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed in a moment, though it may also have been carried out already."""
        return self.status in {408, 500, 502, 503, 504}


def read(status: int, content: bytes) -> Refusal:
    """What a reply with an error says; tolerates everything that is not Google's envelope (google-apis.md B.1)."""
    error = _envelope(content)
    words = " ".join(str(error.get("message", "")).split())
    return Refusal(status, _reason(error, words), PREFIX.sub("", words, count=1), str(error.get("status", "")))


def explain(refusal: Refusal, *, account: str, where: str, method: str) -> BetterClassroomError:
    """The error of ours that an organiser reads for a refusal that stands."""
    words = refusal.message or f"HTTP status {refusal.status}"
    advice = _advice(refusal, account=account, method=method)
    if refusal.status == 401 or refusal.reason == NO_SCOPE:  # noqa: PLR2004 - HTTP
        return SignInNeeded(f"Google does not accept the sign-in: {words}", where=where, advice=advice)
    if refusal.reason in LONG_LIMITS or refusal.is_rate_limit:
        return TryLater(f"Google's quota is used up: {words}", where=where, advice=advice)
    kind = _kind(refusal)
    return kind(f"Google refused: {words}", where=where, advice=advice, reason=refusal.reason, status=refusal.status)


def _kind(refusal: Refusal) -> type[RefusedByGoogle]:
    if refusal.reason == "ProjectPermissionDenied":
        return NotOurs
    return {404: NotFound, 409: AlreadyExists}.get(refusal.status, RefusedByGoogle)


def _advice(refusal: Refusal, *, account: str, method: str) -> str:
    login = f"better-classroom login --account {account}"
    template = ADVICE.get(refusal.reason, "")
    if not template and refusal.status == 401:  # noqa: PLR2004 - HTTP
        template = f"Sign in again: {login}"
    if not template and refusal.status == 403:  # noqa: PLR2004 - HTTP
        template = FORBIDDEN
    return template.format(account=account, scope_advice=_scope_advice(method, login))


def _scope_advice(method: str, login: str) -> str:
    need = scopes.need_of(method)
    names = ", ".join(scopes.SCOPES[need])
    return (
        f"The sign-in does not cover {names}, needed to {need}. Sign in again and tick every box: {login} "
        "(for a service account the administrator adds the scope to its delegation)."
    )


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    if isinstance(found, list) and found:
        found = found[0]
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):
        return {"message": str(found.get("error_description") or error)}
    return error if isinstance(error, dict) else {}


def _reason(error: dict[str, Any], words: str) -> str:
    named = PREFIX.match(words)
    if named:
        return named[1]
    if "insufficient authentication scopes" in words.lower():
        return NO_SCOPE
    listed = [*_objects(error.get("errors")), *_objects(error.get("details"))]
    reasons = (str(entry.get("reason", "")) for entry in listed)
    return next((reason for reason in reasons if reason not in NO_REASON), "")


def _objects(found: Any) -> list[dict[str, Any]]:
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
