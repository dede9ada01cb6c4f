"""Material posts, course work and announcements in the sandbox: google-apis.md 0.2, 0.3, A.3, A.4, A.6, A.7, A.11."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_school import (
    ADMIN,
    CO_TEACHER,
    COURSE,
    FIRST,
    INVITED,
    OUTSIDER,
    OWNER,
    SECOND,
    START,
    School,
    names,
    refused,
)

QUESTION = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION"}
NEW = {
    "courseWorkMaterials": {"title": "Ettekanne"},
    "courseWork": QUESTION,
    "announcements": {"text": "Tere tulemast!"},
}
KEYS = {
    "courseWorkMaterials": "courseWorkMaterial",
    "courseWork": "courseWork",
    "announcements": "announcements",
}
STATES = {
    "courseWorkMaterials": "courseWorkMaterialStates",
    "courseWork": "courseWorkStates",
    "announcements": "announcementStates",
}
every_kind = pytest.mark.parametrize("kind", NEW)


def posts(school: School, kind: str, who: str = OWNER, **more: Any) -> Any:
    return getattr(school.courses(who, **more), kind)()


def create(school: School, kind: str, who: str = OWNER, **body: Any) -> Any:
    return posts(school, kind, who).create(courseId=COURSE, body=NEW[kind] | body).execute()


def patch(school: School, kind: str, post: Any, mask: str = "", who: str = OWNER, **body: Any) -> Any:
    masked = mask or ",".join(body)
    return posts(school, kind, who).patch(courseId=COURSE, id=post["id"], updateMask=masked, body=body).execute()


def get(school: School, kind: str, post: Any, who: str = OWNER) -> Any:
    return posts(school, kind, who).get(courseId=COURSE, id=post["id"]).execute()


def delete(school: School, kind: str, post: Any, who: str = OWNER) -> Any:
    return posts(school, kind, who).delete(courseId=COURSE, id=post["id"]).execute()


def listed(school: School, kind: str, who: str = OWNER, states: list[str] | None = None, **query: Any) -> list[Any]:
    asked = {STATES[kind]: states} if states else {}
    answer = posts(school, kind, who).list(courseId=COURSE, **asked, **query).execute()
    return list(answer.get(KEYS[kind], []))


# --- creation


@every_kind
def test_a6_a_post_is_a_draft_unless_asked_otherwise(school: School, kind: str) -> None:
    post = create(school, kind)
    assert post["state"] == "DRAFT"
    assert (post["courseId"], post["creatorUserId"], post["assigneeMode"]) == (
        COURSE,
        school.id_of(OWNER),
        "ALL_STUDENTS",
    )
    assert post["creationTime"] == post["updateTime"]
    assert post["creationTime"].startswith("2020-06-01T08:00:00.")
    assert get(school, kind, post) == post


@every_kind
def test_a6_the_link_is_there_only_once_a_post_is_published(school: School, kind: str) -> None:
    draft = create(school, kind)
    assert "alternateLink" not in draft
    assert patch(school, kind, draft, state="PUBLISHED")["alternateLink"].startswith("https://classroom.google.com/c/")
    assert "alternateLink" in create(school, kind, state="PUBLISHED")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("courseWorkMaterials", {"title": ""}),
        ("courseWorkMaterials", {"title": "x" * 3001}),
        ("courseWorkMaterials", {"description": "x" * 30_001}),
        ("courseWork", {"title": ""}),
        ("courseWork", {"description": "x" * 30_001}),
        ("announcements", {"text": "x" * 30_001}),
        ("announcements", {"text": ""}),
        ("courseWork", {"workType": "COURSE_WORK_TYPE_UNSPECIFIED"}),
        ("courseWork", {"maxPoints": -1}),
        ("courseWork", {"maxPoints": 1.5}),
        ("courseWork", {"gradingPeriodId": "1"}),
        ("courseWork", {"multipleChoiceQuestion": {"choices": ["a"]}}),
        ("courseWork", {"workType": "MULTIPLE_CHOICE_QUESTION"}),
        ("courseWorkMaterials", {"topicId": "1"}),
        ("courseWorkMaterials", {"state": "DELETED"}),
    ],
)
def test_a3_a4_a7_what_a_new_post_must_be(school: School, kind: str, body: dict[str, Any]) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        create(school, kind, **body)


def test_a3_the_longest_texts_are_taken(school: School) -> None:
    post = create(school, "courseWorkMaterials", title="õ" * 3000, description="õ" * 30_000)
    assert (len(post["title"]), len(post["description"])) == (3000, 30_000)


def test_a4_a_question_is_modifiable_until_turned_in_unless_asked_otherwise(school: School) -> None:
    assert create(school, "courseWork")["submissionModificationMode"] == "MODIFIABLE_UNTIL_TURNED_IN"


def test_a4_due_date_and_time_come_together_and_lie_in_the_future(school: School) -> None:
    date, past = {"year": 2020, "month": 6, "day": 16}, {"year": 2020, "month": 6, "day": 1}
    time = {"hours": 8}
    wrongs: list[dict[str, Any]] = [{"dueDate": date}, {"dueTime": time}, {"dueDate": past, "dueTime": time}]
    for body in wrongs:
        with refused(400, "INVALID_ARGUMENT"):
            create(school, "courseWork", **body)
    for wrong in ({"year": 2020, "month": 2, "day": 30}, {"year": 2020, "month": 6}):
        with refused(400, "INVALID_ARGUMENT"):
            create(school, "courseWork", dueDate=wrong, dueTime={"hours": 8})
    work = create(school, "courseWork", dueDate=date, dueTime={"hours": 0, "minutes": 30})
    assert (work["dueDate"], work["dueTime"]) == (date, {"minutes": 30})
    with refused(400, "INVALID_ARGUMENT"):
        patch(school, "courseWork", work, mask="dueTime")
    assert "dueDate" not in patch(school, "courseWork", work, mask="due_date,due_time")


@every_kind
def test_g12_only_teachers_of_the_course_create(school: School, kind: str) -> None:
    assert create(school, kind, CO_TEACHER)["creatorUserId"] == school.id_of(CO_TEACHER)
    for who in (ADMIN, FIRST, OUTSIDER):
        with refused(403, "PERMISSION_DENIED"):
            create(school, kind, who)


@every_kind
def test_b2_an_archived_course_takes_no_changes(school: School, kind: str) -> None:
    post = create(school, kind)
    school.archive()
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        create(school, kind)
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        patch(school, kind, post, state="PUBLISHED")
    with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
        delete(school, kind, post)
    assert get(school, kind, post) == post


# --- masks


@every_kind
@pytest.mark.parametrize("mask", [None, "", "materials", "assigneeMode", "nonsense", "state,materials", "id", "*"])
def test_02_other_masks_than_the_documented_are_refused(school: School, kind: str, mask: str | None) -> None:
    post = create(school, kind)
    more = {} if mask is None else {"updateMask": mask}
    with refused(400, "INVALID_ARGUMENT"):
        posts(school, kind).patch(courseId=COURSE, id=post["id"], body={"state": "PUBLISHED"}, **more).execute()
    assert get(school, kind, post) == post


@every_kind
def test_02_materials_in_the_mask_get_the_live_text(school: School, kind: str) -> None:
    post = create(school, kind)
    with pytest.raises(Exception, match="Non-supported update mask fields specified"):
        patch(school, kind, post, materials=[{"link": {"url": "https://better.example/"}}])


def test_a7_announcements_have_neither_title_nor_topic(school: School) -> None:
    post = create(school, "announcements")
    for mask in ("title", "topicId", "description"):
        with refused(400, "INVALID_ARGUMENT"):
            patch(school, "announcements", post, mask=mask)


def test_a4_the_work_type_is_fixed(school: School) -> None:
    work = create(school, "courseWork")
    with refused(400, "INVALID_ARGUMENT"):
        patch(school, "courseWork", work, workType="ASSIGNMENT")


def test_a4_learning_goals_are_named_in_the_mask_and_mean_nothing(school: School) -> None:
    for kind in ("courseWork", "courseWorkMaterials"):
        post = patch(school, kind, create(school, kind), mask="learning_goals,title", title="Teine")
        assert post["title"] == "Teine"


def test_a4_both_spellings_of_a_mask_are_taken(school: School) -> None:
    topic = school.courses().topics().create(courseId=COURSE, body={"name": "1"}).execute()["topicId"]
    for mask in ("topicId,scheduledTime", "topic_id,scheduled_time"):
        post = patch(
            school,
            "courseWorkMaterials",
            create(school, "courseWorkMaterials"),
            mask=mask,
            topicId=topic,
            scheduledTime="2020-06-02T10:00:00+03:00",
        )
        assert (post["topicId"], post["scheduledTime"]) == (topic, "2020-06-02T07:00:00Z")


def test_a4_a_masked_field_that_is_missing_is_cleared_unless_it_is_needed(school: School) -> None:
    work = create(school, "courseWork", description="d", maxPoints=5)
    cleared = patch(school, "courseWork", work, mask="description,maxPoints")
    assert not {"description", "maxPoints"} & set(cleared)
    for mask in ("title", "state", "submissionModificationMode"):
        with refused(400, "INVALID_ARGUMENT"):
            patch(school, "courseWork", work, mask=mask)
    with refused(400, "INVALID_ARGUMENT"):
        patch(school, "announcements", create(school, "announcements"), mask="text")


def test_a2_an_empty_topic_takes_a_post_out_of_its_topic(school: School) -> None:
    topic = school.courses().topics().create(courseId=COURSE, body={"name": "1"}).execute()["topicId"]
    post = create(school, "courseWorkMaterials", topicId=topic)
    assert "topicId" not in patch(school, "courseWorkMaterials", post, topicId="")


@every_kind
def test_a13_an_update_is_in_the_next_list_and_newer(school: School, kind: str) -> None:
    post = create(school, kind, state="PUBLISHED")
    field = "text" if kind == "announcements" else "title"
    changed = patch(school, kind, post, **{field: "Muudetud"})
    assert changed["updateTime"] > post["updateTime"]
    assert listed(school, kind) == [changed]


# --- states and times


@every_kind
def test_a6_a_published_post_does_not_become_a_draft_again(school: School, kind: str) -> None:
    with refused(400, "FAILED_PRECONDITION"):
        patch(school, kind, create(school, kind, state="PUBLISHED"), state="DRAFT")


@every_kind
def test_h2_a_scheduled_time_lies_in_the_future_and_on_a_draft(school: School, kind: str) -> None:
    for body in ({"scheduledTime": START}, {"scheduledTime": "2020-06-02T00:00:00Z", "state": "PUBLISHED"}):
        with refused(400, "INVALID_ARGUMENT"):
            create(school, kind, **body)
    with refused(400, "FAILED_PRECONDITION"):
        patch(school, kind, create(school, kind, state="PUBLISHED"), scheduledTime="2020-06-02T00:00:00Z")
    with refused(400, "INVALID_ARGUMENT"):
        patch(school, kind, create(school, kind), scheduledTime="2020-06-02T00:00:00Z", state="PUBLISHED")


@every_kind
def test_g8_the_clock_publishes_a_scheduled_draft(school: School, kind: str) -> None:
    post = create(school, kind, scheduledTime="2020-06-02T07:00:00Z")
    assert (post["state"], listed(school, kind)) == ("DRAFT", [])
    school.tick("2020-06-02T06:59:59Z")
    assert get(school, kind, post)["state"] == "DRAFT"
    school.tick("2020-06-02T07:00:00Z")
    (public,) = listed(school, kind, FIRST)
    assert (public["id"], public["state"], public["updateTime"]) == (post["id"], "PUBLISHED", "2020-06-02T07:00:00Z")
    assert "alternateLink" in public
    assert "scheduledTime" not in public  # H.2: unknown; the side taken


def test_g8_posts_go_public_in_the_order_of_their_times(school: School) -> None:
    for hour in (9, 7, 8):
        create(school, "courseWorkMaterials", title=str(hour), scheduledTime=f"2020-06-02T0{hour}:00:00Z")
    school.tick("2020-06-03T00:00:00Z")
    assert names(listed(school, "courseWorkMaterials")) == ["9", "8", "7"]


def test_g8_a_write_that_moves_the_clock_past_the_time_publishes_too(school: School) -> None:
    school.tick(START)
    post = create(school, "announcements", scheduledTime="2020-06-01T08:00:00.002Z")
    assert post["state"] == "DRAFT"
    create(school, "courseWorkMaterials")
    assert get(school, "announcements", post)["state"] == "PUBLISHED"


def test_a6_a_scheduled_draft_can_be_moved_called_off_published_and_deleted(school: School) -> None:
    kind, later = "courseWorkMaterials", "2020-06-02T07:00:00Z"
    moved, called_off, published, deleted = (create(school, kind, title=t, scheduledTime=later) for t in "abcd")
    patch(school, kind, moved, scheduledTime="2020-06-05T07:00:00Z")
    patch(school, kind, called_off, mask="scheduledTime")
    assert "scheduledTime" not in patch(school, kind, published, state="PUBLISHED")
    delete(school, kind, deleted)
    school.tick("2020-06-03T00:00:00Z")
    assert names(listed(school, kind)) == ["c"]
    school.tick("2020-06-06T00:00:00Z")
    assert names(listed(school, kind)) == ["a", "c"]


def test_h2_a_scheduled_post_waits_while_its_course_is_archived(school: School) -> None:
    post = create(school, "announcements", scheduledTime="2020-06-02T07:00:00Z")
    school.archive()
    school.tick("2020-06-03T00:00:00Z")
    assert get(school, "announcements", post)["state"] == "DRAFT"
    school.courses().patch(id=COURSE, updateMask="courseState", body={"courseState": "ACTIVE"}).execute()
    assert get(school, "announcements", post)["state"] == "PUBLISHED"


def test_h2_a_scheduled_post_stays_a_draft_when_its_creator_left(school: School) -> None:
    post = create(school, "announcements", CO_TEACHER, scheduledTime="2020-06-02T07:00:00Z")
    school.courses().teachers().delete(courseId=COURSE, userId=CO_TEACHER).execute()
    school.tick("2020-06-03T00:00:00Z")
    assert get(school, "announcements", post)["state"] == "DRAFT"


# --- deletion and projects


@every_kind
def test_a3_deleting_twice_is_a_failed_precondition(school: School, kind: str) -> None:
    for post in (create(school, kind), create(school, kind, state="PUBLISHED")):
        assert delete(school, kind, post) == {}
        with refused(400, "FAILED_PRECONDITION"):
            delete(school, kind, post)
        with refused(400, "FAILED_PRECONDITION"):
            patch(school, kind, post, state="PUBLISHED")
    with refused(404, "NOT_FOUND"):
        delete(school, kind, {"id": "1"})


@every_kind
def test_a3_what_was_published_is_listed_as_deleted_to_teachers_that_ask(school: School, kind: str) -> None:
    post = create(school, kind, state="PUBLISHED")
    delete(school, kind, post)
    assert listed(school, kind) == []
    (gone,) = listed(school, kind, states=["DELETED", "DRAFT", "PUBLISHED"])
    assert (gone["id"], gone["state"], "alternateLink" in gone) == (post["id"], "DELETED", False)
    assert get(school, kind, post)["state"] == "DELETED"
    assert listed(school, kind, FIRST, states=["DELETED"]) == []


def test_a3_what_was_published_is_forgotten_some_time_after_its_deletion(school: School) -> None:
    posts = school.courses().courseWorkMaterials()
    post = school.material(state="PUBLISHED")
    posts.delete(courseId=COURSE, id=post["id"]).execute()
    for now, present in (("2020-06-30T08:00:00Z", 1), ("2020-07-02T08:00:00Z", 0)):
        school.tick(now)
        listed = posts.list(courseId=COURSE, courseWorkMaterialStates="DELETED").execute()
        assert len(listed.get("courseWorkMaterial", [])) == present
    with refused(404, "NOT_FOUND"):
        posts.get(courseId=COURSE, id=post["id"]).execute()


@every_kind
def test_a6_a_deleted_draft_is_gone(school: School, kind: str) -> None:
    post = create(school, kind)
    delete(school, kind, post)
    assert listed(school, kind, states=["DELETED", "DRAFT"]) == []
    with refused(404, "NOT_FOUND"):
        get(school, kind, post)


@every_kind
def test_03_only_the_creating_project_changes_and_deletes(school: School, kind: str) -> None:
    post = create(school, kind)
    other = posts(school, kind, project="someone-elses")
    with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
        other.patch(courseId=COURSE, id=post["id"], updateMask="state", body={"state": "PUBLISHED"}).execute()
    with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
        other.delete(courseId=COURSE, id=post["id"]).execute()
    if kind != "courseWorkMaterials":
        with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
            other.modifyAssignees(courseId=COURSE, id=post["id"], body={"assigneeMode": "ALL_STUDENTS"}).execute()
    assert other.get(courseId=COURSE, id=post["id"]).execute()["state"] == "DRAFT"


def test_03_the_project_counts_not_the_person(school: School) -> None:
    post = create(school, "announcements")
    assert patch(school, "announcements", post, who=CO_TEACHER, text="Uus")["text"] == "Uus"


def test_a3_only_course_work_says_whose_project_made_it(school: School) -> None:
    for kind in NEW:
        post = create(school, kind)
        assert post.get("associatedWithDeveloper") is (True if kind == "courseWork" else None)
        seen = posts(school, kind, project="someone-elses").get(courseId=COURSE, id=post["id"]).execute()
        assert not seen.get("associatedWithDeveloper")


# --- reading


@every_kind
def test_g2_lists_hold_published_posts_unless_asked(school: School, kind: str) -> None:
    assert posts(school, kind).list(courseId=COURSE).execute() == {}
    draft = create(school, kind)
    public = create(school, kind, state="PUBLISHED")
    assert names(listed(school, kind), "id") == [public["id"]]
    assert names(listed(school, kind, states=["DRAFT"]), "id") == [draft["id"]]
    assert names(listed(school, kind, states=["DRAFT", "PUBLISHED"]), "id") == [public["id"], draft["id"]]


@every_kind
def test_g12_students_see_what_is_published_and_administrators_all(school: School, kind: str) -> None:
    draft = create(school, kind)
    public = create(school, kind, state="PUBLISHED")
    assert names(listed(school, kind, FIRST, states=["DRAFT", "PUBLISHED"]), "id") == [public["id"]]
    assert get(school, kind, public, FIRST)["id"] == public["id"]
    with refused(403, "PERMISSION_DENIED"):
        get(school, kind, draft, FIRST)
    assert len(listed(school, kind, ADMIN, states=["DRAFT", "PUBLISHED"])) == 2
    for call in (get, delete):
        with refused(403, "PERMISSION_DENIED"):
            call(school, kind, public, OUTSIDER)
    with refused(403, "PERMISSION_DENIED"):
        listed(school, kind, OUTSIDER)
    with refused(403, "PERMISSION_DENIED"):
        delete(school, kind, public, FIRST)


@every_kind
def test_a9_somebody_invited_gets_404_but_not_on_the_list(school: School, kind: str) -> None:
    post = create(school, kind, state="PUBLISHED")
    invitation = school.invite(INVITED)
    for call in (get, delete):
        with refused(404, "NOT_FOUND"):
            call(school, kind, post, INVITED)
    with refused(404, "NOT_FOUND"):
        create(school, kind, INVITED)
    with refused(404, "NOT_FOUND"):
        patch(school, kind, post, who=INVITED, state="PUBLISHED")
    with refused(403, "PERMISSION_DENIED"):
        listed(school, kind, INVITED)
    school.by(INVITED).invitations().accept(id=invitation["id"]).execute()
    assert get(school, kind, post, INVITED)["id"] == post["id"]


def test_a11_lists_are_ordered_as_asked(school: School) -> None:
    kind = "courseWork"
    for title, day in (("a", 20), ("b", 18), ("c", 19)):
        date = {"year": 2020, "month": 6, "day": day}
        create(school, kind, state="PUBLISHED", title=title, dueDate=date, dueTime={"hours": 1})
    create(school, kind, state="PUBLISHED", title="d")

    def titles(order: str) -> str:
        return "".join(names(listed(school, kind, orderBy=order)))

    assert "".join(names(listed(school, kind))) == "dcba"
    assert [titles(o) for o in ("updateTime asc", "updateTime", "updateTime desc")] == ["abcd", "abcd", "dcba"]
    assert [titles(o) for o in ("dueDate asc,updateTime desc", "dueDate desc")] == ["bcad", "acbd"]
    for wrong in ("title", "updateTime up", "updateTime,", "updateTime asc desc", ","):
        with refused(400, "INVALID_ARGUMENT"):
            titles(wrong)
    with refused(400, "INVALID_ARGUMENT"):
        listed(school, "announcements", orderBy="dueDate")


@every_kind
def test_g1_lists_come_in_pages(school: School, kind: str) -> None:
    made = [create(school, kind, state="PUBLISHED")["id"] for _ in range(7)]
    seen: list[str] = []
    request = posts(school, kind).list(courseId=COURSE, pageSize=3)
    while request is not None:
        answer = request.execute()
        seen += names(answer[KEYS[kind]], "id")
        request = posts(school, kind).list_next(request, answer)
    assert seen == made[::-1]


def test_a3_material_posts_are_found_by_link_and_drive_file(school: School) -> None:
    post = create(
        school,
        "courseWorkMaterials",
        state="PUBLISHED",
        materials=[{"link": {"url": "https://www.interregeurope.eu/better/"}}],
    )
    kind = "courseWorkMaterials"
    assert names(listed(school, kind, materialLink="interregeurope.eu"), "id") == [post["id"]]
    assert listed(school, kind, materialLink="elsewhere.example") == []
    assert listed(school, kind, materialLink="interregeurope.eu", materialDriveId="x") == []


# --- assignees


@every_kind
def test_a7_a_post_for_some_students_is_seen_by_them_alone(school: School, kind: str) -> None:
    first = school.id_of(FIRST)
    post = create(
        school,
        kind,
        state="PUBLISHED",
        assigneeMode="INDIVIDUAL_STUDENTS",
        individualStudentsOptions={"studentIds": [first]},
    )
    assert post["individualStudentsOptions"] == {"studentIds": [first]}
    assert len(listed(school, kind, FIRST)) == len(listed(school, kind, ADMIN)) == 1
    assert listed(school, kind, SECOND) == []
    with refused(403, "PERMISSION_DENIED"):
        get(school, kind, post, SECOND)


@every_kind
def test_a7_assignees_are_students_of_the_course_and_at_least_one(school: School, kind: str) -> None:
    stranger = {"studentIds": [school.id_of(OUTSIDER)]}
    with refused(400, "INVALID_ARGUMENT"):
        create(school, kind, assigneeMode="INDIVIDUAL_STUDENTS", individualStudentsOptions=stranger)
    with refused(400, "FAILED_PRECONDITION", "EmptyAssignees"):
        create(school, kind, assigneeMode="INDIVIDUAL_STUDENTS")
    with refused(400, "INVALID_ARGUMENT"):
        create(school, kind, individualStudentsOptions={"studentIds": [school.id_of(FIRST)]})


@pytest.mark.parametrize("kind", ["courseWork", "announcements"])
def test_a7_modify_assignees(school: School, kind: str) -> None:
    first, second = school.id_of(FIRST), school.id_of(SECOND)
    post = create(school, kind, state="PUBLISHED")

    def modify(mode: str, who: str = OWNER, **options: Any) -> Any:
        body = {"assigneeMode": mode} | ({"modifyIndividualStudentsOptions": options} if options else {})
        return posts(school, kind, who).modifyAssignees(courseId=COURSE, id=post["id"], body=body).execute()

    named = modify("INDIVIDUAL_STUDENTS", addStudentIds=[first, second])
    assert named["individualStudentsOptions"] == {"studentIds": [first, second]}
    named = modify("INDIVIDUAL_STUDENTS", removeStudentIds=[first])
    assert named["individualStudentsOptions"] == {"studentIds": [second]}
    with refused(400, "FAILED_PRECONDITION", "EmptyAssignees"):
        modify("INDIVIDUAL_STUDENTS", removeStudentIds=[second])
    with refused(400, "INVALID_ARGUMENT"):
        modify("ALL_STUDENTS", addStudentIds=[first])
    with refused(403, "PERMISSION_DENIED"):
        modify("ALL_STUDENTS", FIRST)
    assert "individualStudentsOptions" not in modify("ALL_STUDENTS")


def test_a3_material_posts_have_no_modify_assignees(school: School) -> None:
    assert not hasattr(school.courses().courseWorkMaterials(), "modifyAssignees")
