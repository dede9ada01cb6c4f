"""Comments on slides: what was observed of them in Drive, and the answer that we put into a thread.

A comment and the replies below it are a thread. Its name is ``<file>/<comment>``, a reply's ``<file>/<comment>/<reply>``:
Drive knows each by all of these ids together, and by none of them alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ObservedReply:
    """A reply in a thread as Drive shows it; of a deleted one only the name."""

    remote_id: str
    """Within its thread."""
    author: str
    """The name that the author shows: Drive tells nothing else of who it is."""
    ours: bool
    """Written by the account that looked."""
    text: str
    """Empty where it does nothing but resolve or reopen the thread."""
    deleted: bool
    created: datetime | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class ObservedComment:
    """A comment with its replies, the oldest first."""

    remote_id: str
    """Within its file."""
    author: str
    ours: bool
    text: str
    quoted: str
    """The passage of the slide that it is about; empty where it is about the whole."""
    resolved: bool
    deleted: bool
    created: datetime | None
    updated: datetime | None
    """Moved by every reply, too."""
    replies: tuple[ObservedReply, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer where it was asked for: in the thread of a comment on slides."""

    key: str
    thread: str
    """The comment that it answers. Participants made it, so no key of ours can stand for it."""
    text: str


def file_of(thread: str) -> str:
    """Drive's id of the file that a thread, or a reply in one, is on."""
    return thread.partition("/")[0]


def thread_of(reply: str) -> str:
    """The thread that a reply is in."""
    return reply.rpartition("/")[0]
