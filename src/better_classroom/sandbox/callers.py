"""Who calls: the person, the granted scopes and the Cloud project behind an access token."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.store import Store

_SEE = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_REALM = 'Bearer realm="https://accounts.google.com/"'


@dataclass(frozen=True, slots=True)
class Caller:
    """The person a call is made for, and by which app.

    ``domain`` is empty for a personal account (``consumer``); ``admin`` administers ``domain``; ``project`` is the
    Cloud project whose token this is.
    """

    user_id: str
    email: str
    name: str
    domain: str
    admin: bool
    consumer: bool
    scopes: frozenset[str]
    project: str


class Callers:
    """Finds the caller behind a token. Tokens are measured by the wall clock, not by the sandbox's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[dict[str, Any], dict[str, Any], Caller]] = {}

    def behind(self, token: str | None) -> Caller:
        """The caller of that access token; raises the 401 of a missing, unknown or expired one."""
        if not token:
            raise _unauthenticated("Request is missing required authentication credential. ", _REALM, "required")
        row = self._store.get("tokens", "", token)
        user = self._store.get("users", "", row["user"]) if row else None
        closed = user is not None and user.get("disabled")
        if row is None or user is None or closed or row["kind"] != "access" or row["expires"] < time.time():
            challenge = f'{_REALM}, error="invalid_token"'
            raise _unauthenticated("Request had invalid authentication credentials. ", challenge)
        known = self._known.get(token)
        if known is None or known[0] is not row or known[1] is not user:
            known = (row, user, caller_of(user, frozenset(row["scopes"]), row["project"]))
            self._known[token] = known
        return known[2]


def caller_of(user: dict[str, Any], scopes: frozenset[str], project: str) -> Caller:
    """The caller that a user row makes with these scopes and that project."""
    return Caller(
        user_id=user["id"],
        email=user["email"],
        name=user["name"],
        domain="" if user["consumer"] else user["email"].rpartition("@")[2].lower(),
        admin=user["admin"] and not user["consumer"],
        consumer=user["consumer"],
        scopes=scopes,
        project=project,
    )


def _unauthenticated(what: str, challenge: str, drive_reason: str = "authError") -> ApiError:
    # google-apis.md B.1: 401 UNAUTHENTICATED for a missing or expired token; B.3: Drive's reason is authError.
    return ApiError(
        401,
        "UNAUTHENTICATED",
        what + _SEE,
        location="Authorization",
        drive_reason=drive_reason,
        headers=(("WWW-Authenticate", challenge),),
    )
