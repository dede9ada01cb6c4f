"""Drive: only what the schema cannot say. Comments, replies and changes are not reproduced yet and answer 501."""

from __future__ import annotations

from better_classroom.sandbox.drive import about, files, permissions, revisions
from better_classroom.sandbox.handler import Handler

HANDLERS: dict[str, Handler] = {
    **files.HANDLERS,
    **permissions.HANDLERS,
    **revisions.HANDLERS,
    **about.HANDLERS,
}
