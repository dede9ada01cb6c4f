"""Calls made up from Google's discovery documents: some as the schemas want them, some broken somewhere.

And the two judges of what comes back: an error must be Google's envelope, a success must fit its response schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from googleapiclient.discovery_cache import get_static_doc
from hypothesis import strategies as st

from talking import Answer

Json = dict[str, Any]
Pool = dict[str, list[str]]  # what is there, by the name under which calls speak of it: ``courseId``, ``fileId``, …

APIS = (("classroom", "v1"), ("drive", "v3"), ("sheets", "v4"))
CODES = {  # google.rpc.Code as HTTP status
    400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"},
    401: {"UNAUTHENTICATED"},
    403: {"PERMISSION_DENIED"},
    404: {"NOT_FOUND"},
    409: {"ALREADY_EXISTS", "ABORTED"},
    412: {"FAILED_PRECONDITION"},
    413: {"INVALID_ARGUMENT"},
    416: {"OUT_OF_RANGE", "INVALID_ARGUMENT"},
    429: {"RESOURCE_EXHAUSTED"},
    501: {"UNIMPLEMENTED"},
}


@dataclass(frozen=True, slots=True)
class Described:
    """One method as its document describes it."""

    id: str
    api: str
    verb: str
    path: str
    upload: str
    parameters: Json
    request: str
    response: str
    schemas: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shot:
    """One made-up request; ``method`` is what it is meant for."""

    method: Described = field(repr=False)
    verb: str
    target: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@cache
def methods() -> list[Described]:
    """Every method of the three documents."""
    return [one for api, version in APIS for one in _of(json.loads(get_static_doc(api, version)))]


def _of(document: Json) -> Iterator[Described]:
    for entry in _entries(document):
        media = entry.get("mediaUpload", {}).get("protocols", {}).get("simple", {})
        path = entry["flatPath"] if "{+" in entry["path"] else entry["path"]
        yield Described(
            id=entry["id"],
            api=document["name"],
            verb=entry["httpMethod"],
            path=f"/{document['servicePath']}{path}",
            upload=media.get("path", ""),
            parameters=document["parameters"] | entry.get("parameters", {}),
            request=entry.get("request", {}).get("$ref", ""),
            response=entry.get("response", {}).get("$ref", ""),
            schemas=document["schemas"],
        )


def _entries(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for nested in resource.get("resources", {}).values():
        yield from _entries(nested)


# --- made-up values

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
ANY_TEXT = st.text(st.characters(), max_size=8)  # half surrogate pairs too
INSTANTS = st.sampled_from(
    [
        "2020-06-01T08:00:01Z",
        "2020-06-01T11:00:00.123456789+03:00",
        "2019-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2020-02-30T00:00:00Z",
        "2020-06-01",
        "",
    ]
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 30, 100, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63), 2**64, 10**30])
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | NUMBERS
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
_DEEPEST = 4
_SPECIAL = {
    "q": [
        "name = 'a'",
        "trashed=false and name contains 'x'",
        "not (",
        "'me' in owners",
        "appProperties has {",
        "'",
        "",
    ],
    "orderBy": ["updateTime desc", "updateTime asc,dueDate", "name,modifiedTime desc", "folder", ",", "nonsense", ""],
    "updateMask": [
        "name",
        "title,state",
        "state,scheduledTime",
        "courseState",
        "*",
        "materials",
        "a.b",
        ",",
        "due_date",
    ],
    "fields": ["*", "id", "nextPageToken", "files(id,name)", "files/*", "a(b", "(", "id,,", "owners(emailAddress)/x"],
    "pageToken": ["", "W10", "bnVsbA", "WyIiLDAsIiJd", "WyJ4IiwtMSwiIl0", "%00", "é", "A" * 300],
    "alt": ["json", "media", "proto", ""],
    "range": ["A1:B2", "Sheet1!A1", "A:A", "'", "!", "A0", "ZZZ9999999"],
    "corpora": ["user", "domain", "drive", "allDrives", ""],
    "spaces": ["drive", "appDataFolder", "photos", ","],
    "mimeType": ["application/pdf", "application/vnd.google-apps.folder", "application/vnd.google-apps.document", "x"],
    "emailAddress": ["osaleja.uks@tartu.example", "keegi@mujal.example", "@", "no address"],
}


def _named(name: str, pool: Pool) -> st.SearchStrategy[str]:
    """Texts that a value of that name may be: mostly such as make sense."""
    known = [*pool.get(name, ()), *_SPECIAL.get(name, ())]
    some = [one for values in pool.values() for one in values]
    return st.sampled_from(known) | st.sampled_from(some) | WORDS if known else st.sampled_from(some) | WORDS


def value(schema: Json, described: Described, pool: Pool, name: str = "", depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that fit a schema, or nearly: numbers and times stray beyond their limits."""
    if "$ref" in schema:
        return value(described.schemas[schema["$ref"]], described, pool, name, depth)
    kind = schema.get("type", "any")
    if kind == "object":
        return _object(schema, described, pool, depth)
    if kind == "array":
        return st.lists(st.deferred(lambda: value(schema["items"], described, pool, name, depth)), max_size=2)
    if kind == "string":
        return _string(schema, pool, name)
    return {"integer": NUMBERS, "number": FLOATS, "boolean": st.booleans()}.get(kind, JSON)


