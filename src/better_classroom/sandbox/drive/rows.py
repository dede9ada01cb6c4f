"""What the tables of the sandbox's Drive hold.

``files`` under ``""``; ``permissions`` and ``revisions`` under the file's id; ``uploads`` (sessions), ``tombstones``
(ids of deleted files), ``mails`` (notifications that Google would have sent) and ``doomed`` (bytes to unlink) under
``""``.
"""

from __future__ import annotations

from better_classroom.sandbox.store import Row


def new_row(file_id: str, name: str, mime_type: str, owner: str, at: str) -> Row:
    """A row of the table ``files`` with everything that a row has.

    ``content`` is what blobs.Stored says plus its ``revision``, None where there are no bytes; ``appProperties`` and
    ``apps`` are by Cloud project; ``…By`` are by user id.
    """
    return {
        "id": file_id,
        "name": name,
        "mimeType": mime_type,
        "owner": owner,
        "parents": [],
        "createdTime": at,
        "modifiedTime": at,
        "version": 1,
        "properties": {},
        "appProperties": {},
        "apps": [],
        "starredBy": [],
        "viewedBy": {},
        "modifiedBy": {},
        "sharedWith": {},
        "lastModifier": owner,
        "trashed": False,
        "writersCanShare": True,
        "copyRequiresWriterPermission": False,
        "shortcut": {},
        "content": None,
    }
