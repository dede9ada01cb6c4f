"""The command that looks for every reason why publishing would fail: doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import click

from better_classroom import doctor as looking
from better_classroom import programme as programmes
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.wiring import Session, connect_account, survey
from better_classroom.doctor import tried
from better_classroom.errors import ProgrammeInvalid
from better_classroom.gateways import Account
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.reports import doctor as report
from better_classroom.reports.doctor import Check, State
from better_classroom.settings import Settings


@click.command()
@as_json
@with_settings
def doctor(*, settings: Settings, as_json: bool) -> int:
    """Look for every reason why publishing would fail, each with its remedy."""
    checks = list(_examined(settings))
    if as_json:
        click.echo(json.dumps(report.data(checks, settings.target), ensure_ascii=False, indent=2))
    else:
        click.echo(report.text(checks, settings.target), nl=False)
    return report.exit_code(checks)


def _examined(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which a run would meet what is wrong."""
    found = list(looking.programme_file(settings))
    yield from found
    if any(check.code == ProgrammeInvalid.exit_code for check in found):
        return
    programme = programmes.load(settings.programme)
    yield from looking.ledger_lock(settings)
    with ExitStack() as stack:
        ledger, trouble = tried("the ledger cannot be used", lambda: _opened(stack, settings, programme))
        yield from trouble
        if ledger is None:
            return
        yield from looking.ledger_is_ours(ledger, ledger.memory())
        accounts: dict[str, Account] = {}
        yield from _sign_ins(stack, settings, programme, ledger, accounts)
        if accounts.keys() >= {course.account for course in programme.courses.values()}:
            now = next(iter(accounts.values())).now()
            yield from looking.retention(programme, now)
            yield from _courses(Session(settings, programme, ledger, accounts, now))
        else:
            yield Check(State.NOTE, "the courses were not looked at", "Mend the above first, then look again.")


def _opened(stack: ExitStack, settings: Settings, programme: Programme) -> Ledger:
    return stack.enter_context(Ledger.open(settings.ledger, programme=programme.key, target=settings.target))


def _sign_ins(
    stack: ExitStack, settings: Settings, programme: Programme, ledger: Ledger, accounts: dict[str, Account]
) -> Iterator[Check]:
    """Sign every account in, one after another; ``accounts`` is filled with those that could be."""
    for email in dict.fromkeys([*(course.account for course in programme.courses.values()), *_keeper(programme)]):
        account, trouble = tried(f"{email} cannot work", partial(connect_account, settings, programme, email))
        yield from trouble
        if account:
            accounts[email] = stack.enter_context(account)
            yield from looking.account(account, ledger)
    yield from looking.one_project(accounts)
    boards = sum(expert.has_sheet for expert in programme.experts.values())
    if boards and programme.account in accounts:
        yield from looking.sheets(accounts[programme.account], boards)


def _keeper(programme: Programme) -> list[str]:
    """The account in whose Drive the experts' boards are."""
    return [programme.account] if any(expert.has_sheet for expert in programme.experts.values()) else []


def _courses(run: Session) -> Iterator[Check]:
    """Look at every course, at what the accounts' Drives can take, and at the plan."""
    found, trouble = tried("the courses cannot be looked at", lambda: survey(run))
    yield from trouble
    if found:
        for account in run.accounts.values():
            yield from looking.storage(account, found.plan)
        for key, course in run.programme.courses.items():
            yield from looking.course(
                key,
                run.programme,
                world=found.world,
                account=run.accounts[course.account],
                memory=found.memory,
                plan=found.plan,
            )
        yield from looking.brakes(found.refusals(frozenset()))
