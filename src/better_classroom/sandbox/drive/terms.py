"""What the terms of a query mean, one entry a field (google-apis.md D.2, from Google's search terms reference).

Unknown, and taken on the strict side: letter case counts in ``=``; ``contains`` on a name matches the start of a word;
``fullText`` knows names and descriptions only, since the sandbox reads no documents.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, ids, instants
from better_classroom.sandbox.drive.refusals import invalid
from better_classroom.sandbox.store import Row, Store

PROPERTIES = ("properties", "appProperties")


@dataclass(frozen=True, slots=True)
class Subject:
    """A file under test, and for whom."""

    store: Store
    caller: Caller
    row: Row


Predicate = Callable[[Subject], bool]

_EQUALITY: dict[str, Callable[[object, object], bool]] = {"=": operator.eq, "!=": operator.ne}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


def comparison(field: str, compare: str, value: str, *, quoted: bool) -> Predicate:
    """``field compare value``; ``quoted`` tells a string from ``true`` and ``false``. Raises 400 if it makes none."""
    if field in _TRUTHS:
        return _truth(_TRUTHS[field], compare, value, quoted=quoted)
    if not quoted:
        raise invalid("q")
    if field in _TIMES:
        return _time(_TIMES[field], compare, value)
    if compare == "contains" and field in _CONTAINS:
        return _CONTAINS[field](value)
    if compare in _EQUALITY and field in _TEXTS:
        shown, equal = _TEXTS[field], _EQUALITY[compare]
        return lambda subject: equal(shown(subject), value)
    raise invalid("q")


def membership(collection: str, value: str) -> Predicate:
    """``'value' in collection``."""
    if collection == "parents":
        return lambda subject: _in_folder(subject, value)
    if collection in _GRANTEES:
        roles = _GRANTEES[collection]
        return lambda subject: _granted(subject, value, roles)
    raise invalid("q")


def has_property(field: str, key: str, value: str) -> Predicate:
    """``properties has {…}``; of appProperties only those of the caller's own app (google-apis.md D.2)."""
    if field == "properties":
        return lambda subject: subject.row["properties"].get(key) == value
    return lambda subject: subject.row["appProperties"].get(subject.caller.project, {}).get(key) == value


def is_trashed(store: Store, row: Row) -> bool:
    """Whether a file is in the trash, by itself or with a folder above it."""
    return any(folder["trashed"] for folder in access.lineage(store, row))


def shared_with_me(subject: Subject) -> bool:
    """Whether somebody else's file was shared with the caller by name or by group."""
    return subject.row["owner"] != subject.caller.user_id and any(
        grant.permission["type"] in {"user", "group"}
        and access.covers(subject.store, grant.permission, subject.caller.user_id)
        for grant in access.grants(subject.store, subject.row)
    )


def visibility(subject: Subject) -> str:
    """How far a file can be seen: anyoneCanFind, anyoneWithLink, domainCanFind, domainWithLink or limited."""
    held = {grant.permission["type"]: grant.permission for grant in access.grants(subject.store, subject.row)}
    for kind in ("anyone", "domain"):
        if kind in held:
            return f"{kind}CanFind" if held[kind].get("allowFileDiscovery") else f"{kind}WithLink"
    return "limited"


def _truth(holds: Predicate, compare: str, value: str, *, quoted: bool) -> Predicate:
    if quoted or value not in {"true", "false"} or compare not in _EQUALITY:
        raise invalid("q")
    wanted = (value == "true") == (compare == "=")
    return lambda subject: holds(subject) is wanted


def _time(when: Callable[[Subject], str | None], compare: str, value: str) -> Predicate:
    asked = instants.read(value)
    if asked is None or compare not in _ORDER:
        raise invalid("q")
    limit, ordered = asked.timestamp(), _ORDER[compare]

    def holds(subject: Subject) -> bool:
        text = when(subject)
        instant = instants.read(text) if text else None
        return instant is not None and ordered(instant.timestamp(), limit)

    return holds


def _name_contains(value: str) -> Predicate:
    # google-apis.md D.2: `name contains` is prefix-only
    starts = re.compile(r"(?<!\w)" + re.escape(value.casefold()))
    return lambda subject: starts.search(subject.row["name"].casefold()) is not None


def _type_contains(value: str) -> Predicate:
    return lambda subject: subject.row["mimeType"].startswith(value)


def _text_contains(value: str) -> Predicate:
    phrase = len(value) > 1 and value[0] == value[-1] == '"'
    wanted = [value[1:-1].casefold()] if phrase else value.casefold().split()

    def holds(subject: Subject) -> bool:
        text = f"{subject.row['name']}\n{subject.row.get('description', '')}".casefold()
        return all(word in text for word in wanted)

    return holds


def _in_folder(subject: Subject, folder_id: str) -> bool:
    if folder_id == "root":
        folder_id = ids.root_id(subject.caller.user_id)
    return folder_id in subject.row["parents"]


def _granted(subject: Subject, who: str, roles: tuple[str, ...]) -> bool:
    email = subject.caller.email if who == "me" else who
    return any(
        grant.role in roles and grant.permission.get("emailAddress", "").lower() == email.lower()
        for grant in access.grants(subject.store, subject.row)
    )


_TRUTHS: dict[str, Predicate] = {
    "trashed": lambda subject: is_trashed(subject.store, subject.row),
    "starred": lambda subject: subject.caller.user_id in subject.row["starredBy"],
    "sharedWithMe": shared_with_me,
}
_TIMES: dict[str, Callable[[Subject], str | None]] = {
    "createdTime": lambda subject: str(subject.row["createdTime"]),
    "modifiedTime": lambda subject: str(subject.row["modifiedTime"]),
    "viewedByMeTime": lambda subject: subject.row["viewedBy"].get(subject.caller.user_id),
}
_TEXTS: dict[str, Callable[[Subject], object]] = {
    "name": lambda subject: subject.row["name"],
    "mimeType": lambda subject: subject.row["mimeType"],
    "visibility": visibility,
    "shortcutDetails.targetId": lambda subject: subject.row["shortcut"].get("targetId"),
}
_CONTAINS: dict[str, Callable[[str], Predicate]] = {
    "name": _name_contains,
    "mimeType": _type_contains,
    "fullText": _text_contains,
}
_GRANTEES = {
    "owners": ("owner",),
    "writers": ("owner", "writer"),
    "readers": ("owner", "writer", "commenter", "reader"),
}
