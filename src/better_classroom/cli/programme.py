"""Commands about the programme's file alone: they need no target, no sign-in and no ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

_programme = click.option(
    "--programme",
    "path",
    type=click.Path(path_type=Path),
    default=Path("programme.yaml"),
    envvar="BETTER_CLASSROOM_PROGRAMME",
    show_envvar=True,
    show_default="programme.yaml here",
    metavar="FILE",
    help="The programme.",
)


@click.command()
@_programme
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_context
def check(context: click.Context, path: Path, *, as_json: bool) -> None:
    """Find every mistake in the programme, offline.

    Each is told with its file, line and column, and with what to write instead. The exit code is 3 if there is any;
    warnings change nothing.
    """
    from better_classroom import programme as programmes
    from better_classroom.errors import ProgrammeInvalid
    from better_classroom.programme import summary

    checked = programmes.check(path)
    if as_json:
        found = {
            "valid": checked.programme is not None,
            "complaints": [asdict(complaint) for complaint in checked.complaints],
            "warnings": [asdict(warning) for warning in checked.warnings],
            "programme": summary.data(checked.programme) if checked.programme else None,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for complaint in checked.complaints:
            click.echo(str(complaint), err=True)
        for warning in checked.warnings:
            click.echo(f"warning: {warning}", err=True)
        click.echo(_verdict(path, len(checked.complaints), len(checked.warnings)), err=not checked.programme)
        if checked.programme:
            click.echo(f"\n{summary.text(checked.programme)}")
    if not checked.programme:
        context.exit(ProgrammeInvalid.exit_code)


def _verdict(path: Path, mistakes: int, warnings: int) -> str:
    if not mistakes:
        return f"{path} is in order{_number(', ', warnings, 'warning')}."
    return f"{path} has{_number(' ', mistakes, 'mistake')}{_number(' and ', warnings, 'warning')}."


def _number(before: str, number: int, what: str) -> str:
    return f"{before}{number} {what}{'' if number == 1 else 's'}" if number else ""


@click.command()
def schema() -> None:
    """Print the programme's JSON Schema, for editors.

    Kept as programme.schema.json, it is found by editors that understand the first lines of what `init` writes.
    """
    from better_classroom import programme as programmes

    click.echo(json.dumps(programmes.json_schema(), ensure_ascii=False, indent=2))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a new programme to edit into DIR.

    It passes `check` as it is. Nothing that is there already is written over.
    """
    from better_classroom.programme import starter

    for path in starter.write(folder):
        click.echo(str(path))
    click.echo(
        f"\nThese files make a programme that works. Now\n"
        f"  1. change {folder / 'programme.yaml'}: it explains itself;\n"
        f"  2. look at it with: better-classroom check --programme {folder / 'programme.yaml'}\n"
        f"  3. put your presentations into {folder / 'slides'}, and name them in the programme.",
        err=True,
    )