def _string(schema: Json, pool: Pool, name: str) -> st.SearchStrategy[str]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    form = schema.get("format", "")
    if form in {"date-time", "google-datetime"}:
        return INSTANTS
    if form in {"int64", "uint64"}:
        return NUMBERS.map(str)
    return _named(name, pool)


@st.composite
def _object(draw: st.DrawFn, schema: Json, described: Described, pool: Pool, depth: int) -> Json:
    if depth > _DEEPEST:
        return {}
    if "additionalProperties" in schema:
        inner = value(schema["additionalProperties"], described, pool, "", depth + 1)
        return draw(st.dictionaries(WORDS, inner | st.none(), max_size=2))
    properties = schema.get("properties", {})
    if not properties:
        return {}
    chosen = draw(st.lists(st.sampled_from(sorted(properties)), max_size=5, unique=True))
    return {name: draw(value(properties[name], described, pool, name, depth + 1)) for name in chosen}


@st.composite
def broken(draw: st.DrawFn, whole: Any) -> Any:
    """The value with one thing in it made wrong: a name that nobody knows, or a value of another kind."""
    if isinstance(whole, dict) and whole and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(whole)))
        return whole | {name: draw(broken(whole[name]))}
    if isinstance(whole, dict) and draw(st.booleans()):
        return whole | {draw(ANY_TEXT): draw(JSON)}
    if isinstance(whole, list) and whole:
        return [*whole[1:], draw(broken(whole[0]))]
    return draw(JSON)


# --- made-up calls

