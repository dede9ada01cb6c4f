"""Google's OAuth endpoints, as far as an installed app and a service account use them (google-apis.md F.2).

Refusals have OAuth's own shape: ``{"error": "invalid_grant", "error_description": "…"}``. All times are of the wall
clock. Consent is given at once, for the seeded user that ``login_hint`` names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from better_classroom.sandbox import assertions
from better_classroom.sandbox.people import user_by
from better_classroom.sandbox.refused import Refused
from better_classroom.sandbox.store import Store
from better_classroom.sandbox.wire import Reply, json_reply

LIFETIME = 3600  # seconds; google-apis.md F.2: an access token lives one hour
_CODE_LIFETIME = 600
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Form = Mapping[str, str]


def issue(
    store: Store,
    *,
    user_id: str,
    scopes: list[str],
    project: str,
    client: str = "",
    refresh: str = "",
    access_token: str = "",
    lifetime: int = LIFETIME,
) -> str:
    """Put an access token into the store and return it."""
    token = access_token or f"ya29.{secrets.token_urlsafe(32)}"
    row = {
        "kind": "access",
        "user": user_id,
        "scopes": scopes,
        "project": project,
        "client": client,
        "refresh": refresh,
        "expires": time.time() + lifetime,
    }
    store.put("tokens", "", token, row)
    return token


def issue_refresh(store: Store, *, user_id: str, scopes: list[str], project: str, client: str = "") -> str:
    """Put a refresh token into the store and return it; ``client`` empty means that any client may use it."""
    token = f"1//{secrets.token_urlsafe(32)}"
    row = {"kind": "refresh", "user": user_id, "scopes": scopes, "project": project, "client": client}
    store.put("tokens", "", token, row)
    return token


def answer_token(store: Store, form: Form, authorization: str, url: str) -> Reply:
    """POST /token. ``url`` is the endpoint's own address, an audience that an assertion may name."""
    try:
        with store.transaction():
            return json_reply(200, _grant(store, _with_basic(form, authorization), url))
    except Refused as refused:
        return refused.reply()


def _grant(store: Store, form: Form, url: str) -> dict[str, Any]:
    match form.get("grant_type"):
        case None | "":
            raise Refused("invalid_request", "Missing required parameter: grant_type")
        case "refresh_token":
            return _refresh(store, form)
        case "authorization_code":
            return _exchange(store, form)
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return _assert(store, form, url)
        case unknown:
            raise Refused("unsupported_grant_type", f"Invalid grant_type: {unknown}")


def _with_basic(form: Form, authorization: str) -> Form:
    """The form with the client's id and secret, if they came in the header."""
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return form
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_client", "The OAuth client was not found.", 401) from None
    return {**form, "client_id": client, "client_secret": secret}


def _client(store: Store, form: Form) -> dict[str, Any] | None:
    """The seeded client, with the right secret; None where no client was seeded at all, and any will do."""
    client = store.get("clients", "", form.get("client_id", ""))
    if client is None:
        if not store.rows("clients", ""):
            return None
        raise Refused("invalid_client", "The OAuth client was not found.", 401)
    if client["secret"] and not secrets.compare_digest(
        client["secret"].encode(), form.get("client_secret", "").encode()
    ):
        raise Refused("invalid_client", "Unauthorized", 401)
    return client


def _refresh(store: Store, form: Form) -> dict[str, Any]:
    token = form.get("refresh_token", "")
    if not token:
        raise Refused("invalid_request", "Missing required parameter: refresh_token")
    _client(store, form)
    row = store.get("tokens", "", token)
    if row is None or row["kind"] != "refresh" or store.get("users", "", row["user"]) is None:
        # google-apis.md F.2: the text of a refresh token that has died
        raise Refused("invalid_grant", "Token has been expired or revoked.")
    if row["client"] and row["client"] != form.get("client_id"):
        raise Refused("unauthorized_client", "Unauthorized", 401)
    scopes = form["scope"].split() if form.get("scope") else row["scopes"]
    if not set(scopes) <= set(row["scopes"]):
        raise Refused("invalid_scope", "Bad Request")
    access = issue(
        store, user_id=row["user"], scopes=scopes, project=row["project"], client=row["client"], refresh=token
    )
    return _granted(access, scopes)


