"""The methods of ``drive.permissions`` (google-apis.md D.3)."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, sharing, visibility
from better_classroom.sandbox.drive.access import Grant
from better_classroom.sandbox.drive.grantees import permission_shown
from better_classroom.sandbox.drive.refusals import (
    forbidden,
    insufficient_permissions,
    invalid,
    invalid_sharing,
    not_reproduced,
    permission_not_found,
)
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.paging import page
from better_classroom.sandbox.store import Row, Store

_LARGEST_PAGE = 100


def create(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Share a file. A grantee has one permission on it: sharing again gives the same one the role now asked for."""
    row = _sharable(store, caller, params)
    wanted = sharing.wanted(store, body)
    _check_mail(params, wanted)
    if wanted["role"] == "owner":
        kept = _hand_over(store, caller, row, wanted, params)
    elif wanted.get("user") == row["owner"]:
        raise invalid_sharing("The owner of a file cannot be given another role.")  # unknown: the strict side
    else:
        kept = access.put_permission(store, row, wanted)
    _mail(store, caller, row, kept, params)
    return permission_shown(store, Grant(kept, kept["role"], inherited=False), params.get("fields"))


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Every permission that holds on a file, inherited ones too; for those only who may share it."""
    row = visibility.find(store, caller, params["fileId"])
    _refuse_domain_access(params)
    visibility.require_sharing(store, caller, row)
    held = {grant.permission["id"]: grant for grant in access.grants(store, row)}
    fields = params.get("fields")
    listed = page(
        params,
        [grant.permission for grant in held.values()],
        # The document: unless a size is asked for, the entire list.
        default=max(len(held), 1),
        most=_LARGEST_PAGE if "pageSize" in params else max(len(held), 1),
        key="permissions",
        show=lambda one: permission_shown(store, held[one["id"]], fields),
    )
    return {"kind": "drive#permissionList", "permissions": [], **listed}


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """One permission: for who may share the file, and each person's own."""
    row = visibility.find(store, caller, params["fileId"])
    _refuse_domain_access(params)
    grant = _grant(store, row, params["permissionId"])
    if grant.permission.get("user") != caller.user_id:
        visibility.require_sharing(store, caller, row)
    return permission_shown(store, grant, params.get("fields"))


def update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Another role for the same grantee."""
    row = _sharable(store, caller, params)
    grant = _grant(store, row, params["permissionId"])
    changed = sharing.change(store, grant.permission, body, remove_expiry=params.get("removeExpiration", False))
    if changed["role"] == "owner" and grant.permission["role"] != "owner":
        kept = _hand_over(store, caller, row, changed, params)
    else:
        _refuse_fixed(grant)
        kept = access.put_permission(store, row, changed)
    return permission_shown(store, Grant(kept, kept["role"], inherited=False), params.get("fields"))


def delete(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Take a permission away; anyone may give up their own."""
    row = visibility.find(store, caller, params["fileId"])
    _refuse_domain_access(params)
    visibility.require_change(caller, row)
    grant = _grant(store, row, params["permissionId"])
    if grant.permission.get("user") != caller.user_id:
        visibility.require_sharing(store, caller, row)
    _refuse_fixed(grant)
    store.stamp()
    store.remove("permissions", row["id"], grant.permission["id"])
    user = grant.permission.get("user", "")
    access.touch(store, row["id"], sharedWith={who: at for who, at in row["sharedWith"].items() if who != user})
    return {}


def _sharable(store: Store, caller: Caller, params: Params) -> Row:
    row = visibility.find(store, caller, params["fileId"])
    _refuse_domain_access(params)
    visibility.require_change(caller, row)
    visibility.require_sharing(store, caller, row)
    return row


def _refuse_domain_access(params: Params) -> None:
    if params.get("useDomainAdminAccess"):  # the document: for shared drives only
        raise not_reproduced("shared drives")


def _grant(store: Store, row: Row, permission_id: str) -> Grant:
    for grant in access.grants(store, row):
        if grant.permission["id"] == permission_id:
            return grant
    raise permission_not_found(permission_id)


def _refuse_fixed(grant: Grant) -> None:
    """Refuse to touch what cannot be changed here: the owner's permission, and what a folder gives."""
    if grant.permission["role"] == "owner":
        raise insufficient_permissions("The owner of a file cannot be removed.")
    if grant.inherited:
        raise forbidden("Cannot delete inherited permission.", "cannotDeleteInheritedPermission")  # unknown reason


def _hand_over(store: Store, caller: Caller, row: Row, wanted: Body, params: Params) -> Row:
    """Make someone else the owner; the former one stays as a writer (the document, ``transferOwnership``)."""
    if not params.get("transferOwnership"):
        raise forbidden(
            "The transferOwnership parameter must be enabled when the permission role is 'owner'.", "forbidden"
        )
    if row["owner"] != caller.user_id:
        raise insufficient_permissions()
    if wanted["type"] != "user":
        raise invalid_sharing("Only a person can own a file.")
    heir = store.get("users", "", wanted["user"])
    if heir is None or heir["consumer"] or caller.consumer or not caller.email.lower().endswith(_at(heir["email"])):
        # unknown for personal accounts, where the heir would have to accept first
        raise invalid_sharing("Ownership can only be handed over within a domain.")
    for permission in store.rows("permissions", row["id"]):
        if permission["role"] == "owner":
            access.put_permission(store, row, permission | {"role": "writer"})
    kept = access.put_permission(store, row, wanted)
    access.touch(store, row["id"], owner=wanted["user"])
    return kept


def _at(email: str) -> str:
    return "@" + email.rpartition("@")[2].lower()


def _check_mail(params: Params, wanted: Body) -> None:
    """google-apis.md D.3 and the document: mail defaults to true for users and groups, and is for them alone."""
    send = params.get("sendNotificationEmail")
    personal = wanted["type"] in {"user", "group"}
    if not personal and (send or params.get("emailMessage")):
        raise invalid("sendNotificationEmail")
    if wanted["role"] == "owner" and send is False:
        raise forbidden("Notification mail must not be disabled for ownership transfers.")


def _mail(store: Store, caller: Caller, row: Row, permission: Row, params: Params) -> None:
    """Note the mail that Google would have sent."""
    if permission["type"] not in {"user", "group"} or params.get("sendNotificationEmail") is False:
        return
    mail = {
        "id": store.new_id(),
        "from": caller.email,
        "to": permission["emailAddress"],
        "fileId": row["id"],
        "role": permission["role"],
        "message": params.get("emailMessage", ""),
        "at": permission["at"],
    }
    store.put("mails", "", mail["id"], mail)


HANDLERS: dict[str, Handler] = {
    "drive.permissions.create": create,
    "drive.permissions.delete": delete,
    "drive.permissions.get": get,
    "drive.permissions.list": list_,
    "drive.permissions.update": update,
}
