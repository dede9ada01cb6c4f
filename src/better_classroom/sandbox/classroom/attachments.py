"""Attachments: the ``Material`` union of posts and the ``Attachment`` union of submissions (google-apis.md A.5).

Kept: ``{"driveFile": {"driveFile": {"id", "alternateLink"}, "shareMode"}}``, ``{"youtubeVideo": …}``, ``{"link": …}``;
title and thumbnail of a Drive file are read from Drive whenever somebody looks.

Unknown, and taken on the strict side: a link must be http or https with a host; a YouTube id must have YouTube's shape;
a Drive or YouTube address posted as a link is upgraded and then held to the rules of its new kind; a Forms address
stays a link; files are shared with the course's group at publication (of a post for some students with these and the
teachers), and not if the teacher may no longer share them then, which does not stop the publication. Not there: the copies
that STUDENT_COPY makes for students; such a file is not shared at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.drive import access
from better_classroom.sandbox.errors import failed_precondition, invalid_argument, permission_denied
from better_classroom.sandbox.store import Store

MOST = 20  # google-apis.md A.3: more is INVALID_ARGUMENT
LONGEST_URL = 2024

_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_HOSTS = {"youtube.com", "youtube-nocookie.com"}
_YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live|v)/([A-Za-z0-9_-]{11})(?:/.*)?")
_DRIVE_PATH = re.compile(r"(?:/u/\d+)?/(?:file/d|drive/(?:u/\d+/)?folders)/([A-Za-z0-9_-]+)(?:/.*)?")
_DOCS_PATH = re.compile(
    r"(?:/a/[^/]+)?/(?:document|spreadsheets|presentation|file)/(?:u/\d+/)?d/([A-Za-z0-9_-]+)(?:/.*)?"
)
_HIDDEN_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")


def accept(store: Store, caller: Caller, given: list[Row], *, share_modes: bool) -> list[Row]:
    """The materials of a new post as they are kept; ``share_modes``: other modes than VIEW are allowed.

    Raises 400 for a malformed one, 400 ``@AttachmentNotVisible`` and 403 for Drive files (A.5).
    """
    _check_number(len(given))
    return [_material(store, caller, material, share_modes=share_modes) for material in given]


def accept_for_submission(store: Store, caller: Caller, given: list[Row], already: int) -> list[Row]:
    """The attachments to add to a submission that has ``already`` some. YouTube is spelt ``youTubeVideo`` there (A.5)."""
    if not given:
        raise invalid_argument("addAttachments must not be empty.")
    _check_number(already + len(given))
    kept: list[Row] = []
    for attachment in given:
        material = dict(attachment)
        if "driveFile" in material:
            material["driveFile"] = {"driveFile": material["driveFile"]}
        if "youTubeVideo" in material:
            material["youtubeVideo"] = material.pop("youTubeVideo")
        kept.append(_material(store, caller, material, share_modes=False))
    return kept


def show(store: Store, caller: Caller, kept: list[Row]) -> list[Row]:
    """Materials as the caller sees them: a Drive file's title only with access to it (A.5)."""
    return [_shown(store, caller, material) for material in kept]


def show_in_submission(store: Store, caller: Caller, kept: list[Row]) -> list[Row]:
    """A submission's attachments as the caller sees them, in their own spelling."""
    seen: list[Row] = []
    for material in show(store, caller, kept):
        if "driveFile" in material:
            seen.append({"driveFile": material["driveFile"]["driveFile"]})
        elif "youtubeVideo" in material:
            seen.append({"youTubeVideo": material["youtubeVideo"]})
        else:
            seen.append(material)
    return seen


_SHARED_AS = {"VIEW": "reader", "EDIT": "writer"}  # google-apis.md D.3, A.5


def share(store: Store, course: Row, post: Row, teacher_id: str) -> None:
    """Let those whom a post is for use its Drive files, as the post goes public or its assignees change."""
    individuals = post.get("individualStudentsOptions", {}).get("studentIds", [])
    group = "teacherGroupEmail" if individuals else "courseGroupEmail"
    for file_id, mode in drive_files(post.get("materials", [])):
        role = _SHARED_AS.get(mode)
        if role and access.can_share(store, file_id, teacher_id):
            access.grant_group(store, file_id, course[group], role)
            for student in individuals:
                access.grant_user(store, file_id, student, role)


def drive_files(materials: list[Row]) -> Iterator[tuple[str, str]]:
    """Drive id and share mode of each Drive file among the materials."""
    for material in materials:
        if "driveFile" in material:
            yield material["driveFile"]["driveFile"]["id"], material["driveFile"]["shareMode"]


def link_urls(materials: list[Row]) -> Iterator[str]:
    """The address of each link among the materials."""
    for material in materials:
        if "link" in material:
            yield material["link"]["url"]


def _check_number(number: int) -> None:
    if number > MOST:
        raise invalid_argument(f"There must be no more than {MOST} attachments.")


