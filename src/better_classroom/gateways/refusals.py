"""Google's refusals, told so that an organiser can act on them: what was refused, to whom, and what to do next."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from better_classroom.errors import (
    AlreadyExists,
    BetterClassroomError,
    NotFound,
    NotOurs,
    RefusedByGoogle,
    SignInNeeded,
    TryLater,
)
from better_classroom.gateways import scopes
from better_classroom.gateways.reasons import BY_STATUS, NO_SCOPE, REASONS, Told

RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
"""A 403 with one of these is a 429 in disguise (google-apis.md B.3, B.4)."""

LONG_LIMITS = frozenset({"dailyLimitExceeded", "sharingRateLimitExceeded", "UserCourseJoinRateLimitReached"})
"""Limits that pass, but not while anybody waits: hours, or a day (google-apis.md B.2, B.3)."""

NO_REASON = frozenset({"", "forbidden", "badRequest", "invalid", "conflict", "backendError", "internalError", "global"})
"""What stands in the place of a reason where Google gave none (google-apis.md B.1)."""

PREFIX = re.compile(r"@(\w+)(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a reply says: HTTP status, Google's reason (or empty) and Google's words, in one line."""

    status: int
    reason: str
    message: str

    @property
    def is_rate_limit(self) -> bool:
        """Whether the reply says that a quota which fills again within minutes is used up; nothing was carried out."""
        if self.reason in LONG_LIMITS:
            return False
        is_forbidden = self.status == HTTPStatus.FORBIDDEN
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or (is_forbidden and self.reason in RATE_REASONS)

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed in a moment, though it may also have been carried out already."""
        return self.status in {408, 500, 502, 503, 504}


def read(status: int, content: bytes) -> Refusal:
    """What a reply with an error says; tolerates everything that is not Google's envelope (google-apis.md B.1)."""
    error = _envelope(content)
    words = " ".join(str(error.get("message", "")).split())
    return Refusal(status, _reason(error, words), PREFIX.sub("", words, count=1))


def explain(refusal: Refusal, *, account: str, where: str, method: str, project: str = "") -> BetterClassroomError:
    """The error of ours that an organiser reads for a refusal that stands."""
    told = _told(refusal, account=account, project=project, method=method)
    if refusal.status == HTTPStatus.UNAUTHORIZED or refusal.reason == NO_SCOPE:
        return SignInNeeded(f"Google does not accept the sign-in: {told.meaning}", where=where, advice=told.advice)
    if refusal.reason in LONG_LIMITS or refusal.is_rate_limit:
        return TryLater(f"Google's quota is used up: {told.meaning}", where=where, advice=told.advice)
    return _kind(refusal)(
        f"Google refused: {told.meaning}",
        where=where,
        advice=told.advice,
        reason=refusal.reason,
        status=refusal.status,
    )


def _kind(refusal: Refusal) -> type[RefusedByGoogle]:
    if refusal.reason == "ProjectPermissionDenied":
        return NotOurs
    return {404: NotFound, 409: AlreadyExists}.get(refusal.status, RefusedByGoogle)


def _told(refusal: Refusal, *, account: str, project: str, method: str) -> Told:
    """What the refusal means, with Google's own words, and what to do."""
    words = refusal.message or f"HTTP status {refusal.status}"
    login = f"better-classroom login --account {account}"
    names = {"account": account, "project": project or "of these credentials", "login": login}
    known = REASONS.get(refusal.reason)
    if known is None:
        words = f"{words} ({refusal.reason})" if refusal.reason else words
        return Told(words, BY_STATUS.get(refusal.status, "").format(**names))
    meaning = f"{known.meaning.format(**names)} ({refusal.reason}: {words})"
    return Told(meaning, known.advice.format(**names, scope_advice=_scope_advice(method, login)))


def _scope_advice(method: str, login: str) -> str:
    need = scopes.need_of(method)
    names = ", ".join(scopes.SCOPES[need])
    return (
        f"The sign-in does not cover {names}, needed to {need}. Sign in again and tick every box: {login} "
        "(for a service account the administrator adds the scope to its delegation)."
    )


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    if isinstance(found, list) and found:
        found = found[0]
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):
        return {"message": str(found.get("error_description") or error)}
    return error if isinstance(error, dict) else {}


def _reason(error: dict[str, Any], words: str) -> str:
    named = PREFIX.match(words)
    if named:
        return named[1]
    if "insufficient authentication scopes" in words.lower():
        return NO_SCOPE
    listed = [*_objects(error.get("errors")), *_objects(error.get("details"))]
    reasons = (str(entry.get("reason", "")) for entry in listed)
    return next((reason for reason in reasons if reason not in NO_REASON), "")


def _objects(found: Any) -> list[dict[str, Any]]:
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
