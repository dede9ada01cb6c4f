"""Questions and what is handed in, held against google-apis.md 0.1, A.8, G.11 and G.12."""

from __future__ import annotations

from typing import Any

from sandbox_school import (
    ADMIN,
    CO_TEACHER,
    COURSE,
    FIRST,
    INVITED,
    OUTSIDER,
    OWNER,
    PREFIX,
    SECOND,
    School,
    names,
    refused,
)
from talking import ControlRefused, Wire

QUESTION = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION"}


def calls(school: School, who: str = OWNER, **more: Any) -> Any:
    return school.courses(who, **more).courseWork().studentSubmissions()


def place(submission: Any) -> dict[str, str]:
    return {"courseId": COURSE, "courseWorkId": submission["courseWorkId"], "id": submission["id"]}


def mine(school: School, work: Any, who: str = FIRST) -> Any:
    (submission,) = school.submissions(work["id"], who)
    return submission


def states(submission: Any) -> list[str]:
    history = submission.get("submissionHistory", [])
    return [entry["stateHistory"]["state"] for entry in history if "stateHistory" in entry]


def answer_status(school: School, work: Any, who: str = FIRST, answer: str = "Miks?") -> int:
    try:
        school.answer(work, who, answer)
    except ControlRefused as refusal:
        return int(str(refusal)[:3])
    return 200


# --- how they come to be


def test_a8_a_published_question_has_an_untouched_submission_for_each_student(school: School) -> None:
    work = school.question()
    first, second = school.submissions(work["id"])
    assert {first["userId"], second["userId"]} == {school.id_of(FIRST), school.id_of(SECOND)}
    assert (first["state"], first["courseWorkType"], first["shortAnswerSubmission"]) == (
        "NEW",
        "SHORT_ANSWER_QUESTION",
        {},
    )
    assert not {"creationTime", "updateTime", "submissionHistory", "late"} & set(first)
    assert calls(school).get(**place(first)).execute() == first


def test_h5_a_draft_has_none_until_the_clock_publishes_it(school: School) -> None:
    work = school.question(state="DRAFT", scheduledTime="2020-06-02T07:00:00Z")
    with refused(404, "NOT_FOUND"):
        school.submissions(work["id"])
    assert school.submissions() == []
    school.tick("2020-06-02T07:00:00Z")
    assert len(school.submissions(work["id"])) == 2


def test_h5_who_joins_later_gets_one_too(school: School) -> None:
    work = school.question()
    school.by(INVITED).invitations().accept(id=school.invite(INVITED)["id"]).execute()
    assert mine(school, work, INVITED)["state"] == "NEW"
    assert len(school.submissions(work["id"])) == 3


def test_a7_only_assigned_students_get_one(school: School) -> None:
    options = {"individualStudentsOptions": {"studentIds": [school.id_of(FIRST)]}}
    work = school.question(assigneeMode="INDIVIDUAL_STUDENTS", **options)
    assert names(school.submissions(work["id"]), "userId") == [school.id_of(FIRST)]
    body = {
        "assigneeMode": "INDIVIDUAL_STUDENTS",
        "modifyIndividualStudentsOptions": {
            "addStudentIds": [school.id_of(SECOND)],
            "removeStudentIds": [school.id_of(FIRST)],
        },
    }
    school.courses().courseWork().modifyAssignees(courseId=COURSE, id=work["id"], body=body).execute()
    assert names(school.submissions(work["id"]), "userId") == [school.id_of(SECOND)]
    assert answer_status(school, work, FIRST) == 403


# --- the participant in Classroom's page


def test_a8_answering_turns_in(school: School) -> None:
    work = school.question()
    said = school.answer(work, answer="Millal saame andmed?")
    seen = mine(school, work)
    assert said["id"] == seen["id"]
    assert (seen["state"], seen["shortAnswerSubmission"]) == ("TURNED_IN", {"answer": "Millal saame andmed?"})
    assert states(seen) == ["CREATED", "TURNED_IN"]
    assert seen["updateTime"] > seen["creationTime"] > work["updateTime"]