def _exchange(store: Store, form: Form) -> dict[str, Any]:
    client = _client(store, form)
    code = form.get("code", "")
    row = store.get("codes", "", code)
    if row is None or row["expires"] < time.time():
        raise Refused("invalid_grant", "Malformed auth code.")
    if row["client"] != form.get("client_id"):
        raise Refused("unauthorized_client", "Unauthorized", 401)
    if row["redirect"] != form.get("redirect_uri"):
        raise Refused("redirect_uri_mismatch", "Bad Request")
    if row["challenge"] and row["challenge"] != _challenge(form.get("code_verifier", "")):
        raise Refused("invalid_grant", "Invalid code verifier.")
    store.remove("codes", "", code)
    project = client["project"] if client else row["client"]
    refresh = issue_refresh(store, user_id=row["user"], scopes=row["scopes"], project=project, client=row["client"])
    access = issue(
        store,
        user_id=row["user"],
        scopes=row["scopes"],
        project=project,
        client=row["client"],
        refresh=refresh,
    )
    return _granted(access, row["scopes"]) | {"refresh_token": refresh}


def _assert(store: Store, form: Form, url: str) -> dict[str, Any]:
    granted = assertions.verified(store, form.get("assertion", ""), url)
    access = issue(store, user_id=granted.user_id, scopes=granted.scopes, project=granted.project)
    return {"access_token": access, "expires_in": LIFETIME - 1, "token_type": "Bearer"}


def _granted(access: str, scopes: list[str]) -> dict[str, Any]:
    return {"access_token": access, "expires_in": LIFETIME - 1, "scope": " ".join(scopes), "token_type": "Bearer"}


def _challenge(verifier: str) -> str:
    """PKCE's S256 of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def answer_consent(store: Store, query: Form) -> Reply:
    """GET /o/oauth2/auth: consent at once for the user that ``login_hint`` names, and back to the app with a code.

    The app must be on this machine: a sandbox sends nobody anywhere else.
    """
    redirect = query.get("redirect_uri", "")
    try:
        _check_request(store, query, redirect)
    except Refused as refused:
        return refused.page()
    back = {"state": query["state"]} if "state" in query else {}
    user = user_by(store, query.get("login_hint", ""))
    if user is None:
        return _sent_back(redirect, back | {"error": "access_denied"})
    code = f"4/{secrets.token_urlsafe(32)}"
    row = {
        "user": user["id"],
        "client": query["client_id"],
        "redirect": redirect,
        "scopes": query["scope"].split(),
        "challenge": query.get("code_challenge", ""),
        "expires": time.time() + _CODE_LIFETIME,
    }
    store.put("codes", "", code, row)
    return _sent_back(redirect, back | {"code": code, "scope": " ".join(row["scopes"])})


def _check_request(store: Store, query: Form, redirect: str) -> None:
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            raise Refused("invalid_request", f"Missing required parameter: {name}")
    if store.get("clients", "", query["client_id"]) is None and store.rows("clients", ""):
        raise Refused("invalid_client", "The OAuth client was not found.", 401)
    if query["response_type"] != "code":
        raise Refused("unsupported_response_type", f"Invalid response_type: {query['response_type']}")
    try:
        where = urlsplit(redirect)
        local = where.scheme == "http" and where.hostname in _LOOPBACK
    except ValueError:
        local = False
    if not local or not redirect.isascii() or not redirect.isprintable():
        raise Refused("redirect_uri_mismatch", "The redirect_uri must be http on this machine.")
    if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "This sandbox knows the code_challenge_method S256 only.")


def _sent_back(redirect: str, answer: dict[str, str]) -> Reply:
    mark = "&" if "?" in redirect else "?"
    return Reply(302, b"", [("Location", f"{redirect}{mark}{urlencode(answer)}")])


def answer_revoke(store: Store, form: Form) -> Reply:
    """POST /revoke: a token, and the ones that hang together with it, are worth nothing from now on."""
    token = form.get("token", "")
    row = store.get("tokens", "", token)
    if row is None:
        return Refused("invalid_token", "Token expired or revoked").reply()
    root = row.get("refresh") or token
    with store.transaction():
        for name in [token, root, *_children(store, root)]:
            store.remove("tokens", "", name)
    return json_reply(200, {})


def _children(store: Store, root: str) -> list[str]:
    return [name for name, row in store.items("tokens", "") if row.get("refresh") == root]