_SOUND: Json = {  # bodies that may well be accepted, by the schema that they are of
    "Course": {"name": "Võru", "ownerId": "me"},
    "CourseAlias": {"alias": "p:teine"},
    "Topic": {"name": "Andmed"},
    "CourseWorkMaterial": {"title": "Slaidid", "state": "PUBLISHED"},
    "CourseWork": {"title": "Küsimused", "workType": "ASSIGNMENT", "state": "PUBLISHED"},
    "Announcement": {"text": "Tere", "state": "PUBLISHED"},
    "Student": {"userId": "keegi@tartu.example"},
    "Teacher": {"userId": "keegi@tartu.example"},
    "StudentSubmission": {"draftGrade": 3},
    "ModifyAttachmentsRequest": {"addAttachments": [{"link": {"url": "https://genova.example/"}}]},
    "ModifyAnnouncementAssigneesRequest": {"assigneeMode": "ALL_STUDENTS"},
    "ModifyCourseWorkAssigneesRequest": {"assigneeMode": "ALL_STUDENTS"},
    "Invitation": {"userId": "keegi@tartu.example", "courseId": "604567890123", "role": "TEACHER"},
    "File": {"name": "Ettekanne"},
    "Permission": {"type": "user", "role": "reader", "emailAddress": "keegi@tartu.example"},
    "Comment": {"content": "Miks?"},
    "Reply": {"content": "Sest."},
    "Spreadsheet": {"properties": {"title": "Küsimused"}},
    "BatchUpdateSpreadsheetRequest": {"requests": [{"addSheet": {}}]},
    "ValueRange": {"values": [["a", 1], ["=1+1", None, True]]},
    "BatchUpdateValuesRequest": {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [["a"]]}]},
    "BatchClearValuesRequest": {"ranges": ["A1:B2"]},
    "BatchGetValuesByDataFilterRequest": {"dataFilters": [{"a1Range": "A1"}]},
}
_ASKED_FOR = {"valueInputOption", "ranges"}  # required, though the documents do not say so
_MASKED = {"title", "text", "name", "draftGrade"}
_SOUND_QUERY = {"fields": "*", "valueInputOption": "USER_ENTERED", "ranges": "A1:B2", "userId": "me", "pageToken": "1"}


@st.composite
def shots(draw: st.DrawFn, described: Described, pool: Pool) -> Shot:
    """A call of that method: a sound one, one with something made up in it, or one of which everything is."""
    how = draw(st.sampled_from(["sound", "sound", "in part", "made up"]))
    if how == "made up":
        body, headers = draw(_body(described, pool))
        return Shot(described, described.verb, draw(_target(described, described.path, pool)), body, headers)
    sound: Json = dict(_SOUND.get(described.request, {}))
    if how == "in part":
        sound |= draw(_some(described, pool))
    raw = json.dumps(sound).encode() if described.request else None
    return Shot(
        described,
        described.verb,
        draw(_sound_target(described, pool, sound)),
        raw,
        {"content_type": "application/json"},
    )


@st.composite
def _some(draw: st.DrawFn, described: Described, pool: Pool) -> Json:
    """Two fields at most of a request's body."""
    if not described.request:
        return {}
    whole = draw(value({"$ref": described.request}, described, pool))
    return dict(list(whole.items())[:2])


@st.composite
def _sound_target(draw: st.DrawFn, described: Described, pool: Pool, body: Json) -> str:
    """A path to something that is there, and a query that makes sense."""
    collection = described.id.rpartition(".")[0].rpartition(".")[2]

    def filled(found: re.Match[str]) -> str:
        known = pool.get(f"{collection}.{found[1]}") or pool.get(found[1])
        return quote(draw(st.sampled_from(known)) if known else "A1", safe="")

    path = re.sub(r"\{\+?(\w+)\}", filled, described.path)
    query = {
        name: _SOUND_QUERY[name]
        for name, one in described.parameters.items()
        if one["location"] == "query" and (one.get("required") or name in _ASKED_FOR) and name in _SOUND_QUERY
    }
    if "updateMask" in described.parameters:
        query["updateMask"] = ",".join(name for name in body if name in _MASKED)
    if described.api == "drive" and draw(st.booleans()):
        query["fields"] = "*"
    if draw(st.integers(0, 3)) == 0 and "pageSize" in described.parameters:
        query["pageSize"] = "2"
    if described.id == "classroom.invitations.list":
        query["userId"] = "me"
    return f"{path}?{urlencode(query)}" if query else path


@st.composite
def _target(draw: st.DrawFn, described: Described, path: str, pool: Pool) -> str:
    def filled(found: re.Match[str]) -> str:
        return quote(draw(_named(found[1], pool)), safe="")

    path = re.sub(r"\{\+?(\w+)\}", filled, path)
    query = draw(_query(described, pool))
    return f"{path}?{query}" if query else path


