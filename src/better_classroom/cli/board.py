"""Commands about the experts' boards: list, export, import. Google Sheets are read and filled by ``sync``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from better_classroom.cli.answers import again_option, show_taken
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.questions import known, opened, show_exported
from better_classroom.settings import Settings

if TYPE_CHECKING:
    from better_classroom.reports.boards import BoardLine


@click.group("board")
def board_group() -> None:
    """See the experts' boards, and bring them to experts without Google."""


@board_group.command("list")
@as_json
@with_settings
def list_command(*, settings: Settings, as_json: bool) -> None:
    """List the experts' boards: where each is, what stands on it, what is unanswered."""
    from better_classroom.questions.boards_list import lines
    from better_classroom.reports import boards as report

    with opened(settings) as (programme, ledger):
        found: list[BoardLine] = lines(programme, ledger)
    if as_json:
        click.echo(json.dumps([report.data(line) for line in found], ensure_ascii=False, indent=2))
    else:
        click.echo(report.text(found, programme.time_zone), nl=False)


@board_group.command("export")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder.  [default: questions, by the programme]")
@click.option("--expert", "experts", multiple=True, metavar="KEY", help="Only for this expert; may be repeated.")
@as_json
@with_settings
def export_command(*, settings: Settings, folder: Path | None, experts: tuple[str, ...], as_json: bool) -> None:
    """Write one XLSX file per expert; rows are added to one that is there, and nothing in it is changed."""
    from better_classroom import questions
    from better_classroom.questions import workbook

    with opened(settings) as (programme, ledger):
        for expert in experts:
            known(programme, expert=expert)
        done = workbook.export(
            questions.find(ledger, programme),
            programme=programme,
            folder=folder or programme.folder / "questions",
            experts=experts,
        )
    show_exported(done, as_json=as_json)


@board_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@again_option
@as_json
@with_settings
def import_command(*, settings: Settings, files: tuple[Path, ...], again: bool, as_json: bool) -> None:
    """Take answers from experts' XLSX files; apply or sync publishes them.

    Rows that can be taken are taken, every other one is complained about, and the exit code is 3.
    """
    from better_classroom.cli.wiring import forgotten, session
    from better_classroom.questions import workbook
    from better_classroom.questions.answers import take_sheets

    with session(settings, writing=True) as run:
        sheets = [replace(workbook.read(path, run.programme), news=not again) for path in files]
        gone = forgotten(settings, run.programme, run.ledger)
        taken = take_sheets(sheets, programme=run.programme, ledger=run.ledger, now=run.now, forgotten=gone)
    show_taken(taken, as_json=as_json)