def test_g11_a_second_answer_to_a_modifiable_question_edits_the_first(school: School) -> None:
    work = school.question()
    before = school.answer(work, answer="Üks?")
    school.answer(work, answer="Üks? Kaks?")
    (after,) = school.submissions(work["id"], states=["TURNED_IN"])
    assert after["id"] == before["id"]
    assert after["shortAnswerSubmission"]["answer"] == "Üks? Kaks?"
    assert states(after) == ["CREATED", "TURNED_IN", "STUDENT_EDITED_AFTER_TURN_IN"]
    assert (after["state"], after["updateTime"] > before["updateTime"]) == ("TURNED_IN", True)


def test_a8_otherwise_a_second_answer_is_refused(school: School) -> None:
    work = school.question(submissionModificationMode="MODIFIABLE_UNTIL_TURNED_IN")
    school.answer(work)
    assert answer_status(school, work) == 400
    calls(school, FIRST).reclaim(**place(mine(school, work)), body={}).execute()
    assert answer_status(school, work) == 200


def test_a8_who_cannot_answer(school: School) -> None:
    work, draft = school.question(), school.question(state="DRAFT")
    for who, status in ((OUTSIDER, 403), (OWNER, 403), ("keegi@tartu.example", 404)):
        assert answer_status(school, work, who) == status
    assert answer_status(school, draft) == 404
    assert answer_status(school, {"id": "1"}) == 404
    assert answer_status(school, work, answer="  ") == 400
    school.courses().courseWork().delete(courseId=COURSE, id=work["id"]).execute()
    assert answer_status(school, work) == 404
    open_one = school.question()
    school.archive()
    assert answer_status(school, open_one) == 400


def test_a8_a_multiple_choice_is_one_of_the_choices(school: School) -> None:
    work = school.question(workType="MULTIPLE_CHOICE_QUESTION", multipleChoiceQuestion={"choices": ["jah", "ei"]})
    assert answer_status(school, work, answer="võib-olla") == 400
    assert school.answer(work, answer="jah")["multipleChoiceSubmission"] == {"answer": "jah"}
    assert answer_status(school, school.question(workType="ASSIGNMENT")) == 400


# --- reading


def test_a8_a_hyphen_lists_the_submissions_of_all_course_work(school: School) -> None:
    assert calls(school).list(courseId=COURSE, courseWorkId="-").execute() == {}
    works = [school.question(title=title)["id"] for title in ("enne", "pärast")]
    assert [row["courseWorkId"] for row in school.submissions()] == [works[0]] * 2 + [works[1]] * 2


def test_a8_the_filters_by_state_and_student(school: School) -> None:
    work = school.question()
    school.answer(work)
    assert len(school.submissions(states=["NEW"])) == 1
    assert len(school.submissions(states=["NEW", "TURNED_IN"])) == 2
    assert school.submissions(states=["RETURNED"]) == []
    for who in (FIRST, school.id_of(FIRST)):
        assert names(school.submissions(userId=who), "state") == ["TURNED_IN"]
    assert names(school.submissions(who=FIRST, userId="me"), "state") == ["TURNED_IN"]
    with refused(404, "NOT_FOUND"):
        school.submissions(userId="keegi@tartu.example")


def test_a8_late_is_what_was_turned_in_after_the_due_time_or_never(school: School) -> None:
    due = {"dueDate": {"year": 2020, "month": 6, "day": 2}, "dueTime": {"hours": 12}}
    work = school.question(**due)
    school.answer(work, FIRST)
    assert school.submissions(late="LATE_ONLY") == []
    school.tick("2020-06-02T12:00:01Z")
    (late,) = school.submissions(late="LATE_ONLY")
    assert (late["userId"], late["late"]) == (school.id_of(SECOND), True)
    assert names(school.submissions(late="NOT_LATE_ONLY"), "userId") == [school.id_of(FIRST)]
    school.answer(work, SECOND)
    assert len(school.submissions(late="LATE_ONLY")) == 1


def test_g12_a_student_sees_their_own_submission_alone(school: School) -> None:
    work = school.question()
    first, second = mine(school, work, FIRST), mine(school, work, SECOND)
    assert first["userId"] != second["userId"]
    with refused(403, "PERMISSION_DENIED"):
        calls(school, FIRST).get(**place(second)).execute()
    for who in (OWNER, CO_TEACHER, ADMIN):
        assert len(school.submissions(who=who)) == 2
    with refused(403, "PERMISSION_DENIED"):
        school.submissions(who=OUTSIDER)
    assert school.submissions(who=FIRST, userId=SECOND) == []