@st.composite
def _query(draw: st.DrawFn, described: Described, pool: Pool) -> str:
    known = {name: one for name, one in described.parameters.items() if one["location"] == "query"}
    needed = [name for name, one in known.items() if one.get("required") or name == "updateMask"]
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True))
    pairs: list[tuple[str, str]] = []
    for name in dict.fromkeys([*needed, *names]):
        if name in {"access_token", "oauth_token", "callback"}:
            continue
        times = draw(st.integers(0, 2)) if known[name].get("repeated") else 1
        pairs += [(name, draw(_parameter(name, known[name], pool))) for _ in range(times)]
    if draw(st.integers(0, 9)) == 0:
        pairs.append((draw(WORDS), draw(WORDS)))
    return urlencode(pairs, quote_via=quote)


def _parameter(name: str, declared: Json, pool: Pool) -> st.SearchStrategy[str]:
    if "enum" in declared:
        return st.sampled_from(declared["enum"]) | WORDS
    if declared["type"] == "integer":
        return NUMBERS.map(str) | WORDS
    if declared["type"] == "boolean":
        return st.sampled_from(["true", "false", "1", ""])
    return INSTANTS if declared.get("format") == "google-datetime" else _named(name, pool)


@st.composite
def _body(draw: st.DrawFn, described: Described, pool: Pool) -> tuple[bytes | None, dict[str, str]]:
    how = draw(st.sampled_from(["fits"] * 6 + ["broken"] * 3 + ["raw", "none"]))
    if how == "none" or (not described.request and how != "raw"):
        return None, {}
    kind = draw(st.sampled_from(["application/json"] * 8 + ["application/x-www-form-urlencoded", "text/plain", ""]))
    headers = {"content_type": kind} if kind else {}
    if how == "raw":
        return draw(st.binary(max_size=40)), headers
    whole = draw(value({"$ref": described.request}, described, pool))
    if how == "broken":
        whole = draw(broken(whole))
    return json.dumps(whole).encode(), headers


@st.composite
def uploads(draw: st.DrawFn, described: Described, pool: Pool, sessions: list[str]) -> Shot:
    """A request of an upload: simple, multipart, or a step of a session."""
    kind = draw(st.sampled_from(["media", "multipart", "resumable", "session", "nonsense"]))
    headers = {}
    if draw(st.booleans()):
        headers["content_type"] = draw(
            st.sampled_from(["application/pdf", "application/json", "multipart/related", "x/"])
        )
    for name in ("x_upload_content_type", "x_upload_content_length", "content_range", "content_encoding"):
        if draw(st.integers(0, 3)) == 0:
            headers[name] = draw(_header(name))
    content = draw(st.binary(max_size=64))
    if kind == "session" and sessions:
        return Shot(described, "PUT", draw(st.sampled_from(sessions)), content, headers)
    target = draw(_target(described, described.upload, pool))
    target += ("&" if "?" in target else "?") + urlencode({"uploadType": kind})
    if kind == "multipart":
        content, headers["content_type"] = draw(_related(described, pool))
    elif kind == "resumable" and draw(st.booleans()):
        content = json.dumps(draw(value({"$ref": described.request}, described, pool))).encode()
        headers["content_type"] = "application/json"
    return Shot(described, described.verb, target, content, headers)


def _header(name: str) -> st.SearchStrategy[str]:
    ranges = [
        "bytes 0-9/10",
        "bytes */10",
        "bytes */*",
        "bytes 0-262143/*",
        "bytes 5-1/3",
        "bytes -/",
        "x",
        "bytes 0-0/0",
    ]
    numbers = ["0", "10", "-1", "x", "99999999999999999999", "5497558138881"]
    return st.sampled_from(
        {
            "content_range": ranges,
            "x_upload_content_length": numbers,
            "content_encoding": ["gzip", "identity", "x"],
            "x_upload_content_type": ["application/pdf", "", "x", "application/vnd.google-apps.document"],
        }[name]
    )