def _material(store: Store, caller: Caller, material: Row, *, share_modes: bool) -> Row:
    if len(material) != 1:
        raise invalid_argument("A material must have exactly one kind.")
    ((kind, value),) = material.items()
    if kind == "link":
        return _link(store, caller, value)
    if kind == "youtubeVideo":
        return _youtube(value.get("id", ""))
    if kind == "driveFile":
        return _drive_file(store, caller, value, share_modes=share_modes)
    # google-apis.md A.5: form, gem and notebook are read-only; a form is posted as a link
    raise invalid_argument(f"Setting the {kind} field of a material is not supported.")


def _link(store: Store, caller: Caller, link: Row) -> Row:
    url: str = link.get("url", "")
    if not 1 <= len(url) <= LONGEST_URL:
        raise invalid_argument(f"A link's url must have between 1 and {LONGEST_URL} characters.")
    host, path, query = _address(url)
    # google-apis.md A.5: Classroom turns a link into a better-fitting kind and returns the result
    video = _video_of(host, path, query)
    if video:
        return _youtube(video)
    file_id = _file_of(host, path, query)
    if file_id:
        return _drive_file(store, caller, {"driveFile": {"id": file_id}}, share_modes=False)
    # A.5: title and thumbnail are fetched by Classroom; no network here, so both come from the address
    title = host + path.rstrip("/")
    thumbnail = f"https://classroom.google.com/webthumbnail?url={quote(url, safe='')}"
    return {"link": {"url": url, "title": title, "thumbnailUrl": thumbnail}}


def _address(url: str) -> tuple[str, str, dict[str, list[str]]]:
    """Host, path and query of an address; raises 400 for what is none."""
    try:
        parts = urlsplit(url)
        host, query = parts.hostname or "", parse_qs(parts.query)
    except ValueError:
        raise invalid_argument("A link's url must be a valid address.") from None
    if parts.scheme not in {"http", "https"} or not host or _HIDDEN_OR_CONTROL.search(url):
        raise invalid_argument("A link's url must be a valid http or https address.")
    return host, parts.path, query


def _video_of(host: str, path: str, query: dict[str, list[str]]) -> str | None:
    name = host.removeprefix("www.").removeprefix("m.").removeprefix("music.")
    if name == "youtu.be":
        candidate = path[1:].partition("/")[0]
    elif name not in _YOUTUBE_HOSTS:
        return None
    elif path == "/watch":
        candidate = query.get("v", [""])[0]
    else:
        found = _YOUTUBE_PATH.fullmatch(path)
        candidate = found.group(1) if found else ""
    return candidate if _YOUTUBE_ID.fullmatch(candidate) else None


def _file_of(host: str, path: str, query: dict[str, list[str]]) -> str | None:
    if host == "drive.google.com":
        if path in {"/open", "/uc"}:
            return query.get("id", [None])[0]
        found = _DRIVE_PATH.fullmatch(path)
    elif host == "docs.google.com":
        found = _DOCS_PATH.fullmatch(path)
    else:
        return None
    return found.group(1) if found else None


def _youtube(video: str) -> Row:
    if not _YOUTUBE_ID.fullmatch(video):
        raise invalid_argument("A YouTube video needs the id of one.")
    return {
        "youtubeVideo": {
            "id": video,
            "title": f"YouTube video {video}",
            "alternateLink": f"https://www.youtube.com/watch?v={video}",
            "thumbnailUrl": f"https://i.ytimg.com/vi/{video}/default.jpg",
        }
    }


def _drive_file(store: Store, caller: Caller, shared: Row, *, share_modes: bool) -> Row:
    mode = shared.get("shareMode", "UNKNOWN_SHARE_MODE")
    mode = "VIEW" if mode == "UNKNOWN_SHARE_MODE" else mode
    if mode != "VIEW" and not share_modes:
        # google-apis.md A.5, G.9: other modes only inside course work of type ASSIGNMENT
        raise invalid_argument("shareMode other than VIEW is only supported for assignments.")
    file_id: str = shared.get("driveFile", {}).get("id", "")
    if not file_id:
        raise invalid_argument("A Drive file needs its id.")
    about = access.describe(store, file_id)
    if about is None or access.role_of(store, file_id, caller.user_id) is None:
        # google-apis.md A.5, G.10: invisible, missing or wrong is 400 …
        raise failed_precondition("The attachment is not visible to the user.", "AttachmentNotVisible")
    if not access.can_share(store, file_id, caller.user_id):
        raise permission_denied()  # … while visible but not shareable is 403
    return {"driveFile": {"driveFile": {"id": file_id, "alternateLink": about["alternateLink"]}, "shareMode": mode}}


def _shown(store: Store, caller: Caller, material: Row) -> Row:
    if "driveFile" not in material:
        return material
    shared: dict[str, Any] = material["driveFile"]
    file = dict(shared["driveFile"])
    if access.role_of(store, file["id"], caller.user_id) is not None:
        about = access.describe(store, file["id"]) or {}
        file |= {name: about[name] for name in ("title", "thumbnailUrl") if about.get(name)}
    return {"driveFile": {"driveFile": file, "shareMode": shared["shareMode"]}}
