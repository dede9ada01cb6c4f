"""Sending a file to Drive: in parts, in constant memory, going on after a broken connection."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from googleapiclient.errors import HttpError
from googleapiclient.http import MediaUpload

from better_classroom.course import File
from better_classroom.errors import RefusedByBrake
from better_classroom.gateways.calls import Calls

Progress = Callable[[int, int], None]
"""Told after each part how many bytes Drive has, and how many there are."""

STARTS = 3
"""How often an upload is begun anew when Drive has forgotten it (google-apis.md D.1: any 4xx means start again)."""

FORGOTTEN = (404, 410)


class Parts(MediaUpload):  # type: ignore[misc]  # the client ships no types
    """A file as the client's upload reads it: one part at a time, as bytes, so that a part can be sent again.

    The client's own class hands httplib2 a stream that can be read once only: a part answered with 401 would be sent
    again without its bytes.
    """

    def __init__(self, source: BinaryIO, file: File, part: int) -> None:
        self._source = source
        self._file = file
        self._part = part

    def chunksize(self) -> int:
        """Bytes of one part."""
        return self._part

    def mimetype(self) -> str:
        """Media type of the whole."""
        return self._file.mime_type

    def size(self) -> int:
        """Bytes of the whole."""
        return self._file.size

    def resumable(self) -> bool:
        """Always: a broken connection costs one part, not the file."""
        return True

    def has_stream(self) -> bool:
        """Never: see above."""
        return False

    def getbytes(self, begin: int, length: int) -> bytes:
        """One part. Raises RefusedByBrake where the file no longer has it."""
        wanted = min(length, self._file.size - begin)
        try:
            self._source.seek(begin)
            found = self._source.read(wanted)
        except OSError as error:
            raise RefusedByBrake(f"cannot be read: {error}", where=self._file.path) from error
        if len(found) < wanted:
            raise _changed(self._file)
        return found


def send(
    make: Callable[[MediaUpload], Any], file: File, path: Path, *, calls: Calls, progress: Progress | None
) -> dict[str, Any]:
    """Upload a file and return Drive's description of it.

    ``make`` turns the parts into a request of the client (a create or an update, with ``fields`` that include
    ``sha256Checksum``). Raises RefusedByBrake for a file that is not the one planned, be it before it is sent or, as
    Drive's checksum then tells, since: the next run, which reads it anew, sends it again.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise RefusedByBrake(f"cannot be read: {error}", where=file.path) from error
    with source:
        if os.fstat(source.fileno()).st_size != file.size:
            raise _changed(file)
        found = _send(lambda: make(Parts(source, file, calls.policy.part)), file, calls=calls, progress=progress)
    # google-apis.md D.2: binary files carry a checksum.
    if found.get("sha256Checksum", file.sha256) != file.sha256:
        raise _changed(file)
    return found


def _send(make: Callable[[], Any], file: File, *, calls: Calls, progress: Progress | None) -> dict[str, Any]:
    """Upload from the beginning, as often as Drive forgets what it was sent."""
    for start in range(1, STARTS + 1):
        found = _session(make(), file, calls=calls, progress=progress, last=start == STARTS)
        if found is not None:
            return found
    raise AssertionError("the last session ends with a result or an error")


def _session(request: Any, file: File, *, calls: Calls, progress: Progress | None, last: bool) -> dict[str, Any] | None:
    """One upload from its start to its end; None where Drive forgot it on the way."""

    def part() -> dict[str, Any] | None:
        try:
            _, found = request.next_chunk(num_retries=0)
        except HttpError as error:
            # Before there is a session, 404 is an answer about the file.
            if request.resumable_uri and error.status_code in FORGOTTEN and not last:
                return {}
            raise
        answer: dict[str, Any] | None = found
        return answer

    while True:
        found = calls.step(part, request.methodId, item=file.path)
        if found == {}:
            return None
        if progress:
            progress(file.size if found else request.resumable_progress, file.size)
        if found:
            return found


def _changed(file: File) -> RefusedByBrake:
    return RefusedByBrake(
        "changed since the programme was read",
        where=file.path,
        advice="Run the same command again: it reads the file anew.",
    )
