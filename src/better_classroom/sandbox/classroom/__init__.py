"""Classroom: only what the schema cannot say. A module per resource; one machinery for the three kinds of posts.

Rules are written from the project's fact sheet about Google's interfaces, ``google-apis.md``; each names its section.
``DC`` there is Classroom's discovery document, ``m:`` one of its methods and ``s:`` one of its schemas. What Google
leaves open is said at the head of each module, with the side taken.
"""

from __future__ import annotations

from better_classroom.sandbox.classroom import (
    aliases,
    courses,
    invitations,
    posts,
    profiles,
    rosters,
    submissions,
    topics,
)
from better_classroom.sandbox.handler import Handler

HANDLERS: dict[str, Handler] = {
    **courses.HANDLERS,
    **aliases.HANDLERS,
    **topics.HANDLERS,
    **posts.HANDLERS,
    **submissions.HANDLERS,
    **rosters.HANDLERS,
    **invitations.HANDLERS,
    **profiles.HANDLERS,
}
"""Every method of Classroom that the sandbox knows, by Google's method id."""
