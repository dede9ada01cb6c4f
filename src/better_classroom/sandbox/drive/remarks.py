"""What comments and replies have in common: who may write them, what is kept, what is shown (google-apis.md D.5).

Tables: ``comments`` under the file's id, ``replies`` under ``<file id>/<comment id>``. A deleted one stays as a
tombstone without its content.

Unknown, and taken on the strict side: reading comments, as writing them, needs the role of a commenter; folders have
none; only the author edits, only the author or the file's owner deletes; a writer or the comment's author resolves it.
That a comment counts in the file's ``version`` follows from D.2 ("every change, even invisible ones") and is seen as a
change of the file in ``changes.list``. How long a content may be is unknown: as long as the body may.
"""

from __future__ import annotations

import html
import secrets
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, kinds, visibility
from better_classroom.sandbox.drive.refusals import bad_request, forbidden, insufficient_permissions, required
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.handler import Params
from better_classroom.sandbox.store import Row, Store

Resource = dict[str, Any]


def find_file(store: Store, caller: Caller, params: Params) -> Row:
    """The file, if the caller may comment on it; raises 400 without ``fields``.

    google-apis.md D.2 and D.5: ``fields`` is mandatory for comments and replies, except to delete.
    """
    if "fields" not in params:
        raise required("fields", "The 'fields' parameter is required for this method.")
    return commentable(store, caller, params["fileId"])


def commentable(store: Store, caller: Caller, file_id: str) -> Row:
    """The file, if the caller sees it and has the role of a commenter or more."""
    row = visibility.find(store, caller, file_id)
    visibility.require_role(store, caller, row, "commenter")
    if row["mimeType"] in {kinds.FOLDER, kinds.SHORTCUT}:
        raise forbidden("Comments are not supported on this file.", "commentsNotSupported")  # unknown reason
    return row


def find_comment(store: Store, row: Row, params: Params, *, deleted: bool = False) -> Row:
    """The comment; raises 404 for none, and for a deleted one unless ``deleted``."""
    return _found(
        store.get("comments", row["id"], params["commentId"]), "Comment", params["commentId"], deleted=deleted
    )


def find_reply(store: Store, row: Row, comment: Row, params: Params, *, deleted: bool = False) -> Row:
    """The reply, as ``find_comment``."""
    held = store.get("replies", thread(row, comment), params["replyId"])
    return _found(held, "Reply", params["replyId"], deleted=deleted)


def _found(held: Row | None, kind: str, name: str, *, deleted: bool) -> Row:
    if held is None or (held["deleted"] and not deleted):
        location = f"{kind.lower()}Id"
        raise ApiError(404, "NOT_FOUND", f"{kind} not found: {name}.", reason="notFound", location=location)
    return held


def thread(row: Row, comment: Row) -> str:
    """The parent under which the replies to a comment are kept."""
    return f"{row['id']}/{comment['id']}"


def new(store: Store, author: str, content: str) -> Row:
    """What a new comment and a new reply begin with."""
    at = store.stamp()
    return {
        "id": "AAAB" + secrets.token_urlsafe(6),
        "author": author,
        "content": content,
        "createdTime": at,
        "modifiedTime": at,
        "deleted": False,
    }


def only(body: dict[str, Any], *names: str) -> None:
    """Refuse what nobody may write; D.5: ``resolved`` changes through replies alone."""
    if body.keys() - {*names, "kind"}:
        raise forbidden("The resource body includes fields which are not directly writable.", "fieldNotWritable")


def content_of(body: dict[str, Any]) -> str:
    """The text of a comment or reply; raises 400 for a blank one."""
    content: str = body.get("content", "")
    if not content.strip():
        raise bad_request("The content must not be blank.")
    return content


def require_author(caller: Caller, remark: Row) -> None:
    """Raise 403 unless the caller wrote it."""
    if remark["author"] != caller.user_id:
        raise insufficient_permissions()


def require_deleter(caller: Caller, row: Row, remark: Row) -> None:
    """Raise 403 unless the caller wrote it or owns the file."""
    if caller.user_id not in {remark["author"], row["owner"]}:
        raise insufficient_permissions()


def buried(remark: Row, at: str) -> Row:
    """The tombstone of a comment or reply: D.5, without its content."""
    gone = {"content", "quoted", "anchor", "action"}
    return {name: one for name, one in remark.items() if name not in gone} | {"deleted": True, "modifiedTime": at}


def put_comment(store: Store, row: Row, comment: Row) -> None:
    """Keep a comment, and count it as a change of the file (D.5: it appears in ``changes.list``)."""
    store.put("comments", row["id"], comment["id"], comment)
    access.touch(store, row["id"])


def shown(store: Store, caller: Caller, remark: Row, kind: str) -> Resource:
    """What comments and replies show alike."""
    resource: Resource = {
        "kind": f"drive#{kind}",
        "id": remark["id"],
        "createdTime": remark["createdTime"],
        "modifiedTime": remark["modifiedTime"],
        "author": author(store, caller, remark),
        "deleted": remark["deleted"],
    }
    if not remark["deleted"]:
        resource["content"] = remark["content"]
        resource["htmlContent"] = html.escape(remark["content"], quote=False).replace("\n", "<br>")
    return resource


def author(store: Store, caller: Caller, remark: Row) -> Resource:
    """D.5: ``emailAddress`` and ``permissionId`` of an author are not populated; a name alone tells who it was."""
    user = store.get("users", "", remark["author"])
    name = user["name"] if user else ""
    return {"kind": "drive#user", "displayName": name, "me": remark["author"] == caller.user_id}
