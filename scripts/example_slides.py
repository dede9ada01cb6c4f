"""Draws the three presentations of the example; run it through scripts/make-example-slides.

Titles, summaries, experts and times come from the programme file, so that the two cannot disagree; what is
said in between stands in example_slides.yaml. The words are this project's own: these are not the slides shown in 2020.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from better_classroom import texts

WORDS = Path(__file__).with_suffix(".yaml")
EXAMPLE = Path(__file__).parent.parent / "examples" / "better-2020"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
WIDTH, HEIGHT, MARGIN = 320.0, 180.0, 22.0  # millimetres, 16:9
INNER = WIDTH - 2 * MARGIN

Colour = tuple[int, int, int]
INK: Colour = (23, 37, 58)
GREY: Colour = (96, 110, 128)
PALE: Colour = (241, 244, 248)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Seminar:
    """What the programme says of one seminar, in English."""

    key: str
    label: str
    title: str
    summary: str
    starts: datetime
    ends: datetime
    expert: str
    join: str
    file: str
    cities: tuple[tuple[str, ZoneInfo], ...]
    """Name and time zone of each course's city, in the programme's order."""


def read_programme(path: Path) -> list[Seminar]:
    """The seminars in reading order."""
    written: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    zone = ZoneInfo(written["time_zone"])
    cities = tuple(
        (course["name"].rpartition(" – ")[2], ZoneInfo(course["time_zone"])) for course in written["courses"].values()
    )
    seminars = []
    for key, seminar in written["seminars"].items():
        expert = written["experts"][seminar["experts"][0]]
        starts, ends = (datetime.fromisoformat(seminar[name]).replace(tzinfo=zone) for name in ("starts", "ends"))
        seminars.append(
            Seminar(
                key=key,
                label=seminar["label"]["en"],
                title=seminar["title"]["en"],
                summary=seminar["summary"]["en"],
                starts=starts,
                ends=ends,
                expert=f"{expert['name']} ({expert['partner']})",
                join=seminar["join"]["with"],
                file=seminar["materials"]["presentation"]["attachments"][0]["file"],
                cities=cities,
            )
        )
    return seminars


class Deck(FPDF):
    """One presentation: pages of 320 by 180 mm, an accent colour, and the few shapes that its slides are made of."""

    def __init__(self, seminar: Seminar, accent: Colour) -> None:
        super().__init__(unit="mm", format=(HEIGHT, WIDTH), orientation="landscape")
        self.seminar, self.accent = seminar, accent
        self.set_auto_page_break(auto=False)
        self.set_margin(0)
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font("DejaVu", style, FONTS / name)
        # The seminar's own start stands in for "now": the same bytes whenever this runs.
        self.set_creation_date(seminar.starts.astimezone(UTC))
        self.set_title(f"{seminar.label}: {seminar.title}")
        self.set_author("BETTER, Interreg Europe")
        self.set_subject("Example slides of better_classroom")
        self.set_lang("en")

    def footer(self) -> None:
        """Called by fpdf2 at the end of each page; the first has none."""
        if self.page_no() == 1:
            return
        self.words(MARGIN, 167, "BETTER · Interreg Europe", size=10, colour=GREY)
        self.words(MARGIN, 167, f"{self.seminar.label} · {self.page_no()}", size=10, colour=GREY, align=Align.R)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        width: float = 0,
        bold: bool = False,
        colour: Colour = INK,
        align: Align = Align.L,
    ) -> float:
        """Text wrapped into ``width`` from (x, y) down; returns where it ends."""
        self.set_font("DejaVu", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.set_xy(x, y)
        width = width or WIDTH - MARGIN - x
        self.multi_cell(width, size * 0.52, text, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        return float(self.get_y())

    def box(self, x: float, y: float, width: float, height: float, colour: Colour = PALE) -> None:
        """A filled box with round corners."""
        self.set_fill_color(*colour)
        self.rect(x, y, width, height, style="F", round_corners=True, corner_radius=4)

    def slide(self, heading: str) -> float:
        """A new page under its heading; returns where its content begins."""
        self.add_page()
        self.set_fill_color(*self.accent)
        self.rect(0, 0, 7, HEIGHT, style="F")
        self.start_section(heading)
        return self.words(MARGIN, 20, heading, size=27, bold=True) + 10


def opening(deck: Deck) -> None:
    """The title slide."""
    seminar = deck.seminar
    deck.add_page()
    deck.start_section(seminar.label)
    deck.set_fill_color(*deck.accent)
    deck.rect(0, 0, WIDTH, HEIGHT, style="F")
    deck.words(MARGIN, 24, "BETTER · third thematic event", size=15, colour=WHITE)
    y = deck.words(MARGIN, 50, seminar.label, size=19, colour=WHITE)
    y = deck.words(MARGIN, y + 4, seminar.title, size=33, bold=True, colour=WHITE, width=INNER)
    y = deck.words(MARGIN, max(y + 12, 112), seminar.expert, size=18, bold=True, colour=WHITE)
    when = texts.span(seminar.starts, seminar.ends, ZoneInfo("Europe/Tallinn"), "en")
    deck.words(MARGIN, y + 3, f"{when}, {seminar.join}", size=14, colour=WHITE)
    note = "Example slides, written for better_classroom. They are not the slides shown in 2020."
    deck.words(MARGIN, 164, note, size=9.5, colour=WHITE)


def statement(deck: Deck, heading: str, text: str) -> None:
    """A few sentences that fill their slide."""
    top = deck.slide(heading)
    end = deck.words(MARGIN + 12, top + 8, text, size=28, width=INNER - 24)
    deck.set_fill_color(*deck.accent)
    deck.rect(MARGIN, top + 8, 1.8, end - top - 8, style="F")


def points(deck: Deck, heading: str, lines: Sequence[str], lead: str = "") -> None:
    """A heading, perhaps a sentence in bold, and a few points."""
    y = deck.slide(heading)
    if lead:
        y = deck.words(MARGIN, y, lead, size=21, width=INNER, colour=deck.accent, bold=True) + 11
    for line in lines:
        deck.set_fill_color(*deck.accent)
        deck.ellipse(MARGIN, y + 3.9, 3.6, 3.6, style="F")
        y = deck.words(MARGIN + 11, y, line, size=22, width=INNER - 11) + 9


def cards(deck: Deck, heading: str, columns: Sequence[Mapping[str, Any]]) -> None:
    """Two or three things side by side."""
    y, gap = deck.slide(heading), 8.0
    width = (INNER - gap * (len(columns) - 1)) / len(columns)
    for number, column in enumerate(columns):
        x = MARGIN + number * (width + gap)
        deck.box(x, y, width, 156 - y)
        deck.set_fill_color(*deck.accent)
        deck.rect(x + 9, y + 10, 18, 1.6, style="F")
        at = deck.words(x + 9, y + 16, column["title"], size=20, bold=True, width=width - 18) + 6
        for line in column["lines"]:
            at = deck.words(x + 9, at, line, size=18, width=width - 18) + 6


def steps(deck: Deck, heading: str, stages: Sequence[Mapping[str, str]], closing: str) -> None:
    """Stages that follow one another, as a chain of arrows."""
    y, gap, tip = deck.slide(heading), 4.0, 8.0
    width = (INNER - gap * (len(stages) - 1)) / len(stages)
    for number, stage in enumerate(stages):
        x = MARGIN + number * (width + gap)
        deck.set_fill_color(*deck.accent)
        notch = tip if number else 0
        edge = x + width + (tip - gap if number < len(stages) - 1 else 0)
        middle = y + 16
        deck.polygon(
            [(x, y), (edge - tip, y), (edge, middle), (edge - tip, y + 32), (x, y + 32), (x + notch, middle)], style="F"
        )
        deck.words(x + 11, y + 11.5, stage["title"], size=17, bold=True, width=width - 14, colour=WHITE)
        deck.words(x + 2, y + 42, stage["text"], size=16.5, width=width - 6)
    deck.words(MARGIN, 142, closing, size=18, width=INNER, colour=deck.accent, bold=True)


def same_numbers(deck: Deck) -> None:
    """A column of figures beside the chart that is drawn from them."""
    y = deck.slide("The same numbers, twice")
    visits = (("Mon", 41), ("Tue", 44), ("Wed", 39), ("Thu", 43), ("Fri", 118), ("Sat", 46), ("Sun", 40))
    deck.box(MARGIN, y, 78, 156 - y)
    for row, (name, count) in enumerate(visits):
        at = y + 9 + row * 13
        deck.words(MARGIN + 12, at, name, size=15, width=30)
        deck.words(MARGIN + 36, at, str(count), size=15, width=30, align=Align.R)
    left, ground, tall, busiest = 128.0, 138.0, 84.0, max(count for _, count in visits)
    for number, (name, count) in enumerate(visits):
        x, height = left + number * 24, tall * count / busiest
        deck.set_fill_color(*(deck.accent if count == busiest else (178, 190, 206)))
        deck.rect(x, ground - height, 16, height, style="F")
        deck.words(x - 4, ground + 2, name, size=11, width=24, align=Align.C, colour=GREY)
    deck.words(
        left,
        148,
        "Invented visits to a library. Which one makes you ask: what happened on Friday?",
        size=13,
        colour=GREY,
    )


def local_times(deck: Deck) -> None:
    """One row for each city: when the seminar begins there."""
    seminar = deck.seminar
    y = deck.slide("Five cities, one conversation")
    for row, (city, zone) in enumerate(seminar.cities):
        at = y + row * 19
        deck.box(MARGIN, at, INNER, 16, PALE if row % 2 == 0 else WHITE)
        starts, ends = (instant.astimezone(zone) for instant in (seminar.starts, seminar.ends))
        deck.words(MARGIN + 8, at + 3.2, city, size=19, bold=True, width=110)
        deck.words(
            MARGIN + 120, at + 3.2, f"{starts:%H:%M}–{ends:%H:%M}", size=19, width=70, colour=deck.accent, bold=True
        )
        deck.words(MARGIN + 180, at + 4.2, texts.day(starts, zone, "en"), size=15, colour=GREY)


def before_and_after(deck: Deck) -> None:
    """When slides and questions open, when the seminar is, until when answers follow."""
    seminar, zone = deck.seminar, ZoneInfo("Europe/Tallinn")
    y = deck.slide("Before, during, after")
    early, late = seminar.starts - timedelta(days=14), seminar.ends + timedelta(days=14)
    stops = (
        (early, "Slides in Classroom", "Read them in your own time. From now on you can write your questions."),
        (seminar.starts, f"The seminar on {seminar.join}", "The expert takes up the questions that came in before."),
        (late, "Last questions", "Until then you can ask what the seminar left open. Answers follow in Classroom."),
    )
    xs = [MARGIN + 6 + number * 98 for number in range(len(stops))]
    deck.set_draw_color(*deck.accent)
    deck.set_line_width(1.4)
    for left, right in pairwise(xs):
        deck.line(left + 5, y + 20, right - 5, y + 20)
    for x, (instant, title, text) in zip(xs, stops, strict=True):
        deck.set_fill_color(*deck.accent)
        deck.ellipse(x - 5, y + 15, 10, 10, style="F")
        day = texts.day(instant, zone, "en").partition(", ")[2]
        deck.words(x - 5, y + 33, day, size=17, bold=True, width=90, colour=deck.accent)
        at = deck.words(x - 5, y + 46, title, size=18, bold=True, width=92)
        deck.words(x - 5, at + 4, text, size=16.5, width=84)


def ask(deck: Deck) -> None:
    """The last slide: where to ask."""
    y = deck.slide("Ask your question in Classroom")
    before, after = (texts.say("en", f"box.{name}.title") for name in ("before", "after"))
    rows = (
        f"Open your city’s course and, in it, the topic of {deck.seminar.label}.",
        f"Write in the box “{before}”, and later in “{after}”.",
        "One box holds all your questions: add the next one below the last.",
    )
    for number, row in enumerate(rows, start=1):
        deck.set_fill_color(*deck.accent)
        deck.ellipse(MARGIN, y, 15, 15, style="F")
        deck.words(MARGIN, y + 3.6, str(number), size=15, bold=True, width=15, colour=WHITE, align=Align.C)
        y = max(deck.words(MARGIN + 24, y + 2.2, row, size=19, width=INNER - 24), y + 15) + 8
    deck.box(MARGIN, 124, INNER, 30)
    lead = f"{deck.seminar.expert} answers."
    y = deck.words(MARGIN + 10, 130, lead, size=17, bold=True, colour=deck.accent)
    deck.words(
        MARGIN + 10, y + 2, "All five cities can read the answers, without your name. Comments do not arrive.", size=15
    )


KINDS: dict[str, Callable[..., None]] = {
    "points": points,
    "cards": cards,
    "steps": steps,
    "same_numbers": same_numbers,
    "before_and_after": before_and_after,
}


def draw(seminar: Seminar) -> bytes:
    """The whole presentation as a PDF."""
    own: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))[seminar.key]
    deck = Deck(seminar, tuple(own["accent"]))
    opening(deck)
    statement(deck, "What this seminar is about", seminar.summary)
    for slide in own["slides"]:
        KINDS[slide.pop("kind")](deck, **slide)
    local_times(deck)
    ask(deck)
    return bytes(deck.output())


def main(arguments: Sequence[str]) -> int:
    """Write the files, or with ``--check`` say which differ; 1 if any does."""
    code = 0
    for seminar in read_programme(EXAMPLE / "programme.yaml"):
        path, drawn = EXAMPLE / seminar.file, draw(seminar)
        if "--check" in arguments:
            same = path.exists() and path.read_bytes() == drawn
            print(f"{seminar.file}: {'as drawn' if same else 'differs'}")
            code = code if same else 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(drawn)
            print(f"{seminar.file}: {len(drawn):,} bytes")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
