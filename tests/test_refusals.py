"""Google's refusals as an organiser reads them: who was refused what, where, why, and what to do about it.

One case for each reason of google-apis.md B.2 and B.3 that publishing can meet; those of inviting people stand in
test_people_limits.py, and why the others cannot come up in google_reasons.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from better_classroom.gateways.reasons import REASONS
from better_classroom.gateways.refusals import LONG_LIMITS, RATE_REASONS
from better_classroom.reports.remedies import REMEDIES
from builders import ACCOUNT, a_programme, a_seminar, written
from google_reasons import AS_IT_IS, CLASSROOM, DRIVE, NEVER, OF_ALL, OF_ONE, given_by_the_sandbox
from talking import Control
from worlds import PROJECT, Organiser, Organising, token

Google = Callable[[str, str, str], Any]

COURSE, TOPIC = "classroom.courses.create", "classroom.courses.topics.create"
MATERIAL, SCHEDULE = "classroom.courses.courseWorkMaterials.create", "classroom.courses.courseWorkMaterials.patch"
NOTICE = "classroom.courses.announcements.create"
UPLOAD, SHARE = "drive.files.create", "drive.permissions.create"
SLIDES = "slides/1.pdf"


@dataclass(frozen=True)
class Case:
    """A refusal, and what must be read of it besides the account."""

    method: str
    status: int
    reason: str
    item: str
    why: str
    advice: str
    code: int = 7


CASES = [
    # Classroom: google-apis.md B.2
    Case(MATERIAL, 400, "AttachmentNotVisible", "tartu: “Seminar 1: ", "cannot see one of the", "Drive's trash"),
    Case(TOPIC, 400, "CourseTopicLimitReached", "topic “Seminar 1", "as many topics as it can hold", "delete some"),
    Case(TOPIC, 400, "CourseNotModifiable", "topic “Seminar 1", "archived or suspended", "Restore it"),
    Case(TOPIC, 400, "InactiveCourseOwner", "topic “Seminar 1", "account that owns the course was deleted", "new owner"),
    Case(COURSE, 400, "CourseTitleCannotContainUrl", "“BETTER: proov”", "holds a web address", "Take the address out"),
    Case(COURSE, 400, "UserCannotOwnCourse", "“BETTER: proov”", "may not own courses", "Teacher permissions"),
    Case(COURSE, 400, "UserGroupsMembershipLimitReached", "“BETTER: proov”", "too many groups", "leave some"),
    Case(COURSE, 403, "CourseStateDenied", "“BETTER: proov”", "may not make a course active", "by hand, and write its id"),
    Case(COURSE, 403, "ClassroomApiDisabled", "“BETTER: proov”", "lets no app reach", "Data access"),
    Case(COURSE, 403, "ClassroomDisabled", "“BETTER: proov”", "has no Google Classroom", "switches the service on"),
    Case(TOPIC, 404, "CourseNotFound", "topic “Seminar 1", "was deleted, or", "is a teacher there"),
    Case(SCHEDULE, 403, "ProjectPermissionDenied", "tartu: “Seminar 1: ", f"than {PROJECT}", "use the --credentials"),
    Case(COURSE, 429, "UserCourseJoinRateLimitReached", "“BETTER: proov”", "too many courses", "again tomorrow"),
    # Drive: google-apis.md B.3
    Case(UPLOAD, 403, "dailyLimitExceeded", SLIDES, f"limit for this day is used up for the Cloud project {PROJECT}", "tomorrow"),
    Case(UPLOAD, 403, "domainPolicy", SLIDES, "does not let this app use Drive", "API controls"),
    Case(UPLOAD, 403, "storageQuotaExceeded", SLIDES, f"the Drive of {ACCOUNT} is full", "domain-wide delegation"),
    Case(UPLOAD, 403, "numChildrenInNonRootLimitExceeded", SLIDES, "the folder in Drive is full", "move some"),
    Case(UPLOAD, 409, "fileIdInUse", SLIDES, "another file has the id", "it takes another id"),
    Case(UPLOAD, 401, "authError", SLIDES, "does not accept the sign-in", f"login --account {ACCOUNT}"),
    Case(SHARE, 403, "sharingRateLimitExceeded", SLIDES, "limit for sharing is used up", "in some hours"),
    Case(SHARE, 403, "appNotAuthorizedToFile", SLIDES, "not made with these credentials", "uploaded anew"),
    Case(SHARE, 403, "insufficientFilePermissions", SLIDES, "may not change or share", "Sharing settings"),
    Case(SHARE, 400, "invalidSharingRequest", SLIDES, "cannot be shared with the course", "group exists"),
    Case(SHARE, 404, "notFound", SLIDES, "was deleted, or", "Run plan again"),
    # Both
    Case(UPLOAD, 403, "rateLimitExceeded", SLIDES, "quota is used up", "again later"),
    Case(UPLOAD, 403, "userRateLimitExceeded", SLIDES, "quota is used up", "again later"),
    Case(TOPIC, 429, "", "topic “Seminar 1", "Requests per minute per user", "again later"),
    Case(TOPIC, 503, "", "topic “Seminar 1", "may have been done, or not", "does nothing twice"),
    Case(TOPIC, 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "topic “Seminar 1", "does not cover this", "classroom.topics"),
    Case(TOPIC, 403, "SERVICE_DISABLED", "topic “Seminar 1", f"switched off for the Cloud project {PROJECT}", "Switch it on"),
    Case(UPLOAD, 403, "accessNotConfigured", SLIDES, "the API is switched off", "console.cloud.google.com"),
    Case(UPLOAD, 403, "quotaExceeded", SLIDES, "quota of the Cloud project", "raise the quota"),
    Case(TOPIC, 400, "", "topic “Seminar 1", "A scripted fault", "texts, links and attachments"),
    Case(UPLOAD, 400, "badRequest", SLIDES, "A scripted fault", "texts, links and attachments"),
    Case(SHARE, 403, "cannotDeleteInheritedPermission", SLIDES, "permission (cannotDelete", "Google does not say why"),
    Case(NOTICE, 400, "EmptyAssignees", "tartu: “Tere tulemast!”", "nobody may see the post", "left the course"),
    Case(TOPIC, 404, "", "topic “Seminar 1", "Requested entity was not found", "Run plan again"),
    Case(MATERIAL, 409, "", "tartu: “", "A scripted fault", "Run plan again"),
]  # fmt: skip


@pytest.fixture
def organiser(organising: Organising, monkeypatch: pytest.MonkeyPatch) -> Organiser:
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    return organising(a_programme(courses=("tartu",)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.reason or 'no reason'} {case.status}")
def test_each_reason_becomes_advice(organiser: Organiser, control: Control, case: Case) -> None:
    control.post("faults", {"method": case.method, "do": case.status, "reason": case.reason, "times": 9})
    said = organiser.applies()
    assert said.code == case.code, said.err
    for words in (ACCOUNT, case.item, case.why, case.advice):
        assert words in said.err, said.err
    assert "{" not in said.err
    assert "Traceback" not in said.err


READ = {case.reason for case in CASES} | {reason for _, reason, _ in (*OF_ONE, *OF_ALL)} - {""}


def test_every_reason_of_googles_is_read_by_an_organiser_or_cannot_reach_one() -> None:
    ours = {*REASONS, *REMEDIES, *RATE_REASONS, *LONG_LIMITS} - {"400", "403", "404"}
    known = CLASSROOM | DRIVE | given_by_the_sandbox() | ours
    assert known - READ == (NEVER.keys() | AS_IT_IS.keys()) - READ
    assert not READ & NEVER.keys()


def test_where_a_remedy_is_known_somebody_reads_it() -> None:
    assert REASONS.keys() - {"CannotDirectAddUser"} <= READ
    assert {reason or str(status) for status, reason, _ in (*OF_ONE, *OF_ALL)} >= REMEDIES.keys() - {"404"}


def edited(folder: Path) -> None:
    written(folder, a_programme(courses=("tartu",)) | {"seminars": {"seminar-1": a_seminar(1, summary={"en": "Anew"})}})


@pytest.mark.parametrize("fault", [True, False], ids=["nothing else wrong", "no teacher any more"])
def test_a_bare_403_is_diagnosed(
    organiser: Organiser, control: Control, google: Google, folder: Path, fault: bool
) -> None:
    organiser.applies()
    edited(folder)
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    course = courses.get(id="p:tartu").execute()["id"]
    control.post("faults", {"method": SCHEDULE, "do": 403, "times": 9})
    if not fault:
        control.post("faults", {"method": "classroom.courses.teachers.get", "do": 404, "times": 9})
    said = organiser.applies()
    assert said.code == 5, said.err
    assert "The caller does not have permission" in said.err
    assert f"tartu: “Seminar 1: Aeg ja osalemislink”, {ACCOUNT}, course {course}, material" in said.err
    if fault:
        assert f"{ACCOUNT} teaches the course, the course is active, and the sign-in covers" in said.err
        assert f"another Cloud project than {PROJECT}" in said.err
        assert "administrator" in said.err
    else:
        assert f"{ACCOUNT} is no teacher of this course" in said.err
