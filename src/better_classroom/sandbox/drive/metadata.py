"""The body of files.create, update and copy: what may be written, and what it does to a file's row."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import instants, kinds
from better_classroom.sandbox.drive.refusals import forbidden, invalid, not_reproduced
from better_classroom.sandbox.store import Row

Body = dict[str, Any]

_MOST_PROPERTIES = 30  # google-apis.md D.2: per app private, and public; 100 in all
_MOST_PROPERTIES_IN_ALL = 100
_LONGEST_PROPERTY = 124  # bytes of key and value together

_WRITABLE = frozenset(
    {
        "appProperties",
        "contentHints",
        "copyRequiresWriterPermission",
        "description",
        "folderColorRgb",
        "mimeType",
        "modifiedTime",
        "name",
        "originalFilename",
        "properties",
        "starred",
        "viewedByMeTime",
        "writersCanShare",
    }
)
_WRITABLE_ONCE = _WRITABLE | {"createdTime", "id", "parents", "shortcutDetails", "trashed"}
_WRITABLE_LATER = _WRITABLE | {"trashed"}
# Drive would act on these. Not reproduced rather than ignored, so that nobody's rehearsal passes by mistake.
_NOT_REPRODUCED = frozenset(
    {
        "clientEncryptionDetails",
        "contentRestrictions",
        "downloadRestrictions",
        "inheritedPermissionsDisabled",
        "labelInfo",
        "linkShareMetadata",
        "viewersCanCopyContent",
    }
)
_PLAIN = (
    "description",
    "folderColorRgb",
    "name",
    "originalFilename",
    "writersCanShare",
    "copyRequiresWriterPermission",
)
_PERSONAL = frozenset({"starred", "viewedByMeTime", "kind"})


def check_new(body: Body) -> None:
    """Refuse fields that nobody may write, when a file is made or copied."""
    _check(body, _WRITABLE_ONCE)
    if body.get("trashed"):
        raise invalid("trashed", "A file cannot be created in the trash.")  # unknown: taken on the strict side
    if len(body.get("parents", ())) > 1:
        raise invalid("parents", "A file cannot be created within multiple folders.")  # google-apis.md D.2: one parent


def check_change(body: Body) -> None:
    """Refuse fields that nobody may change."""
    if "parents" in body:
        raise forbidden(
            "The parents field is not directly writable in update requests. "
            "Use the addParents and removeParents parameters instead.",
            "fieldNotWritable",
        )
    _check(body, _WRITABLE_LATER)


def _check(body: Body, writable: frozenset[str]) -> None:
    missing = sorted(_NOT_REPRODUCED & body.keys())
    if missing:
        raise not_reproduced(f"the field {missing[0]} of a Drive file")
    if body.keys() - writable - {"kind"}:
        # google-apis.md does not tell; the document says "Output only", clients in the field meet this refusal
        raise forbidden("The resource body includes fields which are not directly writable.", "fieldNotWritable")


def is_personal(body: Body) -> bool:
    """Whether a body changes only what is the caller's own about a file, and so not the file."""
    return body.keys() <= _PERSONAL


def apply(row: Row, body: Body, caller: Caller) -> Row:
    """The row with the body's fields; times, properties and the caller's star included."""
    new = row | {name: body[name] for name in _PLAIN if name in body}
    for name in ("createdTime", "modifiedTime"):
        if name in body:
            new[name] = _instant(body[name], name)
    if "viewedByMeTime" in body:
        viewed = _instant(body["viewedByMeTime"], "viewedByMeTime")
        new["viewedBy"] = row["viewedBy"] | {caller.user_id: viewed}
    if "starred" in body:
        others = [user for user in row["starredBy"] if user != caller.user_id]
        new["starredBy"] = [*others, caller.user_id] if body["starred"] else others
    extension = kinds.extensions(new["name"])
    if extension:  # the document: "not cleared if the new name doesn't contain a valid extension"
        new["fullFileExtension"] = extension[0]
    return new | _properties(row, body, caller)


def _properties(row: Row, body: Body, caller: Caller) -> dict[str, Any]:
    """Both kinds of properties after the change; a null removes (google-apis.md D.2)."""
    public = _merged(row["properties"], body.get("properties", {}), "properties")
    own = _merged(row["appProperties"].get(caller.project, {}), body.get("appProperties", {}), "appProperties")
    private = {project: held for project, held in row["appProperties"].items() if project != caller.project}
    if own:
        private[caller.project] = own
    if len(public) + sum(len(held) for held in private.values()) > _MOST_PROPERTIES_IN_ALL:
        raise invalid("properties", "The file has too many properties.")  # unknown reason
    return {"properties": public, "appProperties": private}


def _merged(held: dict[str, str], sent: dict[str, str | None], kind: str) -> dict[str, str]:
    for key, value in sent.items():
        if not key or len(f"{key}{value or ''}".encode("utf-8", "surrogatepass")) > _LONGEST_PROPERTY:
            raise invalid(kind, f"A property's key and value may take {_LONGEST_PROPERTY} bytes together.")
    merged = {key: value for key, value in (held | sent).items() if value is not None}
    if len(merged) > _MOST_PROPERTIES:
        raise invalid(kind, f"A file may have {_MOST_PROPERTIES} {kind} of an app.")  # unknown reason
    return merged


def _instant(text: str, field: str) -> str:
    instant = instants.read(text)
    if instant is None:
        raise invalid(field)
    return instants.write(instant)
