"""What we do in Google Drive: keep presentations, found again by the mark we leave on them, and share them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from better_classroom.course import File, ObservedFile
from better_classroom.errors import AlreadyExists, NotFound, OutcomeUnknown
from better_classroom.gateways import uploads
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.uploads import Progress

PROGRAMME_MARK = "bc_programme"
FILE_MARK = "bc_file"

FILE = "id,name,mimeType,size,sha256Checksum,version,ownedByMe,trashed,appProperties,permissions(id,type,role,emailAddress)"
PAGE = 100


class Drive:
    """The files that we keep in one account's Drive.

    Every method raises RefusedByGoogle, SignInNeeded and TryLater; one that writes raises OutcomeUnknown where the
    reply was lost. Several threads may share it, but not for one file: of two changes of its permissions at once,
    the last one wins (google-apis.md D.3).
    """

    def __init__(self, root: Any, calls: Calls) -> None:
        self._calls = calls
        self._files = root.files()
        self._permissions = root.permissions()
        self._about = root.about()

    def files(self, programme: str) -> tuple[ObservedFile, ...]:
        """The account's own files that carry the programme's mark, in one listing; none from its trash."""
        entries = self._calls.pages(
            self._files.list,
            "files",
            item="its files",
            q=f"appProperties has {{ key='{PROGRAMME_MARK}' and value='{_quoted(programme)}' }} and trashed=false",
            spaces="drive",
            pageSize=PAGE,
            fields=f"nextPageToken,files({FILE})",
        )
        # What another account of ours shared with this one carries the same marks, and is not ours to attach or delete.
        return tuple(_observed(entry) for entry in entries if entry.get("ownedByMe", True))

    def free(self) -> int | None:
        """Bytes that the account's Drive can still take; None where it has no limit (discovery, About)."""
        found = self._calls.run(self._about.get(fields="storageQuota(limit,usage)"), item="its Drive")
        quota = found.get("storageQuota", {})
        return max(0, int(quota["limit"]) - int(quota.get("usage", 0))) if "limit" in quota else None

    def new_id(self) -> str:
        """An id for a file that is to be created: with it, a second create collides instead of making a double."""
        found = self._calls.run(
            self._files.generateIds(count=1, space="drive", type="files", fields="ids"), item="an id for a file"
        )
        return str(found["ids"][0])

    def create_file(
        self,
        file: File,
        path: Path,
        *,
        mark: str,
        programme: str,
        remote_id: str,
        progress: Progress | None = None,
    ) -> ObservedFile:
        """Upload a new file under an id from ``new_id``, marked with the programme and with our key's digest.

        Where an earlier attempt with this id was carried out, its file is returned, brought up to date if its bytes
        differ. Raises AlreadyExists where the id belongs to something else.
        """
        body = {
            "id": remote_id,
            "name": file.name,
            "mimeType": file.mime_type,
            # google-apis.md D.2: at most 124 bytes, key and value together.
            "appProperties": {PROGRAMME_MARK: programme, FILE_MARK: mark},
        }
        try:
            found = uploads.send(
                lambda parts: self._files.create(body=body, media_body=parts, fields=FILE),
                file,
                path,
                calls=self._calls,
                progress=progress,
            )
        except (AlreadyExists, OutcomeUnknown):
            made = self._file(remote_id, item=file.path)
            if made is None or made.key != mark:
                raise
            same = made.sha256 == file.sha256
            return made if same else self.revise_file(remote_id, file, path, progress=progress)
        return _observed(found)

    def revise_file(self, remote_id: str, file: File, path: Path, progress: Progress | None = None) -> ObservedFile:
        """Upload new bytes behind the same id: links to the file and posts that carry it stay as they are."""
        body = {"name": file.name, "mimeType": file.mime_type}
        found = uploads.send(
            lambda parts: self._files.update(fileId=remote_id, body=body, media_body=parts, fields=FILE),
            file,
            path,
            calls=self._calls,
            progress=progress,
        )
        return _observed(found)

    def share(self, file_id: str, group_email: str, *, role: str = "reader") -> str:
        """Let the members of a group read a file, or be its ``commenter``, without mail; returns the permission's id."""
        request = self._permissions.create(
            fileId=file_id,
            body={"type": "group", "role": role, "emailAddress": group_email},
            sendNotificationEmail=False,
            fields="id",
        )
        return str(self._calls.run(request, item=f"file {file_id}, shared with {group_email}")["id"])

    def delete_file(self, file_id: str) -> None:
        """Delete a file for good; one that is gone already is as good."""
        self._calls.run(self._files.delete(fileId=file_id), item=f"file {file_id}")

    def _file(self, remote_id: str, *, item: str) -> ObservedFile | None:
        try:
            return _observed(self._calls.run(self._files.get(fileId=remote_id, fields=FILE), item=item))
        except NotFound:
            return None


def _observed(found: dict[str, Any]) -> ObservedFile:
    given = [entry for entry in found.get("permissions", ()) if entry.get("emailAddress")]
    return ObservedFile(
        remote_id=found["id"],
        key=found.get("appProperties", {}).get(FILE_MARK, ""),
        name=found.get("name", ""),
        mime_type=found.get("mimeType", ""),
        sha256=found.get("sha256Checksum", ""),
        size=int(found.get("size", 0)),
        readers={entry["emailAddress"].lower(): entry["id"] for entry in given},
        commenters=frozenset(entry["emailAddress"].lower() for entry in given if entry.get("role") != "reader"),
        version=str(found.get("version", "")),
    )


def _quoted(text: str) -> str:
    """Text between single quotes in Drive's query language (google-apis.md D.2)."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
