"""What a day allows, accounts that are closed, and domains that trust each other or not (google-apis.md A.1, A.9, B.2)."""

from __future__ import annotations

from typing import Any

import pytest
from google.auth.exceptions import RefreshError

from better_classroom.sandbox.classroom import daily
from sandbox_school import (
    ADMIN,
    CO_TEACHER,
    CONSUMER,
    COURSE,
    FIRST,
    INVITED,
    OUTSIDER,
    OWNER,
    SECOND,
    School,
    refused,
)


def seed_user(school: School, email: str, **standing: Any) -> None:
    school.control.post("seed", {"users": [{"email": email} | standing]})


def join(school: School, who: str, course: str) -> None:
    code = school.courses(OWNER).get(id=course).execute()["enrollmentCode"]
    school.courses(who).students().create(courseId=course, enrollmentCode=code, body={"userId": "me"}).execute()


def add(school: School, who: str, roster: str = "students") -> None:
    getattr(school.courses(ADMIN), roster)().create(courseId=COURSE, body={"userId": who}).execute()


# --- the day


def test_a1_a_personal_account_creates_30_classes_a_day(school: School) -> None:
    courses = school.courses(CONSUMER)
    for number in range(daily.COURSES_OF_PERSONAL):
        courses.create(body={"name": f"Tanfolyam {number}", "ownerId": "me"}).execute()
    with refused(429, "RESOURCE_EXHAUSTED"):
        courses.create(body={"name": "Tanfolyam", "ownerId": "me"}).execute()
    school.tick("2020-06-02T09:00:00Z")
    courses.create(body={"name": "Tanfolyam", "ownerId": "me"}).execute()


def test_b2_a_personal_account_joins_30_classes_a_day(school: School) -> None:
    ids = [str(number) for number in range(31)]
    school.control.post("seed", {"courses": [{"id": one, "name": f"Kursus {one}", "owner": OWNER} for one in ids]})
    for one in ids[:30]:
        join(school, CONSUMER, one)
    with refused(429, "RESOURCE_EXHAUSTED", "UserCourseJoinRateLimitReached"):
        join(school, CONSUMER, ids[30])
    join(school, INVITED, ids[30])
    school.tick("2020-06-02T09:00:00Z")
    join(school, CONSUMER, ids[30])


def test_a1_a_personal_account_is_in_100_classes_at_most(school: School) -> None:
    many = [{"name": f"Kursus {one}", "owner": OWNER, "students": [CONSUMER]} for one in range(100)]
    school.control.post("seed", {"courses": many})
    with refused(400, "FAILED_PRECONDITION", "UserGroupsMembershipLimitReached"):
        join(school, CONSUMER, COURSE)


@pytest.mark.parametrize(("consumer", "most"), [(False, 500), (True, 100)])
def test_a1_a_teacher_sends_500_invitations_a_day_and_a_personal_one_100(
    school: School, consumer: bool, most: int
) -> None:
    host = CONSUMER if consumer else OWNER
    many = [f"osaleja.{number}@tartu.example" for number in range(most + 1)]
    users = [{"email": email} for email in many]
    school.control.post("seed", {"users": users, "courses": [{"id": "1", "name": "Suur", "owner": host}]})
    invitations = school.by(host).invitations()
    for email in many[:most]:
        invitations.create(body={"userId": email, "courseId": "1", "role": "STUDENT"}).execute()
    last = {"userId": many[most], "courseId": "1", "role": "STUDENT"}
    with refused(429, "RESOURCE_EXHAUSTED"):
        invitations.create(body=last).execute()
    school.tick("2020-06-02T09:00:00Z")
    invitations.create(body=last).execute()


# --- accounts


def test_a9_a_disabled_account_is_neither_invited_nor_added(school: School) -> None:
    seed_user(school, INVITED, disabled=True)
    with refused(400, "FAILED_PRECONDITION"):
        school.invite(INVITED)
    for roster in ("students", "teachers"):
        with refused(400, "FAILED_PRECONDITION"):
            add(school, INVITED, roster)


def test_b1_a_disabled_account_is_signed_out(school: School) -> None:
    courses = school.courses(FIRST)
    courses.list().execute()
    seed_user(school, FIRST, disabled=True)
    with pytest.raises(RefreshError):  # what the client makes of a 401 that no refresh can help
        courses.list().execute()
    assert school.control.calls("classroom.courses.list")[-1]["status"] == 401


