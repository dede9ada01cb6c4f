"""Scripted faults: what goes wrong, by Google's own method id, before or after the effect; each one counted.

"After the effect" is the reply that gets lost after the deed is done; it strikes only where something was done.
A fault that never struck stays in the list with ``struck: 0``, so that a test cannot test nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox import lapses
from better_classroom.sandbox.discovery import Method
from better_classroom.sandbox.errors import STATUSES, ApiError
from better_classroom.sandbox.reading import Mistake, Reading

CUTS = ("drop", "reset", "truncate", "hang")
_MESSAGES = {  # google-apis.md A.13 and B.4 for the texts
    "UNAVAILABLE": "The service is currently unavailable.",
    "INTERNAL": "Internal error encountered.",
    "RESOURCE_EXHAUSTED": (
        "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute per user' "
        "of service '{service}.googleapis.com'"
    ),
    "NOT_FOUND": "Requested entity was not found.",
    "PERMISSION_DENIED": "The caller does not have permission",
}
_TEXTS = {  # google-apis.md B.2, A.13: texts seen with these reasons
    "CourseNotFound": "The course was not found.",
    "ProjectPermissionDenied": "The Developer Console project is not permitted to make this request.",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
}
_FAILED_PRECONDITIONS = frozenset(  # google-apis.md B.2, those with 400
    [
        "AttachmentNotVisible",
        "CannotRemoveCourseFolderOwner",
        "CannotRemoveCourseOwner",
        "CannotRemoveCourseOwnerTransferIncomplete",
        "CannotRemoveTeacherWithNoCourseOwner",
        "CourseMemberLimitReached",
        "CourseTeacherLimitReached",
        "CourseTopicLimitReached",
        "CourseNotModifiable",
        "CourseTitleCannotContainUrl",
        "EmptyAssignees",
        "InactiveCourseOwner",
        "IneligibleOwner",
        "PendingInvitationExists",
        "UserAlreadyOwner",
        "UserCannotOwnCourse",
        "UserGroupsMembershipLimitReached",
    ]
)


@dataclass(slots=True)
class Fault:
    """One scripted fault. ``do`` is a cut of the wire, a lapse, an HTTP status, or empty for a mere delay.

    ``mark`` is where the world's history stood when it was scripted, ``keep`` how many bytes of a chunk are kept.
    """

    method: str
    when: str
    do: str
    reason: str
    retry_after: str
    delay: float
    times: int
    skip: int
    keep: int
    mark: int
    given: dict[str, Any]
    met: int = 0
    struck: int = 0

    def error(self) -> ApiError | None:
        """The refusal that this fault stands for, or None if it refuses nothing."""
        if not self.do.isdecimal():
            return None
        code = int(self.do)
        status = STATUSES.get(code, "UNKNOWN")
        if code == 400 and self.reason in _FAILED_PRECONDITIONS:  # noqa: PLR2004 - an HTTP status
            status = "FAILED_PRECONDITION"
        message = _TEXTS.get(self.reason) or _MESSAGES.get(status, "A scripted fault of the sandbox.")
        message = message.replace("{service}", self.method.partition(".")[0])
        headers = (("Retry-After", self.retry_after),) if self.retry_after else ()
        return ApiError(code, status, message, reason=self.reason, headers=headers)


class Faults:
    """The faults scripted for this world, and the calls that hang on one of them."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._hanging: set[asyncio.Future[None]] = set()

    def add(self, spec: dict[str, Any], methods: Mapping[str, Method], mark: int) -> Fault:
        """Script a fault; raises Mistake for one that makes no sense or names no method of Google's."""
        fault = _read(Reading(spec, "the fault"), methods, mark)
        self._faults.append(fault)
        return fault

    def listed(self) -> list[dict[str, Any]]:
        """Every fault as it was given, with how often it struck."""
        return [fault.given | {"struck": fault.struck} for fault in self._faults]

    def strike(self, method: str, when: str, *, is_chunk: bool = False) -> Fault | None:
        """The fault that strikes this call, counted; None for nearly all calls. ``is_chunk``: it carries an upload on."""
        if not self._faults:
            return None
        struck = None
        for fault in self._faults:
            if fault.method == method and fault.when == when and (is_chunk or fault.do != "partial"):
                fault.met += 1
                if struck is None and fault.met > fault.skip and fault.struck < fault.times:
                    fault.struck += 1
                    struck = fault
        return struck

    async def hang(self) -> None:
        """Wait until released."""
        released: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hanging.add(released)
        try:
            await released
        finally:
            self._hanging.discard(released)

    def release(self) -> int:
        """Let every hanging call go on; returns how many there were."""
        waiting = [one for one in self._hanging if not one.done()]
        for one in waiting:
            one.set_result(None)
        return len(waiting)

    def clear(self) -> None:
        """Forget every fault."""
        self._faults.clear()


def _read(spec: Reading, methods: Mapping[str, Method], mark: int) -> Fault:
    method = spec.text("method")
    if method not in methods:
        raise Mistake(f"{method!r} is no method of Google's that this sandbox knows")
    when = spec.text("when", "before")
    if when not in {"before", "after"}:
        raise Mistake(f"'when' is 'before' or 'after' the effect, not {when!r}")
    delay = spec.number("delayMs", 0)
    deed = _deed(spec, may_be_absent=delay > 0)
    lapses.check(deed, when, methods[method])
    fault = Fault(
        method=method,
        when=when,
        do=deed,
        reason=spec.text("reason", ""),
        retry_after=spec.scalar("retryAfter", ""),
        delay=delay / 1000,
        times=spec.number("times", 1, least=1),
        skip=spec.number("skip", 0),
        keep=spec.number("keep", 0) if deed == "partial" else 0,
        mark=mark,
        given=dict(spec.given),
    )
    spec.nothing_else()
    return fault


def _deed(spec: Reading, *, may_be_absent: bool) -> str:
    deed = spec.scalar("do", "" if may_be_absent else None)
    if deed and deed not in CUTS and deed not in lapses.LAPSES and not (deed.isdecimal() and int(deed) in STATUSES):
        known = ", ".join([*CUTS, *lapses.LAPSES, *(str(code) for code in STATUSES)])
        raise Mistake(f"'do' is one of {known}, not {deed!r}")
    return deed
