"""What a caller sees and may touch: the person's role on the file and the app's scopes, together.

google-apis.md F.1: ``drive.file`` covers files made by the app, ``drive`` all that the person sees. A file that the
person or the app may not see does not exist (B.3: ``notFound`` also means "no access").
"""

from __future__ import annotations

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, ids, kinds
from better_classroom.sandbox.drive.refusals import file_not_found, forbidden, insufficient_permissions
from better_classroom.sandbox.drive.rows import new_row
from better_classroom.sandbox.store import Row, Store

_PREFIX = "https://www.googleapis.com/auth/"
_ALL = _PREFIX + "drive"
_OWN_APP = _PREFIX + "drive.file"
_READ_CONTENT = frozenset({_ALL, _PREFIX + "drive.readonly"})
_READ_METADATA = frozenset({_PREFIX + "drive.metadata", _PREFIX + "drive.metadata.readonly"})
_CHANGE_METADATA = _PREFIX + "drive.metadata"


def find(store: Store, caller: Caller, file_id: str) -> Row:
    """The file of that id, or the caller's My Drive for ``root``; raises 404 if it is not for these eyes."""
    row = _folder_of(caller) if file_id in {"root", ids.root_id(caller.user_id)} else store.get("files", "", file_id)
    if row is None or not app_sees(caller, row) or role(store, caller, row) is None:
        raise file_not_found(file_id)
    return row


def role(store: Store, caller: Caller, row: Row) -> str | None:
    """The caller's role on a file that was found."""
    return "owner" if row["owner"] == caller.user_id else access.role_of(store, row["id"], caller.user_id)


def app_sees(caller: Caller, row: Row) -> bool:
    """Whether the scopes let the app see that file, if the person does."""
    return bool(caller.scopes & (_READ_CONTENT | _READ_METADATA)) or _is_apps_own(caller, row)


def require_content(store: Store, caller: Caller, row: Row) -> None:
    """Raise 403 unless the caller may read the bytes: scopes for metadata do not, nor a reader where it was forbidden."""
    if not caller.scopes & _READ_CONTENT and not _is_apps_own(caller, row):
        raise forbidden("Request had insufficient authentication scopes.", "insufficientPermissions")
    if row["copyRequiresWriterPermission"] and not access.at_least(role(store, caller, row), "writer"):
        raise insufficient_permissions()


def require_change(caller: Caller, row: Row, *, metadata_only: bool = False) -> None:
    """Raise 403 ``appNotAuthorizedToFile`` unless the app may change a file that it sees (google-apis.md B.3)."""
    if _ALL in caller.scopes or _is_apps_own(caller, row):
        return
    if metadata_only and _CHANGE_METADATA in caller.scopes:
        return
    raise forbidden(
        f"The user has not granted the app {caller.project} write access to the file {row['id']}.",
        "appNotAuthorizedToFile",
    )


def require_role(store: Store, caller: Caller, row: Row, wanted: str) -> None:
    """Raise 403 ``insufficientFilePermissions`` unless the caller has at least that role."""
    if not access.at_least(role(store, caller, row), wanted):
        raise insufficient_permissions()


def require_sharing(store: Store, caller: Caller, row: Row) -> None:
    """Raise 403 unless the caller may see and change who has access."""
    if not access.can_share(store, row["id"], caller.user_id):
        raise insufficient_permissions()


def find_parent(store: Store, caller: Caller, folder_id: str) -> Row:
    """The folder to put something into; raises 404 if it is not seen, 403 if it is no folder or may not be changed."""
    if folder_id in {"root", ids.root_id(caller.user_id)}:
        return _folder_of(caller)  # an app may always put its files there, whatever its scope
    folder = find(store, caller, folder_id)
    if folder["mimeType"] != kinds.FOLDER:
        raise forbidden("The specified parent is not a folder.", "parentNotAFolder")  # unknown reason
    if not access.at_least(role(store, caller, folder), "writer"):
        raise forbidden("Insufficient permissions for the specified parent.", "insufficientParentPermissions")
    return folder


def is_service_account(store: Store, caller: Caller) -> bool:
    """Whether the caller is a service account acting as itself, for nobody."""
    return store.get("serviceAccounts", "", caller.email) is not None


def _is_apps_own(caller: Caller, row: Row) -> bool:
    return _OWN_APP in caller.scopes and caller.project in row["apps"]


def _folder_of(caller: Caller) -> Row:
    """My Drive of the caller: no row, since it is there before anything was written."""
    return new_row(ids.root_id(caller.user_id), "My Drive", kinds.FOLDER, caller.user_id, "1970-01-01T00:00:00.000Z")
