"""Students, teachers, invitations and profiles, held against google-apis.md A.1 (limits), A.9 and G.17."""

from __future__ import annotations

from typing import Any

import pytest

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
    names,
    refused,
)


def add(school: School, who: str, as_: str = ADMIN, roster: str = "students", **more: Any) -> Any:
    calls = getattr(school.courses(as_), roster)()
    return calls.create(courseId=COURSE, body={"userId": who}, **more).execute()


def people(school: School, roster: str = "students", who: str = OWNER, course: str = COURSE) -> list[str]:
    answer = getattr(school.courses(who), roster)().list(courseId=course).execute()
    return [row["profile"]["name"]["fullName"] for row in answer.get(roster, [])]


# --- who is there


def test_a9_members_and_administrators_see_the_rosters(school: School) -> None:
    for who in (OWNER, CO_TEACHER, ADMIN, FIRST):
        assert people(school, "teachers", who) == ["Korraldaja Üks", "Abi Korraldaja"]
        assert people(school, "students", who) == ["Osaleja Üks", "Osaleja Kaks"]
    for call in ("students", "teachers"):
        with refused(403, "PERMISSION_DENIED"):
            people(school, call, OUTSIDER)
    with refused(404, "NOT_FOUND"):
        people(school, course="1")


def test_a9_one_member_is_found_by_id_address_or_me(school: School) -> None:
    students = school.courses(FIRST).students()
    for who in (FIRST, "me", school.id_of(FIRST)):
        assert students.get(courseId=COURSE, userId=who).execute()["userId"] == school.id_of(FIRST)
    for who in (OWNER, OUTSIDER, "keegi@tartu.example"):
        with refused(404, "NOT_FOUND"):
            students.get(courseId=COURSE, userId=who).execute()


def test_a11_a_page_of_students_has_30_unless_asked_otherwise(school: School) -> None:
    many = [f"osaleja.{number}@tartu.example" for number in range(40)]
    school.control.post("seed", {"courses": [{"id": "1", "name": "Suur", "owner": OWNER, "students": many}]})
    students = school.courses().students()
    first = students.list(courseId="1").execute()
    assert len(first["students"]) == 30
    rest = students.list(courseId="1", pageToken=first["nextPageToken"]).execute()
    assert (len(rest["students"]), "nextPageToken" in rest) == (10, False)


# --- adding


def test_a9_administrators_add_people_of_their_own_domain(school: School) -> None:
    assert add(school, INVITED)["profile"]["name"]["fullName"] == "Osaleja Kolm"
    for who in (OUTSIDER, CONSUMER):
        with refused(403, "PERMISSION_DENIED", "CannotDirectAddUser"):
            add(school, who)
    with refused(404, "NOT_FOUND"):
        add(school, "keegi@tartu.example")


def test_a9_teachers_do_not_add_anybody(school: School) -> None:
    for roster in ("students", "teachers"):
        with refused(403, "PERMISSION_DENIED"):
            add(school, INVITED, OWNER, roster)


def test_a9_a_member_is_not_added_again(school: School) -> None:
    for who in (FIRST, OWNER):
        for roster in ("students", "teachers"):
            with refused(409, "ALREADY_EXISTS"):
                add(school, who, roster=roster)


def test_a9_people_join_by_themselves_with_the_code(school: School) -> None:
    code = school.courses().get(id=COURSE).execute()["enrollmentCode"]
    for more in ({}, {"enrollmentCode": "x"}):
        with refused(403, "PERMISSION_DENIED"):
            add(school, "me", OUTSIDER, **more)
    with refused(403, "PERMISSION_DENIED"):
        add(school, CONSUMER, OUTSIDER, enrollmentCode=code)
    with refused(403, "PERMISSION_DENIED"):
        add(school, "me", OUTSIDER, "teachers")
    add(school, "me", OUTSIDER, enrollmentCode=code)
    assert "Partecipante Due" in people(school)


def test_b2_nobody_is_added_to_an_archived_course(school: School) -> None:
    invitation = school.invite(INVITED)
    school.archive()
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        add(school, INVITED)
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        school.by(INVITED).invitations().accept(id=invitation["id"]).execute()


