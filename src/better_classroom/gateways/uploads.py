"""Sending a file to Drive: in parts, in constant memory, going on after a broken connection and after a broken run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from googleapiclient.errors import HttpError
from googleapiclient.http import MediaUpload

from better_classroom.course import File
from better_classroom.errors import RefusedByBrake, RefusedByGoogle
from better_classroom.gateways.calls import Calls

Progress = Callable[[int, int], None]
"""Told after each part how many bytes Drive has, and how many there are."""

STARTS = 3
"""How often an upload is begun anew when Drive has forgotten it (google-apis.md D.1: any 4xx means start again)."""

FORGOTTEN = (404, 410)


@dataclass(frozen=True, slots=True)
class Resuming:
    """What lets an upload outlast the run that began it: somebody who keeps the address that Drive gave it.

    Whoever knows that address can write into the file: it is a secret, and stands in no message of ours.
    """

    session: str = field(default="", repr=False)
    """The address that an earlier run left of an upload of these bytes to this file; empty where there is none."""
    keep: Callable[[str], None] = lambda _: None
    """Told the address as soon as Drive gives it, before the first byte is sent there."""
    forget: Callable[[], None] = lambda: None
    """Told that the address is of no use any more, though the upload is not done."""


NOT_KEPT = Resuming()
"""For an upload that does not outlast its run."""


class Parts(MediaUpload):  # type: ignore[misc]  # the client ships no types
    """A file as the client's upload reads it: one part at a time, as bytes, so that a part can be sent again.

    The client's own class hands httplib2 a stream that can be read once only: a part answered with 401 would be sent
    again without its bytes.
    """

    def __init__(self, source: BinaryIO, file: File, part: int) -> None:
        self._source = source
        self._file = file
        self._part = part
        self.asked: Callable[[], None] = lambda: None
        """Told before each part is sent: the only moment between Drive's address and the first byte sent there."""

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
        self.asked()
        wanted = min(length, self._file.size - begin)
        try:
            self._source.seek(begin)
            found = self._source.read(wanted)
        except OSError as error:
            raise RefusedByBrake(f"cannot be read: {error}", where=self._file.path) from error
        if len(found) < wanted:
            raise changed(self._file)
        return found


def send(
    make: Callable[[MediaUpload], Any],
    file: File,
    path: Path,
    *,
    calls: Calls,
    progress: Progress | None,
    resuming: Resuming = NOT_KEPT,
) -> dict[str, Any]:
    """Upload a file and return Drive's description of it, whose checksum tells whether it changed while it was sent.

    ``make`` turns the parts into a request of the client (a create or an update). Raises RefusedByBrake for a file that
    is not the one planned any more before it is sent: the next run reads it anew.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise RefusedByBrake(f"cannot be read: {error}", where=file.path) from error
    with source:
        try:
            if os.fstat(source.fileno()).st_size != file.size:
                raise changed(file)
            return _send(make, source, file, calls=calls, progress=progress, resuming=resuming)
        except (RefusedByGoogle, RefusedByBrake):
            # google-apis.md D.1: after a refusal an upload starts again; and what was sent of another file is no use.
            resuming.forget()
            raise


def _send(
    make: Callable[[MediaUpload], Any],
    source: BinaryIO,
    file: File,
    *,
    calls: Calls,
    progress: Progress | None,
    resuming: Resuming,
) -> dict[str, Any]:
    """Upload from where an earlier run stopped; else from the beginning, as often as Drive forgets what it was sent."""
    sessions = [*filter(None, [resuming.session]), *[""] * STARTS]
    for number, session in enumerate(sessions, start=1):
        parts = Parts(source, file, calls.policy.part)
        upload = _Upload(make(parts), file, session, resuming)
        parts.asked = upload.keep
        found = upload.finish(calls, progress, last=number == len(sessions))
        if found is not None:
            return found
    raise AssertionError("the last session ends with a result or an error")


class _Upload:
    """One upload from its start, or from where an earlier run left it, to its end."""

    def __init__(self, request: Any, file: File, session: str, resuming: Resuming) -> None:
        self._request = request
        self._file = file
        self._resuming = resuming
        self._kept = session
        self._goes_on = bool(session)
        if session:
            request.resumable_uri = session
            # In the client's words: ask Drive how much it has, before anything is sent.
            request._in_error_state = True  # noqa: SLF001 - nothing public makes the client ask

    def keep(self) -> None:
        """Have the address of the upload kept, if it is new."""
        if self._request.resumable_uri != self._kept:
            self._kept = self._request.resumable_uri
            self._resuming.keep(self._kept)

    def finish(self, calls: Calls, progress: Progress | None, *, last: bool) -> dict[str, Any] | None:
        """Send what is left; None where Drive forgot what it had, which never happens to the last one."""
        while True:
            try:
                found = calls.step(lambda: self._part(last=last), self._request.methodId, item=self._file.path)
            except RefusedByGoogle:
                # google-apis.md D.1: any refusal means start again; one of an upload begun just now says more than that.
                if self._goes_on and not last:
                    return None
                raise
            if found == {}:
                return None
            if progress:
                progress(self._file.size if found else self._request.resumable_progress, self._file.size)
            if found:
                return found

    def _part(self, *, last: bool) -> dict[str, Any] | None:
        """Send one part: Drive's description of the file after the last one, nothing where Drive forgot it."""
        try:
            _, found = self._request.next_chunk(num_retries=0)
        except HttpError as error:
            # Before there is a session, 404 is an answer about the file.
            if self._request.resumable_uri and error.status_code in FORGOTTEN and not last:
                return {}
            raise
        answer: dict[str, Any] | None = found
        return answer


def changed(file: File) -> RefusedByBrake:
    """The refusal of a file that is not, or was not all the while, the one that was planned."""
    return RefusedByBrake(
        "changed since the programme was read",
        where=file.path,
        advice="Run the same command again: it reads the file anew.",
    )
