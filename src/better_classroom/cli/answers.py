"""Commands about answers: import, list, approve, reject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.questions import opened
from better_classroom.errors import ProgrammeInvalid, UsageError
from better_classroom.settings import Settings

again_option = click.option(
    "--again", is_flag=True, help="They were taken before, by a ledger that is lost: announce no news."
)

if TYPE_CHECKING:
    from better_classroom.questions.organising import Moved
    from better_classroom.questions.taken import Taken


@click.group("answers")
def answers_group() -> None:
    """Take the experts' answers, and approve them."""


@answers_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@again_option
@as_json
@with_settings
def import_command(*, settings: Settings, files: tuple[Path, ...], again: bool, as_json: bool) -> None:
    """Take answers from experts' CSV files; apply or sync publishes them.

    Rows that can be taken are taken, every other one is complained about, and the exit code is 3.
    """
    from better_classroom import questions
    from better_classroom.cli.wiring import forgotten, session

    with session(settings, writing=True) as run:
        gone = forgotten(settings, run.programme, run.ledger)
        taken = questions.take(
            files, programme=run.programme, ledger=run.ledger, now=run.now, forgotten=gone, news=not again
        )
    show_taken(taken, as_json=as_json)


def show_taken(taken: Taken, *, as_json: bool) -> None:
    """Tell what became of the rows of experts' files. Raises ProgrammeInvalid where some could not be taken."""
    numbers = taken.numbers()
    click.echo(json.dumps(numbers, ensure_ascii=False) if as_json else _told(numbers))
    for notice in taken.notices:
        click.echo(notice, err=True)
    if taken.complaints:
        raise ProgrammeInvalid(tuple(taken.complaints))


def _told(numbers: dict[str, int]) -> str:
    return (
        f"{numbers['public']} public and {numbers['private']} private answers taken, {numbers['corrected']} of them "
        f"corrections; {numbers['declined']} declined, {numbers['taken_back']} taken back; "
        f"{numbers['known']} already known, {numbers['waiting']} still waiting for their expert to say publish."
    )


@answers_group.command("list")
@click.option("--all", "every", is_flag=True, help="Every answer, not only those that wait for approval.")
@as_json
@with_settings
def list_command(*, settings: Settings, every: bool, as_json: bool) -> None:
    """List the answers that wait for approval, each with its question and who will read it."""
    from better_classroom.questions.reviewing import reviews
    from better_classroom.reports import answers as report

    with opened(settings) as (programme, ledger):
        found = reviews(ledger, programme, every=every)
    if as_json:
        click.echo(json.dumps([report.data(review) for review in found], ensure_ascii=False, indent=2))
    elif found:
        click.echo(report.text(found, programme.time_zone))
    else:
        asked_for = every or programme.questions.approval == "organiser"
        click.echo("No answer." if every else "No answer waits for approval.")
        if not asked_for:
            click.echo("This programme asks for none: answers go out as their experts say.", err=True)


@answers_group.command("approve")
@click.argument("keys", nargs=-1, metavar="KEY…")
@click.option("--all", "every", is_flag=True, help="All that wait.")
@as_json
@with_settings
def approve_command(*, settings: Settings, keys: tuple[str, ...], every: bool, as_json: bool) -> None:
    """Let answers go out, by the keys of their questions; the next apply or sync publishes them."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import approving

    if bool(keys) == every:
        raise UsageError("Which answers?", advice="Give the keys that “answers list” shows, or --all.")
    with session(settings, writing=True) as run:
        _decided(approving.approve(run.ledger, run.programme, None if every else keys, run.now), as_json=as_json)


@answers_group.command("reject")
@click.argument("keys", nargs=-1, required=True, metavar="KEY…")
@click.option("--reason", required=True, metavar="TEXT", help="Why; their experts read it.")
@as_json
@with_settings
def reject_command(*, settings: Settings, keys: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Send answers back to their experts, who are told why; the questions wait for them again."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import approving

    with session(settings, writing=True) as run:
        _decided(approving.reject(run.ledger, run.programme, keys, reason, run.now), as_json=as_json)


def _decided(decided: list[Moved], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([{"key": one.key, "status": one.status} for one in decided], indent=2))
        return
    for one in decided:
        click.echo(f"{one.key}  {one.status}")
    if not decided:
        click.echo("No answer waits for approval.")
