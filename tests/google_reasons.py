"""Google's reasons: those of google-apis.md B.2 and B.3, those that the sandbox gives, and why some never reach us.

What reaches us is read by an organiser in test_refusals.py, or in test_people_limits.py where somebody is invited.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from better_classroom import sandbox
from better_classroom.sandbox import errors, faults

CLASSROOM = frozenset(
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
        "ListCoursesStudentAndTeacherFilter",
        "PendingInvitationExists",
        "UserCannotOwnCourse",
        "UserGroupsMembershipLimitReached",
        "CannotDirectAddUser",
        "CannotInviteUserInUntrustedDomain",
        "ClassroomApiDisabled",
        "ClassroomDisabled",
        "ProjectPermissionDenied",
        "UserIneligibleToUpdateGradingPeriodSettings",
        "ExpiredAddOnToken",
        "InvalidAddOnToken",
        "UserCourseJoinRateLimitReached",
        "MissingGrant",
        "RubricCriteriaInvalidFormat",
        "CourseStateDenied",
        "CourseNotFound",
        "UserAlreadyOwner",
        "UserIneligibleToModifyRubrics",
        "UserInIllegalDomain",
        "StudentsInCourseLimitReached",
    ]
)
"""google-apis.md B.2."""

DRIVE = frozenset(
    [
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "sharingRateLimitExceeded",
        "dailyLimitExceeded",
        "domainPolicy",
        "appNotAuthorizedToFile",
        "insufficientFilePermissions",
        "storageQuotaExceeded",
        "notFound",
        "badRequest",
        "invalidSharingRequest",
        "authError",
        "numChildrenInNonRootLimitExceeded",
        "teamDriveFileLimitExceeded",
        "teamDriveHierarchyTooDeep",
        "fileIdInUse",
    ]
)
"""google-apis.md B.3."""

_GIVEN_AWAY = "courses are never given away, and no owner or fellow organiser is ever taken out of one"
_GRADES = "grades, rubrics and add-ons are not used"
_MALFORMED = (
    "a request that no state of the world would make right is a defect of ours: the suite sends every one we know"
)
_FOLDERS = "files are made in the account's own Drive, and never moved, copied, or put into a folder"

NEVER = {
    "CannotRemoveCourseFolderOwner": _GIVEN_AWAY,
    "CannotRemoveCourseOwner": _GIVEN_AWAY,
    "CannotRemoveCourseOwnerTransferIncomplete": _GIVEN_AWAY,
    "CannotRemoveTeacherWithNoCourseOwner": _GIVEN_AWAY,
    "IneligibleOwner": _GIVEN_AWAY,
    "PendingInvitationExists": _GIVEN_AWAY,
    "UserAlreadyOwner": _GIVEN_AWAY,
    "CourseTeacherLimitReached": "participants alone are invited or added",
    "CannotDirectAddUser": "whoever cannot be added is invited in the same breath, and that is all that is told",
    "ListCoursesStudentAndTeacherFilter": "courses are asked for by alias or id, never listed",
    "ExpiredAddOnToken": _GRADES,
    "InvalidAddOnToken": _GRADES,
    "RubricCriteriaInvalidFormat": _GRADES,
    "UserIneligibleToModifyRubrics": _GRADES,
    "UserIneligibleToUpdateGradingPeriodSettings": _GRADES,
    "MissingGrant": "nothing is registered for: questions are pulled",
    "StudentsInCourseLimitReached": "no public source has it; CourseMemberLimitReached says the same",
    "teamDriveFileLimitExceeded": _FOLDERS,
    "teamDriveHierarchyTooDeep": _FOLDERS,
    "cannotAddParent": _FOLDERS,
    "cannotCopyFile": _FOLDERS,
    "cannotRemoveParent": _FOLDERS,
    "cannotShareTeamDriveItem": _FOLDERS,
    "insufficientParentPermissions": _FOLDERS,
    "parentNotAFolder": _FOLDERS,
    "expirationDateInvalid": "permissions are given without an end",
    "fileNotDownloadable": "nothing is downloaded",
    "fileNotExportable": "nothing is downloaded",
    "revisionLimitExceeded": "no revision is asked to be kept for ever",
    "revisionsNotSupported": "revisions are never asked for",
    "uploadTooLarge": "every file goes in parts; what Drive takes at most the plan says before (test_obstacles.py)",
    "insufficientPermissions": "the words beside it say that a scope is missing, and are read first",
    "notImplemented": "the sandbox alone says so of itself",
    "fieldNotWritable": _MALFORMED,
    "invalid": _MALFORMED,
    "invalidParameter": _MALFORMED,
    "required": _MALFORMED,
}
"""Why no organiser can come to read it."""

AS_IT_IS = {
    "cannotDeleteInheritedPermission": "a board that its expert has put into a shared folder, and that is made anew",
    "commentsNotSupported": "a presentation of a kind that cannot be commented on; plan and doctor name those before",
    "backendError": "Google's own fault, told by its status",
    "conflict": "told by its status",
    "forbidden": "told by its status",
    "internalError": "Google's own fault, told by its status",
}
"""Where it can come up. It has no words of ours: Google's are shown, with what is left to do for such a status."""

OF_ONE = (
    (403, "CannotInviteUserInUntrustedDomain", "not trusted"),
    (403, "UserInIllegalDomain", "lets nobody of their domain in"),
    (403, "ClassroomDisabled", "their account has no Google Classroom"),
    (400, "UserGroupsMembershipLimitReached", "too many groups"),
    (400, "", "closed or suspended"),
    (400, "SomethingNew", "SomethingNew"),
)
"""What an organiser reads of one person whom Google refuses to invite, by status and reason."""

OF_ALL = (
    (400, "CourseMemberLimitReached", "the course is full"),
    (400, "CourseNotModifiable", "archived or suspended"),
    (400, "InactiveCourseOwner", "was deleted"),
    (403, "ClassroomApiDisabled", "Data access"),
    (403, "", "Make the account a teacher"),
    (404, "CourseNotFound", "the course is not there any more"),
)
"""And of a course into which nobody can be invited."""

# How the sandbox refuses: with the reason after the message, or by name.
_REFUSE = frozenset(
    {
        "ApiError", "already_exists", "failed_precondition", "forbidden", "invalid_argument", "not_found",
        "permission_denied", "resource_exhausted",
    }
)  # fmt: skip
_REASON = re.compile(r"[A-Za-z]*[a-z]")


def given_by_the_sandbox() -> set[str]:
    """Every reason that the sandbox can give by itself, and those that its scripted faults know words for."""
    (folder,) = sandbox.__path__
    scripted = set(faults._TEXTS) | faults._FAILED_PRECONDITIONS | set(errors.DRIVE_REASONS.values())  # noqa: SLF001 - data
    return scripted | {reason for path in Path(folder).rglob("*.py") for reason in _given_in(path)}


def _given_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _REFUSE:
            named = [word.value for word in node.keywords if word.arg in {"reason", "drive_reason"}]
            for part in [*node.args[1:], *named]:
                if isinstance(part, ast.Constant) and _REASON.fullmatch(str(part.value)):
                    yield str(part.value)
