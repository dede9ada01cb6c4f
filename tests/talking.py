"""Talking to a sandbox in tests: its control surface, and HTTP as any program might speak it. Standard library only."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

SCOPE = "https://www.googleapis.com/auth/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """Google's error object."""
        error: dict[str, Any] = self.json["error"]
        return error


class Wire:
    """One kept connection, and on it requests as they are given."""

    def __init__(self, url: str, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        self._token = token

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def ask(self, verb: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request; a body that is neither bytes nor text goes as JSON. ``content_type=`` is Content-Type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token and "authorization" not in named:
            named["authorization"] = f"Bearer {self._token}"
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
            named.setdefault("content-type", "application/json")
        self._connection.request(verb, path, body.encode() if isinstance(body, str) else body, named)
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())


class ControlRefused(Exception):
    """The control surface refused; the message is its sentence."""


class Control:
    """The control surface: what the test does to the world from outside."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url)

    def get(self, what: str) -> Any:
        return self._ask("GET", what, None)

    def post(self, what: str, body: Any = None) -> Any:
        return self._ask("POST", what, body if body is not None else {})

    def delete(self, what: str) -> Any:
        return self._ask("DELETE", what, None)

    def token(self, user: str, *scopes: str, project: str = "better") -> str:
        """An access token; scopes may leave out their common beginning."""
        full = [scope if ":" in scope else SCOPE + scope for scope in scopes]
        answer = self.post("tokens", {"user": user, "scopes": full, "project": project})
        return str(answer["access_token"])

    def seed(self, **world: Any) -> Any:
        """Add people, courses, clients; returns the rows made."""
        return self.post("seed", world)

    def calls(self, method: str = "") -> list[dict[str, Any]]:
        """The calls made so far, all or those of one method."""
        return [call for call in self.get("calls")["calls"] if method in {"", call["method"]}]

    def close(self) -> None:
        self._wire.close()

    def _ask(self, verb: str, what: str, body: Any) -> Any:
        answer = self._wire.ask(verb, f"/_sandbox/{what}", body)
        if answer.status != 200:
            raise ControlRefused(f"{answer.status}: {answer.json['error']}")
        return answer.json
