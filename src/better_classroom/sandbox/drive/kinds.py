"""MIME types: which files hold bytes, which are Google's own, and what a link to each looks like."""

from __future__ import annotations

import mimetypes

GOOGLE = "application/vnd.google-apps."
FOLDER = GOOGLE + "folder"
SHORTCUT = GOOGLE + "shortcut"
DRIVE_SDK = GOOGLE + "drive-sdk"
UNKNOWN = "application/octet-stream"

# google-apis.md D.2: generated ids are refused for Google's own types except folders and drive-sdk; the generateIds
# method itself offers ids for shortcuts.
TAKES_GENERATED_ID = (FOLDER, SHORTCUT, DRIVE_SDK)

_EDITORS = {
    "document": "document",
    "spreadsheet": "spreadsheets",
    "presentation": "presentation",
    "form": "forms",
    "drawing": "drawings",
}
_WITH_THUMBNAIL = ("image/", "video/", "application/pdf", "application/vnd.openxmlformats-officedocument.")
# The table inside Python, not the machine's: the same file has the same type everywhere.
_BY_EXTENSION = mimetypes.MimeTypes(filenames=()).types_map[True]


def is_google(mime_type: str) -> bool:
    """Whether Google keeps the content in a form of its own, so that there are no bytes to send or to hash."""
    return mime_type.startswith(GOOGLE)


def is_editor(mime_type: str) -> bool:
    """Whether it is a document of one of Google's editors, of those that can be made by API."""
    return mime_type.removeprefix(GOOGLE) in _EDITORS and is_google(mime_type)


def guess(name: str) -> str:
    """The type that a file name tells, where neither metadata nor the upload say one (drive.files: File.mimeType)."""
    _, dot, extension = name.rpartition(".")
    return _BY_EXTENSION.get(f".{extension.lower()}", UNKNOWN) if dot else UNKNOWN


def view_link(file_id: str, mime_type: str) -> str:
    """The page that shows the file to people: ``webViewLink``."""
    if mime_type == FOLDER:
        return f"https://drive.google.com/drive/folders/{file_id}"
    if is_editor(mime_type):
        editor = _EDITORS[mime_type.removeprefix(GOOGLE)]
        return f"https://docs.google.com/{editor}/d/{file_id}/edit?usp=drivesdk"
    return f"https://drive.google.com/file/d/{file_id}/view?usp=drivesdk"


def content_link(file_id: str) -> str:
    """Where a browser downloads a file that has bytes: ``webContentLink``."""
    return f"https://drive.google.com/uc?id={file_id}&export=download"


def thumbnail_link(file_id: str, mime_type: str) -> str | None:
    """A picture of the first page, for the types that have one."""
    if mime_type.startswith(_WITH_THUMBNAIL) or is_editor(mime_type):
        return f"https://lh3.googleusercontent.com/drive-storage/{file_id}=s220"
    return None


def extensions(name: str) -> tuple[str, str] | None:
    """``(fullFileExtension, fileExtension)`` of a name, as in ``("tar.gz", "gz")``; None if it has none."""
    stem, dot, last = name.rpartition(".")
    if not dot or not last.isalnum():
        return None
    return ("tar." + last if stem.lower().endswith(".tar") else last), last
