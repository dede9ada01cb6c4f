"""The people the sandbox knows: rows of the table ``users``, found by id, by address, or as ``me``.

A row: ``{"id", "email", "name", "admin", "consumer"}``, for some ``disabled`` and the like (classroom/standing.py); ``admin`` is an administrator of the address's domain,
``consumer`` a personal account, which belongs to no domain.
"""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.store import Store

User = dict[str, Any]


def domain_of(email: str) -> str:
    """The part after the ``@``, in lower case."""
    return email.rpartition("@")[2].lower()


def user_by(store: Store, who: str, caller: Caller | None = None) -> User | None:
    """The user of that numeric id or address, or the caller for ``me``; None if there is none.

    google-apis.md A.9: ``me``, email or numeric id are accepted wherever a user id is a parameter.
    """
    if who == "me":
        return store.get("users", "", caller.user_id) if caller else None
    if "@" in who:
        known = store.get("emails", "", who.lower())
        return store.get("users", "", known["user"]) if known else None
    return store.get("users", "", who)


def add_user(
    store: Store,
    email: str,
    *,
    user_id: str = "",
    name: str = "",
    admin: bool = False,
    consumer: bool = False,
    standing: dict[str, Any] | None = None,
) -> User:
    """Add a user and return the row; one already known by that address is changed only where told."""
    known = user_by(store, email)
    if known:
        user = known | {"admin": admin or known["admin"], "consumer": consumer or known["consumer"]}
        user["name"] = name or known["name"]
    else:
        user = {
            "id": user_id or store.new_id(),
            "email": email,
            "name": name or _name_from(email),
            "admin": admin,
            "consumer": consumer,
        }
        store.put("emails", "", email.lower(), {"user": user["id"]})
    user |= standing or {}
    store.put("users", "", user["id"], user)
    return user


def _name_from(email: str) -> str:
    """A readable name for someone seeded by address alone: ``osaleja.uks@`` becomes ``Osaleja Uks``."""
    return email.partition("@")[0].replace(".", " ").replace("-", " ").title()
