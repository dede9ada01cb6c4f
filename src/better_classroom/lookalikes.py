"""Finding posts of ours that the ledger has no id for: after a lost reply, or with a lost ledger. Pure.

Google gives a post no field for a key of ours (google-apis.md 0.5), so it is recognised by what it holds. Only posts
that this account made are looked at, none that the ledger already names, and none that Google says another project
made. What is for one participant alone is found only among what is addressed to just that one, by its very words.
Whether the rest is ours, Google is asked before anything is done to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from better_classroom.compare import same
from better_classroom.course import ObservedPost, Post, Standing, Value
from better_classroom.memory import Entry, Memory, Pending

_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """The post that stands for a key, and drafts that repeat it: what a create left whose reply was lost."""

    post: ObservedPost
    repeats: tuple[ObservedPost, ...] = ()


def find(
    posts: Sequence[ObservedPost],
    values: Mapping[str, Mapping[str, Value]],
    *,
    wanted: Mapping[str, Post],
    memory: Memory,
    course: str,
    user: str,
) -> dict[str, Found]:
    """The post that stands for each key which the ledger has no id for, or whose replacement was begun.

    ``values`` holds each post's fields in our words by its remote id. What was begun is looked for first, among the
    values that were to be sent; then what the programme wants. Of several the oldest stands for the key.
    """
    named = {entry.remote_id for entry in memory.entries.values()}
    named |= {entry.superseded for entry in memory.entries.values()} | memory.strangers
    pool = sorted(
        (post for post in posts if _may_be_ours(post, user) and post.remote_id not in named),
        key=lambda post: (post.created or _EVER, len(post.remote_id), post.remote_id),
    )
    found: dict[str, Found] = {}
    for pending in memory.pendings.values():
        if pending.course == course and is_making(pending, memory.entries):
            _take(found, pending.key, pool, [post for post in pool if _was_begun(post, values, pending)])
    there = {post.remote_id for post in posts}
    lost = {
        key: item
        for key, item in wanted.items()
        # Known and not there: deleted by hand, or replaced by a run with another ledger.
        if key not in found and not (key in memory.entries and memory.entries[key].remote_id in there)
    }
    _take_wanted(found, lost, pool, values)
    return found


def _take_wanted(
    found: dict[str, Found],
    lost: Mapping[str, Post],
    pool: list[ObservedPost],
    values: Mapping[str, Mapping[str, Value]],
) -> None:
    """Find what the programme wants. Announcements may have the same words: then their times tell them apart.

    First comes what is scheduled as it should be; of the rest, what should appear first is what appeared already.
    """
    for key, item in lost.items():
        alike = (post for post in pool if _looks_like(post, values, item) and _has_text(values[post.remote_id], item))
        _take(found, key, pool, [post for post in alike if post.publish and post.publish == item.publish][:1])
    for key, item in sorted(lost.items(), key=lambda one: one[1].publish or _NEVER):
        if key not in found:
            matches = [post for post in pool if _looks_like(post, values, item)]
            matches.sort(
                key=lambda post: (not _has_text(values[post.remote_id], item), post.standing is not Standing.PUBLIC)
            )
            _take(found, key, pool, matches[:1])
    for key, item in lost.items():
        # Whoever deletes a topic by hand takes it from its posts, and leaves them (google-apis.md A.2).
        if key not in found and item.title:
            bare = [post for post in pool if post.kind is item.kind and not (post.topic_id or post.individual)]
            alike = (post for post in bare if same("title", values[post.remote_id]["title"], item.title))
            _take(found, key, pool, [post for post in alike if _has_text(values[post.remote_id], item)][:1])


def is_making(pending: Pending, entries: Mapping[str, Entry]) -> bool:
    """Whether the write that was begun makes a thing whose id is not known."""
    return pending.key not in entries or pending.remote_id == ""


def _may_be_ours(post: ObservedPost, user: str) -> bool:
    return post.creator_id == user and post.ours is not False


def _take(found: dict[str, Found], key: str, pool: list[ObservedPost], matches: Sequence[ObservedPost]) -> None:
    if matches:
        repeats = tuple(post for post in matches[1:] if post.standing is Standing.DRAFT)
        found[key] = Found(matches[0], repeats)
        for post in (matches[0], *repeats):
            pool.remove(post)


def _was_begun(post: ObservedPost, values: Mapping[str, Mapping[str, Value]], pending: Pending) -> bool:
    """Same kind and topic, and all that was to be sent; a hand may since have changed its title or its text."""
    if post.kind is not pending.kind:
        return False
    have, sent = values[post.remote_id], pending.sent
    if have["asker"] != sent.get("asker", ""):
        return False
    agreeing = {
        name for name in ("title", "text", "topic", "attachments") if same(name, have[name], sent.get(name, have[name]))
    }
    return {"topic", "attachments"} <= agreeing and bool({"title", "text"} & agreeing) and _tells_apart(sent, agreeing)


def _tells_apart(sent: Mapping[str, Value], agreeing: set[str]) -> bool:
    """An announcement has no title: its text alone can tell it from another."""
    return "text" in agreeing or bool(sent.get("title"))


def _looks_like(post: ObservedPost, values: Mapping[str, Mapping[str, Value]], item: Post) -> bool:
    if post.kind is not item.kind:
        return False
    have = values[post.remote_id]
    if have["asker"] != item.asker:
        return False
    if not item.title:
        return _has_text(have, item)
    return same("title", have["title"], item.title) and have["topic"] == item.topic


def _has_text(have: Mapping[str, Value], item: Post) -> bool:
    texts = [item.text, item.later[1]] if item.later else [item.text]
    return any(same("text", have["text"], text) for text in texts)