def test_a1_a_class_has_50_teachers_at_most(school: School) -> None:
    many = [f"korraldaja.{number}@tartu.example" for number in range(49)]
    course = {"id": "1", "name": "Suur", "owner": OWNER, "teachers": many}
    school.control.post("seed", {"courses": [course]})
    with refused(400, "FAILED_PRECONDITION", "CourseTeacherLimitReached"):
        school.courses(ADMIN).teachers().create(courseId="1", body={"userId": INVITED}).execute()
    assert school.invite(INVITED, "TEACHER", "1")["role"] == "TEACHER"  # more may be invited


@pytest.mark.parametrize(("owner", "most"), [(OWNER, 1000), (CONSUMER, 250)])
def test_a1_a_class_has_1000_members_at_most_and_a_personal_one_250(school: School, owner: str, most: int) -> None:
    many = [f"osaleja.{number}@tartu.example" for number in range(most - 1)]
    school.control.post("seed", {"courses": [{"id": "1", "name": "Suur", "owner": owner, "students": many}]})
    code = school.courses(owner).get(id="1").execute()["enrollmentCode"]
    with refused(400, "FAILED_PRECONDITION", "CourseMemberLimitReached"):
        students = school.courses(OUTSIDER).students()
        students.create(courseId="1", body={"userId": "me"}, enrollmentCode=code).execute()


# --- removing


def test_a9_teachers_and_administrators_remove_and_students_leave(school: School) -> None:
    students = school.courses(FIRST).students()
    with refused(403, "PERMISSION_DENIED"):
        students.delete(courseId=COURSE, userId=SECOND).execute()
    assert students.delete(courseId=COURSE, userId="me").execute() == {}
    assert school.courses(CO_TEACHER).students().delete(courseId=COURSE, userId=SECOND).execute() == {}
    assert people(school) == []
    with refused(404, "NOT_FOUND"):
        school.courses().students().delete(courseId=COURSE, userId=SECOND).execute()
    with refused(403, "PERMISSION_DENIED"):
        school.courses(FIRST).get(id=COURSE).execute()


def test_a9_the_owner_cannot_be_removed(school: School) -> None:
    for who in (CO_TEACHER, ADMIN):
        with refused(400, "FAILED_PRECONDITION", "CannotRemoveCourseOwner"):
            school.courses(who).teachers().delete(courseId=COURSE, userId=OWNER).execute()
    assert school.courses(ADMIN).teachers().delete(courseId=COURSE, userId=CO_TEACHER).execute() == {}


# --- invitations


def test_a9_an_invitation_is_accepted_by_the_invited_alone_and_then_gone(school: School) -> None:
    invitation = school.invite(OUTSIDER)
    assert set(invitation) == {"id", "userId", "courseId", "role"}
    for who in (OWNER, FIRST):
        with refused(403, "PERMISSION_DENIED"):
            school.by(who).invitations().accept(id=invitation["id"]).execute()
    assert school.by(OUTSIDER).invitations().accept(id=invitation["id"]).execute() == {}
    assert "Partecipante Due" in people(school)
    with refused(404, "NOT_FOUND"):
        school.by(OUTSIDER).invitations().get(id=invitation["id"]).execute()


def test_a9_a_second_invitation_is_409(school: School) -> None:
    school.invite(INVITED)
    with refused(409, "ALREADY_EXISTS"):
        school.invite(INVITED, "TEACHER")


def test_a9_who_has_this_or_a_higher_role_is_not_invited(school: School) -> None:
    for who, role in ((FIRST, "STUDENT"), (CO_TEACHER, "STUDENT"), (CO_TEACHER, "TEACHER"), (OWNER, "OWNER")):
        with refused(400, "FAILED_PRECONDITION"):
            school.invite(who, role)
    assert school.invite(FIRST, "TEACHER")["role"] == "TEACHER"


def test_a9_a_student_who_accepts_to_teach_is_no_student_any_more(school: School) -> None:
    school.by(FIRST).invitations().accept(id=school.invite(FIRST, "TEACHER")["id"]).execute()
    assert (people(school), len(people(school, "teachers"))) == (["Osaleja Kaks"], 3)


def test_a9_only_a_co_teacher_becomes_owner(school: School) -> None:
    with refused(400, "FAILED_PRECONDITION", "IneligibleOwner"):
        school.invite(FIRST, "OWNER")
    school.by(CO_TEACHER).invitations().accept(id=school.invite(CO_TEACHER, "OWNER")["id"]).execute()
    assert school.courses().get(id=COURSE).execute()["ownerId"] == school.id_of(CO_TEACHER)
    assert len(people(school, "teachers")) == 2


