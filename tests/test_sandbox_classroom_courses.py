"""Courses and aliases in the sandbox, held against google-apis.md A.1, G.6 and G.7."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_school import ADMIN, CO_TEACHER, CONSUMER, COURSE, FIRST, OUTSIDER, OWNER, SECOND, School, names, refused


def create(school: School, who: str = OWNER, **body: Any) -> Any:
    whole = {"name": "BETTER: Gävle", "ownerId": "me"} | body
    return school.courses(who).create(body=whole).execute()


def patch(school: School, course_id: str, who: str = OWNER, **body: Any) -> Any:
    return school.courses(who).patch(id=course_id, updateMask=",".join(body), body=body).execute()


def seed(school: School, state: str, number: int = 0) -> str:
    course_id = f"60000000{number}"
    course = {"id": course_id, "name": "BETTER: Genua", "owner": OWNER, "state": state, "students": [FIRST]}
    school.control.post("seed", {"courses": [course]})
    return course_id


# --- making


def test_a1_a_course_is_provisioned_unless_asked_otherwise(school: School) -> None:
    course = create(school)
    assert course["courseState"] == "PROVISIONED"
    assert course["ownerId"] == school.id_of(OWNER)
    assert course["id"].isdecimal()
    assert {"alternateLink", "courseGroupEmail", "teacherGroupEmail", "creationTime", "updateTime"} <= set(course)


def test_a1_the_owner_is_added_as_teacher(school: School) -> None:
    course = create(school)
    teachers = school.courses().teachers().list(courseId=course["id"]).execute()["teachers"]
    assert names(teachers, "userId") == [course["ownerId"]]


@pytest.mark.parametrize(
    ("field", "most"),
    [("name", 750), ("section", 2800), ("descriptionHeading", 3600), ("room", 650), ("levels", 999)],
)
def test_a1_the_longest_texts_of_a_course(school: School, field: str, most: int) -> None:
    assert create(school, **{field: "õ" * most})[field] == "õ" * most
    with refused(400, "INVALID_ARGUMENT"):
        create(school, **{field: "õ" * (most + 1)})


@pytest.mark.parametrize("field", ["name", "ownerId"])
def test_a1_name_and_owner_are_required(school: School, field: str) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        create(school, **{field: ""})


@pytest.mark.parametrize("name", ["See https://better.example", "www.better.example"])
def test_a1_a_name_cannot_contain_a_url(school: School, name: str) -> None:
    with refused(400, "FAILED_PRECONDITION", "CourseTitleCannotContainUrl"):
        create(school, name=name)
    assert create(school, description=name)["description"] == name


def test_a1_only_administrators_create_for_others_in_their_domain(school: School) -> None:
    with refused(403, "PERMISSION_DENIED"):
        create(school, OWNER, ownerId=CO_TEACHER)
    assert create(school, ADMIN, ownerId=CO_TEACHER)["ownerId"] == school.id_of(CO_TEACHER)
    for stranger in (OUTSIDER, CONSUMER):
        with refused(400, "FAILED_PRECONDITION", "UserCannotOwnCourse"):
            create(school, ADMIN, ownerId=stranger)
    with refused(404, "NOT_FOUND"):
        create(school, ADMIN, ownerId="keegi@tartu.example")


def test_a1_the_calendar_appears_after_the_first_activation(school: School) -> None:
    course = create(school, courseState="ACTIVE")
    assert "calendarId" not in course
    assert "calendarId" in school.courses().get(id=course["id"]).execute()


# --- states


def test_a1_personal_accounts_cannot_create_a_course_as_active(school: School) -> None:
    with refused(403, "PERMISSION_DENIED", "CourseStateDenied"):
        create(school, CONSUMER, courseState="ACTIVE")
    assert school.courses(CONSUMER).list().execute() == {}


def test_a1_personal_accounts_cannot_activate_by_patch_either(school: School) -> None:
    course = create(school, CONSUMER)
    with refused(403, "PERMISSION_DENIED", "CourseStateDenied"):
        patch(school, course["id"], CONSUMER, courseState="ACTIVE")


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("PROVISIONED", {"ACTIVE", "DECLINED"}),
        ("DECLINED", {"PROVISIONED"}),
        ("ACTIVE", {"ARCHIVED"}),
        ("ARCHIVED", {"ACTIVE"}),
        ("SUSPENDED", set()),
    ],
)
def test_a1_where_each_state_leads(school: School, state: str, allowed: set[str]) -> None:
    for number, target in enumerate(("ACTIVE", "ARCHIVED", "PROVISIONED", "DECLINED", "SUSPENDED")):
        course = seed(school, state, number=number)
        if target == state:
            continue
        if target in allowed:
            assert patch(school, course, courseState=target)["courseState"] == target
        else:
            with refused(403, "PERMISSION_DENIED", "CourseStateDenied"):
                patch(school, course, courseState=target)


@pytest.mark.parametrize("state", ["ARCHIVED", "DECLINED", "SUSPENDED"])
def test_b2_a_closed_course_changes_only_together_with_its_state(school: School, state: str) -> None:
    course = seed(school, state)
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        patch(school, course, name="BETTER")
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        school.courses().update(id=course, body={"name": "BETTER"}).execute()


def test_b2_a_patch_that_also_changes_the_state_is_allowed(school: School) -> None:
    course = seed(school, "ARCHIVED")
    assert patch(school, course, courseState="ACTIVE", name="BETTER")["name"] == "BETTER"


@pytest.mark.parametrize("state", ["PROVISIONED", "DECLINED"])
def test_a1_provisioned_courses_are_for_owner_and_administrator(school: School, state: str) -> None:
    course = seed(school, state)
    for who in (OWNER, ADMIN):
        assert school.courses(who).get(id=course).execute()["id"] == course
    for who in (FIRST, OUTSIDER):
        with refused(403, "PERMISSION_DENIED"):
            school.courses(who).get(id=course).execute()


def test_a1_suspended_courses_are_for_the_owner_alone(school: School) -> None:
    course = seed(school, "SUSPENDED")
    assert school.courses().get(id=course).execute()["courseState"] == "SUSPENDED"
    with refused(403, "PERMISSION_DENIED"):
        school.courses(ADMIN).get(id=course).execute()


def test_g6_a_course_must_be_archived_before_it_is_deleted(school: School) -> None:
    with refused(400, "FAILED_PRECONDITION"):
        school.courses().delete(id=COURSE).execute()
    school.archive()
    assert school.courses().delete(id=COURSE).execute() == {}
    for call in (school.courses().get, school.courses().delete):
        with refused(404, "NOT_FOUND"):
            call(id=COURSE).execute()


def test_a1_only_owner_and_administrator_delete(school: School) -> None:
    school.archive()
    with refused(403, "PERMISSION_DENIED"):
        school.courses(CO_TEACHER).delete(id=COURSE).execute()
    assert school.courses(ADMIN).delete(id=COURSE).execute() == {}


# --- changing


def test_a1_the_mask_is_required_and_known(school: School) -> None:
    for mask in ({}, {"updateMask": "id"}, {"updateMask": "name,enrollmentCode"}, {"updateMask": "creationTime"}):
        with refused(400, "INVALID_ARGUMENT"):
            school.courses().patch(id=COURSE, body={"name": "x"}, **mask).execute()


def test_a4_masks_are_read_in_snake_case_and_camel_case(school: School) -> None:
    for mask, text in (("description_heading", "a"), ("descriptionHeading", "b")):
        body = {"descriptionHeading": text}
        course = school.courses().patch(id=COURSE, updateMask=mask, body=body).execute()
        assert course["descriptionHeading"] == text


def test_a1_learning_standard_settings_are_named_in_the_mask_and_mean_nothing(school: School) -> None:
    course = school.courses().patch(id=COURSE, updateMask="learningStandardSettings,room", body={"room": "1"}).execute()
    assert course["room"] == "1"


def test_a4_what_is_masked_and_missing_is_cleared_unless_needed(school: School) -> None:
    patch(school, COURSE, section="S")
    cleared = school.courses().patch(id=COURSE, updateMask="section", body={}).execute()
    assert "section" not in cleared
    for mask in ("name", "courseState"):
        with refused(400, "INVALID_ARGUMENT"):
            school.courses().patch(id=COURSE, updateMask=mask, body={}).execute()


def test_a1_update_replaces_everything_but_the_levels(school: School) -> None:
    patch(school, COURSE, section="S", levels="PhD")
    course = school.courses().update(id=COURSE, body={"name": "BETTER"}).execute()
    assert (course["name"], course["levels"], course["courseState"]) == ("BETTER", "PhD", "ACTIVE")
    assert "section" not in course


def test_a1_students_and_outsiders_cannot_change_a_course(school: School) -> None:
    for who in (FIRST, OUTSIDER):
        with refused(403, "PERMISSION_DENIED"):
            patch(school, COURSE, who, name="BETTER")


def test_a9_an_administrator_makes_a_co_teacher_the_owner(school: School) -> None:
    with refused(403, "PERMISSION_DENIED"):
        patch(school, COURSE, OWNER, ownerId=CO_TEACHER)
    with refused(400, "FAILED_PRECONDITION", "IneligibleOwner"):
        patch(school, COURSE, ADMIN, ownerId=FIRST)
    assert patch(school, COURSE, ADMIN, ownerId=CO_TEACHER)["ownerId"] == school.id_of(CO_TEACHER)


def test_b2_no_new_owner_while_an_ownership_invitation_is_pending(school: School) -> None:
    school.invite(CO_TEACHER, "OWNER")
    with refused(400, "FAILED_PRECONDITION", "PendingInvitationExists"):
        patch(school, COURSE, ADMIN, ownerId=CO_TEACHER)


# --- listing


def test_a1_the_list_is_newest_first_and_of_all_states(school: School) -> None:
    school.archive()
    create(school, name="Teine")
    create(school, name="Kolmas", courseState="ACTIVE")
    rows = school.courses().list().execute()["courses"]
    assert names(rows, "name") == ["Kolmas", "Teine", "BETTER: Tartu"]
    rows = school.courses().list(courseStates=["ARCHIVED", "PROVISIONED"]).execute()["courses"]
    assert names(rows, "name") == ["Teine", "BETTER: Tartu"]


def test_a1_the_list_holds_what_the_caller_may_see(school: School) -> None:
    create(school)
    for who, seen in ((OWNER, 2), (ADMIN, 2), (FIRST, 1), (OUTSIDER, 0)):
        assert len(school.courses(who).list().execute().get("courses", [])) == seen


def test_a1_student_and_teacher_filters_exclude_each_other(school: School) -> None:
    courses = school.courses()
    assert len(courses.list(teacherId="me").execute()["courses"]) == 1
    assert len(courses.list(studentId=SECOND).execute()["courses"]) == 1
    assert courses.list(studentId="me").execute() == {}
    with refused(400, "INVALID_ARGUMENT", "ListCoursesStudentAndTeacherFilter"):
        courses.list(teacherId="me", studentId=FIRST).execute()
    with refused(404, "NOT_FOUND"):
        courses.list(teacherId="keegi@tartu.example").execute()


def test_g12_students_do_not_see_the_enrollment_code(school: School) -> None:
    assert "enrollmentCode" in school.courses().get(id=COURSE).execute()
    assert "enrollmentCode" not in school.courses(FIRST).get(id=COURSE).execute()


# --- aliases


def test_a1_an_alias_in_the_id_names_the_new_course(school: School) -> None:
    course = create(school, id="p:better-2020-gavle")
    assert course["id"].isdecimal()
    assert school.courses().get(id="p:better-2020-gavle").execute()["id"] == course["id"]


def test_a1_creating_with_a_taken_alias_is_409_and_makes_nothing(school: School) -> None:
    create(school, id="p:better")
    with refused(409, "ALREADY_EXISTS"):
        create(school, id="p:better")
    assert len(school.courses().list(courseStates=["PROVISIONED"]).execute()["courses"]) == 1


@pytest.mark.parametrize("alias", ["604567890124", "better", "x:better", "p:", "p:" + "x" * 255])
def test_a1_an_id_without_prefix_is_an_invalid_argument(school: School, alias: str) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        create(school, id=alias)
    with refused(400, "INVALID_ARGUMENT"):
        school.courses().aliases().create(courseId=COURSE, body={"alias": alias}).execute()


def test_a1_an_alias_stands_wherever_a_course_id_does(school: School) -> None:
    aliases = school.courses().aliases()
    alias = "p:a b/õ"
    assert aliases.create(courseId=COURSE, body={"alias": alias}).execute() == {"alias": alias}
    with refused(409, "ALREADY_EXISTS"):
        aliases.create(courseId=alias, body={"alias": alias}).execute()
    topic = school.courses().topics().create(courseId=alias, body={"name": "Seminar 1"}).execute()
    assert topic["courseId"] == COURSE
    assert school.courses().courseWork().studentSubmissions().list(courseId=alias, courseWorkId="-").execute() == {}
    assert aliases.list(courseId=alias).execute() == {"aliases": [{"alias": alias}]}
    assert aliases.delete(courseId=COURSE, alias=alias).execute() == {}
    assert aliases.list(courseId=COURSE).execute() == {}
    with refused(404, "NOT_FOUND"):
        aliases.delete(courseId=COURSE, alias=alias).execute()


def test_a1_project_aliases_are_known_in_their_project_alone(school: School) -> None:
    school.courses().aliases().create(courseId=COURSE, body={"alias": "p:tartu"}).execute()
    other = school.courses(project="someone-elses")
    with refused(404, "NOT_FOUND"):
        other.get(id="p:tartu").execute()
    assert other.aliases().list(courseId=COURSE).execute() == {}
    assert other.aliases().create(courseId=COURSE, body={"alias": "p:tartu"}).execute() == {"alias": "p:tartu"}


def test_a1_domain_aliases_are_made_by_administrators_and_seen_by_the_domain(school: School) -> None:
    with refused(403, "PERMISSION_DENIED"):
        school.courses().aliases().create(courseId=COURSE, body={"alias": "d:tartu"}).execute()
    school.courses(ADMIN).aliases().create(courseId=COURSE, body={"alias": "d:tartu"}).execute()
    assert school.courses(FIRST, project="someone-elses").get(id="d:tartu").execute()["id"] == COURSE
    with refused(404, "NOT_FOUND"):
        school.courses(OUTSIDER).get(id="d:tartu").execute()


def test_a1_a_domain_alias_makes_no_sense_for_a_personal_account(school: School) -> None:
    with refused(400, "FAILED_PRECONDITION"):
        create(school, CONSUMER, id="d:better")


def test_h8_an_alias_stays_taken_when_its_course_is_deleted(school: School) -> None:
    school.courses().aliases().create(courseId=COURSE, body={"alias": "p:tartu"}).execute()
    school.archive()
    school.courses().delete(id=COURSE).execute()
    with refused(404, "NOT_FOUND"):
        school.courses().get(id="p:tartu").execute()
    with refused(409, "ALREADY_EXISTS"):
        create(school, id="p:tartu")


def test_a1_an_alias_has_256_characters_at_most(school: School) -> None:
    aliases = school.courses().aliases()
    aliases.create(courseId=COURSE, body={"alias": "p:" + "x" * 254}).execute()
    with refused(400, "INVALID_ARGUMENT"):
        aliases.create(courseId=COURSE, body={"alias": "p:" + "x" * 255}).execute()


def test_a1_an_alias_is_seen_in_the_list_of_aliases_alone(school: School) -> None:
    course = create(school, id="p:tartu-alias")
    assert "p:tartu-alias" not in str(school.courses().get(id=course["id"]).execute())
    assert school.courses().aliases().list(courseId=course["id"]).execute() == {"aliases": [{"alias": "p:tartu-alias"}]}


def test_a1_a_description_may_contain_a_url(school: School) -> None:
    assert create(school, description="https://better.example/")["description"] == "https://better.example/"
