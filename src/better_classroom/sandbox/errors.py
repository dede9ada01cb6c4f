"""Refusals in Google's words: one exception, one factory per kind, two renderings.

The factories carry the generic texts of google-apis.md B.1; a handler that knows better gives its own message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Detail = dict[str, Any]

DRIVE_REASONS = {  # google-apis.md B.3; used where a refusal names no reason of its own
    "INVALID_ARGUMENT": "badRequest",
    "FAILED_PRECONDITION": "badRequest",
    "UNAUTHENTICATED": "authError",
    "PERMISSION_DENIED": "insufficientFilePermissions",
    "NOT_FOUND": "notFound",
    "ALREADY_EXISTS": "conflict",
    "RESOURCE_EXHAUSTED": "rateLimitExceeded",
    "UNIMPLEMENTED": "notImplemented",
    "UNAVAILABLE": "backendError",
    "INTERNAL": "internalError",
}

STATUSES = {  # google-apis.md B.1, and google.rpc.Code for the rest; what a scripted fault of that number says
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ApiError(Exception):
    """Google refuses. ``reason`` is its short name without the ``@``; ``details`` are google.rpc objects.

    ``location`` names the parameter or header at fault and ``drive_reason`` its name there, for Drive, whose errors
    say so; Classroom does not show either.
    """

    def __init__(
        self,
        code: int,
        status: str,
        message: str,
        *,
        reason: str = "",
        details: Sequence[Detail] = (),
        location: str = "",
        drive_reason: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.reason = reason
        self.details = tuple(details)
        self.location = location
        self.drive_reason = drive_reason or reason
        self.headers = tuple(headers)


def invalid_argument(
    message: str = "Request contains an invalid argument.", reason: str = "", *, details: Sequence[Detail] = ()
) -> ApiError:
    """400: the request is wrong whatever the state of the world."""
    return ApiError(400, "INVALID_ARGUMENT", message, reason=reason, details=details)


def failed_precondition(message: str = "Precondition check failed.", reason: str = "") -> ApiError:
    """400: the request is well formed, the state of the world forbids it."""
    return ApiError(400, "FAILED_PRECONDITION", message, reason=reason)


def permission_denied(message: str = "The caller does not have permission", reason: str = "") -> ApiError:
    """403: this caller may not, by role, project, or policy."""
    return ApiError(403, "PERMISSION_DENIED", message, reason=reason)


def not_found(message: str = "Requested entity was not found.", reason: str = "", *, location: str = "") -> ApiError:
    """404: it does not exist, or the caller may not know that it does."""
    return ApiError(404, "NOT_FOUND", message, reason=reason, location=location)


def already_exists(message: str = "Requested entity already exists", reason: str = "") -> ApiError:
    """409: a thing of that name, alias or id is there already."""
    return ApiError(409, "ALREADY_EXISTS", message, reason=reason)


def resource_exhausted(message: str = "Resource has been exhausted (e.g. check quota).", reason: str = "") -> ApiError:
    """429: a quota is used up."""
    return ApiError(429, "RESOURCE_EXHAUSTED", message, reason=reason)


def unimplemented(method_id: str) -> ApiError:
    """501: Google has this method, the sandbox does not; it says which, so that nobody tests nothing by mistake."""
    return ApiError(501, "UNIMPLEMENTED", f"This sandbox does not implement {method_id}.")


def unavailable(message: str = "The service is currently unavailable.") -> ApiError:
    """503: try again later (google-apis.md A.13 for the text)."""
    return ApiError(503, "UNAVAILABLE", message)


def render(error: ApiError, service: str) -> dict[str, Any]:
    """The JSON body of a refusal, in the style of the service: ``classroom``, ``drive``, ``sheets``.

    google-apis.md B.1: Classroom prefixes the message with ``@Reason `` and has no ``errors``; Drive adds
    ``errors: [{domain, reason, message}]``.
    """
    if service == "drive":
        return {"error": _drive_error(error)}
    message = f"@{error.reason} {error.message}" if error.reason else error.message
    body: dict[str, Any] = {"code": error.code, "message": message, "status": error.status}
    if error.details:
        body["details"] = list(error.details)
    return {"error": body}


def _drive_error(error: ApiError) -> dict[str, Any]:
    entry = {
        "message": error.message,
        "domain": "usageLimits" if "LimitExceeded" in error.drive_reason else "global",
        "reason": error.drive_reason or DRIVE_REASONS.get(error.status, "unknown"),
    }
    if error.location:
        entry["location"] = error.location
        entry["locationType"] = "header" if error.location == "Authorization" else "parameter"
    body: dict[str, Any] = {"code": error.code, "message": error.message, "errors": [entry], "status": error.status}
    if error.details:
        body["details"] = list(error.details)
    return body
