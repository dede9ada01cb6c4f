"""What participants ask in the threads of one file, in the order of its comments. Pure.

A comment is a question, and its author's later replies are additions to it. A reply of anybody else is a question of its
own. What the account itself wrote, by our doing or by hand, is an answer or a remark, and never a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from better_classroom.comments import ObservedComment, ObservedReply
from better_classroom.questions.found import is_blank


class Said(NamedTuple):
    """One question as its thread shows it now."""

    source_id: str
    """The thread; with the reply, where it is one."""
    author: str
    text: str
    withdrawn: bool
    at: datetime | None


def said(file_id: str, comments: Iterable[ObservedComment]) -> Iterator[Said]:
    """Everything that is asked there, and what was taken back: without words, as Drive leaves it."""
    for comment in comments:
        place = f"{file_id}/{comment.remote_id}"
        closed = comment.deleted or (comment.resolved and not _is_answered(comment))
        own = [] if comment.ours else [reply for reply in comment.replies if _adds(reply, comment)]
        if not comment.ours:
            words = [] if comment.deleted else [comment.text, *(reply.text for reply in own)]
            yield Said(place, comment.author, _text(comment.quoted, words), closed, _written_at(comment, own))
        for reply in comment.replies:
            if reply.ours or reply in own:
                continue
            words = [] if comment.deleted else [reply.text]
            at = reply.updated or reply.created
            yield Said(
                f"{place}/{reply.remote_id}", reply.author, _text(comment.quoted, words), closed or reply.deleted, at
            )


def _is_answered(comment: ObservedComment) -> bool:
    """Whether the account replied. Who resolves an unanswered comment has seen to it in another way."""
    return any(reply.ours and not reply.deleted and not is_blank(reply.text) for reply in comment.replies)


def _adds(reply: ObservedReply, comment: ObservedComment) -> bool:
    mine = not reply.ours and not reply.deleted and reply.author == comment.author
    return mine and not is_blank(reply.text)


def _text(quoted: str, words: Sequence[str]) -> str:
    """The words, below the passage that they are about, which is marked as a quotation; empty without a word."""
    if all(map(is_blank, words)):
        return ""
    passage = [] if is_blank(quoted) else ["> " + quoted.replace("\n", "\n> ")]
    return "\n\n".join((*passage, *words))


def _written_at(comment: ObservedComment, own: Sequence[ObservedReply]) -> datetime | None:
    """When it was written as it stands now.

    The time of a comment's own last change is known only as long as nobody replied: every reply moves it.
    """
    if not comment.replies:
        return comment.updated or comment.created
    times = [comment.created, *(reply.updated or reply.created for reply in own)]
    return max((at for at in times if at), default=None)
