"""One call to one of Google's methods: route, caller, scope, fault, checks, handler, reply, log.

The order of checks is the one a client of Google can observe: unauthenticated (401), method and scope (501, 403), what
the front end cannot read (400), then the handler's own: existence and visibility, role, project, state, content.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox import errors, lapses
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.checks import read_body, read_params
from better_classroom.sandbox.discovery import Method, Methods
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.faults import Fault
from better_classroom.sandbox.fields import chosen, selection
from better_classroom.sandbox.handler import Content, Handler
from better_classroom.sandbox.wire import Call, Reply, json_reply
from better_classroom.sandbox.world import World

_log = logging.getLogger(__name__)

_REALM = 'Bearer realm="https://accounts.google.com/"'


class Forgotten(Exception):
    """The world was emptied while the call waited: it has no effect any more, and nobody to answer to."""


@dataclass(slots=True)
class Note:
    """What the log will say of a call: whose it was, and the fault that struck it; a ``lapse`` is yet to be played."""

    caller: Caller | None = None
    fault: str = ""
    lapse: Fault | None = None


class Api:
    """Answers calls to the methods of ``methods``, each by its handler; one without answers 501 and names itself."""

    def __init__(self, world: World, methods: Methods, handlers: Mapping[str, Handler]) -> None:
        self.world = world
        self.methods = methods
        self.handlers = handlers

    async def answer(self, call: Call) -> Reply:
        """The reply to a call, which is then in the log."""
        try:
            found = self.methods.find(call.verb, call.path)
        except UnicodeDecodeError:
            return refusal(errors.invalid_argument("Invalid UTF-8 in the path."), "classroom")
        if found is None:
            return no_such_page(call.path)
        method, path = found
        note = Note()
        try:
            reply = await self._carried_out(method, path, call, note)
        except ApiError as error:
            reply = refusal(error, method.service)
        except Forgotten:
            return Reply(0, cut="drop")
        except Exception:  # noqa: BLE001 - a bug of ours is one 500, told loudly, not the end of a rehearsal
            _log.exception("%s failed: a bug of this sandbox", method.id)
            reply = refusal(ApiError(500, "INTERNAL", "Internal error encountered."), method.service)
        self.note(method, note, reply, batch=call.batch, bytes_in=len(call.body))
        return reply

    def admit(self, method: Method, call: Call, note: Note) -> Caller:
        """The caller; raises 401 for none, 501 for a method without handler, 403 for missing scopes, 429 for quotas."""
        caller = note.caller = self.world.callers.behind(call.token())
        if method.id not in self.handlers:
            raise errors.unimplemented(method.id)
        if not method.scopes & caller.scopes:
            raise _insufficient_scopes(method)
        self.world.quotas.spend(method, caller, is_download="alt=media" in call.query)
        return caller

    async def _carried_out(self, method: Method, path: dict[str, str], call: Call, note: Note) -> Reply:
        caller = self.admit(method, call, note)
        lost = await self.suffer("before", method, note)
        if lost:
            return lost
        params, pretty = read_params(method, path, call.query)
        body = read_body(method, call)
        selector = params.get("fields", "")
        if selector and method.response:
            selection(method, selector)  # a bad one is refused before anything is done
        result = self._effect(method, caller, params, body, note.lapse)
        if isinstance(result, Content):
            reply = Reply(200, content=result)
        elif not method.response:
            reply = Reply(204)  # google-apis.md F.4: Drive's deletes have no response schema
        else:
            reply = json_reply(200, chosen(result, method, selector) if selector else result, pretty=pretty)
        return await self.suffer("after", method, note, reply) or reply

    def _effect(
        self, method: Method, caller: Caller, params: dict[str, Any], body: dict[str, Any], lapse: Fault | None
    ) -> Any:
        store = self.world.store
        before = store.now
        world = lapses.world_of(lapse, store) if lapse else contextlib.nullcontext()
        with world, store.transaction():
            result = self.handlers[method.id](store, caller, params, body)
        if lapse and lapse.do == "empty":
            return lapses.emptied(result, method, params)
        if store.now != before:
            self.world.catch_up()
        return result

    async def suffer(
        self, when: str, method: Method, note: Note, reply: Reply | None = None, *, is_chunk: bool = False
    ) -> Reply | None:
        """Meet the fault scripted for this moment, if any: what comes of the reply, or None to go on as if nothing was.

        Raises the refusal that the fault stands for, and Forgotten if the world is another one afterwards.
        """
        fault = self.world.faults.strike(method.id, when, is_chunk=is_chunk)
        if fault is None:
            return None
        note.fault = fault.do or "delay"
        world = self.world.number
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.do == "hang":
            await self.world.faults.hang()
        if world != self.world.number:
            raise Forgotten
        if fault.do == "hang":
            return None
        if fault.do in lapses.LAPSES:
            note.lapse = fault
            return None
        error = fault.error()
        if error:
            raise error
        return _cut(fault, reply)

    def note(self, method: Method, note: Note, reply: Reply, *, batch: int, bytes_in: int) -> None:
        """Put a call into the log."""
        size = reply.content.path.stat().st_size if reply.content else len(reply.body)
        self.world.calls.add(
            method=method.id,
            user=note.caller.email if note.caller else "",
            project=note.caller.project if note.caller else "",
            status=reply.status,
            batch=batch,
            bytes_in=bytes_in,
            bytes_out=size,
            at=self.world.store.now,
            fault=note.fault,
        )


def _cut(fault: Fault, reply: Reply | None) -> Reply | None:
    if not fault.do:
        return None
    if reply is None:
        return Reply(0, b'{"cut": "short"}', cut=fault.do)
    reply.cut = fault.do
    return reply


def refusal(error: ApiError, service: str) -> Reply:
    """A refusal as a reply, in the style of the service."""
    return json_reply(error.code, errors.render(error, service), list(error.headers))


def no_such_page(path: str) -> Reply:
    """What Google's front end answers to a path or verb that no API has."""
    shown = path.replace("&", "&amp;").replace("<", "&lt;")[:200]
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error 404 (Not Found)!!1</title>\n"
        f"<p><b>404.</b> <ins>That’s an error.</ins>\n"
        f"<p>The requested URL <code>{shown}</code> was not found on this server. <ins>That’s all we know.</ins>\n"
        "<p>(This is the Classroom sandbox of better_classroom, not Google.)\n"
    )
    return Reply(404, page.encode(), [("Content-Type", "text/html; charset=UTF-8")])


def _insufficient_scopes(method: Method) -> ApiError:
    # google-apis.md B.1: the text and ACCESS_TOKEN_SCOPE_INSUFFICIENT; G.17: scopes are checked per method.
    wanted = " ".join(sorted(method.scopes))
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": f"{method.service}.googleapis.com", "method": method.id},
    }
    return ApiError(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        drive_reason="insufficientPermissions",
        details=[info],
        headers=[("WWW-Authenticate", f'{_REALM}, error="insufficient_scope", scope="{wanted}"')],
    )
