"""The options that commands share: where the programme, the target, the ledger and the credentials are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from better_classroom import settings as settings_module

_WHERE = (
    click.option("--programme", metavar="FILE", help="The programme.  [default: programme.yaml here]"),
    click.option("--target", metavar="google|URL", help="The world to talk to.  [default: google]"),
    click.option("--ledger", metavar="URL", help="The ledger.  [default: a file beside the programme]"),
    click.option("--credentials", metavar="FILE", help="OAuth client or service account; a sandbox needs none."),
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print data instead of text.")


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the four options that say where things are; the command receives them as ``settings``."""

    @functools.wraps(command)
    def wrapped(
        *, programme: str | None, target: str | None, ledger: str | None, credentials: str | None, **rest: Any
    ) -> Any:
        found = settings_module.load(programme=programme, target=target, ledger=ledger, credentials=credentials)
        return command(settings=found, **rest)

    for option in reversed(_WHERE):
        wrapped = option(wrapped)
    return wrapped
