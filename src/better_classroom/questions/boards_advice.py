"""What Google refuses about a board, told to who can do something about it."""

from __future__ import annotations

from better_classroom.errors import BetterClassroomError, NotFound, RefusedByGoogle
from better_classroom.programme.model import Expert

API_OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured", "domainPolicy"})
"""Reasons that concern every board alike."""

_NOT_SHARED = frozenset({"invalidSharingRequest", "insufficientFilePermissions"})
_CLOSED = 403


def advised(error: BetterClassroomError, expert: Expert, account: str) -> BetterClassroomError:
    """The same error with advice about this board; one whose own advice fits is handed back as it is."""
    advice = _advice(error, expert, account)
    if not advice or not isinstance(error, RefusedByGoogle):
        return error
    said = "Google refused: it cannot be shared with its expert" if error.reason in _NOT_SHARED else error.message
    return type(error)(said, where=error.where, advice=advice, reason=error.reason, status=error.status)


def _advice(error: BetterClassroomError, expert: Expert, account: str) -> str:
    if not isinstance(error, RefusedByGoogle):
        return ""
    if error.reason in _NOT_SHARED:
        return (
            f"Google shares a sheet without a mail only with addresses of Google accounts: write such an address for "
            f"{expert.key} into the programme, or “board: file” for an expert without Google. Where the domain of "
            f"{account} does not let files be shared outside, its administrator allows it (Admin console → Apps → Drive)."
        )
    if isinstance(error, NotFound) or (error.status == _CLOSED and not error.reason):
        return (
            f"Look at the board in the Drive of {account}. If it is gone or belongs to somebody else, move it into the "
            "trash: the next run makes it anew, with all questions and answers that are recorded."
        )
    return ""
