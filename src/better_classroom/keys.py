"""The lasting names of items.

``<course>/<seminar>/<slot>`` names what belongs to a seminar (the slots are ``topic``, ``session``,
``materials.<material>``, ``before``, ``after``, ``answers``, ``reminders.<when>`` and
``private.<question>-<asker>-<content>``); ``<course>/course``, ``<course>/welcome``, ``<course>/news.<date>``,
``file:<account>/<target>``, ``share:<course>/<target>`` and ``reply:<course>/<question>-<expert>`` name the rest. A
file's target is its path, and ``<path>//<course>`` where each course has a copy of its own, so that it can be commented on.
"""

from __future__ import annotations

import hashlib


def is_file(key: str) -> bool:
    """Whether an item is a file: it belongs to an account, and to no course."""
    return key.startswith("file:")


def is_share(key: str) -> bool:
    """Whether an item is that a course may read a file."""
    return key.startswith("share:")


def is_reply(key: str) -> bool:
    """Whether an item is a reply to a comment."""
    return key.startswith("reply:")


def file_key(account: str, target: str) -> str:
    """Key of a presentation in an account's Drive."""
    return f"file:{account}/{target}"


def share_key(course: str, target: str) -> str:
    """Key of a presentation's being shared with a course."""
    return f"share:{course}/{target}"


def account_of(file: str) -> str:
    """Account in whose Drive a file is, by its key."""
    return file.removeprefix("file:").partition("/")[0]


def target_of(file_or_share: str) -> str:
    """Target of a file, by its key or by that of a share of it."""
    return file_or_share.partition("/")[2]


def course_of(key: str) -> str:
    """Key of the course that an item belongs to; empty for files, which belong to an account."""
    if is_file(key):
        return ""
    return key.removeprefix("share:").removeprefix("reply:").partition("/")[0]


def asker_of(key: str) -> str:
    """Pseudonym number of the one participant for whom an item is; empty where it is for everybody."""
    slot = key.rpartition("/")[2]
    return slot.split("-")[1] if slot.startswith("private.") else ""


def copy_for(path: str, course: str) -> str:
    """Target of the copy of a file that one course alone has: ``//`` never occurs in a path."""
    return f"{path}//{course}"


def course_of_copy(target: str) -> str:
    """The course that alone has this copy of a file; empty for a file that all have in common."""
    return target.partition("//")[2]


def is_copy(target: str) -> bool:
    """Whether a file is one course's own copy."""
    return course_of_copy(target) != ""


def path_of(target: str) -> str:
    """Path of a file in the programme's folder, by its target."""
    return target.partition("//")[0]


def file_mark(target: str) -> str:
    """The mark that a file carries in Drive, by which it is found again.

    A hash, since Google allows an appProperty 124 bytes for key and value together (google-apis.md D.2).
    """
    return hashlib.sha256(target.encode()).hexdigest()[:32]
