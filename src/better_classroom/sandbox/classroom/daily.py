"""What a day allows, and how many classes somebody may be in (google-apis.md A.1, class limits).

The table ``daily`` (parent: what) holds for each person when they did it.

Unknown: when a day begins (here any 24 hours of the sandbox's clock), what Google answers to one course or invitation too
many (here a plain 429), and whether the limit of classes is the one that ``UserGroupsMembershipLimitReached`` tells.
"""

from __future__ import annotations

from better_classroom.sandbox.classroom import timestamps
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import ApiError, failed_precondition, resource_exhausted
from better_classroom.sandbox.store import Store

INVITATIONS, INVITATIONS_OF_PERSONAL = 500, 100
COURSES_OF_PERSONAL = 30
JOINED_BY_PERSONAL = 30
CLASSES, CLASSES_OF_PERSONAL = 1_000, 100

_DAY = 24 * 3600 * 1_000_000  # microseconds


def count_invitation(store: Store, user: Row) -> None:
    """Count an invitation that somebody sends; raises 429 for one too many."""
    most = INVITATIONS_OF_PERSONAL if user["consumer"] else INVITATIONS
    _spend(store, "invitations", user["id"], most, resource_exhausted())


def count_course(store: Store, user: Row) -> None:
    """Count a course that somebody creates; raises 429 for one too many of a personal account."""
    if user["consumer"]:
        _spend(store, "courses", user["id"], COURSES_OF_PERSONAL, resource_exhausted())


def count_joining(store: Store, user: Row) -> None:
    """Count a class that somebody joins; raises 429 for a day's limit, 400 for that of classes."""
    if _classes(store, user["id"]) >= (CLASSES_OF_PERSONAL if user["consumer"] else CLASSES):
        raise failed_precondition("The user is in too many classes.", "UserGroupsMembershipLimitReached")
    if user["consumer"]:  # google-apis.md B.2
        refusal = resource_exhausted("The user joined too many courses.", "UserCourseJoinRateLimitReached")
        _spend(store, "joinings", user["id"], JOINED_BY_PERSONAL, refusal)


def _classes(store: Store, user_id: str) -> int:
    courses = {*store.parents("students"), *store.parents("teachers")}
    return sum(
        1 for course in courses if store.get("students", course, user_id) or store.get("teachers", course, user_id)
    )


def _spend(store: Store, what: str, user_id: str, most: int, refusal: ApiError) -> None:
    now = timestamps.micros(store.now)
    done = store.get("daily", what, user_id)
    recent = [at for at in done["at"] if now - _DAY < at <= now] if done else []
    if len(recent) >= most:
        raise refusal
    store.put("daily", what, user_id, {"at": [*recent, now]})