def test_a8_what_is_seen_follows_the_scopes(school: School) -> None:
    school.question()
    reading = calls(school, scopes=["classroom.student-submissions.students.readonly"])
    assert len(reading.list(courseId=COURSE, courseWorkId="-").execute()["studentSubmissions"]) == 2
    own = calls(school, scopes=["classroom.coursework.me.readonly"])
    assert own.list(courseId=COURSE, courseWorkId="-").execute() == {}
    with refused(403, "PERMISSION_DENIED"):
        school.courses(scopes=["classroom.student-submissions.students.readonly"]).courseWork().list(
            courseId=COURSE
        ).execute()


def test_a3_submissions_say_whose_project_made_the_course_work(school: School) -> None:
    school.question()
    assert school.submissions()[0]["associatedWithDeveloper"] is True
    other = calls(school, project="someone-elses").list(courseId=COURSE, courseWorkId="-").execute()
    assert not other["studentSubmissions"][0].get("associatedWithDeveloper")


# --- writing


def test_01_an_answer_cannot_be_written_through_the_api(school: School) -> None:
    work = school.question()
    submission = mine(school, work)
    body = {"shortAnswerSubmission": {"answer": "Miks?"}}
    for who in (OWNER, FIRST):
        for mask in ("shortAnswerSubmission", "shortAnswerSubmission.answer", "short_answer_submission"):
            code, status = (400, "INVALID_ARGUMENT") if who == OWNER else (403, "PERMISSION_DENIED")
            with refused(code, status):
                calls(school, who).patch(**place(submission), updateMask=mask, body=body).execute()
    with refused(400, "INVALID_ARGUMENT"):
        added = {"addAttachments": [{"link": {"url": "https://better.example/"}}]}
        calls(school, FIRST).modifyAttachments(**place(submission), body=added).execute()
    assert mine(school, work) == submission


def test_a8_teachers_grade_and_the_history_says_so(school: School) -> None:
    work = school.question(maxPoints=10)
    submission = mine(school, work)
    body = {"draftGrade": 7.126, "assignedGrade": 8}
    seen = calls(school).patch(**place(submission), updateMask="draft_grade,assignedGrade", body=body).execute()
    assert (seen["draftGrade"], seen["assignedGrade"]) == (7.13, 8)
    kinds = [entry["gradeHistory"]["gradeChangeType"] for entry in seen["submissionHistory"]]
    assert kinds == ["DRAFT_GRADE_POINTS_EARNED_CHANGE", "ASSIGNED_GRADE_POINTS_EARNED_CHANGE"]
    student = mine(school, work)
    assert (student.get("draftGrade"), student["assignedGrade"]) == (None, 8)
    for mask, grade in (("draftGrade", -1), ("", 1), ("state", 1)):
        with refused(400, "INVALID_ARGUMENT"):
            calls(school).patch(**place(submission), updateMask=mask, body={"draftGrade": grade}).execute()


def test_a8_returning_does_not_copy_the_draft_grade(school: School) -> None:
    work = school.question()
    school.answer(work)
    submission = mine(school, work)
    calls(school).patch(**place(submission), updateMask="draftGrade", body={"draftGrade": 5}).execute()
    assert calls(school).return_(**place(submission), body={}).execute() == {}
    (seen,) = school.submissions(states=["RETURNED"])
    assert ("assignedGrade" in seen, seen["draftGrade"]) == (False, 5)
    assert states(seen)[-1] == "RETURNED"


def test_a8_only_the_owning_student_turns_in_and_reclaims(school: School) -> None:
    work = school.question()
    school.answer(work)
    submission = place(mine(school, work))
    for who in (OWNER, SECOND, ADMIN):
        with refused(403, "PERMISSION_DENIED"):
            calls(school, who).reclaim(**submission, body={}).execute()
    assert calls(school, FIRST).reclaim(**submission, body={}).execute() == {}
    with refused(400, "FAILED_PRECONDITION"):
        calls(school, FIRST).reclaim(**submission, body={}).execute()
    with refused(403, "PERMISSION_DENIED"):
        calls(school, OWNER).turnIn(**submission, body={}).execute()
    assert mine(school, work)["shortAnswerSubmission"]["answer"]  # H.4: it stays readable
    assert calls(school, FIRST).turnIn(**submission, body={}).execute() == {}
    assert states(mine(school, work)) == ["CREATED", "TURNED_IN", "RECLAIMED_BY_STUDENT", "TURNED_IN"]


