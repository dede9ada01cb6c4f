"""Commands that let an account in and out: login, logout."""

from __future__ import annotations

from collections.abc import Callable

import click

from better_classroom.cli.options import with_settings
from better_classroom.errors import ProgrammeInvalid, UsageError
from better_classroom.settings import Settings

account_option = click.option(
    "--account", metavar="EMAIL", help="The account.  [default: each account that the programme names]"
)


@click.command()
@account_option
@click.option("--no-browser", is_flag=True, help="Print the address to open instead of opening it.")
@with_settings
def login(*, settings: Settings, account: str | None, no_browser: bool) -> None:
    """Sign in with a browser, once for each account."""
    from better_classroom.gateways import Policy, consent

    reason = consent.not_needed(settings.credentials, settings.target)
    if reason:
        click.echo(reason)
        return
    assert settings.credentials
    scopes = _scopes(settings)
    for email in _accounts(settings, account):
        kept = consent.login(
            settings.target,
            email,
            credentials=settings.credentials,
            scopes=scopes,
            policy=Policy(timeout=settings.timeout, deadline=settings.deadline, first_wait=settings.first_wait),
            show=_show(email, no_browser=no_browser),
        )
        click.echo(f"{email} is signed in. The token is kept in {kept}; whoever has it can act as {email}.")


@click.command()
@account_option
@with_settings
def logout(*, settings: Settings, account: str | None) -> None:
    """Give a sign-in back to Google and forget it."""
    from better_classroom.gateways import Policy, consent

    reason = consent.not_needed(settings.credentials, settings.target)
    if reason:
        click.echo(reason)
        return
    assert settings.credentials
    for email in _accounts(settings, account):
        gone = consent.logout(
            settings.target, email, credentials=settings.credentials, policy=Policy(timeout=settings.timeout)
        )
        click.echo(f"{email} is signed out." if gone else f"{email} was not signed in.")


def _accounts(settings: Settings, account: str | None) -> list[str]:
    if account:
        return [account]
    from better_classroom import programme as programmes

    return list(dict.fromkeys(course.account for course in programmes.load(settings.programme).courses.values()))


def _scopes(settings: Settings) -> frozenset[str]:
    """What the programme needs; without one that can be read, what every programme needs."""
    from better_classroom import programme as programmes
    from better_classroom.cli.wiring import scopes_of
    from better_classroom.gateways import needed

    try:
        return scopes_of(programmes.load(settings.programme))
    except (ProgrammeInvalid, UsageError):
        return needed()


def _show(email: str, *, no_browser: bool) -> Callable[[str], None]:
    def show(address: str) -> None:
        import webbrowser

        opened = not no_browser and webbrowser.open(address)
        asked = "Your browser asks you to sign in. If it does not, open this" if opened else "Open this"
        click.echo(f"{asked} address on this machine, and sign in as {email}:\n{address}", err=True)

    return show
