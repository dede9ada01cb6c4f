"""The order of checks that a client can observe: one call, wrong in every way, is put right one way after another.

Google looks at the caller, then at the API and its scope, at existence and visibility, role, project, state, and last at
what is asked for (google-apis.md 0.3, A.9, B.1, B.2).
"""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_school import COURSE, FIRST, INVITED, OUTSIDER, OWNER, PREFIX, School
from talking import Control, Wire

KINDS = {
    "topics": ("classroom.topics", {"name": "Teema"}, {"name": ""}),
    "courseWorkMaterials": ("classroom.courseworkmaterials", {"title": "Ettekanne"}, {"title": ""}),
    "announcements": ("classroom.announcements", {"text": "Tere"}, {"text": ""}),
    "courseWork": (
        "classroom.coursework.students",
        {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION"},
        {"title": ""},
    ),
}


class Asker:
    """Asks over the bare wire, so that nothing of a client is between."""

    def __init__(self, url: str, school: School) -> None:
        self.school = school
        self._url = url

    def token(self, who: str, *scopes: str, project: str = "better") -> str:
        body = {"user": who, "scopes": [PREFIX + scope for scope in scopes], "project": project}
        return str(self.school.control.post("tokens", body)["access_token"])

    def ask(self, verb: str, path: str, body: Any, token: str = "") -> str:
        """The status, with the reason if there is one."""
        with Wire(self._url, token) as wire:
            answer = wire.ask(verb, f"/v1/{path}", body)
        if answer.status == 200:
            return "200"
        word = answer.error["message"].partition(" ")[0]
        return f"{answer.status} {word}" if word.startswith("@") else str(answer.status)


@pytest.fixture
def asker(sandbox_url: str, control: Control, google: Any) -> Asker:
    school = School(control, google)
    school.invite(INVITED)
    return Asker(sandbox_url, school)


def archive(asker: Asker, state: str) -> None:
    owner = asker.token(OWNER, "classroom.courses")
    body = {"courseState": state}
    assert asker.ask("PATCH", f"courses/{COURSE}?updateMask=courseState", body, owner) == "200"


@pytest.mark.parametrize("kind", KINDS)
def test_b1_creating(asker: Asker, kind: str) -> None:
    scope, good, bad = KINDS[kind]
    archive(asker, "ARCHIVED")
    anyone, owner = asker.token(OUTSIDER, scope), asker.token(OWNER, scope)
    known, unknown = f"courses/{COURSE}/{kind}", f"courses/1/{kind}"
    unreadable = bad | {"nonsense": 1}
    met = [
        asker.ask("POST", unknown, unreadable),
        asker.ask("POST", unknown, unreadable, "nonsense"),
        asker.ask("POST", unknown, unreadable, asker.token(OUTSIDER, "classroom.rosters")),
        asker.ask("POST", unknown, unreadable, anyone),
        asker.ask("POST", unknown, bad, anyone),
        asker.ask("POST", known, bad, asker.token(INVITED, scope)),
        asker.ask("POST", known, bad, anyone),
        asker.ask("POST", known, bad, asker.token(FIRST, scope)),
        asker.ask("POST", known, bad, owner),
    ]
    archive(asker, "ACTIVE")
    met += [asker.ask("POST", known, bad, owner), asker.ask("POST", known, good, owner)]
    invited = "403" if kind == "topics" else "404"
    assert met == ["401", "401", "403", "400", "404", invited, "403", "403", "400 @CourseNotModifiable", "400", "200"]


@pytest.mark.parametrize("kind", KINDS)
def test_b1_changing(asker: Asker, kind: str) -> None:
    scope, good, _bad = KINDS[kind]
    owner, stranger = asker.token(OWNER, scope), asker.token(OWNER, scope, project="theirs")
    with Wire(asker._url, owner) as wire:  # noqa: SLF001 - the id alone is wanted here
        made = wire.ask("POST", f"/v1/courses/{COURSE}/{kind}", good).json
    archive(asker, "ARCHIVED")
    one = f"courses/{COURSE}/{kind}/{made.get('id') or made['topicId']}"
    field = next(iter(good))
    met = [
        asker.ask("PATCH", f"courses/{COURSE}/{kind}/1?updateMask=materials", good, asker.token(OUTSIDER, scope)),
        asker.ask("PATCH", f"courses/{COURSE}/{kind}/1?updateMask=materials", good, stranger),
        asker.ask("PATCH", f"{one}?updateMask=materials", good, asker.token(FIRST, scope)),
        asker.ask("PATCH", f"{one}?updateMask=materials", good, stranger),
        asker.ask("PATCH", f"{one}?updateMask=materials", good, owner),
    ]
    archive(asker, "ACTIVE")
    met += [
        asker.ask("PATCH", f"{one}?updateMask=materials", good, owner),
        asker.ask("PATCH", one, good, owner),
        asker.ask("PATCH", f"{one}?updateMask={field}", good, owner),
    ]
    refusals = ["403", "404", "403", "403 @ProjectPermissionDenied", "400 @CourseNotModifiable", "400", "400"]
    assert met == [*refusals, "200"]


def test_b1_inviting(asker: Asker) -> None:
    def invite(who: str, **body: str) -> str:
        return asker.ask("POST", "invitations", body, asker.token(who, "classroom.rosters"))

    archive(asker, "ARCHIVED")
    met = [
        invite(OUTSIDER, courseId="1", userId="nobody@tartu.example"),
        invite(OUTSIDER, courseId=COURSE, userId="nobody@tartu.example"),
        invite(OWNER, courseId=COURSE, userId="nobody@tartu.example", role="STUDENT"),
        invite(OWNER, courseId=COURSE, userId=OUTSIDER, role="STUDENT"),
    ]
    archive(asker, "ACTIVE")
    met += [
        invite(OWNER, courseId=COURSE, userId=INVITED, role="STUDENT"),
        invite(OWNER, courseId=COURSE, userId=OUTSIDER, role="STUDENT"),
    ]
    assert met == ["404", "403", "404", "400 @CourseNotModifiable", "409", "200"]


def test_b1_joining(asker: Asker) -> None:
    def join(who: str, code: str, course: str = COURSE) -> str:
        return asker.ask(
            "POST",
            f"courses/{course}/students?enrollmentCode={code}",
            {"userId": "me"},
            asker.token(who, "classroom.rosters"),
        )

    code = asker.school.courses().get(id=COURSE).execute()["enrollmentCode"]
    archive(asker, "ARCHIVED")
    met = [join(FIRST, "wrong", "1"), join(FIRST, "wrong"), join(FIRST, code)]
    archive(asker, "ACTIVE")
    assert [*met, join(FIRST, code), join(OUTSIDER, code)] == ["404", "403", "400 @CourseNotModifiable", "409", "200"]


def test_b1_grading(asker: Asker) -> None:
    scope = "classroom.coursework.students"
    work = asker.school.question()
    (submission, *_rest) = asker.school.submissions(work["id"])
    archive(asker, "ARCHIVED")
    place = f"courses/{COURSE}/courseWork/{work['id']}/studentSubmissions"
    owner, other = asker.token(OWNER, scope), asker.token(OWNER, scope, project="theirs")

    def grade(token: str, which: str = submission["id"], mask: str = "state") -> str:
        return asker.ask("PATCH", f"{place}/{which}?updateMask={mask}", {"assignedGrade": 5}, token)

    met = [
        grade(asker.token(OUTSIDER, scope), "1"),
        grade(other, "1"),
        grade(asker.token(FIRST, scope, "classroom.coursework.me")),
        grade(other),
        grade(owner),
    ]
    archive(asker, "ACTIVE")
    met += [grade(owner), grade(owner, mask="assignedGrade")]
    assert met == ["403", "404", "403", "403 @ProjectPermissionDenied", "400 @CourseNotModifiable", "400", "200"]
