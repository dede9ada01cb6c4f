"""The smallest permissions ("scopes") for what a programme needs, as data (google-apis.md F.1)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

PREFIX = "https://www.googleapis.com/auth/"


class Need(StrEnum):
    """What we need an account for; each stands for some of Google's methods."""

    SIGN_IN = "know which account is signed in"
    COURSES = "create courses and name them"
    POSTS = "keep topics, materials, question boxes and announcements"
    QUESTIONS = "read what participants asked"
    FILES = "keep presentations and experts' boards in Drive and share them"
    PEOPLE = "list the participants of a course"
    INVITE = "invite participants"


ALWAYS = tuple(need for need in Need if need is not Need.INVITE)
"""What every programme needs; inviting is for those that name participants."""


SCOPES: dict[Need, tuple[str, ...]] = {
    # Any of four scopes opens userProfiles.get; this one also shows the address, so the account can be checked.
    Need.SIGN_IN: ("classroom.profile.emails",),
    Need.COURSES: ("classroom.courses",),
    Need.POSTS: (
        "classroom.topics",
        "classroom.courseworkmaterials",
        "classroom.coursework.students",
        "classroom.announcements",
    ),
    Need.QUESTIONS: ("classroom.student-submissions.students.readonly",),
    # Not a sensitive scope: it reaches only the files that we made.
    Need.FILES: ("drive.file",),
    Need.PEOPLE: ("classroom.rosters.readonly",),
    Need.INVITE: ("classroom.rosters",),
}

IMPLIED: dict[str, tuple[str, ...]] = {
    # scope: others that open everything it opens
    "classroom.student-submissions.students.readonly": (
        "classroom.coursework.students",
        "classroom.coursework.students.readonly",
    ),
    "classroom.rosters.readonly": ("classroom.rosters",),
    "drive.file": ("drive",),
}

METHODS: dict[str, Need] = {
    # beginning of a method id: what it is needed for; the longest beginning that fits counts
    "classroom.userProfiles.": Need.SIGN_IN,
    "classroom.courses.": Need.COURSES,
    "classroom.courses.topics.": Need.POSTS,
    "classroom.courses.courseWorkMaterials.": Need.POSTS,
    "classroom.courses.courseWork.": Need.POSTS,
    "classroom.courses.announcements.": Need.POSTS,
    "classroom.courses.courseWork.studentSubmissions.": Need.QUESTIONS,
    "classroom.courses.students.": Need.PEOPLE,
    "classroom.courses.students.create": Need.INVITE,
    "classroom.courses.teachers.": Need.PEOPLE,
    "classroom.invitations.": Need.INVITE,
    "drive.": Need.FILES,
    # google-apis.md F.1: Drive's smallest scope opens the spreadsheets that we made
    "sheets.": Need.FILES,
}


def needed(*needs: Need) -> frozenset[str]:
    """Full scope addresses for these needs (none given: those of every programme); what another implies is left out.

    One set serves every command of a programme: a service account may ask only for scopes that the administrator has
    listed one by one, so asking for less in ``plan`` than in ``apply`` would mean listing more, not less.
    """
    short = {scope for need in (Need.SIGN_IN, *(needs or ALWAYS)) for scope in SCOPES[need]}
    return frozenset(PREFIX + scope for scope in short if not short.intersection(IMPLIED.get(scope, ())))


def missing(wanted: Iterable[str], granted: Iterable[str]) -> tuple[str, ...]:
    """Which of the wanted scopes were not granted, not even by a wider one; sorted."""
    have = {scope.removeprefix(PREFIX) for scope in granted}
    short = {scope.removeprefix(PREFIX) for scope in wanted}
    return tuple(sorted(PREFIX + scope for scope in short if not have.intersection((scope, *IMPLIED.get(scope, ())))))


def need_of(method: str) -> Need:
    """What a method is needed for; KeyError for a method we do not use."""
    fitting = [beginning for beginning in METHODS if method.startswith(beginning)]
    if not fitting:
        raise KeyError(method)
    return METHODS[max(fitting, key=len)]
