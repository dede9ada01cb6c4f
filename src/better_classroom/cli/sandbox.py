"""``better-classroom sandbox``: the stand-in for Google, alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from better_classroom.errors import UsageError

_EXTRA = "pip install 'better_classroom[sandbox]'"


def _instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """An instant in ISO 8601; without an offset it is UTC."""
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no instant such as 2020-06-09T09:00:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Listen here; 0 takes a free one.")
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help='Write {"url", "pid"} to this file once it takes calls.',
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the world in this folder, over restarts. Otherwise it is gone at the end.",
)
@click.option(
    "--now",
    metavar="INSTANT",
    callback=_instant,
    help="Where its clock stands, such as 2020-06-09T09:00:00Z; today otherwise.",
)
@click.option("--latency", type=click.IntRange(0, 60_000), default=0, help="Delay every reply, in milliseconds.")
@click.option("--quotas", is_flag=True, help="Keep Google's quotas by the minute.")
@click.option("--coverage", is_flag=True, help="Print which of Google's methods it reproduces, and stop.")
def command(
    *,
    port: int,
    ready_file: Path | None,
    data: Path | None,
    now: datetime | None,
    latency: int,
    quotas: bool,
    coverage: bool,
) -> None:
    """Run a stand-in for Google Classroom, Drive and Sheets on this machine."""
    try:
        from better_classroom.sandbox.coverage import table
        from better_classroom.sandbox.journal import JournalDamaged, JournalInUse
        from better_classroom.sandbox.server import serve
    except ModuleNotFoundError as missing:
        raise UsageError(f"The sandbox needs the package {missing.name}.", advice=_EXTRA) from None
    if coverage:
        click.echo(table(), nl=False)
        return

    def listening(url: str) -> None:
        click.echo("This is NOT Google. It is a sandbox: nothing that happens in it reaches anyone.", err=True)
        click.echo(f"It listens at {url}, for programs on this machine only.", err=True)
        click.echo(f"Its world is kept in {data}." if data else "Its world is gone when it stops.", err=True)
        click.echo("Stop it with Ctrl+C.", err=True)

    try:
        serve(
            port=port,
            ready=ready_file,
            folder=data,
            now=now,
            latency=latency / 1000,
            quotas=quotas,
            listening=listening,
        )
    except (JournalInUse, JournalDamaged) as error:
        raise UsageError(f"{error}.", where="--data") from None
    except OSError as error:
        raise UsageError(
            f"The sandbox cannot start: {error.strerror or error}.", advice="Try another --port or --data."
        ) from None
