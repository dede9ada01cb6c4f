"""Ids of files and of permissions.

A file id says by itself for whom, for which space and for which kind of item it was generated, so that generateIds
writes nothing: google-apis.md D.2 binds generated ids to the requesting user, and nothing tells of their expiry.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_LENGTH = 33  # of Google's own, which begin with a 1
_NONCE = 22
_KEY = b"file ids of the sandbox"
ANYONE = "anyoneWithLink"
ANYONE_CAN_FIND = "anyone"


def new_file_id(user_id: str, *, space: str = "drive", kind: str = "files") -> str:
    """An id for a file that this user will create; ``kind`` is ``files`` or ``shortcuts``."""
    nonce = secrets.token_urlsafe(_NONCE)[:_NONCE]
    return f"1{nonce}{_mark(nonce, user_id, space, kind)}"


def generated_for(file_id: str, user_id: str, *, space: str = "drive", kind: str = "files") -> bool:
    """Whether that id was generated for this user, space and kind of item."""
    if len(file_id) != _LENGTH or not file_id.isascii():
        return False
    return hmac.compare_digest(file_id[1 + _NONCE :], _mark(file_id[1 : 1 + _NONCE], user_id, space, kind))


def _mark(nonce: str, user_id: str, space: str, kind: str) -> str:
    text = f"{nonce}\n{user_id}\n{space}\n{kind}".encode()
    digest = hmac.digest(_KEY, text, "sha256")
    return base64.urlsafe_b64encode(digest).decode()[: _LENGTH - _NONCE - 1]


def root_id(user_id: str) -> str:
    """The id of a user's My Drive folder, which is there from the start."""
    digest = hashlib.sha256(f"root {user_id}".encode()).digest()
    return "0A" + base64.urlsafe_b64encode(digest).decode()[:14] + "PVA"


def permission_id(address: str) -> str:
    """The lasting id of a person or a group as a grantee: the same on every file."""
    digest = hashlib.sha256(f"grantee {address.lower()}".encode()).digest()
    return f"{int.from_bytes(digest[:8]):020d}"


def domain_permission_id(domain: str) -> str:
    """The lasting id of a domain as a grantee."""
    return permission_id(f"@{domain}") + "k"
