"""Commands about questions: list, show, similar, export, import; moves are in ``moving``, answers in ``answers``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from better_classroom.cli.moving import COMMANDS as MOVES
from better_classroom.cli.options import as_json, with_settings
from better_classroom.errors import ProgrammeInvalid, UsageError
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.questions.status import Status
from better_classroom.reports.wording import counted
from better_classroom.settings import Settings

if TYPE_CHECKING:
    from better_classroom.questions.files import Exported

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Programme, Ledger]]:
    """The programme and its ledger; Google is not asked."""
    from better_classroom import programme as programmes

    programme = programmes.load(settings.programme)
    with Ledger.open(settings.ledger, programme=programme.key, target=settings.target) as ledger:
        yield programme, ledger


@click.group("questions")
def questions_group() -> None:
    """See what participants asked, and bring it to the experts."""


for _move in MOVES:
    questions_group.add_command(_move)


def _age(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """A length of time such as 36h, 3d or 2w."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,5})\s*([hdw])", value.strip().casefold())
    if found is None:
        raise click.BadParameter(f"{value!r} is no age; write 36h, 3d or 2w for hours, days or weeks.")
    hours = {"h": 1, "d": 24, "w": 7 * 24}[found[2]]
    return timedelta(hours=hours * int(found[1]))


@questions_group.command("list")
@click.option("--seminar", metavar="KEY", default="", help="Only of this seminar.")
@click.option("--course", metavar="KEY", default="", help="Only those asked in this course.")
@click.option("--expert", metavar="KEY", default="", help="Only those put to this expert.")
@click.option(
    "--status", type=click.Choice([status.value for status in Status]), help="Only those that have come so far."
)
@click.option("--phase", type=click.Choice(["before", "during", "after"]), help="Only those asked then.")
@click.option("--older-than", metavar="AGE", callback=_age, help="Only those asked longer ago, such as 36h, 3d or 2w.")
@as_json
@with_settings
def list_command(*, settings: Settings, older_than: timedelta | None, as_json: bool, **filters: Any) -> None:
    """List the questions in the ledger; askers are numbers."""
    from better_classroom import questions
    from better_classroom.cli.wiring import session
    from better_classroom.reports import questions as report

    with ExitStack() as stack:
        if older_than is None:
            asked_by, (programme, ledger) = None, stack.enter_context(opened(settings))
        else:  # by the target's clock
            run = stack.enter_context(session(settings, writing=False))
            asked_by, programme, ledger = run.now - older_than, run.programme, run.ledger
        known(programme, **filters)
        wanted = {name: value or "" for name, value in filters.items()}
        found = questions.find(ledger, programme, **wanted, asked_by=asked_by)
    if as_json:
        click.echo(json.dumps([report.data(asked) for asked in found], ensure_ascii=False, indent=2))
    else:
        click.echo(report.table(found, programme.time_zone), nl=False)


@questions_group.command("show")
@click.argument("key")
@as_json
@with_settings
def show_command(*, settings: Settings, key: str, as_json: bool) -> None:
    """Show one question: every text it ever had, and every answer."""
    from better_classroom import questions
    from better_classroom.questions import organising
    from better_classroom.reports import questions as report

    with opened(settings) as (programme, ledger):
        asked = questions.get(ledger, programme, organising.typed(key))
    if asked is None:
        raise UsageError(f"there is no question {key!r}", advice="“questions list” shows every key.")
    if as_json:
        click.echo(json.dumps(report.data(asked), ensure_ascii=False, indent=2))
    else:
        click.echo(report.story(asked, programme.time_zone), nl=False)


@questions_group.command("similar")
@click.option("--seminar", metavar="KEY", default="", help="Only of this seminar.")
@as_json
@with_settings
def similar_command(*, settings: Settings, seminar: str, as_json: bool) -> None:
    """Suggest which questions may be one and the same; nothing is merged."""
    from better_classroom import questions
    from better_classroom.questions.similar import similar
    from better_classroom.reports import questions as report

    with opened(settings) as (programme, ledger):
        known(programme, seminar=seminar)
        pairs = similar(questions.find(ledger, programme, seminar=seminar))
    if as_json:
        found = [{"first": pair.first.key, "second": pair.second.key, "alike": pair.alike} for pair in pairs]
        click.echo(json.dumps(found, indent=2))
        return
    for pair in pairs:
        click.echo(
            f"{pair.alike:.0f} % alike: better-classroom questions merge {pair.second.key} --into {pair.first.key}"
        )
        for asked in (pair.first, pair.second):
            click.echo(f"    {asked.key}  {asked.city}  {report.beginning(asked.texts[-1].text)}")
    if not pairs:
        click.echo("No two questions are much alike.")


