"""Signed assertions of service accounts, verified: who asks, for whom, and what of it is delegated.

google-apis.md F.2: a super admin authorises client id and scope list; delegation is for Workspace users only, never
for personal accounts; without a subject the service account is a user of its own.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox.people import add_user, user_by
from better_classroom.sandbox.refused import Refused
from better_classroom.sandbox.store import Store

GOOGLES_ENDPOINT = "https://oauth2.googleapis.com/token"  # what google-auth names as audience, whatever the token_uri
_LONGEST = 3600  # seconds between iat and exp
_SKEW = 300  # seconds by which clocks may differ
_UNREASONABLE = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
_UNAUTHORISED = (
    "Client is unauthorized to retrieve access tokens using this method, "
    "or client not authorized for any of the scopes requested."
)


@dataclass(frozen=True, slots=True)
class Granted:
    """What a verified assertion is good for."""

    user_id: str
    scopes: list[str]
    project: str


def verified(store: Store, assertion: str, url: str) -> Granted:
    """What the assertion grants; raises Refused if it is malformed, unsigned, out of time, or asks for too much."""
    if not assertion:
        raise Refused("invalid_request", "Missing required parameter: assertion")
    header, claims, signed, signature = _parts(assertion)
    if header.get("alg") != "RS256":
        raise Refused("invalid_grant", "Invalid JWT: the algorithm must be RS256.")
    account = store.get("serviceAccounts", "", str(claims.get("iss", "")))
    if account is None:
        raise Refused("invalid_grant", "Invalid grant: account not found")
    if not _is_signed(account["publicKey"], signed, signature):
        raise Refused("invalid_grant", "Invalid JWT Signature.")
    _check_times(claims)
    if claims.get("aud") not in (url, GOOGLES_ENDPOINT):
        raise Refused("invalid_grant", "Invalid JWT: Failed audience check. The right audience is " + url)
    scopes = claims.get("scope")
    if not isinstance(scopes, str) or not scopes.split():
        raise Refused("invalid_scope", "Empty or missing scope not allowed.")
    return Granted(_subject(store, account, claims, scopes.split()), scopes.split(), account["project"])


def _subject(store: Store, account: dict[str, Any], claims: dict[str, Any], scopes: list[str]) -> str:
    subject = claims.get("sub", account["email"])
    if subject == account["email"]:
        # A user of its own, in no domain; whether Google lets it act in Classroom is unknown (google-apis.md F.2).
        return str(add_user(store, subject, consumer=True)["id"])
    user = user_by(store, subject) if isinstance(subject, str) else None
    if user is None:
        raise Refused("invalid_grant", "Invalid email or User ID")
    if user["consumer"] or not set(scopes) <= set(account["delegated"]):
        raise Refused("unauthorized_client", _UNAUTHORISED, 401)
    return str(user["id"])


def _parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        raw = _decoded(signature)
    except (ValueError, RecursionError):
        raise Refused("invalid_grant", "Invalid JWT: it cannot be read.") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Refused("invalid_grant", "Invalid JWT: it cannot be read.")
    return header, claims, f"{head}.{body}".encode(), raw


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_signed(public_key: str, signed: bytes, signature: bytes) -> bool:
    # imported here: it costs as much as the rest of the sandbox, and few sign in by service account
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    try:
        read_public_key(public_key).verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def read_public_key(pem: str) -> Any:
    """The RSA key of a PEM text; raises ValueError if it is none."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - as above

    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")  # noqa: TRY004 - the key is of the wrong kind, as a value
    return key


def _check_times(claims: dict[str, Any]) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise Refused("invalid_grant", _UNREASONABLE)
    now = time.time()
    is_reasonable = now <= expires <= issued + _LONGEST and now - _LONGEST - _SKEW <= issued <= now + _SKEW
    if not is_reasonable:
        raise Refused("invalid_grant", _UNREASONABLE)
