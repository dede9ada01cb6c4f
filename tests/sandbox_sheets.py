"""People with spreadsheets in the sandbox, for the tests of Sheets: an organiser, an expert, somebody who may look."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from sandbox_drive import Google
from talking import Control

ORGANISER = "korraldaja@tartu.example"
EXPERT = "ekspert.uks@tartu.example"
LOOKER = "vaatleja@tartu.example"
STRANGER = "partecipante.due@genova.example"

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
RAW, TYPED = "RAW", "USER_ENTERED"

_ROLES = {EXPERT: "writer", LOOKER: "reader"}


class Sheets:
    """One spreadsheet of the organiser's, which the expert may write to and the looker may read."""

    def __init__(self, control: Control, google: Google, *, title: str = "Küsimused: Ekspert Üks") -> None:
        self.control = control
        self._google = google
        self._services: dict[Any, Any] = {}
        self._shared: set[str] = set()  # with whom, once they are heard of: most tests are about one person
        control.seed(
            users=[
                {"email": ORGANISER, "name": "Korraldaja Üks"},
                {"email": EXPERT, "name": "Ekspert Üks"},
                {"email": LOOKER, "name": "Vaatleja Üks"},
                {"email": STRANGER, "name": "Partecipante Due"},
            ]
        )
        made = self.book().create(body={"properties": {"title": title}}).execute()
        self.made: dict[str, Any] = made
        self.id: str = made["spreadsheetId"]

    def share(self, who: str, role: str) -> None:
        """Share the spreadsheet, without mail."""
        body = {"type": "user", "role": role, "emailAddress": who}
        self.drive().permissions().create(fileId=self.id, body=body, sendNotificationEmail=False).execute()

    def by(self, who: str = ORGANISER, *scopes: str, project: str = "better", api: str = "sheets") -> Any:
        """Google's client, signed in as that person; the scope is ``drive`` unless others are named."""
        key = (who, scopes, project, api)
        if who in _ROLES and who not in self._shared:
            self._shared.add(who)
            self.share(who, _ROLES[who])
        if key not in self._services:
            token = self.control.token(who, *(scopes or ("drive",)), project=project)
            self._services[key] = self._google(api, "v4" if api == "sheets" else "v3", token)
        return self._services[key]

    def drive(self, who: str = ORGANISER) -> Any:
        """Google's client for Drive, signed in as that person."""
        return self.by(who, api="drive")

    def values(self, who: str = ORGANISER) -> Any:
        """The values of spreadsheets, as that person."""
        return self._resource(f"values {who}", lambda: self.book(who).values())

    def book(self, who: str = ORGANISER) -> Any:
        """The spreadsheets, as that person."""
        return self._resource(f"spreadsheets {who}", lambda: self.by(who).spreadsheets())

    def _resource(self, key: str, make: Callable[[], Any]) -> Any:
        """Google's client makes each resource anew when asked for it, and takes its time."""
        if key not in self._services:
            self._services[key] = make()
        return self._services[key]

    def put(self, at: str, *rows: list[Any], who: str = ORGANISER, how: str = RAW, **more: Any) -> Any:
        """Write rows of values."""
        body = {"values": list(rows)}
        return (
            self.values(who).update(spreadsheetId=self.id, range=at, valueInputOption=how, body=body, **more).execute()
        )

    def type(self, at: str, *rows: list[Any], who: str = ORGANISER) -> Any:
        """Write rows of values as if typed."""
        return self.put(at, *rows, who=who, how=TYPED)

    def append(self, at: str, *rows: list[Any], who: str = ORGANISER, how: str = RAW, **more: Any) -> Any:
        """Append rows of values."""
        body = {"values": list(rows)}
        return (
            self.values(who).append(spreadsheetId=self.id, range=at, valueInputOption=how, body=body, **more).execute()
        )

    def read(self, at: str, who: str = ORGANISER, **more: Any) -> list[list[Any]]:
        """The values of a range, as they are shown."""
        answer = self.values(who).get(spreadsheetId=self.id, range=at, **more).execute()
        found: list[list[Any]] = answer.get("values", [])
        return found

    def plain(self, at: str) -> list[list[Any]]:
        """The values of a range, as they are kept."""
        return self.read(at, valueRenderOption="UNFORMATTED_VALUE")

    def batch(self, *requests: dict[str, Any], who: str = ORGANISER, **more: Any) -> list[dict[str, Any]]:
        """Carry out requests; returns the replies."""
        answer = self.update(*requests, who=who, **more)
        replies: list[dict[str, Any]] = answer["replies"]
        return replies

    def update(self, *requests: dict[str, Any], who: str = ORGANISER, **more: Any) -> Any:
        """Carry out requests; returns the whole answer."""
        body = {"requests": list(requests)} | more
        return self.book(who).batchUpdate(spreadsheetId=self.id, body=body).execute()

    def get(self, who: str = ORGANISER, **more: Any) -> Any:
        """The spreadsheet."""
        return self.book(who).get(spreadsheetId=self.id, **more).execute()

    def cells(self, at: str, who: str = ORGANISER) -> list[list[dict[str, Any]]]:
        """Everything of the cells in a range."""
        shown = self.get(who, ranges=[at], includeGridData=True)
        rows = shown["sheets"][0]["data"][0].get("rowData", [])
        return [row.get("values", []) for row in rows]

    def file(self, fields: str = "*") -> Any:
        """The spreadsheet as a file of Drive's."""
        return self.drive().files().get(fileId=self.id, fields=fields).execute()


@contextmanager
def refused(code: int, status: str, words: str = "") -> Iterator[dict[str, Any]]:
    """What happens inside is refused with that code, status and words; gives the error object, which has no reasons."""
    error: dict[str, Any] = {}
    with pytest.raises(HttpError) as caught:
        yield error
    error.update(json.loads(caught.value.content)["error"])
    assert (error["code"], error["status"]) == (code, status), error
    assert words in error["message"], error
    assert "errors" not in error
