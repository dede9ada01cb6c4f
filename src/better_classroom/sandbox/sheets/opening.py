"""Which spreadsheet a call is about, and whether this caller, through this app, may read or write it.

google-apis.md F.1: ``drive.file`` covers spreadsheets made by the app; ``spreadsheets`` and ``drive`` all that the
person sees. Google tells "not shared" (403) from "no such file" (404) here, other than in Drive (seen in the field).
"""

from __future__ import annotations

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access
from better_classroom.sandbox.drive.kinds import GOOGLE
from better_classroom.sandbox.errors import failed_precondition, not_found, permission_denied
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.store import Store

SPREADSHEET = GOOGLE + "spreadsheet"

_PREFIX = "https://www.googleapis.com/auth/"
_ALL = frozenset(_PREFIX + name for name in ("drive", "drive.readonly", "spreadsheets", "spreadsheets.readonly"))


def to_read(store: Store, caller: Caller, spreadsheet_id: str) -> Book:
    """The spreadsheet, if the caller may read it."""
    row = store.get("files", "", spreadsheet_id)
    if row is None or not (caller.scopes & _ALL or caller.project in row["apps"]):
        raise not_found()
    if access.role_of(store, spreadsheet_id, caller.user_id) is None:
        raise permission_denied()
    if row["mimeType"] != SPREADSHEET:
        raise failed_precondition("This operation is not supported for this document")  # seen: gspread#732, an XLSX
    return Book(store, row)


def to_write(store: Store, caller: Caller, spreadsheet_id: str) -> Book:
    """The spreadsheet, if the caller may write to it."""
    book = to_read(store, caller, spreadsheet_id)
    if not access.at_least(access.role_of(store, spreadsheet_id, caller.user_id), "writer"):
        raise permission_denied()
    return book


def count_change(book: Book, caller: Caller, **changes: str) -> None:
    """Sign a write in Drive: ``version``, ``modifiedTime`` and who did it (google-apis.md D.2)."""
    at = book.store.stamp()
    row = book.store.get("files", "", book.id)
    assert row is not None, "the file was found when the call began"
    access.touch(
        book.store,
        book.id,
        modifiedTime=at,
        modifiedBy=row["modifiedBy"] | {caller.user_id: at},
        lastModifier=caller.user_id,
        **changes,
    )
    book.file = book.store.get("files", "", book.id) or row
