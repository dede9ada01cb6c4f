"""What we do in Google Drive: keep presentations and boards, found again by the mark we leave on them, and share them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from better_classroom.board import ObservedBoard
from better_classroom.course import File, ObservedFile
from better_classroom.errors import AlreadyExists, NotFound, OutcomeUnknown
from better_classroom.gateways import uploads
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.methods import Repeat
from better_classroom.gateways.uploads import NOT_KEPT, Progress, Resuming

PROGRAMME_MARK = "bc_programme"
FILE_MARK = "bc_file"
BOARD_MARK = "bc_board"
RENEWS_MARK = "bc_renews"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"

FILE = (
    "id,name,mimeType,size,sha256Checksum,ownedByMe,trashed,version,appProperties,capabilities(canShare),"
    "permissions(id,type,role,emailAddress)"
)
BOARD = f"{FILE},createdTime,webViewLink"
PAGE = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """All that we keep in an account's Drive for a programme."""

    files: tuple[ObservedFile, ...] = ()
    boards: tuple[ObservedBoard, ...] = ()


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
        """The presentations of ``listing``."""
        return self.listing(programme).files

    def listing(self, programme: str) -> Listing:
        """The account's own files that carry the programme's mark, boards apart, in one listing; none from its trash."""
        entries = self._calls.pages(
            self._files.list,
            "files",
            item="its files",
            q=f"appProperties has {{ key='{PROGRAMME_MARK}' and value='{_quoted(programme)}' }} and trashed=false",
            spaces="drive",
            pageSize=PAGE,
            fields=f"nextPageToken,files({BOARD})",
        )
        # What another account of ours shared with this one carries the same marks, and is not ours to attach or delete.
        own = [entry for entry in entries if entry.get("ownedByMe", True)]
        return Listing(
            files=tuple(_observed(entry) for entry in own if not _marks(entry).get(BOARD_MARK)),
            boards=tuple(_board(entry) for entry in own if _marks(entry).get(BOARD_MARK)),
        )

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
        resuming: Resuming = NOT_KEPT,
    ) -> ObservedFile:
        """Upload a new file under an id from ``new_id``, marked with the programme and with our key's digest.

        ``resuming`` lets it go on where an earlier run stopped, and a later one where this one does. Where an earlier
        attempt with this id was carried out, its file is returned, brought up to date if its bytes differ. Raises AlreadyExists where the id belongs to something else.
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
                resuming=resuming,
            )
        except (AlreadyExists, OutcomeUnknown):
            made = self._file(remote_id, item=file.path)
            if made is None or made.key != mark:
                raise
            same = made.sha256 == file.sha256
            return made if same else self.revise_file(remote_id, file, path, progress, replace(resuming, session=""))
        return _observed(found)

    def revise_file(
        self,
        remote_id: str,
        file: File,
        path: Path,
        progress: Progress | None = None,
        resuming: Resuming = NOT_KEPT,
    ) -> ObservedFile:
        """Upload new bytes behind the same id: links to the file and posts that carry it stay as they are.

        ``resuming`` as for ``create_file``.
        """
        body = {"name": file.name, "mimeType": file.mime_type}
        found = uploads.send(
            lambda parts: self._files.update(fileId=remote_id, body=body, media_body=parts, fields=FILE),
            file,
            path,
            calls=self._calls,
            progress=progress,
            resuming=resuming,
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

    def create_board(self, name: str, *, expert: str, programme: str, renews: str = "") -> ObservedBoard:
        """Make an expert's board, an empty spreadsheet that nobody else may open.

        A spreadsheet takes no id of ours (google-apis.md D.2), so a second call would make a second one: OutcomeUnknown
        where the reply was lost, and it has to be looked for by its marks.
        """
        body = {
            "name": name,
            "mimeType": SPREADSHEET,
            "appProperties": {PROGRAMME_MARK: programme, BOARD_MARK: expert}
            | ({RENEWS_MARK: renews} if renews else {}),
            # Whom it is shared with is for us to say.
            "writersCanShare": False,
        }
        request = self._files.create(body=body, fields=BOARD)
        return _board(self._calls.run(request, item=f"the board of {expert}", repeat=Repeat.CREATE))

    def board(self, remote_id: str, *, item: str) -> ObservedBoard | None:
        """A board by its id, which a listing may be slow to show; None where it is deleted or in the trash."""
        found = self._looked_up(remote_id, item)
        return _board(found) if found else None

    def file(self, remote_id: str, *, item: str) -> ObservedFile | None:
        """A presentation by its id, which a listing may be slow to show; None where it is deleted or in the trash."""
        found = self._looked_up(remote_id, item)
        return _observed(found) if found else None

    def _looked_up(self, remote_id: str, item: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._calls.run(self._files.get(fileId=remote_id, fields=BOARD), item=item)
        except NotFound:
            return None
        return None if found.get("trashed") else found

    def share_board(self, remote_id: str, address: str, *, item: str) -> None:
        """Let one person write to a board, without mail."""
        request = self._permissions.create(
            fileId=remote_id,
            body={"type": "user", "role": "writer", "emailAddress": address},
            sendNotificationEmail=False,
            fields="id",
        )
        self._calls.run(request, item=item)

    def unshare(self, remote_id: str, permission_id: str, *, item: str) -> None:
        """Take a permission away; one that is gone already is as good."""
        self._calls.run(self._permissions.delete(fileId=remote_id, permissionId=permission_id), item=item)

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
        key=_marks(found).get(FILE_MARK, ""),
        name=found.get("name", ""),
        mime_type=found.get("mimeType", ""),
        sha256=found.get("sha256Checksum", ""),
        size=int(found.get("size", 0)),
        readers={entry["emailAddress"].lower(): entry["id"] for entry in given},
        commenters=frozenset(entry["emailAddress"].lower() for entry in given if entry.get("role") != "reader"),
        shareable=found.get("capabilities", {}).get("canShare", True),
        version=str(found.get("version", "")),
    )


def _board(found: dict[str, Any]) -> ObservedBoard:
    given = [entry for entry in found.get("permissions", ()) if entry.get("role") != "owner"]
    return ObservedBoard(
        remote_id=found["id"],
        expert=_marks(found)[BOARD_MARK],
        version=found.get("version", ""),
        link=found.get("webViewLink", ""),
        created=datetime.fromisoformat(found["createdTime"]),
        renews=_marks(found).get(RENEWS_MARK, ""),
        readers={entry["emailAddress"].lower(): entry["id"] for entry in given if entry.get("emailAddress")},
        others=tuple(entry["id"] for entry in given if not entry.get("emailAddress")),
    )


def _marks(found: dict[str, Any]) -> dict[str, str]:
    marks: dict[str, str] = found.get("appProperties", {})
    return marks


def _quoted(text: str) -> str:
    """Text between single quotes in Drive's query language (google-apis.md D.2)."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
