"""Google's short names for why it refuses: what each means, and what an organiser does about it, as data.

Reasons of google-apis.md B.2 and B.3 that calls of ours can meet. ``{account}`` is the account that asked, ``{project}``
the Cloud project in whose name it did. What is never asked for here, such as giving a course away, is left out.
"""

from __future__ import annotations

from typing import NamedTuple

NO_SCOPE = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


class Told(NamedTuple):
    """A reason in words."""

    meaning: str
    advice: str


_API_OFF = Told(
    "the API is switched off for the Cloud project {project}",
    "Switch it on at https://console.cloud.google.com/apis/library, wait some minutes, and run the same command again.",
)

REASONS: dict[str, Told] = {
    # Classroom: google-apis.md B.2
    "AttachmentNotVisible": Told(
        "{account} cannot see one of the attached files, or it was deleted",
        "Restore it from Drive's trash, or share it with {account}; then run the same command again.",
    ),
    "CannotDirectAddUser": Told(
        "that person is not in the domain of {account}",
        "Only the administrator of that person's domain may add them directly; invite them instead.",
    ),
    "CannotInviteUserInUntrustedDomain": Told(
        "that person's domain is not trusted by the school",
        "The school's administrator must trust it (Admin console → Classroom → Class access).",
    ),
    "ClassroomApiDisabled": Told(
        "the administrator lets no app reach the Classroom data of {account}",
        "The administrator allows it (Admin console → Classroom → Data access).",
    ),
    "ClassroomDisabled": Told(
        "{account} has no Google Classroom", "The administrator switches the service on for it (Admin console → Apps)."
    ),
    "CourseMemberLimitReached": Told(
        "the course is full", "It holds 1,000 members, 250 in a personal account's course; make a second one."
    ),
    "CourseTopicLimitReached": Told(
        "the course has as many topics as it can hold",
        "A course holds at most 200 topics; delete some in Classroom, or use another course.",
    ),
    "CourseNotFound": Told(
        "the course was deleted, or {account} does not teach it",
        "Check the course's id or alias in the programme, and that {account} is a teacher there.",
    ),
    "CourseNotModifiable": Told(
        "the course is archived or suspended, so nothing in it can be changed",
        "Restore it in Classroom first (≡ → Archived classes).",
    ),
    "CourseStateDenied": Told(
        "{account} may not make a course active through an app; no personal account may",
        "Create it in Classroom by hand, and write its id into the programme in place of the alias.",
    ),
    "CourseTitleCannotContainUrl": Told(
        "the course's name holds a web address", "Take the address out of the course's name in the programme."
    ),
    "EmptyAssignees": Told("nobody may see the post", "The participant it is for has left the course; drop it."),
    "InactiveCourseOwner": Told(
        "the account that owns the course was deleted",
        "An administrator must give the course a new owner (Admin console → Classroom).",
    ),
    "ProjectPermissionDenied": Told(
        "it was made by hand or by another Cloud project than {project}, and only its maker's project may change it",
        "Change it by hand in Classroom, or use the --credentials it was made with.",
    ),
    "UserCannotOwnCourse": Told(
        "{account} may not own courses",
        "The administrator decides who may (Admin console → Classroom → General settings → Teacher permissions).",
    ),
    "UserCourseJoinRateLimitReached": Told(
        "too many courses were joined today", "Run the same command again tomorrow."
    ),
    "UserGroupsMembershipLimitReached": Told(
        "whoever should be in the course, {account} if it makes it, is in too many groups",
        "They leave some Google groups or courses; then run the same command again.",
    ),
    "UserInIllegalDomain": Told(
        "the school does not let people of that domain in",
        "The administrator decides (Admin console → Classroom → Class access).",
    ),
    # Drive: google-apis.md B.3
    "appNotAuthorizedToFile": Told(
        "the file was not made with these credentials, so they may not touch it",
        "Use the --credentials it was made with; or delete the file in Drive, and it is uploaded anew.",
    ),
    "dailyLimitExceeded": Told(
        "Google's limit for this day is used up for the Cloud project {project}", "Run the same command again tomorrow."
    ),
    "domainPolicy": Told(
        "the administrator of {account} does not let this app use Drive",
        "The administrator allows it (Admin console → Security → Access and data control → API controls).",
    ),
    "fileIdInUse": Told(
        "another file has the id that was meant for it", "Run the same command again: it takes another id."
    ),
    "insufficientFilePermissions": Told(
        "{account} may not change or share this file",
        "Its owner gives {account} the right to edit; and the administrator of {account} must let files be shared with "
        "the course's members (Admin console → Apps → Drive → Sharing settings).",
    ),
    "invalidSharingRequest": Told(
        "the file cannot be shared with the course",
        "Check that the course's group exists, and that the domain of {account} lets files be shared outside (Admin "
        "console → Apps → Drive → Sharing settings).",
    ),
    "notFound": Told(
        "it was deleted, or {account} may not see it",
        "Run plan again: it looks anew, and says what has to be made again.",
    ),
    "numChildrenInNonRootLimitExceeded": Told("the folder in Drive is full", "Delete or move some of its files."),
    "sharingRateLimitExceeded": Told(
        "Google's limit for sharing is used up for {account}", "Run the same command again in some hours."
    ),
    "storageQuotaExceeded": Told(
        "the Drive of {account} is full",
        "Free some space in it. A service account has no storage of its own: it needs domain-wide delegation, and "
        "then fills the Drive of {account}.",
    ),
    # Both
    NO_SCOPE: Told("the sign-in of {account} does not cover this", "{scope_advice}"),
    "SERVICE_DISABLED": _API_OFF,
    "accessNotConfigured": _API_OFF,
    "quotaExceeded": Told(
        "the quota of the Cloud project {project} is used up", "Run the same command again later; or raise the quota."
    ),
}

BY_STATUS: dict[int, str] = {
    # what to do where Google gave no reason (google-apis.md B.1)
    400: "Google does not say what is wrong. Look at the item in the programme: its texts, links and attachments. If they "
    "are right, this is a defect of ours: please report it.",
    401: "Sign in again: {login}",
    403: "Google does not say why. Check that {account} teaches the course, that its attachments may be shared by it, and "
    "that the administrator lets this app in.",
    404: "It was deleted, or {account} may not see it any more. Run plan again: it looks anew.",
    409: "Something of that name is there already. Run plan again: it looks anew.",
}
