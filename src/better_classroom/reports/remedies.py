"""Why Google refuses an invitation, in words, and what an organiser can do about it (google-apis.md A.9, B.2). Pure."""

from __future__ import annotations

from better_classroom.reports.wording import short

REMEDIES: dict[str, tuple[str, str]] = {
    # Google's reason, or the HTTP status where it gave none: what that means, what to do
    "404": (
        "there is no Google account with this address",
        "They make one for it (any address can have one), and you invite again; or give them the link of “people links”.",
    ),
    "400": (
        "Google refuses without a reason; the account may be closed or suspended",
        "Ask for another address, or give them the link of “people links”.",
    ),
    "403": (
        "Google does not let the account invite here",
        "Make the account a teacher of the course in Classroom, or have the administrator allow it.",
    ),
    "CannotInviteUserInUntrustedDomain": (
        "their domain is not trusted by the school",
        "The administrator adds it (Admin console → Classroom → Class access); or use a personal address.",
    ),
    "UserInIllegalDomain": (
        "the school lets nobody of their domain in",
        "The administrator allows it (Admin console → Classroom → Class access); or use a personal address.",
    ),
    "UserGroupsMembershipLimitReached": ("they are in too many groups", "They leave some, or use another address."),
    "ClassroomDisabled": (
        "their account has no Google Classroom",
        "Their administrator switches it on; or use a personal address.",
    ),
    "ClassroomApiDisabled": (
        "the administrator lets no app invite",
        "The administrator allows it (Admin console → Classroom → Data access).",
    ),
    "CourseMemberLimitReached": ("the course is full", "Remove somebody in Classroom, or make a second course."),
    "CourseNotFound": (
        "the course is not there any more",
        "Look for it in Classroom; “plan” tells what would be made.",
    ),
    "CourseNotModifiable": ("the course is archived or suspended", "Restore it in Classroom."),
    "InactiveCourseOwner": ("the account that owns the course was deleted", "An administrator gives it a new owner."),
}


def meaning(reason: str) -> tuple[str, str]:
    """What a reason means, and what to do."""
    fallback = (f"Google refused it ({short(reason)})", "Try again later, or give them the link of “people links”.")
    return REMEDIES.get(reason, fallback)
