"""The methods of ``drive.replies``, by which comments are also resolved and reopened (google-apis.md D.5)."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, remarks, visibility
from better_classroom.sandbox.drive.refusals import insufficient_permissions, invalid, required
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.paging import page
from better_classroom.sandbox.store import Row, Store

_PAGE = 20  # the document
_LARGEST_PAGE = 100
_RESOLVED = {"resolve": True, "reopen": False}


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The replies to a comment, oldest first."""
    row = remarks.find_file(store, caller, params)
    deleted = params.get("includeDeleted", False)
    comment = remarks.find_comment(store, row, params, deleted=deleted)
    listed = page(
        params,
        [one for one in store.rows("replies", remarks.thread(row, comment)) if deleted or not one["deleted"]],
        default=_PAGE,
        most=_LARGEST_PAGE,
        key="replies",
        show=lambda one: shown(store, caller, one),
    )
    return {"kind": "drive#replyList", "replies": [], **listed}


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """One reply."""
    row = remarks.find_file(store, caller, params)
    deleted = params.get("includeDeleted", False)
    comment = remarks.find_comment(store, row, params, deleted=deleted)
    return shown(store, caller, remarks.find_reply(store, row, comment, params, deleted=deleted))


def create(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """A new reply; with an action it resolves or reopens the comment, and then needs no content."""
    row = remarks.find_file(store, caller, params)
    comment = remarks.find_comment(store, row, params)
    visibility.require_change(caller, row)
    remarks.only(body, "content", "action")
    action = body.get("action", "")
    if action and action not in _RESOLVED:
        raise invalid("action")
    if not action and not body.get("content"):
        raise required("content", "A reply needs a content or an action.")
    _require_right_to(action, store, caller, row, comment)
    content = remarks.content_of(body) if body.get("content") else ""
    reply = remarks.new(store, caller.user_id, content) | ({"action": action} if action else {})
    _keep(store, row, comment | {"resolved": _RESOLVED.get(action, comment["resolved"])}, reply)
    return shown(store, caller, reply)


def _require_right_to(action: str, store: Store, caller: Caller, row: Row, comment: Row) -> None:
    writes = access.at_least(visibility.role(store, caller, row), "writer")
    if action and not writes and comment["author"] != caller.user_id:
        raise insufficient_permissions()


def update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Another content, by its author."""
    row = remarks.find_file(store, caller, params)
    comment = remarks.find_comment(store, row, params)
    reply = remarks.find_reply(store, row, comment, params)
    visibility.require_change(caller, row)
    remarks.require_author(caller, reply)
    remarks.only(body, "content")
    if "content" in body:
        reply = reply | {"content": remarks.content_of(body), "modifiedTime": store.stamp()}
        _keep(store, row, comment, reply)
    return shown(store, caller, reply)


def delete(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Leave a tombstone; what the reply did to the comment stays done."""
    row = remarks.commentable(store, caller, params["fileId"])
    comment = remarks.find_comment(store, row, params)
    reply = remarks.find_reply(store, row, comment, params)
    visibility.require_change(caller, row)
    remarks.require_deleter(caller, row, reply)
    _keep(store, row, comment, remarks.buried(reply, store.stamp()))
    return {}


def _keep(store: Store, row: Row, comment: Row, reply: Row) -> None:
    """D.5: a new reply also moves the comment's ``modifiedTime``."""
    store.put("replies", remarks.thread(row, comment), reply["id"], reply)
    remarks.put_comment(store, row, comment | {"modifiedTime": reply["modifiedTime"]})


def shown(store: Store, caller: Caller, reply: Row) -> dict[str, Any]:
    """The document's Reply."""
    resource = remarks.shown(store, caller, reply, "reply")
    return resource | {"action": reply["action"]} if "action" in reply else resource


HANDLERS: dict[str, Handler] = {
    "drive.replies.create": create,
    "drive.replies.delete": delete,
    "drive.replies.get": get,
    "drive.replies.list": list_,
    "drive.replies.update": update,
}
