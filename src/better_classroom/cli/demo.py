"""``demo``: the whole BETTER event, start to end, in a sandbox with a moving clock.

It runs the very commands that an organiser would type, and plays the participants and the experts in between. Every
number it prints is counted in what the sandbox shows.
"""

from __future__ import annotations

import contextlib
import io
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from better_classroom import board
from better_classroom import programme as programmes
from better_classroom.cli import group
from better_classroom.cli.stage import Page, Shown, Stage, started
from better_classroom.errors import UsageError
from better_classroom.programme import Programme, Seminar
from better_classroom.programme.model import Expert
from better_classroom.reports.questions import beginning

ABOUT_ALL = 2
"""Parts of a plan that stand before its courses: the heading and the files."""
WIDTH = 90
ASKED = {
    # course: what its first participant asks before the first seminar, and what the expert answers
    "tartu": (
        "Kuidas veenda ettevõtet, et andmete jagamine on ka talle kasulik?",
        "Start small: one shared question, one set of data, one year. The presentation shows three examples.",
    ),
    "nyiregyhaza": (
        "Mekkora városnak éri meg saját adatplatformot építeni?",
        "Size matters less than use: begin with the data that three departments already ask each other for.",
    ),
    "gavle": (
        "Vem äger uppgifterna när kommunen och ett företag samlar in dem tillsammans?",
        "Whoever the agreement names, so write it first: who may use what, for how long, and who pays for it.",
    ),
}
LATER = (
    "genoa",
    "Dove possiamo trovare gli esempi mostrati oggi?",
    "On the last pages of the presentation; the links there stay in place.",
)


