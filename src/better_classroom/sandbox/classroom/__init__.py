"""Classroom: only what the schema cannot say. A module per resource; one machinery for the three kinds of posts.

Rules are written from the project's fact sheet about Google's interfaces, ``google-apis.md``; each names its section.
``DC`` there is Classroom's discovery document, ``m:`` one of its methods and ``s:`` one of its schemas. What Google
leaves open is said at the head of each module, with the side taken.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import (
    aliases,
    courses,
    invitations,
    posts,
    profiles,
    rosters,
    standing,
    submissions,
    topics,
)
from better_classroom.sandbox.handler import Body, Content, Handler, Params
from better_classroom.sandbox.store import Store


def _admitted(handler: Handler, store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any] | Content:
    standing.admit(store, caller)
    return handler(store, caller, params, body)


_BY_ID: dict[str, Handler] = {
    **courses.HANDLERS,
    **aliases.HANDLERS,
    **topics.HANDLERS,
    **posts.HANDLERS,
    **submissions.HANDLERS,
    **rosters.HANDLERS,
    **invitations.HANDLERS,
    **profiles.HANDLERS,
}
HANDLERS: dict[str, Handler] = {name: partial(_admitted, handler) for name, handler in _BY_ID.items()}
"""Every method of Classroom that the sandbox knows, by Google's method id."""
