"""People with a Drive in the sandbox, for the tests of it: what each holds, and how each of them calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

from talking import Control, Wire

COURSE = "604567890123"
OWNER = "korraldaja@tartu.example"
WRITER = "abi.korraldaja@tartu.example"
FIRST = "osaleja.uks@tartu.example"
ELSEWHERE = "partecipante.due@genova.example"
CONSUMER = "resztvevo.ot@personal.example"

FOLDER = "application/vnd.google-apps.folder"
DOCUMENT = "application/vnd.google-apps.document"
SHORTCUT = "application/vnd.google-apps.shortcut"
PDF = "application/pdf"
GRAIN = 256 * 1024

Google = Callable[[str, str, str], Any]


class Drive:
    """Calls the sandbox's Drive as this or that person, through this or that app."""

    def __init__(self, control: Control, google: Google, url: str) -> None:
        self.control = control
        self.url = url
        self._google = google
        self._services: dict[Any, Any] = {}
        control.seed(
            users=[
                {"email": OWNER, "name": "Korraldaja Üks"},
                {"email": WRITER, "name": "Abi Korraldaja"},
                {"email": FIRST, "name": "Osaleja Üks"},
                {"email": ELSEWHERE, "name": "Partecipante Due"},
                {"email": CONSUMER, "name": "Résztvevő Öt", "consumer": True},
            ],
            courses=[{"id": COURSE, "name": "BETTER: Tartu", "owner": OWNER, "students": [FIRST]}],
        )

    def by(self, who: str = OWNER, *scopes: str, project: str = "better") -> Any:
        """Google's client, signed in as that person; the scope is ``drive`` unless others are named."""
        key = (who, scopes, project)
        if key not in self._services:
            token = self.control.token(who, *(scopes or ("drive",)), project=project)
            self._services[key] = self._google("drive", "v3", token)
        return self._services[key]

    def wire(self, who: str = OWNER, *scopes: str) -> Wire:
        """A bare connection as that person."""
        return Wire(self.url, self.control.token(who, *(scopes or ("drive",))))

    def make(self, name: str = "Ettekanne.pdf", by: Any = None, fields: str = "*", **body: Any) -> Any:
        """A file without an upload: no bytes, unless ``mimeType`` makes it one of Google's."""
        service = self.by() if by is None else by
        return service.files().create(body={"name": name} | body, fields=fields).execute()

    def put(self, content: bytes, name: str = "Ettekanne.pdf", by: Any = None, **body: Any) -> Any:
        """A file with bytes, by a multipart upload."""
        service = self.by() if by is None else by
        media = MediaInMemoryUpload(content, mimetype=PDF)
        return service.files().create(body={"name": name} | body, media_body=media, fields="*").execute()

    def folder(self, name: str = "Seminar 1", **body: Any) -> str:
        """A folder's id."""
        return str(self.make(name, mimeType=FOLDER, **body)["id"])

    def get(self, file_id: str, fields: str = "*", by: Any = None) -> Any:
        """A file's metadata."""
        service = self.by() if by is None else by
        return service.files().get(fileId=file_id, fields=fields).execute()

    def update(self, file_id: str, by: Any = None, media: bytes | None = None, **more: Any) -> Any:
        """Patch a file: ``body`` and query parameters in ``more``; with ``media``, new content."""
        service = self.by() if by is None else by
        upload = None if media is None else MediaInMemoryUpload(media, mimetype=PDF)
        return service.files().update(fileId=file_id, media_body=upload, fields="*", **more).execute()

    def share(self, file_id: str, who: str = FIRST, role: str = "reader", by: Any = None, **more: Any) -> Any:
        """Share a file with a person, without mail."""
        service = self.by() if by is None else by
        body = {"type": "user", "role": role, "emailAddress": who}
        query = {"sendNotificationEmail": False, "fields": "*"} | more
        return service.permissions().create(fileId=file_id, body=body, **query).execute()

    def found(self, q: str, by: Any = None, **more: Any) -> list[str]:
        """The names that a query finds, in the order in which they come."""
        service = self.by() if by is None else by
        return [row["name"] for row in service.files().list(q=q, **more).execute()["files"]]

    def group(self) -> str:
        """The address of everyone in the course."""
        service = self._google("classroom", "v1", self.control.token(OWNER, "classroom.courses"))
        return str(service.courses().get(id=COURSE).execute()["courseGroupEmail"])


@contextmanager
def refused(code: int, reason: str) -> Iterator[dict[str, Any]]:
    """What happens inside is refused by Google with that code and Drive's reason; gives the error object."""
    error: dict[str, Any] = {}
    with pytest.raises(HttpError) as caught:
        yield error
    error.update(json.loads(caught.value.content)["error"])
    assert (error["code"], error["errors"][0]["reason"]) == (code, reason), error
