"""A person signs in with a browser, once, and leaves a token that later runs use."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import google.oauth2.credentials
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError

from better_classroom.errors import SignInNeeded, TryLater, UsageError
from better_classroom.gateways import auth, connect_as, keyfiles, refusals
from better_classroom.gateways.auth import SignIn
from better_classroom.gateways.keyfiles import Client, ServiceAccount, Token
from better_classroom.gateways.policy import Policy
from better_classroom.gateways.signing import Exchange
from better_classroom.gateways.transport import GOOGLE, NotSent, Transport

PATIENCE = 600
"""Seconds in which a person must have signed in."""

FORM = {"content-type": "application/x-www-form-urlencoded"}


def not_needed(credentials: Path | None, target: str) -> str:
    """Why nobody has to sign in; empty where somebody has to. Raises UsageError where credentials are lacking."""
    if credentials is None and target == GOOGLE:
        raise UsageError("no credentials are named", advice=f"Use --credentials FILE. {keyfiles.WHERE_FROM}")
    if credentials is None:
        return "A sandbox gives everybody a token: no sign-in is needed."
    found = keyfiles.read(credentials)
    if isinstance(found, ServiceAccount):
        return f"The service account {found.email} acts for people by delegation: no sign-in is needed."
    return ""


def login(
    target: str,
    account: str,
    *,
    credentials: Path,
    scopes: frozenset[str],
    policy: Policy,
    show: Callable[[str], None],
    patience: float = PATIENCE,
) -> Path:
    """Have a person sign in, and keep their token; returns where.

    ``show`` is given the address to open in a browser on this machine; after ``patience`` seconds it is too late. Raises SignInNeeded where they did not, signed
    in as somebody else, or left a scope out: then nothing is kept.
    """
    client = _client(credentials)
    transport = Transport(target, timeout=policy.timeout)
    flow = _Flow.of(client, target=target, scopes=scopes, transport=transport, show=show)
    try:
        flow.run_local_server(
            host="127.0.0.1",
            port=0,
            open_browser=False,
            authorization_prompt_message=None,
            success_message="You may close this page. The terminal says how the sign-in ended.",
            timeout_seconds=patience,
            login_hint=account,
            # Without it Google gives a refresh token only the first time.
            prompt="consent",
        )
    except WSGITimeoutError as error:
        raise SignInNeeded("nobody signed in", where=account, advice=auth.login_command(account)) from error
    finally:
        transport.close()
    token = flow.token(account, target)
    auth.check_granted(account, scopes, token.scopes)
    _check_account(client, token, target=target, policy=policy)
    path = keyfiles.token_path(credentials, account, target)
    keyfiles.write_token(path, token)
    return path


def logout(target: str, account: str, *, credentials: Path, policy: Policy) -> bool:
    """Give an account's token back to Google and forget it; False where there was none.

    The file goes even where Google cannot be told.
    """
    _client(credentials)
    path = keyfiles.token_path(credentials, account, target)
    token = keyfiles.read_token(path)
    if token is None:
        return False
    path.unlink(missing_ok=True)
    transport = Transport(target, timeout=policy.timeout)
    with contextlib.closing(transport), contextlib.suppress(NotSent):
        Exchange(lambda: transport)(
            auth.endpoint(target, "revoke"), "POST", urlencode({"token": token.refresh_token}), FORM
        )
    return True


class _Flow(InstalledAppFlow):  # type: ignore[misc]  # the library ships no types
    """Google's flow for installed applications (with PKCE), its token requests sent by our own transport.

    The library would send them with ``requests``: through proxies, by rules of its own, refusing a sandbox's plain
    http and scopes that Google renames (google-apis.md A.13) unless environment variables say otherwise.
    """

    transport: Transport
    show: Callable[[str], None]
    target: str

    @classmethod
    def of(
        cls, client: Client, *, target: str, scopes: frozenset[str], transport: Transport, show: Callable[[str], None]
    ) -> _Flow:
        config = {
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            # The library makes addresses over https only; ``authorization_url`` gives a sandbox its own back.
            "auth_uri": auth.endpoint(target, "auth").replace("http://", "https://", 1),
            "token_uri": auth.endpoint(target, "token"),
        }
        flow: _Flow = cls.from_client_config({"installed": config}, scopes=sorted(scopes))
        flow.transport, flow.show, flow.target = transport, show, target
        return flow

    def authorization_url(self, **kwargs: Any) -> tuple[str, str]:
        """Make the address to open, and show it."""
        self.state = secrets.token_urlsafe(16)
        address, _ = super().authorization_url(state=self.state, **kwargs)
        if self.target.startswith("http://"):
            address = address.replace("https://", "http://", 1)
        self.show(address)
        return address, self.state

    def fetch_token(self, *, authorization_response: str, **_: Any) -> dict[str, Any]:
        """Turn the code that the browser brought back into tokens."""
        answer = {name: values[0] for name, values in parse_qs(urlsplit(authorization_response).query).items()}
        if answer.get("state") != self.state:
            raise SignInNeeded("the browser's answer belongs to another sign-in", advice="Sign in again.")
        if "code" not in answer:
            raise SignInNeeded(f"Google gave no permission: {answer.get('error', 'no reason given')}")
        self.answer = self._redeem(answer["code"])
        return self.answer

    @property
    def credentials(self) -> None:
        """The library's way of handing over what it fetched; ours is ``token``."""
        return

    def token(self, account: str, target: str) -> Token:
        """What to keep of the sign-in."""
        if "refresh_token" not in self.answer:
            raise SignInNeeded(
                "Google gave no lasting permission",
                where=account,
                advice="Take this app's access away at myaccount.google.com/permissions, and sign in again.",
            )
        granted = tuple(sorted(str(self.answer.get("scope", "")).split())) or tuple(self.oauth2session.scope)
        return Token(account, target, self.client_config["client_id"], self.answer["refresh_token"], granted)

    def _redeem(self, code: str) -> dict[str, Any]:
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": self.code_verifier,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_config["client_id"],
            "client_secret": self.client_config["client_secret"],
        }
        exchange = Exchange(lambda: self.transport)
        try:
            answer = exchange(self.client_config["token_uri"], "POST", urlencode(body), FORM)
        except NotSent as error:
            raise TryLater(str(error), advice="Sign in again.") from error
        if answer.status != HTTPStatus.OK:
            words = refusals.read(answer.status, answer.data).message
            raise SignInNeeded(f"Google gave no token: {words}", advice="Sign in again.")
        found: dict[str, Any] = json.loads(answer.data)
        return found


def _client(credentials: Path) -> Client:
    found = keyfiles.read(credentials)
    if not isinstance(found, Client):
        raise UsageError("is a service account's key: nobody signs in with it", where=str(credentials))
    return found


def _check_account(client: Client, token: Token, *, target: str, policy: Policy) -> None:
    """Raise SignInNeeded where somebody else signed in."""
    credentials: google.oauth2.credentials.Credentials = auth.person(client, token, target=target)
    sign_in = SignIn(credentials, client.project, explain=lambda error: SignInNeeded(str(error), where=token.account))
    connect_as(sign_in, target, token.account, policy=policy).close()
