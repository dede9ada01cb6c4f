"""Why Google says no without saying why: what can be found out by asking, and what is left when all that is in order."""

from __future__ import annotations

from typing import Any

from better_classroom.errors import BetterClassroomError, NotFound, RefusedByGoogle
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.reasons import BY_STATUS

BARE = 403
"""google-apis.md B.1: "The caller does not have permission" stands for role, scope, project and domain policy alike."""


def explained(error: RefusedByGoogle, calls: Calls, courses: Any, course_id: str) -> RefusedByGoogle:
    """The same refusal with the cause in its advice, as far as Google can be asked for it; two reads at most.

    A refusal with a reason is handed back as it is.
    """
    if error.status != BARE or error.reason:
        return error
    advice = _in_the_way(calls, courses, course_id)
    return type(error)(error.message, where=error.where, advice=advice, reason=error.reason, status=error.status)


def _in_the_way(calls: Calls, courses: Any, course_id: str) -> str:
    account, item = calls.account, f"course {course_id}"
    try:
        state = calls.run(courses.get(id=course_id, fields="courseState"), item=item).get("courseState", "")
        if state != "ACTIVE":
            return f"The course is {state}, not ACTIVE: accept or restore it in Classroom."
        me = courses.teachers().get(courseId=course_id, userId="me", fields="userId")
        calls.run(me, item=item)
    except NotFound:
        return f"{account} is no teacher of this course. Make it one, in Classroom under People."
    except RefusedByGoogle:
        return f"{account} does not see the course any more. Make it a teacher there again, in Classroom under People."
    except BetterClassroomError:
        return FORBIDDEN.format(account=account)
    return _LEFT.format(account=account, project=calls.project or "of these credentials")


FORBIDDEN = BY_STATUS[BARE]
_LEFT = (
    "{account} teaches the course, the course is active, and the sign-in covers all that is needed. What is left: "
    "{account} may not share an attached file; or the item was made by another Cloud project than {project}; or the "
    "school's administrator does not let this app change Classroom (Admin console → Security → API controls)."
)
