"""Comments on slides in Google Drive: read thread by thread, and answered in them."""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from better_classroom.comments import ObservedComment, ObservedReply
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.posts import moment

PAGE = 100
"""The most that Google gives at once (google-apis.md D.5)."""

REPLY = "id,author(displayName,me),content,deleted,createdTime,modifiedTime"
COMMENT = f"{REPLY},resolved,quotedFileContent(mimeType,value),replies({REPLY})"


class Comments:
    """The comments on the files of one account.

    Every method raises RefusedByGoogle, SignInNeeded and TryLater; one that writes raises OutcomeUnknown where the
    reply was lost. Several threads may share it.
    """

    def __init__(self, root: Any, calls: Calls) -> None:
        self._root = root
        self._calls = calls

    # Made at first use: few runs have anything to do with comments, and a chain costs four times a request.

    @cached_property
    def _comments(self) -> Any:
        return self._root.comments()

    @cached_property
    def _replies(self) -> Any:
        return self._root.replies()

    def on(self, file_id: str, *, name: str = "") -> Iterator[ObservedComment]:
        """Every comment on a file with all its replies, those that were deleted among them.

        ``name`` is what people call the file, for messages.
        """
        entries = self._calls.pages(
            self._comments.list,
            "comments",
            item=f"comments on {name or f'file {file_id}'}",
            fileId=file_id,
            includeDeleted=True,
            pageSize=PAGE,
            fields=f"nextPageToken,comments({COMMENT})",
        )
        return (_comment(entry) for entry in entries)

    def reply(self, thread: str, text: str) -> ObservedReply:
        """Write into a thread, named as ``<file>/<comment>``."""
        request = self._replies.create(**_names(thread), body={"content": text}, fields=REPLY)
        return _reply(self._calls.run(request, item=f"a reply to comment {thread}"))

    def correct(self, reply: str, text: str) -> ObservedReply:
        """Put other words into a reply of ours, named as ``<file>/<comment>/<reply>``."""
        request = self._replies.update(**_names(reply), body={"content": text}, fields=REPLY)
        return _reply(self._calls.run(request, item=f"reply {reply}"))

    def delete(self, reply: str) -> None:
        """Take a reply out of its thread; one that is gone already, or whose thread is, is as good."""
        self._calls.run(self._replies.delete(**_names(reply)), item=f"reply {reply}")


def _names(thread_or_reply: str) -> dict[str, str]:
    return dict(zip(("fileId", "commentId", "replyId"), thread_or_reply.split("/"), strict=False))


def _comment(found: dict[str, Any]) -> ObservedComment:
    return ObservedComment(
        **_said(found),
        quoted=_quoted(found.get("quotedFileContent", {})),
        resolved=found.get("resolved", False),
        replies=tuple(_reply(entry) for entry in found.get("replies", ())),
    )


def _reply(found: dict[str, Any]) -> ObservedReply:
    return ObservedReply(**_said(found))


def _said(found: dict[str, Any]) -> dict[str, Any]:
    """What comments and replies have in common."""
    author = found.get("author", {})
    return {
        "remote_id": found["id"],
        "author": author.get("displayName", ""),
        "ours": author.get("me", False),
        "text": found.get("content", ""),
        "deleted": found.get("deleted", False),
        "created": moment(found.get("createdTime")),
        "updated": moment(found.get("modifiedTime")),
    }


def _quoted(found: dict[str, Any]) -> str:
    """The passage as text: of one that comes as HTML the entities are read, and what looks like a tag stays to be seen."""
    value: str = found.get("value", "")
    return html.unescape(value) if found.get("mimeType") == "text/html" else value
