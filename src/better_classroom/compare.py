"""Comparing one item three ways: what should be, what we left there, what is there now. Pure.

What we left there is kept twice, as sent and as Google answered it: it trims titles, collapses blanks, fills in link
titles and turns a YouTube or Drive address into another kind of attachment. So desired is held against the sent value
and actual against the answered one, and a difference that Google's spelling makes is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from better_classroom.comments import Reply
from better_classroom.course import (
    Attachment,
    Course,
    File,
    Item,
    ObservedFile,
    ObservedPost,
    ObservedTopic,
    Post,
    Standing,
    Topic,
    Value,
)
from better_classroom.keys import file_mark

FIXED = frozenset({"attachments", "asker"})
"""Fields of a post that cannot be changed in place (google-apis.md A.3, A.7): other ones need a new post."""

LEAD = timedelta(minutes=10)
"""A publish time nearer than this is not scheduled: the post is published at once (design §3)."""


class Verdict(StrEnum):
    """What to do about one field."""

    SAME = "same"
    WRITE = "write"
    DRIFT = "changed by hand"
    CONFLICT = "changed by hand and in the programme"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an item: what is there, what should be, and whether it is to be written."""

    name: str
    have: Value
    want: Value
    verdict: Verdict


# (actual is as desired, actual is as we left it, actual is a write of ours whose reply was lost, desired is as sent)
# → verdict; None matches both. The first row that fits decides.
_VERDICTS: tuple[tuple[bool | None, bool | None, bool | None, bool | None, Verdict], ...] = (
    (True, None, None, None, Verdict.SAME),
    (False, True, None, True, Verdict.SAME),  # Google spells what we sent in its own way
    (False, True, None, False, Verdict.WRITE),
    (False, False, True, None, Verdict.WRITE),
    (False, False, False, True, Verdict.DRIFT),
    (False, False, False, False, Verdict.CONFLICT),
)


def verdict(
    name: str,
    *,
    want: Value,
    have: Value,
    sent: Mapping[str, Value],
    answered: Mapping[str, Value],
    pending: Mapping[str, Value],
) -> Verdict:
    """What to do about one field. A field that the ledger knows nothing of is written where it differs."""
    agrees = same(name, have, want)
    if name not in sent:
        return Verdict.SAME if agrees else Verdict.WRITE
    facts = (
        agrees,
        same(name, have, answered.get(name)),
        name in pending and same(name, have, pending[name]),
        same(name, want, sent[name]),
    )
    return next(
        row[-1] for row in _VERDICTS if all(rule in (None, fact) for rule, fact in zip(row[:-1], facts, strict=True))
    )


_BY_HAND = frozenset({Verdict.DRIFT, Verdict.CONFLICT})


def is_written(change: FieldChange, *, asked: bool, restoring: bool) -> bool:
    """Whether a field is written: what a hand changed only where the organiser wants it back.

    ``asked``: they asked for this item; ``restoring``: for all that a hand changed, as far as no new post is needed.
    """
    wanted_back = asked or (restoring and change.name not in FIXED)
    return change.verdict is Verdict.WRITE or (change.verdict in _BY_HAND and wanted_back)


def same(name: str, left: Value, right: Value) -> bool:
    """Whether two values of a field mean the same to a reader."""
    return canonical(name, left) == canonical(name, right)


def canonical(name: str, value: Value) -> Value:
    """A value without what Google's spelling may change in it."""
    if isinstance(value, tuple):
        return tuple(_target(str(part)) for part in value)
    if not isinstance(value, str):
        return value
    if name == "text":
        lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(line.rstrip() for line in lines).strip()
    return " ".join(value.split())


_DRIVE_ID = re.compile(r"/d/([\w-]{10,})")