def test_b2_nobody_is_added_to_the_course_of_an_owner_who_is_gone(school: School) -> None:
    invitation = school.invite(INVITED)
    seed_user(school, OWNER, disabled=True)
    with refused(400, "FAILED_PRECONDITION", "InactiveCourseOwner"):
        add(school, ADMIN)
    with refused(400, "FAILED_PRECONDITION", "InactiveCourseOwner"):
        school.by(INVITED).invitations().accept(id=invitation["id"]).execute()


def test_b2_a_course_without_owner_keeps_its_teachers(school: School) -> None:
    seed_user(school, OWNER, disabled=True)
    with refused(400, "FAILED_PRECONDITION", "CannotRemoveTeacherWithNoCourseOwner"):
        school.courses(ADMIN).teachers().delete(courseId=COURSE, userId=CO_TEACHER).execute()


@pytest.mark.parametrize(("standing", "reason"), [("off", "ClassroomDisabled"), ("noApi", "ClassroomApiDisabled")])
def test_b2_an_account_without_classroom_or_api_is_refused_first(school: School, standing: str, reason: str) -> None:
    seed_user(school, FIRST, classroom=standing)
    with refused(403, "PERMISSION_DENIED", reason):
        school.courses(FIRST).get(id="unknown").execute()
    seed_user(school, FIRST, classroom="on")
    school.courses(FIRST).get(id=COURSE).execute()


def test_a1_who_may_not_create_courses_is_refused_and_their_profile_says_so(school: School) -> None:
    seed_user(school, FIRST, createsCourses=False)
    assert "permissions" not in school.by(FIRST).userProfiles().get(userId="me").execute()
    with refused(403, "PERMISSION_DENIED"):
        school.courses(FIRST).create(body={"name": "Tartu", "ownerId": "me"}).execute()
    assert school.courses(ADMIN).create(body={"name": "Tartu", "ownerId": FIRST}).execute()["id"]


# --- owners


def test_b2_a_closed_account_cannot_own_a_course(school: School) -> None:
    seed_user(school, CO_TEACHER, disabled=True)
    with refused(400, "FAILED_PRECONDITION", "UserCannotOwnCourse"):
        school.courses(ADMIN).create(body={"name": "Tartu", "ownerId": CO_TEACHER}).execute()
    with refused(400, "FAILED_PRECONDITION", "UserCannotOwnCourse"):
        school.courses(ADMIN).patch(id=COURSE, updateMask="ownerId", body={"ownerId": CO_TEACHER}).execute()


def test_b2_the_owner_does_not_become_the_owner(school: School) -> None:
    with refused(400, "FAILED_PRECONDITION", "UserAlreadyOwner"):
        school.courses(ADMIN).patch(id=COURSE, updateMask="ownerId", body={"ownerId": OWNER}).execute()


def test_b2_one_heir_at_a_time(school: School) -> None:
    add(school, INVITED, "teachers")
    school.invite(CO_TEACHER, "OWNER")
    with refused(400, "FAILED_PRECONDITION", "PendingInvitationExists"):
        school.invite(INVITED, "OWNER")


# --- domains


def test_a9_who_is_of_an_untrusted_domain_is_not_invited(school: School) -> None:
    school.control.post("seed", {"domains": [{"name": "tartu.example"}]})
    for stranger in (OUTSIDER, CONSUMER):
        with refused(403, "PERMISSION_DENIED", "CannotInviteUserInUntrustedDomain"):
            school.invite(stranger)
    school.invite(INVITED)
    school.control.post("seed", {"domains": [{"name": "tartu.example", "trusts": ["Genova.example"]}]})
    school.invite(OUTSIDER)


def test_a9_a_domain_that_was_not_restricted_trusts_everybody(school: School) -> None:
    school.invite(OUTSIDER)
    school.invite(CONSUMER)


def test_a9_a_photo_needs_its_scope(school: School) -> None:
    assert "photoUrl" not in school.by(OWNER).userProfiles().get(userId="me").execute()
    seen = school.by(OWNER, scopes=["classroom.rosters", "classroom.profile.photos"])
    assert seen.userProfiles().get(userId=SECOND).execute()["photoUrl"]
