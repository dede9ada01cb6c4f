"""How an account proves who it is, in three ways: through the sandbox, by a person's sign-in, by a service account."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import google.auth.credentials
import google.auth.exceptions
import google.oauth2.credentials
import google.oauth2.service_account

from better_classroom.errors import SignInNeeded, UsageError
from better_classroom.gateways import keyfiles, refusals
from better_classroom.gateways.keyfiles import Client, ServiceAccount, Token
from better_classroom.gateways.scopes import PREFIX, missing
from better_classroom.gateways.signing import Exchange, Signed
from better_classroom.gateways.transport import GOOGLE, Transport

SANDBOX_PROJECT = "better-classroom"
"""The Cloud project that a sandbox takes us for."""

GOOGLES = {
    "auth": "https://accounts.google.com/o/oauth2/auth",
    "token": "https://oauth2.googleapis.com/token",
    "revoke": "https://oauth2.googleapis.com/revoke",
}
SANDBOXES = {"auth": "o/oauth2/auth", "token": "token", "revoke": "revoke"}

TOKEN_LIFE = timedelta(hours=1)
"""google-apis.md F.2"""

SEVEN_DAYS = (
    "While the Cloud project's consent screen is in status “Testing”, Google ends every sign-in after 7 days; "
    "set it to “In production” to keep it."
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One account's way of getting tokens."""

    credentials: google.auth.credentials.Credentials
    project: str
    """The Cloud project in whose name everything is done: what it made, no other project can change."""
    explain: Callable[[google.auth.exceptions.RefreshError], SignInNeeded]
    """What to do where no token can be had."""
    renewed: Callable[[], None] = lambda: None
    """Called after each renewal."""


def find(target: str, account: str, *, credentials: Path | None, scopes: frozenset[str]) -> SignIn:
    """The account's sign-in for a target. Makes no request.

    Raises UsageError for a file that is of no use, SignInNeeded where the account must sign in first or again.
    """
    if credentials is None:
        if target == GOOGLE:
            raise SignInNeeded("no credentials are named", advice=f"Use --credentials FILE. {keyfiles.WHERE_FROM}")
        return _through_control_surface(target, account, scopes)
    found = keyfiles.read(credentials)
    if isinstance(found, ServiceAccount):
        return _by_service_account(target, account, found, scopes, path=credentials)
    return _by_person(target, account, found, scopes, path=keyfiles.token_path(credentials, account, target))


def signed(sign_in: SignIn, target: str, *, timeout: float) -> Signed:
    """An Http for the Google client that signs with this sign-in."""
    return Signed(
        sign_in.credentials,
        lambda: Transport(target, timeout=timeout),
        explain=sign_in.explain,
        renewed=sign_in.renewed,
    )


def endpoint(target: str, name: str) -> str:
    """Where a world signs people in: ``auth`` (for a browser), ``token`` or ``revoke``.

    The addresses in a credentials file are not used: a file that was tampered with would send its secrets elsewhere.
    """
    if target == GOOGLE:
        return GOOGLES[name]
    return f"{target}/{SANDBOXES[name]}"


def login_command(account: str) -> str:
    """What a person types to sign in."""
    return f"better-classroom login --account {account}"


def person(client: Client, token: Token, *, target: str) -> google.oauth2.credentials.Credentials:
    """A person's credentials in google-auth's form."""
    expiry = datetime.fromisoformat(token.expiry) if token.expiry else None
    return google.oauth2.credentials.Credentials(
        token.access_token or None,
        expiry=_zoneless(expiry) if expiry else None,
        refresh_token=token.refresh_token,
        token_uri=endpoint(target, "token"),
        client_id=client.client_id,
        client_secret=client.client_secret,
    )


def renewed(token: Token, credentials: google.oauth2.credentials.Credentials) -> Token:
    """The token to keep after a renewal."""
    expiry = credentials.expiry.replace(tzinfo=UTC).isoformat() if credentials.expiry else ""
    return replace(
        token,
        refresh_token=str(credentials.refresh_token),
        access_token=str(credentials.token),
        expiry=expiry,
    )


def check_granted(account: str, wanted: frozenset[str], granted: tuple[str, ...]) -> None:
    """Raise SignInNeeded that names the scopes which were not granted."""
    lacking = missing(wanted, granted)
    if lacking:
        names = ", ".join(scope.removeprefix(PREFIX) for scope in lacking)
        raise SignInNeeded(
            f"the sign-in does not cover {names}",
            where=account,
            advice=f"Sign in again and tick every box: {login_command(account)}",
        )


