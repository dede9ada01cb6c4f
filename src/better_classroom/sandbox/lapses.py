"""Faults that are no refusals: replies that are true of a moment ago, or true and less than was hoped for.

``stale``: a read that does not see the latest write yet (google-apis.md A.13). ``late``: submissions that were handed
out or handed in since the fault was scripted are not there yet (A.8, G.11). ``empty``: a page without rows that leads
to the one asked for (A.11, G.1). ``partial``: an upload of which fewer bytes are kept than were sent (D.1).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from better_classroom.sandbox import paging
from better_classroom.sandbox.discovery import Method
from better_classroom.sandbox.reading import Mistake
from better_classroom.sandbox.store import Store

if TYPE_CHECKING:
    from better_classroom.sandbox.faults import Fault

LAPSES = ("empty", "stale", "late", "partial")

_LATE = frozenset(f"classroom.courses.courseWork.studentSubmissions.{name}" for name in ("get", "list"))


def check(deed: str, when: str, method: Method) -> None:
    """Raise Mistake for a lapse that this method cannot have."""
    if deed not in LAPSES:
        return
    if when != "before":
        raise Mistake(f"the fault {deed!r} makes a reply what it is: it has no 'after'")
    has_it = {
        "empty": "pageToken" in method.parameters,
        "stale": method.verb == "GET",
        "late": method.id in _LATE,
        "partial": method.takes_media,
    }
    if not has_it[deed]:
        raise Mistake(f"the fault {deed!r} makes no sense for {method.id}")


def world_of(lapse: Fault, store: Store) -> AbstractContextManager[None]:
    """The world that the struck call sees."""
    if lapse.do == "stale":
        return store.seen_as_before(store.history.latest_write)
    if lapse.do == "late":
        return store.seen_as_before(lapse.mark, table="submissions")
    return nullcontext()


def emptied(result: Any, method: Method, params: dict[str, Any]) -> dict[str, Any]:
    """The page that was asked for without its rows, and with a token for that very page."""
    properties = method.api.schemas.declared[method.response]["properties"]
    key = next(name for name, one in properties.items() if one.get("type") == "array")
    rest = {name: value for name, value in result.items() if name not in {key, "newStartPageToken"}}
    if method.id == "drive.changes.list":  # its tokens are places in a log, not pages of a listing
        return rest | {key: [], "nextPageToken": params["pageToken"]}
    empty: dict[str, Any] = {key: []} if method.service == "drive" else {}
    return rest | empty | {"nextPageToken": paging.same_page(params, key)}