def test_h4_turning_in_without_an_answer_or_twice_is_refused(school: School) -> None:
    work = school.question()
    submission = place(mine(school, work))
    with refused(400, "FAILED_PRECONDITION"):
        calls(school, FIRST).turnIn(**submission, body={}).execute()
    school.answer(work)
    with refused(400, "FAILED_PRECONDITION"):
        calls(school, FIRST).turnIn(**submission, body={}).execute()


def test_a8_only_teachers_grade_and_return(school: School) -> None:
    work = school.question()
    submission = place(mine(school, work))
    for who in (FIRST, ADMIN):
        with refused(403, "PERMISSION_DENIED"):
            calls(school, who).patch(**submission, updateMask="draftGrade", body={"draftGrade": 1}).execute()
        with refused(403, "PERMISSION_DENIED"):
            calls(school, who).return_(**submission, body={}).execute()


def test_a8_another_project_touches_no_submission(school: School) -> None:
    work = school.question()
    school.answer(work)
    submission = place(mine(school, work))
    teacher, student = (calls(school, who, project="someone-elses") for who in (OWNER, FIRST))
    for call in (
        teacher.patch(**submission, updateMask="draftGrade", body={"draftGrade": 1}),
        teacher.return_(**submission, body={}),
        student.reclaim(**submission, body={}),
        student.turnIn(**submission, body={}),
        student.modifyAttachments(**submission, body={}),
    ):
        with refused(403, "PERMISSION_DENIED", "ProjectPermissionDenied"):
            call.execute()
    assert len(teacher.list(courseId=COURSE, courseWorkId="-").execute()["studentSubmissions"]) == 2


def test_a8_attachments_are_added_to_assignments_alone_at_most_20_and_no_forms(school: School) -> None:
    work = school.question(workType="ASSIGNMENT", submissionModificationMode="MODIFIABLE_UNTIL_TURNED_IN")
    submission = place(mine(school, work))

    def add(*attachments: Any, who: str = FIRST) -> Any:
        return calls(school, who).modifyAttachments(**submission, body={"addAttachments": list(attachments)}).execute()

    seen = add({"link": {"url": "https://better.example/"}}, {"youTubeVideo": {"id": "dQw4w9WgXcQ"}})
    kinds = [next(iter(one)) for one in seen["assignmentSubmission"]["attachments"]]
    assert (kinds, seen["state"]) == (["link", "youTubeVideo"], "CREATED")
    assert len(add({"link": {"url": "https://b.example/"}}, who=OWNER)["assignmentSubmission"]["attachments"]) == 3
    for wrong in ([], [{"form": {"formUrl": "https://docs.google.com/forms/d/e/1/viewform"}}]):
        with refused(400, "INVALID_ARGUMENT"):
            add(*wrong)
    with refused(400, "INVALID_ARGUMENT"):
        add(*[{"link": {"url": "https://c.example/"}}] * 18)
    with refused(403, "PERMISSION_DENIED"):
        add({"link": {"url": "https://better.example/"}}, who=SECOND)
    calls(school, FIRST).turnIn(**submission, body={}).execute()
    with refused(400, "FAILED_PRECONDITION"):
        add({"link": {"url": "https://better.example/"}})


def test_a8_an_edit_after_turning_in_is_no_state_to_ask_for(sandbox_url: str, school: School) -> None:
    body = {"user": OWNER, "scopes": [PREFIX + "classroom.coursework.students"]}
    token = school.control.post("tokens", body)["access_token"]
    with Wire(sandbox_url, token) as wire:  # Google's client would not even send it
        path = f"/v1/courses/{COURSE}/courseWork/-/studentSubmissions?states=STUDENT_EDITED_AFTER_TURN_IN"
        assert wire.ask("GET", path).status == 400


def test_a8_an_answer_after_the_return_of_nothing_is_turned_in_and_is_no_edit(school: School) -> None:
    work = school.question()
    calls(school).return_(**place(mine(school, work)), body={}).execute()
    answered = school.answer(work)
    assert (answered["state"], states(answered)) == ("TURNED_IN", ["RETURNED", "TURNED_IN"])
