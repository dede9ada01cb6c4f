"""What a handler is: a plain function from a checked call to a JSON body or a file to send.

``Params`` holds path and query parameters by their discovery name, converted (int, bool, list for repeated ones);
absent ones are absent. ``Body`` is the request body, checked against the schema of the discovery document. A handler
refuses by raising ApiError; it runs inside ``store.transaction()``, so a refusal leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.store import Store

Params = dict[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """A file to be streamed as the reply, with its MIME type."""

    path: Path
    type: str


Handler = Callable[[Store, Caller, Params, Body], "dict[str, Any] | Content"]