def test_a9_what_an_invitation_must_say(school: School) -> None:
    invitations = school.by(OWNER).invitations()
    for body in (
        {"courseId": COURSE, "role": "STUDENT"},
        {"userId": INVITED, "role": "STUDENT"},
        {"userId": INVITED, "courseId": COURSE},
        {"userId": INVITED, "courseId": COURSE, "role": "COURSE_ROLE_UNSPECIFIED"},
    ):
        with refused(400, "INVALID_ARGUMENT"):
            invitations.create(body=body).execute()
    for who, course in (("keegi@tartu.example", COURSE), (INVITED, "1")):
        with refused(404, "NOT_FOUND"):
            school.invite(who, course=course)
    for who in (FIRST, OUTSIDER):
        with refused(403, "PERMISSION_DENIED"):
            body = {"userId": INVITED, "courseId": COURSE, "role": "STUDENT"}
            school.by(who).invitations().create(body=body).execute()


def test_a9_lists_of_invitations_name_a_person_or_a_course(school: School) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        school.by(OWNER).invitations().list().execute()
    assert school.by(OWNER).invitations().list(courseId=COURSE).execute() == {}
    ids = [school.invite(who)["id"] for who in (INVITED, OUTSIDER)]
    assert names(school.by(OWNER).invitations().list(courseId=COURSE).execute()["invitations"], "id") == ids
    assert names(school.by(INVITED).invitations().list(userId="me").execute()["invitations"], "id") == ids[:1]
    assert names(school.by(INVITED).invitations().list(courseId=COURSE).execute()["invitations"], "id") == ids[:1]
    both = school.by(OWNER).invitations().list(courseId=COURSE, userId=OUTSIDER).execute()["invitations"]
    assert names(both, "id") == ids[1:]
    assert school.by(FIRST).invitations().list(courseId=COURSE).execute() == {}


def test_a9_invitations_are_read_by_both_sides_and_taken_back_by_the_course(school: School) -> None:
    invitation = school.invite(INVITED)
    for who in (OWNER, ADMIN, INVITED):
        assert school.by(who).invitations().get(id=invitation["id"]).execute() == invitation
    with refused(403, "PERMISSION_DENIED"):
        school.by(FIRST).invitations().get(id=invitation["id"]).execute()
    with refused(403, "PERMISSION_DENIED"):
        school.by(FIRST).invitations().delete(id=invitation["id"]).execute()
    assert school.by(OWNER).invitations().delete(id=invitation["id"]).execute() == {}
    assert school.invite(INVITED)["id"] != invitation["id"]


# --- profiles


def test_g17_addresses_need_their_scope(school: School) -> None:
    with_scope = school.by(OWNER).userProfiles().get(userId=FIRST).execute()
    assert with_scope["emailAddress"] == FIRST
    assert with_scope["name"] == {"givenName": "Osaleja", "familyName": "Üks", "fullName": "Osaleja Üks"}
    without = school.by(OWNER, scopes=["classroom.rosters.readonly"])
    assert "emailAddress" not in without.userProfiles().get(userId=FIRST).execute()
    (student, _other) = without.courses().students().list(courseId=COURSE).execute()["students"]
    assert "emailAddress" not in student["profile"]


def test_a9_addresses_are_not_to_be_had_of_or_by_personal_accounts(school: School) -> None:
    code = school.courses().get(id=COURSE).execute()["enrollmentCode"]
    add(school, "me", CONSUMER, enrollmentCode=code)
    assert "emailAddress" not in school.by(OWNER).userProfiles().get(userId=CONSUMER).execute()
    assert "emailAddress" not in school.by(CONSUMER).userProfiles().get(userId=FIRST).execute()
    assert "emailAddress" not in school.by(CONSUMER).userProfiles().get(userId="me").execute()


def test_a9_a_missing_profile_is_403_not_404(school: School) -> None:
    for who in ("keegi@tartu.example", "1", OUTSIDER):
        with refused(403, "PERMISSION_DENIED"):
            school.by(FIRST).userProfiles().get(userId=who).execute()


def test_a1_the_profile_says_that_one_may_create_courses(school: School) -> None:
    assert school.by(FIRST).userProfiles().get(userId="me").execute()["permissions"] == [
        {"permission": "CREATE_COURSE"}
    ]
    assert "permissions" not in school.by(FIRST).userProfiles().get(userId=SECOND).execute()
