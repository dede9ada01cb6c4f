"""The files that sign-in needs: whose shape they have, and tokens kept where only their owner reads them."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from better_classroom.errors import SignInNeeded, UsageError
from better_classroom.gateways.transport import GOOGLE

WHERE_FROM = "credentials.example/README.md says where to get the right file."


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client of type "Desktop app": it stands for our Cloud project while a person signs in."""

    client_id: str
    client_secret: str
    project: str


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account's key, with which it may act as people of its Workspace domain."""

    info: dict[str, Any]
    """The file as Google made it; secret."""
    email: str
    client_id: str
    """What an administrator enters to delegate."""
    project: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a person's sign-in left: enough to act for them until they take it back."""

    account: str
    target: str
    client_id: str
    refresh_token: str
    scopes: tuple[str, ...]
    """Granted ones: a person may have unticked some."""
    access_token: str = ""
    """Spares the next run one request, as long as it lasts."""
    expiry: str = ""
    """Instant at which the access token ends, with its zone."""


def read(path: Path) -> Client | ServiceAccount:
    """The credentials in a file, told by its shape. Raises UsageError that says what the file is instead."""
    found = _json(path)
    if "installed" in found:
        return _client(path, found["installed"])
    if found.get("type") == "service_account":
        return _service_account(path, found)
    raise UsageError(_other_shape(found), where=str(path), advice=WHERE_FROM)


def token_path(credentials: Path, account: str, target: str) -> Path:
    """Where the token of an account is kept: beside the credentials, one file an account and world."""
    world = "" if target == GOOGLE else ".sandbox"
    return credentials.with_name(f"token-{quote(account.lower(), safe='@+')}{world}.json")


def read_token(path: Path) -> Token | None:
    """A kept token; None where there is none. Raises SignInNeeded for a file that is not one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Token(**found | {"scopes": tuple(found["scopes"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SignInNeeded("holds no token of ours", where=str(path), advice="Delete it and sign in again.") from error


def write_token(path: Path, token: Token) -> None:
    """Keep a token: whole or not at all, and for its owner's eyes from the first byte on. Raises UsageError."""
    try:
        _write_whole(path, json.dumps(asdict(token), indent=1))
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror}", where=str(path), advice="Tokens are kept beside the credentials."
        ) from error


def _write_whole(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")  # made with mode 0600
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        words = "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
        raise UsageError(words, where=str(path), advice=WHERE_FROM) from error
    if not isinstance(found, dict):
        raise UsageError("is not a credentials file", where=str(path), advice=WHERE_FROM)
    return found


def _client(path: Path, found: Any) -> Client:
    fields = _texts(path, found, "client_id", "client_secret")
    # Where Google left project_id out, the number at the beginning of the id names the project as well.
    project = str(found.get("project_id") or fields["client_id"].partition("-")[0])
    return Client(**fields, project=project)


def _service_account(path: Path, found: dict[str, Any]) -> ServiceAccount:
    fields = _texts(path, found, "client_email", "private_key", "project_id")
    return ServiceAccount(found, fields["client_email"], str(found.get("client_id", "")), fields["project_id"])


def _texts(path: Path, found: Any, *names: str) -> dict[str, str]:
    values = {name: found.get(name) if isinstance(found, dict) else None for name in names}
    lacking = [name for name, value in values.items() if not isinstance(value, str) or not value]
    if lacking:
        raise UsageError(f"lacks {', '.join(lacking)}", where=str(path), advice=f"Download it again. {WHERE_FROM}")
    return {name: str(value) for name, value in values.items()}


def _other_shape(found: dict[str, Any]) -> str:
    if "web" in found:
        return "is an OAuth client for a web application; one of type “Desktop app” is needed"
    if found.get("type") == "authorized_user":
        return "is what gcloud keeps for a person; an OAuth client or a service account is needed"
    if "refresh_token" in found:
        return "is a token; name the OAuth client beside it instead"
    if found.get("type"):
        return f"holds credentials of type {found['type']}; an OAuth client or a service account is needed"
    return "is neither an OAuth client nor a service account"