@st.composite
def _related(draw: st.DrawFn, described: Described, pool: Pool) -> tuple[bytes, str]:
    metadata = json.dumps(draw(value({"$ref": described.request}, described, pool))).encode()
    end = draw(st.sampled_from([b"\r\n", b"\n"]))
    parts = [
        b"--b" + end + b"Content-Type: application/json" + end + end + metadata,
        b"--b" + end + b"Content-Type: application/pdf" + end + end + draw(st.binary(max_size=20)),
    ]
    parts = parts[: draw(st.integers(0, 2))] + draw(st.lists(st.binary(max_size=20), max_size=1))
    whole = end.join([*parts, draw(st.sampled_from([b"--b--", b"--b", b""]))])
    return whole, draw(
        st.sampled_from(["multipart/related; boundary=b", 'multipart/related; boundary="b"', "multipart/x"])
    )


def batch(inner: list[Shot], *, end: bytes, closed: bool) -> bytes:
    """The body of a batch of these calls; its boundary is ``b``."""
    pieces = []
    for number, shot in enumerate(inner):
        kind = shot.headers.get("content_type", "")
        typed = b"Content-Type: " + kind.encode() + end if kind else b""
        head = b"--b" + end + b"Content-Type: application/http" + end + b"Content-ID: <%d>" % number + end + end
        line = f"{shot.verb} {shot.target} HTTP/1.1".encode()
        pieces.append(head + line + end + typed + end + (shot.body or b"") + end)
    return b"".join(pieces) + (b"--b--" if closed else b"")


# --- judging


def complaints(shot: Shot, answer: Answer) -> list[str]:
    """What is wrong with an answer, in itself: whatever was asked, these rules hold."""
    if answer.status >= 400:
        return _of_refusal(shot, answer)
    if answer.status in {204, 308} or not answer.body:
        return []
    if "json" not in answer.headers.get("content-type", ""):
        return []
    if shot.target.startswith("/v1") or "alt=media" not in shot.target:
        return list(_misfits(answer.json, {"$ref": shot.method.response}, shot.method.schemas, shot.method.response))
    return []


def _of_refusal(shot: Shot, answer: Answer) -> list[str]:
    if answer.status == 404 and answer.headers.get("content-type", "").startswith("text/html"):
        return []  # google-apis.md B: a path that no API has
    if answer.status not in CODES:
        return [f"no status of Google's: {answer.status}"]
    if answer.status == 416 and "alt=media" in shot.target:
        return []
    try:
        error = answer.error
    except (ValueError, KeyError, TypeError):
        return [f"no envelope: {answer.body[:200]!r}"]
    found = []
    if error.get("code") != answer.status or error.get("status") not in CODES[answer.status]:
        found.append(f"{answer.status} with {error}")
    if not error.get("message"):
        found.append("no message")
    if shot.method.api == "drive" and not (error.get("errors") and error["errors"][0].get("reason")):
        found.append("Drive's errors list is missing")
    if shot.method.api != "drive" and "errors" in error:
        found.append("only Drive has a list of errors")
    return found


def _misfits(given: Any, schema: Json, schemas: Json, path: str) -> Iterator[str]:
    """Where a reply does not fit its schema."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"]]
    kind = schema.get("type", "any")
    if kind == "any":
        return
    python: Any = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": int | float,
        "boolean": bool,
    }[kind]
    if not isinstance(given, python) or (isinstance(given, bool) and kind != "boolean"):
        yield f"{path}: {given!r} is no {kind}"
    elif kind == "array":
        for one in given:
            yield from _misfits(one, schema["items"], schemas, path)
    elif kind == "object":
        for name, one in given.items():
            inner = schema.get("additionalProperties") or schema.get("properties", {}).get(name)
            if inner is None:
                yield f"{path}: it has no {name!r}"
            else:
                yield from _misfits(one, inner, schemas, f"{path}.{name}")
    elif "enum" in schema and given not in schema["enum"]:
        yield f"{path}: {given!r} is none of its enum"