@questions_group.command("export")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder.  [default: questions, by the programme]")
@click.option("--expert", "experts", multiple=True, metavar="KEY", help="Only for this expert; may be repeated.")
@click.option(
    "--delimiter", type=click.Choice(list(DELIMITERS)), default="comma", help="What separates cells in a new file."
)
@as_json
@with_settings
def export_command(
    *, settings: Settings, folder: Path | None, experts: tuple[str, ...], delimiter: str, as_json: bool
) -> None:
    """Write one CSV file per expert; what an expert wrote into an earlier one is kept."""
    from better_classroom import questions
    from better_classroom.cli.wiring import forgotten

    with opened(settings) as (programme, ledger):
        for expert in experts:
            known(programme, expert=expert)
        done = questions.export(
            questions.find(ledger, programme),
            programme=programme,
            folder=folder or programme.folder / "questions",
            experts=experts,
            delimiter=DELIMITERS[delimiter],
            forgotten=forgotten(settings, programme, ledger),
        )
    show_exported(done, as_json=as_json)


def show_exported(done: Sequence[Exported], *, as_json: bool) -> None:
    """Tell which files were written, and how many questions stand in them."""
    if as_json:
        click.echo(
            json.dumps([{**fields_of(one), "path": str(one.path)} for one in done], ensure_ascii=False, indent=2)
        )
        return
    for one in done:
        click.echo(f"{one.path}: {counted(one.questions, 'question')}, {counted(one.new, 'new row')}")
    if not done:
        click.echo("No expert has a question yet.", err=True)


@questions_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seminar", metavar="KEY", required=True, help="The seminar whose session it was.")
@click.option(
    "--course", metavar="KEY", default="", help="Where its participants belong; needed where there are several."
)
@as_json
@with_settings
def session_command(*, settings: Settings, file: Path, seminar: str, course: str, as_json: bool) -> None:
    """Take the questions asked in an online session from a CSV file of its chat or its Q&A.

    Lines that can be taken are taken, every other one is complained about, and the exit code is 3.
    """
    from better_classroom.cli.wiring import session
    from better_classroom.questions import session as source

    with session(settings, writing=True) as run:
        of = run.programme
        known(of, seminar=seminar, course=course)
        if not course and len(of.courses) > 1:
            raise UsageError("Whose session was it?", advice=f"Add --course and one of {', '.join(of.courses)}.")
        where = course or next(iter(of.courses))
        key = settings.pseudonym_key()
        done = source.take(file, programme=of, ledger=run.ledger, seminar=seminar, course=where, now=run.now, key=key)
    if as_json:
        numbers = {"new": done.new, "known": done.known, "left_out": done.left_out}
        click.echo(json.dumps(numbers, ensure_ascii=False))
    else:
        junk = ", ".join(f"{count} {kind}" for kind, count in sorted(done.left_out.items()) if count) or "nothing"
        click.echo(f"{counted(done.new, 'new question')}, {done.known} already known; left out: {junk}.")
    for notice in done.notices:
        click.echo(notice, err=True)
    if done.complaints:
        raise ProgrammeInvalid(done.complaints)


def known(programme: Programme, *, seminar: str = "", course: str = "", expert: str = "", **_: Any) -> None:
    """Refuse a filter that names nothing: an empty list would look like an answer."""
    named = (("seminar", seminar, programme.seminars), ("course", course, programme.courses))
    for what, key, all_of_them in (*named, ("expert", expert, programme.experts)):
        if key and key not in all_of_them:
            raise UsageError(f"the programme has no {what} {key!r}", advice=f"It has {', '.join(all_of_them)}.")


def fields_of(one: Any) -> dict[str, Any]:
    """What one expert's file holds, for programs."""
    return {"expert": one.expert, "questions": one.questions, "new_rows": one.new}