def _through_control_surface(target: str, account: str, scopes: frozenset[str]) -> SignIn:
    wanted = sorted(scopes)

    def ask(request: Exchange, scopes: object) -> tuple[str, datetime]:  # noqa: ARG001 - google-auth passes it by name
        body = json.dumps({"user": account, "scopes": wanted, "project": SANDBOX_PROJECT})
        answer = request(f"{target}/_sandbox/tokens", "POST", body, {"content-type": "application/json"})
        if answer.status != HTTPStatus.OK:
            words = refusals.read(answer.status, answer.data).message or f"HTTP status {answer.status}"
            raise SignInNeeded(
                f"the sandbox gave no token: {words}",
                where=account,
                advice=f"Seed the sandbox with this person first: POST {target}/_sandbox/seed",
            )
        # Tokens live by the clock on the wall, not by the sandbox's own.
        until = datetime.now(UTC) + TOKEN_LIFE  # noqa: TID251 - google-auth compares it with this machine's clock
        return json.loads(answer.data)["access_token"], _zoneless(until)

    credentials = google.oauth2.credentials.Credentials(None, refresh_handler=ask)
    return SignIn(credentials, SANDBOX_PROJECT, explain=lambda error: SignInNeeded(_words(error), where=account))


def _by_person(target: str, account: str, client: Client, scopes: frozenset[str], *, path: Path) -> SignIn:
    token = keyfiles.read_token(path)
    login = login_command(account)
    if token is None:
        raise SignInNeeded("has not signed in yet", where=account, advice=f"Sign in: {login}")
    if (token.target, token.client_id) != (target, client.client_id):
        # A refresh token never travels to another world, nor with another project's client.
        raise SignInNeeded(
            f"the sign-in in {path.name} was made for another target or OAuth client",
            where=account,
            advice=f"Sign in again: {login}",
        )
    check_granted(account, scopes, token.scopes)
    credentials = person(client, token, target=target)

    def keep() -> None:
        try:
            keyfiles.write_token(path, renewed(token, credentials))
        except UsageError:
            # Secrets may lie where nothing can be written: then every run asks for a token of its own. Should Google
            # have handed out a new refresh token, though, the old one ends.
            if credentials.refresh_token != token.refresh_token:
                raise

    def explain(error: google.auth.exceptions.RefreshError) -> SignInNeeded:
        if _code(error) == "invalid_grant":
            return SignInNeeded(
                "the sign-in has expired or was taken back",
                where=account,
                advice=f"Sign in again: {login}. {SEVEN_DAYS}",
            )
        return SignInNeeded(f"Google gave no token: {_words(error)}", where=account, advice=f"Sign in again: {login}")

    return SignIn(credentials, client.project, explain=explain, renewed=keep)


def _by_service_account(
    target: str, account: str, found: ServiceAccount, scopes: frozenset[str], *, path: Path
) -> SignIn:
    info = found.info | {"token_uri": endpoint(target, "token")}
    try:
        own = google.oauth2.service_account.Credentials.from_service_account_info(info, scopes=sorted(scopes))
    except (ValueError, google.auth.exceptions.GoogleAuthError) as error:
        raise UsageError(
            f"its private key cannot be used: {error}",
            where=str(path),
            advice=f"Download it again. {keyfiles.WHERE_FROM}",
        ) from error

    def explain(error: google.auth.exceptions.RefreshError) -> SignInNeeded:
        return SignInNeeded(
            f"the service account {found.email} may not act for it: {_words(error)}",
            where=account,
            advice=_delegation_advice(found, account, scopes)
            if _code(error) != "invalid_client"
            else keyfiles.WHERE_FROM,
        )

    return SignIn(own.with_subject(account), found.project, explain=explain)


def _delegation_advice(found: ServiceAccount, account: str, scopes: frozenset[str]) -> str:
    return (
        f"Check that {account} exists and is no personal account. A super administrator enters client id "
        f"{found.client_id or 'of the service account'} with exactly these scopes under Admin console → Security → "
        f"API controls → Domain-wide delegation: {','.join(sorted(scopes))}"
    )


def _code(error: google.auth.exceptions.RefreshError) -> str:
    details = error.args[1] if len(error.args) > 1 else {}
    return str(details.get("error", "")) if isinstance(details, dict) else ""


def _words(error: google.auth.exceptions.RefreshError) -> str:
    return " ".join(str(error.args[0] if error.args else error).split())


def _zoneless(instant: datetime) -> datetime:
    """As google-auth wants it: UTC, without saying so."""
    return instant.astimezone(UTC).replace(tzinfo=None)
