"""The methods of ``drive.comments`` (google-apis.md D.5). Order of the list: newest first (unknown)."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller, caller_of
from better_classroom.sandbox.drive import instants, remarks, replies, visibility
from better_classroom.sandbox.drive.refusals import invalid
from better_classroom.sandbox.errors import not_found
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.paging import page
from better_classroom.sandbox.people import user_by
from better_classroom.sandbox.store import Row, Store

_PAGE = 20  # google-apis.md D.5
_LARGEST_PAGE = 100
_IN_THE_PAGE = frozenset({"https://www.googleapis.com/auth/drive"})  # no app stands between a person and Drive's page


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The comments of a file; with ``startModifiedTime`` those that were changed, or replied to, since."""
    row = remarks.find_file(store, caller, params)
    since = _since(params)
    deleted = params.get("includeDeleted", False)
    held = [
        one
        for one in reversed(store.rows("comments", row["id"]))
        if (deleted or not one["deleted"]) and one["modifiedTime"] >= since
    ]
    listed = page(
        params,
        held,
        default=_PAGE,
        most=_LARGEST_PAGE,
        key="comments",
        show=lambda one: _shown(store, caller, row, one, deleted=deleted),
    )
    return {"kind": "drive#commentList", "comments": [], **listed}


def _since(params: Params) -> str:
    if "startModifiedTime" not in params:
        return ""
    instant = instants.read(params["startModifiedTime"])
    if instant is None:
        raise invalid("startModifiedTime")
    return instants.write(instant)


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """One comment with its replies."""
    row = remarks.find_file(store, caller, params)
    deleted = params.get("includeDeleted", False)
    return _shown(store, caller, row, remarks.find_comment(store, row, params, deleted=deleted), deleted=deleted)


def create(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """A new comment."""
    row = remarks.find_file(store, caller, params)
    visibility.require_change(caller, row)
    remarks.only(body, "content", "anchor", "quotedFileContent")
    return _shown(store, caller, row, _add(store, row, caller.user_id, body))


def _add(store: Store, row: Row, author: str, body: Body) -> Row:
    comment = remarks.new(store, author, remarks.content_of(body)) | {"resolved": False}
    if body.get("quotedFileContent"):
        comment["quoted"] = body["quotedFileContent"]
    if body.get("anchor"):
        comment["anchor"] = body["anchor"]
    remarks.put_comment(store, row, comment)
    return comment


def update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Another content, by its author. D.5: resolving goes through replies alone."""
    row = remarks.find_file(store, caller, params)
    comment = remarks.find_comment(store, row, params)
    visibility.require_change(caller, row)
    remarks.require_author(caller, comment)
    remarks.only(body, "content")
    if "content" in body:
        comment = comment | {"content": remarks.content_of(body), "modifiedTime": store.stamp()}
        remarks.put_comment(store, row, comment)
    return _shown(store, caller, row, comment)


def delete(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Leave a tombstone."""
    row = remarks.commentable(store, caller, params["fileId"])
    comment = remarks.find_comment(store, row, params)
    visibility.require_change(caller, row)
    remarks.require_deleter(caller, row, comment)
    remarks.put_comment(store, row, remarks.buried(comment, store.stamp()))
    return {}


def _shown(store: Store, caller: Caller, row: Row, comment: Row, *, deleted: bool = False) -> dict[str, Any]:
    shown = remarks.shown(store, caller, comment, "comment")
    if not comment["deleted"]:
        shown["resolved"] = comment["resolved"]
        for name, kept in (("quotedFileContent", "quoted"), ("anchor", "anchor")):
            if kept in comment:
                shown[name] = comment[kept]
    held = store.rows("replies", remarks.thread(row, comment))
    shown["replies"] = [replies.shown(store, caller, one) for one in held if deleted or not one["deleted"]]
    return shown


def by_hand(store: Store, file_id: str, user: str, content: str, quoted: str) -> dict[str, Any]:
    """What a participant does in Drive's page: comment on a file, and on a passage of it if there is one.

    ``user`` is an id or an address. Raises 404 for an unknown person or a file they do not see, 403 if they may not
    comment on it, 400 for a blank comment.
    """
    person = user_by(store, user)
    if person is None:
        raise not_found(f"There is no user {user}.")
    caller = caller_of(person, _IN_THE_PAGE, "")
    row = remarks.commentable(store, caller, file_id)
    body: Body = {"content": content}
    if quoted:
        body["quotedFileContent"] = {"mimeType": "text/plain", "value": quoted}
    return _shown(store, caller, row, _add(store, row, person["id"], body))


HANDLERS: dict[str, Handler] = {
    "drive.comments.create": create,
    "drive.comments.delete": delete,
    "drive.comments.get": get,
    "drive.comments.list": list_,
    "drive.comments.update": update,
}