@click.command()
def demo() -> None:
    """The whole BETTER event, start to end, in a sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "better-2020"
        shutil.copytree(_example(), place)
        programme = programmes.load(place / "programme.yaml")
        first = min(seminar.starts for seminar in programme.seminars.values())
        click.echo("BETTER's third thematic event, June 2020: three seminars, five cities, five languages.")
        click.echo("A sandbox on this machine stands in for Google Classroom; nothing leaves this machine.")
        with started(first - timedelta(days=28)) as stage:
            _Demo(stage, place, programme, first).play()


def _example() -> Path:
    for place in (Path(__file__).parents[1] / "example", Path(__file__).parents[3] / "examples" / "better-2020"):
        if (place / "programme.yaml").exists():
            return place
    raise UsageError("the example is not here", advice="Run the demo from a clone of the repository: ./scripts/demo")


class _Demo:
    """One showing."""

    def __init__(self, stage: Stage, place: Path, programme: Programme, first: datetime) -> None:
        self.stage, self.place, self.programme = stage, place, programme
        self.seminars = list(programme.seminars.values())
        self.first = first
        self.courses: dict[str, str] = {}
        """Google's id of each course."""
        self.guest = self._people("tartu")[0]
        """The participant over whose shoulder we look."""

    def play(self) -> None:
        """The event, act by act."""
        self.in_advance()
        self.three_weeks_before()
        self.the_weeks_before()
        self.the_day()
        self.afterwards()
        self.a_small_change()
        self.farewell()

    def in_advance(self) -> None:
        """Publish everything into five courses, four weeks ahead."""
        self._act("Four weeks before: everything is put into the five courses in advance")
        self._type("check")
        experts = [{"email": expert.email, "name": expert.name} for expert in self.programme.experts.values()]
        self.stage.control("seed", {"users": [{"email": self.programme.account, "name": "Organiser"}, *experts]})
        self._type("plan", only="tartu")
        self._type("apply --yes", quiet=True)
        joined = 0
        for course in self.programme.courses.values():
            name = (course.name or self.programme.title).say(course.language)
            remote_id, code = self.stage.code(self.programme.account, name)
            self.courses[course.key] = remote_id
            joined += self.stage.join(remote_id, code, self._people(course.key))
        click.echo(f"\n{joined} participants join the {len(self.courses)} courses with their codes.")
        self._type("plan", quiet=True)

    def three_weeks_before(self) -> None:
        """The welcome appears by itself."""
        self._move("Three weeks before", self.first - timedelta(days=21) + timedelta(minutes=5))
        self._look()

    def the_weeks_before(self) -> None:
        """Presentations and question boxes are there; participants of three cities ask."""
        self._move("The day before the first seminar", self.first - timedelta(days=1) + timedelta(minutes=5))
        shown = self._look()
        self._compare_files(shown)
        for course, (text, _) in ASKED.items():
            self._ask(course, self.seminars[0], 0, text)
        self._type("sync")
        self._type("questions list")
        self._type("board list")

    def the_day(self) -> None:
        """The expert answers on the board; the answers appear in all courses."""
        self._move("The day: the expert answers", self.first + timedelta(minutes=5))
        answered = self._answer()
        self._type("sync")
        click.echo(f"\n{answered} answers were written on boards. Where do participants find them?")
        for course in self.programme.courses:
            shown = self._shown(course)
            for title, number in self._answers_in(shown).items():
                click.echo(f"  {self._city(course)}: {number} in “{title}”")
        click.echo(f"\nThis is what {self._name(self.guest)} in Tartu reads there:\n")
        shown = self._shown("tartu")
        for title in self._answers_in(shown):
            _quote(shown.texts[title])
        self._look()

    def afterwards(self) -> None:
        """A question after the event reaches the expert, too."""
        last = max(seminar.ends for seminar in self.seminars)
        self._move("The day after the last seminar", last + timedelta(days=1))
        self._ask(LATER[0], self.seminars[0], 1, LATER[1])
        self._type("sync")
        self._answer()
        self._type("sync")
        self._look()
        self._type("plan")

    def a_small_change(self) -> None:
        """One presentation and one date are edited; the plan is small."""
        self._act("One presentation and one date are changed")
        slides = self.place / "slides"
        edited = min(slides.glob("*.pdf"))
        edited.write_bytes(edited.read_bytes() + b"\n% corrected\n")
        path = self.place / "programme.yaml"
        written = path.read_text(encoding="utf-8")
        path.write_text(written.replace("closes: 14 days after", "closes: 21 days after", 1), encoding="utf-8")
        click.echo(f"\nslides/{edited.name} has new bytes; questions after the first seminar may come a week longer.")
        self._type("plan")

    def farewell(self) -> None:
        """Count, and say what to do next."""
        calls = self.stage.control("calls")["calls"]
        writes = sum(not call["method"].endswith((".list", ".get")) for call in calls)
        click.echo(f"\nIn all: {len(calls)} calls to the sandbox's Google APIs, {writes} of them writes.")
        click.echo(
            "\nNext, with a programme of your own:\n"
            "  better-classroom init my-programme     a programme to edit\n"
            "  better-classroom check                 every mistake in it, with its line\n"
            "  better-classroom sandbox               a sandbox to rehearse in: plan and apply with --target\n"
            "  credentials.example/README.md          how to sign in to the real Google"
        )

    # What people do

    def _people(self, course: str) -> list[str]:
        return [person.email for person in self.programme.courses[course].participants or ()]

    def _name(self, email: str) -> str:
        people = [person for course in self.programme.courses.values() for person in course.participants or ()]
        return next(person.name for person in people if person.email == email)

    def _city(self, course: str) -> str:
        return self.programme.courses[course].city.say(self.programme.languages[0])

    def _shown(self, course: str) -> Shown:
        return self.stage.shown(self.courses[course], self._people(course)[0])

    def _answers_in(self, shown: Shown) -> dict[str, int]:
        """How many of the experts' answers stand in which posts."""
        answers = [answer for _, answer in ASKED.values()] + [LATER[2]]
        counts = {title: sum(answer in text for answer in answers) for title, text in shown.texts.items()}
        return {title: number for title, number in counts.items() if number}

    def _ask(self, course: str, seminar: Seminar, box: int, text: str) -> None:
        person = self._people(course)[0]
        shown = self.stage.shown(self.courses[course], person)
        boxes = [title for titles in reversed(list(shown.posts.values())) for title in titles if title in shown.boxes]
        label = seminar.label.say(self.programme.courses[course].language) if seminar.label else ""
        title = [title for title in boxes if title.startswith(label)][box]
        self.stage.ask(self.courses[course], shown.boxes[title], person, text)
        click.echo(f"\n{self._name(person)} in {self._city(course)} writes into “{title}”:\n  {text}")

    def _answer(self) -> int:
        """Play the experts: each opens their board, and writes an answer beside every question that has none."""
        answers = {**dict(ASKED.values()), LATER[1]: LATER[2]}
        answered = 0
        for expert in self.programme.experts.values():
            for page in self.stage.pages(expert.email):
                answered += self._fill(expert, page, answers)
        return answered

    def _fill(self, expert: Expert, page: Page, answers: dict[str, str]) -> int:
        question, answer, status, visibility = (
            board.header(name, expert.language) for name in ("question", "answer", "status", "visibility")
        )
        waiting = [number for number, row in enumerate(page.rows) if row[question] and not row[answer]]
        if waiting:
            click.echo(f"\n{expert.name} opens the sheet “{page.name}” and writes:")
        for number in waiting:
            asked = page.rows[number][question]
            typed = {
                answer: answers[asked],
                visibility: board.word("public", expert.language),
                status: board.word("publish", expert.language),
            }
            for header, text in typed.items():
                self.stage.type_into(expert.email, page, number, header, text)
            click.echo(f"  {beginning(asked, WIDTH)}\n    → {beginning(answers[asked], WIDTH)}")
            click.echo(f"      {visibility}: {typed[visibility]}; {status}: {typed[status]}")
        return len(waiting)

    def _compare_files(self, shown: Shown) -> None:
        same = sum(
            self.stage.download(self.guest, file_id) == (self.place / "slides" / name).read_bytes()
            for file_id, name in shown.files.items()
        )
        click.echo(f"\n{same} of {len(shown.files)} presentations, downloaded by the participant, equal the files.")

    # What is printed

    def _act(self, title: str) -> None:
        click.echo(f"\n{'─' * WIDTH}\n{click.style(title, bold=True)}")

    def _move(self, title: str, now: datetime) -> None:
        self._act(f"{title}: {now.astimezone(self.programme.time_zone):%A %d %B %Y, %H:%M}")
        self.stage.set_clock(now)

    def _look(self) -> Shown:
        shown = self._shown("tartu")
        click.echo(f"\n{self._name(self.guest)} in Tartu sees:")
        for text in shown.stream:
            click.echo(f"  ✉ {beginning(text, WIDTH)}")
        for topic in shown.topics:
            click.echo(f"  {topic}")
            for title in shown.posts.get(topic, []):
                click.echo(f"    {'?' if title in shown.boxes else '·'} {title}")
        return shown

    def _type(self, line: str, *, quiet: bool = False, only: str = "") -> None:
        """Run a command as an organiser would type it, and show what it prints."""
        click.echo(f"\n$ better-classroom {line}")
        where = [] if line == "check" else ["--target", self.stage.url]
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.chdir(self.place):
            group.main([*shlex.split(line), *where], prog_name="better-classroom", standalone_mode=False)
        for printed in _excerpt(said.getvalue(), quiet=quiet, only=only):
            click.echo(f"  {printed}")


def _excerpt(text: str, *, quiet: bool, only: str) -> Iterator[str]:
    """All lines; the last one; or of a plan the part about one course and how many lines are left out."""
    lines = text.rstrip().splitlines()
    if quiet:
        yield lines[-1]
        return
    if not only:
        yield from lines
        return
    sections = text.rstrip().split("\n\n")
    kept = [section for number, section in enumerate(sections) if number < ABOUT_ALL or f"[{only}]" in section]
    left = sum(section.count("\n") + 1 for section in sections) - sum(section.count("\n") + 1 for section in kept) - 1
    yield from "\n\n".join(kept).splitlines()
    yield f"… {left} lines more, for the other courses …"
    yield sections[-1].splitlines()[-1]


def _quote(text: str) -> None:
    for line in text.splitlines():
        click.echo(f"  │ {line}")
