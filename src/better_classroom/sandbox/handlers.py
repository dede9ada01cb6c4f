"""All handlers, by Google's method id."""

from __future__ import annotations

from better_classroom.sandbox import classroom, drive
from better_classroom.sandbox.handler import Handler
from better_classroom.sandbox.sheets import handlers as sheets

HANDLERS: dict[str, Handler] = {**classroom.HANDLERS, **drive.HANDLERS, **sheets.HANDLERS}
