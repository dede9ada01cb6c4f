"""Topics in the sandbox, held against google-apis.md A.2 and G.3."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_school import ADMIN, COURSE, FIRST, OUTSIDER, OWNER, School, names, refused


def create(school: School, name: str, who: str = OWNER, **more: Any) -> Any:
    return school.courses(who, **more).topics().create(courseId=COURSE, body={"name": name}).execute()


def rename(school: School, topic: Any, name: str, **more: Any) -> Any:
    call = school.courses(**more).topics()
    return call.patch(courseId=COURSE, id=topic["topicId"], updateMask="name", body={"name": name}).execute()


def test_a2_a_topic_is_course_id_name_and_update_time(school: School) -> None:
    topic = create(school, "Seminar 1")
    assert set(topic) == {"courseId", "topicId", "name", "updateTime"}
    assert school.courses().topics().get(courseId=COURSE, id=topic["topicId"]).execute() == topic


def test_a2_names_are_trimmed_and_inner_whitespace_collapsed(school: School) -> None:
    assert create(school, "  Seminar \t 1:\n Partnerlus ")["name"] == "Seminar 1: Partnerlus"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a2_a_name_has_1_to_100_characters(school: School, name: str) -> None:
    with refused(400, "INVALID_ARGUMENT"):
        create(school, name)


def test_a2_the_100_characters_are_counted_after_collapsing(school: School) -> None:
    assert create(school, " " * 40 + "õ" * 100)["name"] == "õ" * 100


def test_a2_creating_a_taken_name_is_409(school: School) -> None:
    create(school, "Seminar 1")
    with refused(409, "ALREADY_EXISTS"):
        create(school, "Seminar  1")


def test_a2_names_are_case_sensitive(school: School) -> None:
    create(school, "Seminar 1")
    assert create(school, "SEMINAR 1")["name"] == "SEMINAR 1"


def test_a2_renaming_a_topic_to_a_taken_name_is_400_not_409(school: School) -> None:
    create(school, "Seminar 1")
    with refused(400, "FAILED_PRECONDITION"):
        rename(school, create(school, "Seminar 2"), "Seminar 1")


def test_a2_renaming_a_topic_to_its_own_name_is_allowed(school: School) -> None:
    topic = create(school, "Seminar 1")
    assert rename(school, topic, "Seminar 1")["updateTime"] > topic["updateTime"]


def test_a2_the_201st_topic_is_refused(school: School) -> None:
    for number in range(200):
        create(school, f"Seminar {number}")
    with refused(400, "FAILED_PRECONDITION", "CourseTopicLimitReached"):
        create(school, "Seminar 200")


def test_a2_the_list_key_is_singular_and_the_newest_comes_first(school: School) -> None:
    assert school.courses().topics().list(courseId=COURSE).execute() == {}
    for name in ("3", "2", "1"):
        create(school, name)
    answer = school.courses().topics().list(courseId=COURSE).execute()
    assert names(answer["topic"], "name") == ["1", "2", "3"]


def test_a11_a_page_token_asks_for_an_otherwise_identical_request(school: School) -> None:
    for number in range(5):
        create(school, str(number))
    topics = school.courses().topics()
    first = topics.list(courseId=COURSE, pageSize=2).execute()
    second = topics.list(courseId=COURSE, pageSize=2, pageToken=first["nextPageToken"]).execute()
    assert names(first["topic"] + second["topic"], "name") == ["4", "3", "2", "1"]
    with refused(400, "INVALID_ARGUMENT"):
        topics.list(courseId=COURSE, pageSize=3, pageToken=first["nextPageToken"]).execute()


def test_a2_another_project_cannot_rename_a_topic(school: School) -> None:
    topic = create(school, "Seminar 1")
    with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
        rename(school, topic, "Seminar 2", project="someone-elses")


def test_h6_another_project_cannot_delete_a_topic_either(school: School) -> None:
    topic = create(school, "Seminar 1")
    with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
        school.courses(project="someone-elses").topics().delete(courseId=COURSE, id=topic["topicId"]).execute()


def test_a2_deleting_a_topic_twice_is_a_failed_precondition_and_an_unknown_one_404(school: School) -> None:
    topic = create(school, "Seminar 1")
    topics = school.courses().topics()
    assert topics.delete(courseId=COURSE, id=topic["topicId"]).execute() == {}
    with refused(400, "FAILED_PRECONDITION"):
        topics.delete(courseId=COURSE, id=topic["topicId"]).execute()
    with refused(404, "NOT_FOUND"):
        topics.delete(courseId=COURSE, id="1").execute()
    with refused(404, "NOT_FOUND"):
        topics.get(courseId=COURSE, id=topic["topicId"]).execute()


def test_a2_the_name_of_a_deleted_topic_is_free_again(school: School) -> None:
    topic = create(school, "Seminar 1")
    school.courses().topics().delete(courseId=COURSE, id=topic["topicId"]).execute()
    assert create(school, "Seminar 1")["topicId"] != topic["topicId"]


def test_h6_the_posts_of_a_deleted_topic_stay_without_it(school: School) -> None:
    topic = create(school, "Seminar 1")
    post = school.material(topicId=topic["topicId"])
    school.courses().topics().delete(courseId=COURSE, id=topic["topicId"]).execute()
    post = school.courses().courseWorkMaterials().get(courseId=COURSE, id=post["id"]).execute()
    assert "topicId" not in post


def test_a2_the_mask_is_required_and_knows_only_the_name(school: School) -> None:
    topic = create(school, "Seminar 1")
    topics = school.courses().topics()
    for mask in ({}, {"updateMask": ""}, {"updateMask": "topicId"}):
        with refused(400, "INVALID_ARGUMENT"):
            topics.patch(courseId=COURSE, id=topic["topicId"], body={"name": "x"}, **mask).execute()
    with refused(400, "INVALID_ARGUMENT"):
        topics.patch(courseId=COURSE, id=topic["topicId"], body={}, updateMask="name").execute()


def test_a2_administrators_read_topics_and_only_teachers_write(school: School) -> None:
    create(school, "Seminar 1")
    for who in (ADMIN, FIRST):
        assert len(school.courses(who).topics().list(courseId=COURSE).execute()["topic"]) == 1
        with refused(403, "PERMISSION_DENIED"):
            create(school, "Seminar 2", who)
    with refused(403, "PERMISSION_DENIED"):
        school.courses(OUTSIDER).topics().list(courseId=COURSE).execute()


def test_b2_topics_of_an_archived_course_cannot_change(school: School) -> None:
    topic = create(school, "Seminar 1")
    school.archive()
    for call in (create, lambda school, name: rename(school, topic, name)):
        with refused(400, "FAILED_PRECONDITION", "CourseNotModifiable"):
            call(school, "Seminar 2")
    assert len(school.courses().topics().list(courseId=COURSE).execute()["topic"]) == 1
