"""The control surface, ``/_sandbox/…``: what rehearsals and tests do to the world from outside (docs/sandbox.md).

It takes and gives JSON. What it cannot make sense of is a 400 with a sentence: ``{"error": "…"}``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from better_classroom.sandbox.classroom.answering import submit
from better_classroom.sandbox.discovery import Methods
from better_classroom.sandbox.drive.comments import by_hand
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.reading import Mistake, Reading
from better_classroom.sandbox.seeding import give_token, seed
from better_classroom.sandbox.store import rfc3339
from better_classroom.sandbox.wire import Call, Reply, json_reply
from better_classroom.sandbox.world import World

PREFIX = "/_sandbox/"

Action = Callable[[Reading], dict[str, Any]]


class Control:
    """The control surface of one world."""

    def __init__(self, world: World, methods: Methods) -> None:
        self._world = world
        self._methods = methods
        self._actions: dict[str, dict[str, Action]] = {
            "reset": {"POST": self._reset},
            "seed": {"POST": lambda spec: seed(world.store, spec)},
            "clock": {"GET": self._clock, "POST": self._set_clock},
            "tokens": {"POST": lambda spec: give_token(world.store, spec)},
            "submissions": {"POST": self._submit},
            "comments": {"POST": self._comment},
            "faults": {"GET": self._faults, "POST": self._add_fault, "DELETE": self._clear_faults},
            "faults/release": {"POST": lambda _spec: {"released": world.faults.release()}},
            "mails": {"GET": lambda _spec: {"mails": world.store.rows("mails", "")}},
            "calls": {"GET": lambda _spec: {"calls": world.calls.listed()}, "DELETE": self._clear_calls},
        }

    def answer(self, call: Call) -> Reply:
        """The reply to a control call."""
        actions = self._actions.get(call.path.removeprefix(PREFIX).rstrip("/"))
        if actions is None:
            return _mistake(404, f"there is nothing at {call.path}; here are {', '.join(self._actions)}")
        action = actions.get(call.verb)
        if action is None:
            return _mistake(405, f"{call.path} takes {' and '.join(actions)}", [("Allow", ", ".join(actions))])
        try:
            return json_reply(200, action(_body(call)))
        except Mistake as mistake:
            return _mistake(400, f"{mistake}.")
        except ApiError as error:
            return _mistake(error.code, error.message)

    def _reset(self, spec: Reading) -> dict[str, Any]:
        now = spec.instant("now") if spec.has("now") else None
        spec.nothing_else()
        self._world.reset(now)
        return {"now": rfc3339(self._world.store.now)}

    def _clock(self, _spec: Reading) -> dict[str, Any]:
        return {"now": rfc3339(self._world.store.now)}

    def _set_clock(self, spec: Reading) -> dict[str, Any]:
        now = spec.instant("now")
        spec.nothing_else()
        self._world.store.set_now(now)
        self._world.catch_up()
        return {"now": rfc3339(self._world.store.now)}

    def _submit(self, spec: Reading) -> dict[str, Any]:
        course, work = spec.scalar("courseId"), spec.scalar("courseWorkId")
        user, answer = spec.scalar("userId"), spec.text("answer")
        spec.nothing_else()
        with self._world.store.transaction():
            submission = submit(self._world.store, course, work, user, answer)
        self._world.catch_up()
        return submission

    def _comment(self, spec: Reading) -> dict[str, Any]:
        file_id, user = spec.scalar("fileId"), spec.scalar("userId")
        content, quoted = spec.text("content"), spec.text("quoted", "")
        spec.nothing_else()
        with self._world.store.transaction():
            comment = by_hand(self._world.store, file_id, user, content, quoted)
        self._world.catch_up()
        return comment

    def _faults(self, _spec: Reading) -> dict[str, Any]:
        return {"faults": self._world.faults.listed()}

    def _add_fault(self, spec: Reading) -> dict[str, Any]:
        fault = self._world.faults.add(spec.given, self._methods.by_id, self._world.store.history.count)
        return fault.given | {"struck": 0}

    def _clear_faults(self, _spec: Reading) -> dict[str, Any]:
        self._world.faults.clear()
        return {}

    def _clear_calls(self, _spec: Reading) -> dict[str, Any]:
        self._world.calls.clear()
        return {}


def _body(call: Call) -> Reading:
    if not call.body:
        return Reading({}, "the request")
    try:
        body = json.loads(call.body)
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except (ValueError, RecursionError):
        raise Mistake("the body is no JSON") from None
    return Reading(body, "the request")


def _mistake(status: int, sentence: str, headers: list[tuple[str, str]] | None = None) -> Reply:
    return json_reply(status, {"error": sentence}, headers)
