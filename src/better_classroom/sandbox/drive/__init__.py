"""Drive: only what the schema cannot say."""

from __future__ import annotations

from better_classroom.sandbox.drive import about, changes, comments, files, permissions, replies, revisions
from better_classroom.sandbox.handler import Handler

HANDLERS: dict[str, Handler] = {
    **files.HANDLERS,
    **permissions.HANDLERS,
    **revisions.HANDLERS,
    **about.HANDLERS,
    **changes.HANDLERS,
    **comments.HANDLERS,
    **replies.HANDLERS,
}
