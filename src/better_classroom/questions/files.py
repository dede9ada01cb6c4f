"""One CSV file per expert: the questions to answer, and the columns in which to answer them.

Exporting again brings the file up to date and never loses what its expert has written into it: status, answer,
visibility, columns of their own, the order of the rows.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from better_classroom.answered import FORGOTTEN
from better_classroom.errors import ProgrammeInvalid, UsageError
from better_classroom.programme import Programme
from better_classroom.questions import sheet
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.sheet import Sheet
from better_classroom.questions.status import SET_ASIDE
from better_classroom.reports.questions import Asked
from better_classroom.reports.rows import COLUMNS, OURS, rows
from better_classroom.reports.spreadsheet import neutral

PRIVATE = 0o600
ATTEMPTS = 5

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """What one expert's file holds now."""

    expert: str
    path: Path
    questions: int
    new: int
    """Rows that were not in the file before."""


def export(
    questions: Iterable[Asked],
    *,
    programme: Programme,
    folder: Path,
    experts: Sequence[str] = (),
    delimiter: str = ",",
    forgotten: Forgotten | None = None,
) -> tuple[Exported, ...]:
    """Write or update ``<expert>.csv`` for each expert, or for the given ones, in ``folder``, which is made if need be.

    A file that holds nothing yet and gets no question is not made. ``forgotten`` knows the questions of which a file may
    hold more than it should. Raises ``ProgrammeInvalid`` when a file that stands
    there cannot be understood: it is left as it is, since it may hold answers.
    """
    every = tuple(questions)
    with writable(folder):
        return tuple(
            _update(
                folder / f"{expert}.csv", expert, every, programme=programme, delimiter=delimiter, forgotten=forgotten
            )
            for expert in experts or programme.experts
            if (folder / f"{expert}.csv").exists() or any(expert in asked.experts for asked in every)
        )


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Make a folder for the experts' files, and tell what keeps them from being written there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or "unknown reason"
        advice = "Make the folder writable for you, or name another one with --to."
        raise UsageError(
            f"The experts' files cannot be written: {reason}.", where=str(folder), advice=advice
        ) from error


def anew(questions: Iterable[Asked], *, programme: Programme, expert: str, delimiter: str = ",") -> bytes:
    """One expert's file as ``export`` makes it where none stands yet: what the ledger knows, and nothing else."""
    return _text(COLUMNS, fresh(questions, expert, programme), delimiter)


def fresh(questions: Iterable[Asked], expert: str, programme: Programme, language: str = "en") -> list[Row]:
    """The rows that an expert is to see, as they would be written anew."""
    return [
        row
        for asked in questions
        if expert in asked.experts and _is_shown(asked, expert)
        for row in rows(asked, expert=expert, zone=programme.time_zone, language=language)
    ]


def _update(
    path: Path,
    expert: str,
    questions: Sequence[Asked],
    *,
    programme: Programme,
    delimiter: str,
    forgotten: Forgotten | None,
) -> Exported:
    """Merge into the file; start anew when its expert saves it in the very moment between our reading and writing."""
    wanted = fresh(questions, expert, programme)
    nobodys = {asked.key for asked in questions if asked.asker == FORGOTTEN}
    for _ in range(ATTEMPTS):
        before = stamp(path)
        earlier = sheet.read(path) if before and before[1] else Sheet(str(path), COLUMNS, (), delimiter)
        if earlier.complaints:
            raise ProgrammeInvalid(earlier.complaints)
        columns = (*earlier.columns, *(column for column in COLUMNS if column not in earlier.columns))
        gone = forgotten.keys({line["key"].strip().casefold() for line in earlier.lines}) if forgotten else set()
        merged = list(merge(earlier, wanted, gone=gone | nobodys))
        if replaced(path, _text(columns, merged, earlier.delimiter), before):
            had = {(line["key"], line["version"]) for line in earlier.lines}
            new = sum((row["key"], row["version"]) not in had for row in merged)
            return Exported(expert, path, len({row["key"] for row in merged}), new)
    raise keeps_changing(path)


def keeps_changing(path: Path) -> UsageError:
    """That somebody saves the file whenever we are about to."""
    advice = "Ask its expert to close it, then run the same command again."
    return UsageError("The file keeps changing while it is being updated.", where=str(path), advice=advice)


def _is_shown(asked: Asked, expert: str) -> bool:
    """Whether an expert needs to see a question; one taken back only if that expert has dealt with it before."""
    if asked.status in SET_ASIDE:
        return False
    return asked.withdrawn_at is None or any(reply.expert == expert for reply in asked.replies)


def merge(earlier: Sheet, fresh: Sequence[Row], *, gone: Collection[str] = ()) -> Iterator[Row]:
    """Rows of the updated file, in the file's own order: new ones below their question's other rows, or at the end.

    A row that its expert has written in keeps every cell of theirs, and all its cells when its question changed or is
    no longer theirs: what they wrote was written to that text. A row they left empty simply becomes the new one. Of a
    question among ``gone``, whose asker was forgotten, only rows that are among the fresh ones stay.
    """
    wanted: dict[tuple[str, str], Row] = {(row["key"], row["version"]): row for row in fresh}
    last = {row["key"]: row["version"] for row in fresh}
    yet = dict(wanted)
    kept: list[Row] = []
    for line in earlier.lines:
        # An expert may have emptied the version's cell, or taken the column out: then the latest is meant.
        name = (line["key"], line["version"] or last.get(line["key"], ""))
        ours = wanted.get(name)
        if ours is not None and yet.pop(name, None) is not None:
            kept.append({**line.cells, **{column: ours[column] for column in OURS}})
        elif line["key"].strip().casefold() in gone:
            continue
        elif _written(line.cells):
            kept.append(line.cells)
        elif (newer := yet.pop((line["key"], last.get(line["key"], "")), None)) is not None:
            kept.append({**line.cells, **newer})
    return _interleaved(kept, list(yet.values()))


def _written(cells: Row) -> bool:
    """Whether an expert has left anything in a row."""
    return any(value.strip() for column, value in cells.items() if column not in OURS)


def _interleaved(kept: Sequence[Row], added: Sequence[Row]) -> Iterator[Row]:
    last = {row.get("key", ""): place for place, row in enumerate(kept)}
    for place, row in enumerate(kept):
        yield row
        yield from (new for new in added if last.get(new["key"]) == place)
    yield from (new for new in added if new["key"] not in last)


def _text(columns: Sequence[str], merged: Iterable[Row], delimiter: str) -> bytes:
    """The file's bytes; the mark at their beginning tells Excel that they are UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([neutral(column) for column in columns])
    writer.writerows([neutral(row.get(column, "")) for column in columns] for row in merged)
    return text.getvalue().encode("utf-8-sig")


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever a file is saved; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def replaced(path: Path, content: bytes, before: tuple[int, int, int] | None) -> bool:
    """Put the new content in place, whole or not at all; False if somebody else has written meanwhile.

    Equal bytes are left alone, so that a file open in a spreadsheet program does not seem to have changed.
    """
    if before and path.read_bytes() == content:
        return stamp(path) == before
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if stamp(path) != before:
            return False
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return True
