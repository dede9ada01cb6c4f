"""The table of Google's methods: what a second sending of the same request would do."""

from __future__ import annotations

from enum import Enum, auto


class Repeat(Enum):
    """What a second sending of the same request would do."""

    READ = auto()
    """Nothing."""
    SAME = auto()
    """Nothing more: the world is the same as after the first."""
    DELETE = auto()
    """Find the thing gone, which is as good as deleting it."""
    OWN_ID = auto()
    """Collide with what the first one made, since we chose its id."""
    CREATE = auto()
    """Make a second one."""


METHODS: dict[str, Repeat] = {
    "classroom.userProfiles.get": Repeat.READ,
    "classroom.courses.get": Repeat.READ,
    "classroom.courses.list": Repeat.READ,
    "classroom.courses.create": Repeat.OWN_ID,  # google-apis.md A.1: an alias that is taken is 409
    "classroom.courses.patch": Repeat.SAME,
    "classroom.courses.students.list": Repeat.READ,
    "classroom.courses.students.get": Repeat.READ,
    "classroom.courses.students.create": Repeat.OWN_ID,  # google-apis.md A.9: who is in the course already is 409
    "classroom.courses.teachers.list": Repeat.READ,
    "classroom.courses.teachers.get": Repeat.READ,
    "classroom.invitations.list": Repeat.READ,
    "classroom.invitations.create": Repeat.OWN_ID,  # google-apis.md A.9: an open invitation is 409, a member 400
    "classroom.courses.topics.list": Repeat.READ,
    "classroom.courses.topics.get": Repeat.READ,
    "classroom.courses.topics.create": Repeat.CREATE,
    "classroom.courses.topics.patch": Repeat.SAME,
    "classroom.courses.topics.delete": Repeat.DELETE,
    "classroom.courses.courseWorkMaterials.list": Repeat.READ,
    "classroom.courses.courseWorkMaterials.get": Repeat.READ,
    "classroom.courses.courseWorkMaterials.create": Repeat.CREATE,
    "classroom.courses.courseWorkMaterials.patch": Repeat.SAME,
    "classroom.courses.courseWorkMaterials.delete": Repeat.DELETE,
    "classroom.courses.courseWork.list": Repeat.READ,
    "classroom.courses.courseWork.get": Repeat.READ,
    "classroom.courses.courseWork.create": Repeat.CREATE,
    "classroom.courses.courseWork.patch": Repeat.SAME,
    "classroom.courses.courseWork.delete": Repeat.DELETE,
    "classroom.courses.courseWork.studentSubmissions.list": Repeat.READ,
    "classroom.courses.announcements.list": Repeat.READ,
    "classroom.courses.announcements.get": Repeat.READ,
    "classroom.courses.announcements.create": Repeat.CREATE,
    "classroom.courses.announcements.patch": Repeat.SAME,
    "classroom.courses.announcements.delete": Repeat.DELETE,
    "drive.about.get": Repeat.READ,
    "drive.files.generateIds": Repeat.READ,  # an id that nobody uses costs nothing
    "drive.files.list": Repeat.READ,
    "drive.files.get": Repeat.READ,
    # google-apis.md D.2: with a generated id; a board can have none, and its caller says so
    "drive.files.create": Repeat.OWN_ID,
    "drive.files.update": Repeat.SAME,  # the same bytes once more: at worst one more revision of them
    "drive.files.delete": Repeat.DELETE,
    "drive.comments.list": Repeat.READ,
    "drive.replies.create": Repeat.CREATE,
    "drive.replies.update": Repeat.SAME,
    "drive.replies.delete": Repeat.DELETE,
    "drive.permissions.create": Repeat.SAME,  # one address has one permission on a file; asked without mail
    "drive.permissions.delete": Repeat.DELETE,
    "sheets.spreadsheets.get": Repeat.READ,
    "sheets.spreadsheets.batchUpdate": Repeat.CREATE,  # what it appends would stand there twice
}
