"""Reading the chat or the Q&A of an online session, as Webex, Zoom or a person has written it into a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path

from better_classroom.errors import Complaint
from better_classroom.questions.csvfile import DELIMITERS, decoded, records
from better_classroom.questions.found import is_blank

HEADERS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "questions", "question text", "message", "messages", "chat message", "content", "text"),
    "asker": (
        *("asker", "asker name", "name", "asked by", "questioner", "questioner name", "sender", "sender name", "from"),
        *("user name", "username", "attendee", "attendee name", "participant", "author", "display name"),
    ),
    "time": (
        *("time", "question time", "time asked", "asked at", "asked time", "timestamp", "date", "date time", "sent"),
        *("sent time", "time sent", "create time", "created", "message time", "submitted at"),
    ),
    "answer": ("answer", "answers", "answer s", "answer text", "response", "responses", "reply"),
    "to": ("to", "receiver", "recipient", "recipients", "sent to"),
}
"""Names by which a column is known, in any case and punctuation; those of Webex's and Zoom's exports are among them."""

_REMEDY = "One column must be called “question” (or “message”); “asker”, “time” and “answer” may stand beside it."
_PREAMBLE = 50
"""Lines above the header, such as those in which Zoom names the session."""

_EVERYONE = re.compile(r"\b(everyone|every body|everybody|all|public|panelists?|kõik|kõigile|tutti|mindenki|alla)\b")
_COMING = re.compile(
    r"(?:.{0,100}\s)?(?:has |have )?(?:joined|left)"
    r"(?: as .{0,60}| (?:the |this )?(?:meeting|webinar|session|chat|event|room).{0,60})?[.!]?",
    re.IGNORECASE,
)
_REACTING = re.compile(r"reacted .{0,40}(?:to|with) .*|removed an? .{0,40}reaction.*|\+\s*1", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the session that may be a question."""

    number: int
    text: str
    asker: str
    """Name as the session shows it; empty where it shows none."""
    at: datetime | None
    answer: str


@dataclass(slots=True)
class SessionFile:
    """A file as read: what was said, what was left out by its kind, and what is wrong with the file."""

    said: list[Said] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    complaints: list[Complaint] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read(path: Path, *, starts: datetime, zone: tzinfo) -> SessionFile:
    """Read a file; times without an offset are those of ``zone``, times without a date those of the day of ``starts``."""
    found = SessionFile()
    try:
        raw = path.read_bytes()
    except OSError as error:
        said = f"The file cannot be read: {error.strerror or 'unknown reason'}."
        found.complaints.append(Complaint(str(path), 1, 1, said, "Check its name and who may read it."))
        return found
    if raw.startswith(b"PK\x03\x04"):
        remedy = "Save it as “CSV UTF-8 (comma delimited)”."
        found.complaints.append(Complaint(str(path), 1, 1, "This is an Excel workbook.", remedy))
        return found
    text, notices = decoded(raw)
    found.notices += [f"{path} {notice}" for notice in notices]
    try:
        _read_rows(found, str(path), text, starts.astimezone(zone))
    except csv.Error as error:
        remedy = "Save it anew as “CSV UTF-8”."
        found.complaints.append(Complaint(str(path), 1, 1, f"This is not a CSV file: {error}.", remedy))
    return found


def _read_rows(found: SessionFile, file: str, text: str, starts: datetime) -> None:
    delimiter = max(DELIMITERS, key=lambda delimiter: len(_header(text, delimiter)[1]))
    header, columns = _header(text, delimiter)
    if "question" not in columns:
        found.complaints.append(Complaint(file, 1, 1, "There is no column that holds questions.", _REMEDY))
        return
    width = columns.pop("")
    for number, record in records(text, delimiter):
        if number <= header:
            continue
        if any(cell.strip() for cell in record[width:]):
            remedy = "Put cells that hold a delimiter or a line break in double quotes."
            said = "This row has more cells than the header."
            found.complaints.append(Complaint(file, number, width + 1, said, remedy))
            continue
        cells = {name: record[place] if place < len(record) else "" for name, place in columns.items()}
        junk = _junk(cells)
        if junk:
            found.left_out[junk] += any(cell.strip() for cell in record)
            continue
        at = _parsed(cells.get("time", ""), starts)
        complaint = _untimely(cells.get("time", "").strip(), at, starts)
        if complaint:
            found.complaints.append(Complaint(file, number, columns["time"] + 1, *complaint))
            continue
        asker = " ".join(cells.get("asker", "").split())
        found.said.append(Said(number, cells["question"].strip(), asker, at, cells.get("answer", "").strip()))


