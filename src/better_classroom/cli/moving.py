"""Commands by which an organiser moves questions: assign, hide, unhide, merge, split."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from better_classroom.cli.options import as_json, with_settings
from better_classroom.settings import Settings

if TYPE_CHECKING:
    from better_classroom.questions.organising import Moved

_keys = click.argument("keys", nargs=-1, required=True, metavar="KEY…")


@click.command("assign")
@_keys
@click.option(
    "--to", "experts", multiple=True, required=True, metavar="EXPERT", help="Who is to answer; may be repeated."
)
@as_json
@with_settings
def assign_command(*, settings: Settings, keys: tuple[str, ...], experts: tuple[str, ...], as_json: bool) -> None:
    """Put questions to other experts than those of their seminar; later pulls leave it so."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import organising

    with session(settings, writing=True) as run:
        _tell(organising.assign(run.ledger, run.programme, keys, experts, run.now), as_json=as_json)


@click.command("hide")
@_keys
@as_json
@with_settings
def hide_command(*, settings: Settings, keys: tuple[str, ...], as_json: bool) -> None:
    """Set questions aside: no expert is asked, no answer is shown, whatever their askers write later."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import organising

    with session(settings, writing=True) as run:
        _tell(organising.hide(run.ledger, keys), as_json=as_json)


@click.command("unhide")
@_keys
@as_json
@with_settings
def unhide_command(*, settings: Settings, keys: tuple[str, ...], as_json: bool) -> None:
    """Bring hidden questions back to where their experts had left them."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import organising

    with session(settings, writing=True) as run:
        _tell(organising.unhide(run.ledger, keys), as_json=as_json)


@click.command("merge")
@_keys
@click.option("--into", required=True, metavar="KEY", help="The question that stands for all of them.")
@as_json
@with_settings
def merge_command(*, settings: Settings, keys: tuple[str, ...], into: str, as_json: bool) -> None:
    """Let one question stand for others that ask the same: one answer, and everyone who asked is named."""
    from better_classroom.cli.wiring import session
    from better_classroom.questions import organising

    with session(settings, writing=True) as run:
        _tell(organising.merge(run.ledger, keys, into, run.now), as_json=as_json)


@click.command("split")
@click.argument("key")
@as_json
@with_settings
def split_command(*, settings: Settings, key: str, as_json: bool) -> None:
    """Make what was added last a question of its own; take a merged question out again.

    The addition stays a question of its own in every later pull, and goes on growing with its asker's text.
    """
    from better_classroom.cli.wiring import session
    from better_classroom.questions import organising

    with session(settings, writing=True) as run:
        _tell(organising.split(run.ledger, run.programme, key, run.now), as_json=as_json)


def _tell(moved: list[Moved], *, as_json: bool) -> None:
    told: list[dict[str, Any]] = [{"key": one.key, "status": one.status} for one in moved]
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for one in moved:
        click.echo(f"{one.key}  {one.status}")


COMMANDS = (assign_command, hide_command, unhide_command, merge_command, split_command)
