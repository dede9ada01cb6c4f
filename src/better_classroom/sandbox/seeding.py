"""What ``POST /_sandbox/seed`` and ``tokens`` put into the world: people, courses, OAuth clients, service accounts."""

from __future__ import annotations

import re
from typing import Any

from better_classroom.sandbox import oauth
from better_classroom.sandbox.assertions import read_public_key
from better_classroom.sandbox.classroom.seeding import seed_course
from better_classroom.sandbox.people import add_user, user_by
from better_classroom.sandbox.reading import Mistake, Reading
from better_classroom.sandbox.store import Row, Store

DEFAULT_PROJECT = "sandbox-project"


def seed(store: Store, spec: Reading) -> dict[str, Any]:
    """Add all that the spec names, or nothing of it; returns the rows that were made. Raises Mistake, or ApiError."""
    with store.transaction():
        made = {
            "domains": [_domain(store, one) for one in spec.readings("domains", "domain")],
            "users": [_user(store, one) for one in spec.readings("users", "user")],
            "clients": [_client(store, one) for one in spec.readings("clients", "client")],
            "serviceAccounts": [_account(store, one) for one in spec.readings("serviceAccounts", "service account")],
            "courses": [_course(store, one) for one in spec.readings("courses", "course")],
        }
        spec.nothing_else()
    return {key: rows for key, rows in made.items() if rows}


def _user(store: Store, spec: Reading) -> Row:
    email, user_id = address(spec, "email"), spec.scalar("id", "")
    holder = user_by(store, user_id) if user_id else None
    known = user_by(store, email)
    if (holder and holder["email"].lower() != email.lower()) or (known and user_id and known["id"] != user_id):
        raise Mistake(f"{spec.what}: the id {user_id} and the address {email} belong to different people")
    _check_id(spec, user_id)
    name, admin, consumer = spec.text("name", ""), spec.flag("admin"), spec.flag("consumer")
    if admin and consumer:
        raise Mistake(f"{spec.what}: a personal account administers no domain")
    standing = _standing(spec)
    spec.nothing_else()
    return add_user(store, email, user_id=user_id, name=name, admin=admin, consumer=consumer, standing=standing)


def _standing(spec: Reading) -> Row:
    standing: Row = {}
    if spec.has("disabled"):
        standing["disabled"] = spec.flag("disabled")
    if spec.has("createsCourses"):
        standing["createsCourses"] = spec.flag("createsCourses")
    if spec.has("classroom"):
        standing["classroom"] = spec.text("classroom")
        if standing["classroom"] not in {"on", "off", "noApi"}:
            raise Mistake(f"'classroom' of {spec.what} is on, off or noApi")
    return standing


def _domain(store: Store, spec: Reading) -> Row:
    name, trusts = spec.text("name").lower(), spec.texts("trusts", [])
    spec.nothing_else()
    row = {"name": name, "trusts": [domain.lower() for domain in trusts]}
    store.put("domains", "", name, row)
    return row


def _client(store: Store, spec: Reading) -> Row:
    row = {
        "id": spec.text("id"),
        "secret": spec.text("secret", ""),
        "project": spec.text("project", DEFAULT_PROJECT),
    }
    spec.nothing_else()
    store.put("clients", "", row["id"], row)
    return row


def _account(store: Store, spec: Reading) -> Row:
    email, key = address(spec, "email"), spec.text("publicKey")
    row = {
        "email": email,
        "project": spec.text("project", DEFAULT_PROJECT),
        "publicKey": key,
        "delegated": spec.texts("delegated", []),
    }
    spec.nothing_else()
    try:
        read_public_key(key)
    except ValueError:
        raise Mistake(f"{spec.what}: 'publicKey' must be an RSA public key in PEM") from None
    store.put("serviceAccounts", "", email, row)
    return row


def _course(store: Store, spec: Reading) -> Row:
    course_id = spec.scalar("id", "")
    _check_id(spec, course_id)
    course = {
        "id": course_id,
        "name": spec.text("name"),
        "owner": address(spec, "owner"),
        "state": spec.text("state", "ACTIVE"),
        "project": spec.text("project", ""),
        "teachers": spec.texts("teachers", []),
        "students": spec.texts("students", []),
    }
    spec.nothing_else()
    return seed_course(store, {key: value for key, value in course.items() if value})


def _check_id(spec: Reading, chosen: str) -> None:
    """Ids that we make are decimal, as Google's look; a chosen one may be any, since ids are opaque (google-apis.md A)."""
    if chosen == "me" or not _ID.fullmatch(chosen):
        raise Mistake(f"{spec.what}: an id has letters, digits, - and _ alone, and is not 'me'; this is {chosen!r}")


_ID = re.compile(r"[A-Za-z0-9_-]{0,100}")


def address(spec: Reading, key: str) -> str:
    """An e-mail address."""
    text = spec.text(key)
    name, _, domain = text.partition("@")
    if not name or not domain or "@" in domain or any(one.isspace() for one in text):
        raise Mistake(f"{key!r} of {spec.what} must be an e-mail address, not {text!r}")
    return text


def give_token(store: Store, spec: Reading) -> dict[str, Any]:
    """An access and a refresh token for that person, who is added if nobody knows them yet."""
    email, scopes = address(spec, "user"), spec.texts("scopes")
    project, chosen = spec.text("project", DEFAULT_PROJECT), spec.text("access_token", "")
    lifetime = spec.number("expiresIn", oauth.LIFETIME)
    spec.nothing_else()
    if chosen and not (chosen.isascii() and chosen.isprintable() and " " not in chosen):
        raise Mistake("'access_token' of the token must be printable ASCII without spaces")
    with store.transaction():
        user = user_by(store, email) or add_user(store, email)
        refresh = oauth.issue_refresh(store, user_id=user["id"], scopes=scopes, project=project)
        access = oauth.issue(
            store,
            user_id=user["id"],
            scopes=scopes,
            project=project,
            refresh=refresh,
            access_token=chosen,
            lifetime=lifetime,
        )
    return {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": " ".join(scopes),
    }
