"""What one item's fields differ in, and what the ledger should remember of it afterwards. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from better_classroom import compare
from better_classroom.compare import FieldChange, Verdict, same
from better_classroom.course import Action, Item, ObservedPost, Post, Standing, Value
from better_classroom.memory import SEEN, Entry, Pending
from better_classroom.sighting import Sighting


def fields(item: Item, entry: Entry, seen: Sighting, pending: Pending | None, now: datetime) -> tuple[FieldChange, ...]:
    """Every field that the programme says something about, with the verdict on it."""
    known = {"sent": entry.sent, "answered": entry.answered, "pending": pending.sent if pending else {}}
    found = []
    for name, want in compare.wanted_values(item, now).items():
        have = seen.values.get(name)
        found.append(FieldChange(name, have, want, compare.verdict(name, want=want, have=have, **known)))
    if isinstance(item, Post) and isinstance(seen.actual, ObservedPost):
        want = item.publish.isoformat() if item.publish else None
        verdict = compare.release(item, seen.actual, **known)
        found.append(FieldChange("publish", seen.values.get("publish"), want, verdict))
    return tuple(found)


def recorded(entry: Entry, item: Item, seen: Sighting, found: Sequence[FieldChange]) -> Entry:
    """The ledger's row once it remembers the fields in which what is there is what should be.

    A field that Google spells in its own way keeps the row it has: there, sent and answered differ for good.
    """
    sent, answered = dict(entry.sent), dict(entry.answered)
    for change in found:
        agrees = change.verdict is Verdict.SAME and same(change.name, change.have, change.want)
        told = change.want is None or (change.name in sent and same(change.name, sent[change.name], change.want))
        if agrees and not (told and same(change.name, answered.get(change.name), change.have)):
            sent[change.name], answered[change.name] = change.want, change.have
    if isinstance(item, Post) and is_public(seen) and "publish" not in sent:
        # Published by a write of ours whose reply was lost; what is public has no time any more.
        sent["publish"] = answered["publish"] = item.publish.isoformat() if item.publish else None
    return replace(entry, sent=sent, answered=answered)


def is_public(seen: Sighting) -> bool:
    """Whether participants see it."""
    return isinstance(seen.actual, ObservedPost) and seen.actual.standing is Standing.PUBLIC


def marked(entry: Entry, pending: Pending | None) -> Entry:
    """The ledger's row with the mark of what participants saw, where only the write that was begun carries it."""
    if pending is None or SEEN not in pending.sent:
        return entry
    return replace(entry, sent={**entry.sent, SEEN: pending.sent[SEEN]})


def arrived(entry: Entry, values: Mapping[str, Value], pending: Pending | None) -> Entry:
    """The ledger's row with what a write in place has left there whose reply was lost.

    The next write takes the place of the pending row that tells of it; where that one is broken off too, nothing else
    would tell what it left from what a hand did.
    """
    if pending is None or pending.action not in _IN_PLACE or pending.remote_id != entry.remote_id:
        return entry
    names = {name for name, value in pending.sent.items() if name in values and same(name, values[name], value)}
    names = {name for name in names if not same(name, values[name], entry.answered.get(name))}
    have = {name: values[name] for name in names}
    return replace(entry, sent={**entry.sent, **have}, answered={**entry.answered, **have})


_IN_PLACE = frozenset({Action.UPDATE, Action.RELEASE})


def adopt(
    blank: Entry,
    item: Item,
    values: Mapping[str, Value],
    now: datetime,
    *,
    pending: Pending | None,
) -> Entry:
    """The ledger's row for an item found in a course, as if the last apply had left it there.

    Its text and name may then be written where they differ. Attachments that differ count as changed by hand: writing
    them means a new post, and that never follows from a lost ledger alone. Those that a write of ours was to send are
    no hand's: the programme was edited since.
    """
    wants = compare.wanted_values(item, now)
    have = {name: values.get(name) for name in wants}
    sent, answered = dict(have), dict(have)
    if "attachments" in wants:
        ours = (wants["attachments"], pending.sent.get("attachments") if pending else None)
        if not any(compare.same("attachments", have["attachments"], one) for one in ours):
            sent["attachments"], answered["attachments"] = wants["attachments"], None
    if values.get("publish"):
        sent["publish"] = answered["publish"] = values["publish"]
    return replace(blank, sent={**blank.sent, **sent}, answered=answered)
