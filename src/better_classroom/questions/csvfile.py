"""Reading CSV files that other programs wrote: in any common encoding, with any common delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

DELIMITERS = (",", ";", "\t")
NOT_UTF_8 = "is not UTF-8 and was read as Windows-1252: check the accents, or save it as “CSV UTF-8”"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LONGEST = 10_000_000
"""Characters in one cell; Python's csv module stops at 131,072, which one text and its file's other cells may pass."""


def decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, by its byte order mark, else as UTF-8, else as Excel of Western Europe writes; and notices."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace"), ()
    # UTF-16 without a mark: a header is ASCII, of which every second byte is then zero.
    for zeros, encoding in ((raw[1:64:2], "utf-16-le"), (raw[:64:2], "utf-16-be")):
        if zeros and not any(zeros):
            return raw.decode(encoding, errors="replace"), ()
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), (NOT_UTF_8,)


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins in, without Excel's "sep=" line and without empty lines before the header."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun = False
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        begun = begun or (any(record) and not "".join(record).casefold().startswith("sep="))
        if begun:
            yield number, record