def _target(attachment: str) -> str:
    """What an attachment leads to, however it is written (google-apis.md A.5: links are upgraded to a better kind)."""
    kind, _, target = attachment.partition(":")
    if kind != "link":
        return attachment
    address = urlsplit(target)
    host = (address.hostname or "").removeprefix("www.")
    query = parse_qs(address.query)
    if host == "youtu.be":
        return f"youtube:{address.path.strip('/')}"
    if host in {"youtube.com", "m.youtube.com"} and "v" in query:
        return f"youtube:{query['v'][0]}"
    if host in {"drive.google.com", "docs.google.com"}:
        found = _DRIVE_ID.search(address.path)
        identifier = found[1] if found else query.get("id", [""])[0]
        if identifier:
            return f"drive:{identifier}"
    # Google may add the slash after a bare host, or drop it; never the scheme, which can lead elsewhere.
    return f"link:{address.scheme.lower()}://{address.netloc.lower()}{address.path.rstrip('/')}?{address.query}#{address.fragment}"


def wanted_values(item: Item, now: datetime) -> dict[str, Value]:
    """The fields of an item that should be compared, as they should be at ``now``."""
    if isinstance(item, Post):
        values: dict[str, Value] = {"text": item.text_at(now)}
        if item.title:
            values |= {"title": item.title, "topic": item.topic}
        values["attachments"] = tuple(str(attachment) for attachment in item.attachments)
        if item.asker:
            values["asker"] = item.asker
        return values
    if isinstance(item, Topic | Course):
        return {"name": item.name}
    if isinstance(item, File):
        return {"sha256": item.sha256}
    if isinstance(item, Reply):
        return {"text": item.text}
    return {}


def post_values(
    post: ObservedPost, *, topics: Mapping[str, str], files: Mapping[str, str], askers: Mapping[str, str]
) -> dict[str, Value]:
    """The fields of an observed post in our words.

    ``topics`` gives a topic's key, ``files`` a presentation's path and ``askers`` a pseudonym number by Google's id.
    """
    topic = topics.get(post.topic_id, f"unknown topic {post.topic_id}") if post.topic_id else ""
    return {
        "title": post.title,
        "text": post.text,
        "topic": topic,
        "attachments": tuple(str(_ours(attachment, files)) for attachment in post.attachments),
        "publish": post.publish.isoformat() if post.publish else None,
        "asker": _asker(post, askers),
    }


_OTHERS = "others"


def _asker(post: ObservedPost, askers: Mapping[str, str]) -> str:
    """Whom alone a post is for: a pseudonym number, nobody (it is for all), or people who are none of our askers."""
    if not post.individual:
        return ""
    return askers.get(post.audience[0], _OTHERS) if len(post.audience) == 1 else _OTHERS


def _ours(attachment: Attachment, files: Mapping[str, str]) -> Attachment:
    if attachment.kind == "drive" and attachment.target in files:
        return Attachment("file", files[attachment.target])
    return attachment


def topic_values(topic: ObservedTopic) -> dict[str, Value]:
    """The fields of an observed topic in our words."""
    return {"name": topic.name}


def paths_by_id(files: tuple[ObservedFile, ...], paths: Mapping[str, str]) -> dict[str, str]:
    """Path of each presentation by Google's id; ``paths`` gives a path by the mark that its file carries."""
    return {file.remote_id: paths.get(file.key, f"unknown file {file.key}") for file in files}


def paths_by_mark(paths: set[str]) -> dict[str, str]:
    """Path by the mark that its file carries in Drive."""
    return {file_mark(path): path for path in paths}


def due(publish: datetime | None, now: datetime) -> datetime | None:
    """When a post is to be scheduled for; None where it is to be published at once, or to stay a draft."""
    return publish if publish and publish > now + LEAD else None


def release(
    post: Post,
    actual: ObservedPost,
    *,
    sent: Mapping[str, Value],
    answered: Mapping[str, Value],
    pending: Mapping[str, Value],
) -> Verdict:
    """Whether the time at which participants get to see a post has to be set, and whether someone moved it by hand."""
    if actual.standing is Standing.PUBLIC:
        return Verdict.SAME
    want = post.publish.isoformat() if post.publish else None
    have = actual.publish.isoformat() if actual.publish else None
    if "publish" not in sent:
        return Verdict.SAME if have == want else Verdict.WRITE
    return verdict("publish", want=want, have=have, sent=sent, answered=answered, pending=pending)
