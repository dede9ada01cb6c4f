"""A small programme, and participants who ask in it, for the tests of questions and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from better_classroom import questions
from better_classroom.course import Kind, Submission
from better_classroom.ledger import Ledger
from better_classroom.memory import Entry
from better_classroom.programme.model import (
    Boxes,
    CourseSpec,
    Expert,
    Programme,
    QuestionSettings,
    Seminar,
    Text,
    Window,
)

KEY = b"no secret, since nobody here is real"
START = datetime(2020, 6, 16, 8, 30, tzinfo=UTC)
END = START + timedelta(minutes=90)
EARLIER = START - timedelta(days=7)
ACCOUNT = "organiser@tartu.example"
HOSTILE = {
    "enormous": "Miks? " + "x" * 100_000,
    "emoji": "Kas 👩‍👩‍👧 ja 🇪🇪 sobivad?",
    "right to left": "מה זה \u202eabc?",
    "control": "Mis\x07 on\x1b[2J see?",
    "formula": '=HYPERLINK("http://ebavajalik.example";"vajuta")',
    "html": "<script>alert(1)</script> miks?",
}
"""What participants may ask, too."""
EXPERTS = ("lauri-sock", "henrik-mazzanti")


def words(text: str) -> Text:
    """One text for every language."""
    return Text((("", text),))


def window(opens: datetime, closes: datetime) -> Window:
    return Window(opens=opens, closes=closes)


def seminar(key: str, experts: tuple[str, ...], *, starts: datetime = START) -> Seminar:
    ends = starts + (END - START)
    return Seminar(
        key=key,
        title=words(f"Seminar on {key}"),
        starts=starts,
        ends=ends,
        experts=experts,
        questions=Boxes(
            before=window(starts - timedelta(days=14), starts), after=window(ends, ends + timedelta(days=14))
        ),
    )


def programme(
    *,
    key: str = "better-2020",
    experts: tuple[str, ...] = ("lauri-sock",),
    courses: Iterable[str] = ("tartu",),
    folder: Path = Path(),
    approval: Any = "none",
) -> Programme:
    """Seminar "partnership" of the given experts, seminar "data" of Henrik Mazzanti."""
    zone = ZoneInfo("Europe/Tallinn")
    people = {
        name: Expert(name, name.replace("-", " ").title(), "P4 Tartu", f"{name}@tartu.example") for name in EXPERTS
    }
    return Programme(
        key=key,
        title=words("BETTER"),
        time_zone=zone,
        account=ACCOUNT,
        languages=("en",),
        courses={
            name: CourseSpec(name, "en", f"p:{name}", None, zone, ACCOUNT, Text.of(name.title())) for name in courses
        },
        experts=people,
        seminars={
            "partnership": seminar("partnership", experts),
            "data": seminar("data", ("henrik-mazzanti",), starts=START + timedelta(days=1)),
        },
        folder=folder,
        questions=QuestionSettings(approval=approval),
    )


def opened(folder: Path) -> Ledger:
    return Ledger.open(str(folder / "ledger.db"), programme="better-2020", target="google")


def box(course: str = "tartu", seminar: str = "partnership", slot: str = "before") -> str:
    """Google's id of a question box."""
    return f"{course}-{seminar}-{slot}"


def publish_boxes(ledger: Ledger, of: Programme) -> None:
    """Record the question boxes as if they had been published."""
    for course in of.courses:
        for seminar in of.seminars:
            for slot in ("before", "after"):
                key = f"{course}/{seminar}/{slot}"
                ledger.settle(key, Entry(key, Kind.BOX, course, ACCOUNT, box(course, seminar, slot), {}, {}))


def asked(
    text: str,
    *,
    submission: str = "s1",
    asker: str = "1001",
    at: datetime | None = EARLIER,
    withdrawn: bool = False,
    box_id: str | None = None,
) -> Submission:
    """What one participant has in one box."""
    return Submission(submission, box_id or box(), asker, text, withdrawn=withdrawn, at=at)


def pull(
    ledger: Ledger,
    *submissions: Submission,
    of: Programme | None = None,
    now: datetime = EARLIER + timedelta(hours=1),
    key: bytes = KEY,
) -> questions.PullReport:
    """Pull once; in every course Google lists the submissions whose box belongs to it."""

    def listing(course: str) -> Iterator[Submission]:
        return (one for one in submissions if one.box_id.startswith(f"{course}-"))

    return questions.pull(programme=of or programme(), ledger=ledger, submissions=listing, now=now, key=key)
