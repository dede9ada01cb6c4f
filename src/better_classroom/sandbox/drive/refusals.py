"""Drive's refusals: the texts and reasons of google-apis.md B.3, and those that clients in the field look for.

Reasons that B.3 does not list are marked ``unknown`` where they are raised and told in docs/google-unknowns.md.
"""

from __future__ import annotations

from better_classroom.sandbox.errors import ApiError

NOT_SUFFICIENT = "The user does not have sufficient permissions for this file."


def file_not_found(file_id: str) -> ApiError:
    """404 ``notFound``: no such file, or this caller, or this app, may not see it (google-apis.md B.3)."""
    return ApiError(
        404, "NOT_FOUND", f"File not found: {file_id}.", reason="notFound", drive_reason="notFound", location="fileId"
    )


def permission_not_found(permission_id: str) -> ApiError:
    """404 ``notFound``: the file has no such permission."""
    return ApiError(
        404, "NOT_FOUND", f"Permission not found: {permission_id}.", reason="notFound", location="permissionId"
    )


def revision_not_found(revision_id: str) -> ApiError:
    """404 ``notFound``: the file has no such revision, or no longer."""
    return ApiError(404, "NOT_FOUND", f"Revision not found: {revision_id}.", reason="notFound", location="revisionId")


def insufficient_permissions(message: str = NOT_SUFFICIENT) -> ApiError:
    """403 ``insufficientFilePermissions``: the caller sees the file, and may not do this to it (google-apis.md B.3)."""
    return forbidden(message, "insufficientFilePermissions")


def forbidden(message: str, reason: str = "forbidden") -> ApiError:
    """403 with a reason of its own."""
    return ApiError(403, "PERMISSION_DENIED", message, reason=reason)


def invalid(location: str, message: str = "Invalid Value") -> ApiError:
    """400 ``invalid``: a parameter or field that no state of the world would make right."""
    return ApiError(400, "INVALID_ARGUMENT", message, reason="invalid", location=location)


def required(location: str, message: str) -> ApiError:
    """400 ``required``: a parameter or field is missing."""
    return ApiError(400, "INVALID_ARGUMENT", message, reason="required", location=location)


def bad_request(message: str = "Bad Request") -> ApiError:
    """400 ``badRequest`` (google-apis.md B.3)."""
    return ApiError(400, "INVALID_ARGUMENT", message, reason="badRequest")


def invalid_sharing(message: str) -> ApiError:
    """400 ``invalidSharingRequest`` (google-apis.md B.3)."""
    return ApiError(400, "INVALID_ARGUMENT", f"Bad Request. User message: {message!r}", reason="invalidSharingRequest")


def id_in_use() -> ApiError:
    """409 ``fileIdInUse``: what makes a repeated create harmless (google-apis.md B.3, D.2)."""
    return ApiError(409, "ALREADY_EXISTS", "A file already exists with the provided ID.", reason="fileIdInUse")


def too_large(message: str) -> ApiError:
    """413 ``uploadTooLarge``: more bytes than this way of uploading takes."""
    return ApiError(413, "INVALID_ARGUMENT", message, reason="uploadTooLarge")


def not_reproduced(what: str) -> ApiError:
    """501: Drive has this, the sandbox has not, and says so rather than act as if."""
    return ApiError(501, "UNIMPLEMENTED", f"This sandbox does not reproduce {what}.", reason="notImplemented")