def _header(text: str, delimiter: str) -> tuple[int, dict[str, int]]:
    """Line of the header and where its columns stand, its width under the empty name; nothing where there is none."""
    for place, (number, record) in enumerate(records(text, delimiter)):
        names = [" ".join(re.findall(r"\w+", cell.casefold())) for cell in record]
        columns: dict[str, int] = {}
        for ours, theirs in HEADERS.items():
            # The first of a column's names that the header has, since some exports hold both “Message” and “Text”.
            known = next((name for name in theirs if name in names), None)
            if known is not None:
                columns[ours] = names.index(known)
        if "question" in columns and (len(columns) > 1 or len(record) == 1):
            return number, columns | {"": len(record)}
        if place >= _PREAMBLE:
            break
    return 0, {}


def _junk(cells: Mapping[str, str]) -> str:
    """Why a line is no question, in a word or two; empty for one that may be."""
    text = cells["question"].strip()
    if is_blank(text):
        return "blank"
    to = cells.get("to", "").casefold().strip()
    if to and not _EVERYONE.search(to):
        return "private messages"
    if _COMING.fullmatch(text):
        return "people coming and going"
    if _REACTING.fullmatch(text) or not any(character.isalnum() for character in text):
        return "reactions"
    return ""


# Times

_YEARS = 5
_SPACES = re.compile(r"[\s\u202f\xa0,]+")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%b %d %Y", "%d %b %Y")
_MORE_DATES = ("%B %d %Y", "%d %B %Y", "%m/%d/%y", "%d.%m.%y", "%Y. %m. %d.", "%Y.%m.%d.")
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H.%M")


def _untimely(cell: str, at: datetime | None, starts: datetime) -> tuple[str, str] | None:
    """What is wrong with the time of a line, and what to do; an empty one is the session's beginning."""
    if at is None and cell:
        remedy = "Write it like 2020-06-16 11:42 or 11:42:07, or leave it empty; this row was not taken."
        return f"“{cell[:40]}” is no time.", remedy
    if at and abs(at.year - starts.year) > _YEARS:
        said = f"{_day(at)} is years away from the session, which was on {_day(starts)}."
        return said, "Look whether this is the right file, and the right --seminar; this row was not taken."
    return None


def _day(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y}"


def _parsed(cell: str, starts: datetime) -> datetime | None:
    """The moment that a cell tells, None where it tells none; of two ways to read a date, the one nearer to the session."""
    written = _SPACES.sub(" ", cell).strip()
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        pass
    else:
        return found if found.tzinfo else found.replace(tzinfo=starts.tzinfo)
    for clock in _CLOCKS:
        try:
            parsed = datetime.strptime(written, clock).time()  # noqa: DTZ007 - the session's day and zone follow
        except ValueError:
            continue
        return _near(parsed, starts)
    possible = []
    for form in (f"{date} {clock}" for date in (*_DATES, *_MORE_DATES) for clock in _CLOCKS):
        try:
            parsed_at = datetime.strptime(written, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        possible.append(parsed_at.replace(tzinfo=starts.tzinfo))
    return min(possible, key=lambda instant: abs(instant - starts), default=None)


def _near(clock: time, starts: datetime) -> datetime:
    """The moment of that clock time which is nearest to the session: one may last past midnight."""
    today = starts.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
    return min((today + timedelta(days=days) for days in (-1, 0, 1)), key=lambda instant: abs(instant - starts))
