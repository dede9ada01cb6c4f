"""Lists in pages, as Google serves them.

google-apis.md A.11: a page token asks for an otherwise identical request; an empty list has no key at all; the server
chooses the largest page. A listing that has begun goes on over what was there when it began: rows removed since are
left out, rows changed since come as they are now, and none comes twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from better_classroom.sandbox.errors import ApiError, invalid_argument

Row = dict[str, Any]

_ID_KEYS = ("id", "topicId", "alias", "userId")
_REMEMBERED = 512  # listings under way; one that is older goes on by position alone
_under_way: OrderedDict[str, list[str]] = OrderedDict()  # tokens are unguessable and bound to their query, so shared


def page(
    params: dict[str, Any],
    rows: Sequence[Row] | Callable[[], Sequence[Row]],
    *,
    default: int,
    most: int,
    key: str,
    show: Callable[[Row], Row] | None = None,
    identity: Callable[[Row], str] | None = None,
    find: Callable[[str], Row | None] | None = None,
) -> dict[str, Any]:
    """The page of ``rows`` that ``pageToken`` and ``pageSize`` ask for, under ``key``, with ``nextPageToken`` if more.

    ``rows`` is the whole list in its documented order; ``show`` makes the body of a row, called only for those on the
    page; ``identity`` tells rows apart, by default by their id. A long list is given as a function, together with
    ``find``, which gives the row of an identity if it still belongs to the list: later pages then cost no more than
    they hold. Raises 400 for a negative size, and for a token that is none, or was given for another query.
    """
    size = _size(params, default, most)
    identity = identity or _identity
    query = _query(params, key)
    token = params.get("pageToken")
    listing, start = _read(token, query) if token else ("", 0)
    names = _under_way.get(listing)
    if names is None:
        whole = rows() if callable(rows) else rows
        chosen, end, total = list(whole[start : start + size]), start + size, len(whole)
        if end < total:
            listing = _begin([identity(row) for row in whole])
    else:
        chosen, end = _following(names, start, size, find or _finder(rows, identity))
        total = len(names)
    answer: dict[str, Any] = {key: [show(row) if show else row for row in chosen]} if chosen else {}
    if end < total:
        answer["nextPageToken"] = _write(listing, end, query)
    return answer


def same_page(params: dict[str, Any], key: str) -> str:
    """A token for the very page that ``params`` ask for, other than the one they came with."""
    query, token = _query(params, key), params.get("pageToken")
    listing, start = _read(token, query) if token else ("", 0)
    return _write(listing, start, query, secrets.token_urlsafe(3))


def bad_page_token() -> ApiError:
    """The refusal of a page token that is none, or belongs to another query."""
    return invalid_argument("Invalid page token.")


def _size(params: dict[str, Any], default: int, most: int) -> int:
    size = params.get("pageSize", 0)
    if size < 0:
        raise invalid_argument("Page size must not be negative.")
    return min(size or default, most)


def _following(names: list[str], start: int, size: int, find: Callable[[str], Row | None]) -> tuple[list[Row], int]:
    """The rows from ``start`` on that are still there, and where the next page begins."""
    chosen: list[Row] = []
    end = start
    while end < len(names) and len(chosen) < size:
        row = find(names[end])
        end += 1
        if row is not None:
            chosen.append(row)
    return chosen, end


def _finder(
    rows: Sequence[Row] | Callable[[], Sequence[Row]], identity: Callable[[Row], str]
) -> Callable[[str], Row | None]:
    present = {identity(row): row for row in (rows() if callable(rows) else rows)}
    return present.get


def _identity(row: Row) -> str:
    for key in _ID_KEYS:
        if key in row:
            return str(row[key])
    raise KeyError(f"a row without any of {_ID_KEYS}")


def _begin(names: list[str]) -> str:
    listing = secrets.token_urlsafe(9)
    _under_way[listing] = names
    while len(_under_way) > _REMEMBERED:
        _under_way.popitem(last=False)
    return listing


def _query(params: dict[str, Any], key: str) -> str:
    """What makes a request "otherwise identical": everything but the token itself, and which fields are shown."""
    asked = {name: value for name, value in params.items() if name not in {"pageToken", "fields"}}
    return hashlib.sha256(json.dumps([key, asked], sort_keys=True, default=str).encode()).hexdigest()[:16]


def _write(listing: str, start: int, query: str, *salt: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([listing, start, query, *salt]).encode()).decode().rstrip("=")


def _read(token: str, query: str) -> tuple[str, int]:
    try:
        listing, start, of_query, *_salt = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise bad_page_token() from None
    if of_query != query or not isinstance(listing, str) or not isinstance(start, int) or start < 0:
        raise bad_page_token()
    return listing, start
