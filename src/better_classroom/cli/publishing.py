"""Commands that look at the courses and change them: plan, apply, status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from better_classroom import apply, brakes, questions
from better_classroom.brakes import Permit
from better_classroom.change import Change, Remark
from better_classroom.cli.foreseeing import foresee
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.pulling import pull_what_goes
from better_classroom.cli.wiring import Session, Survey, know_askers, session, survey
from better_classroom.errors import RefusedByBrake, UsageError
from better_classroom.reports import plan as letter
from better_classroom.reports import plandata, planfile
from better_classroom.reports import status as status_report
from better_classroom.reports.planfile import PlanFile
from better_classroom.reports.wording import counted, short
from better_classroom.settings import Settings

CHANGES_PENDING = 10

restore_option = click.option(
    "--restore",
    multiple=True,
    metavar="KEY",
    help="Put this item back as the programme has it, whatever a hand did; with a topic or a presentation, its posts.",
)


def permit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add one flag for each brake that can be permitted."""
    helps = {
        Permit.MANY: "Permit that a large share of a course is deleted or replaced.",
        Permit.QUESTIONS: "Permit that participants' questions are deleted with their box.",
        Permit.EMPTY: "Permit filling a course again that was emptied or deleted.",
        Permit.ACCOUNT: "Permit working with another account than the one that made the items.",
    }
    for permit in reversed(Permit):
        command = click.option(f"--{permit}", is_flag=True, help=helps[permit])(command)
    return command


def permitted(flags: dict[str, bool]) -> frozenset[Permit]:
    """What the flags permit."""
    return frozenset(permit for permit in Permit if flags[permit.value.replace("-", "_")])


@click.command()
@click.option("--exit-code", is_flag=True, help="Leave with 10 where changes are pending.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the plan there, for apply.")
@restore_option
@as_json
@with_settings
def plan(*, settings: Settings, exit_code: bool, out: Path | None, restore: tuple[str, ...], as_json: bool) -> int:
    """Show what apply would do, course by course."""
    with session(settings, writing=False) as run:
        found = foresee(run, survey(run, restore=restore), asking=True)
    _show(found, as_json=as_json)
    if out:
        _keep(out, planfile.make(found.plan, programme=run.programme.key, target=settings.target, restore=restore))
    for refusal in found.refusals(frozenset()):
        click.echo(f"apply will refuse this: {refusal.course}: {refusal.reason} (--{refusal.permit})", err=True)
    return CHANGES_PENDING if exit_code and not found.plan.is_empty else 0


def _keep(path: Path, reviewed: PlanFile) -> None:
    """Write a plan where its owner alone can read it: the titles in it are not public yet."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(planfile.text(reviewed))
    except OSError as error:
        raise UsageError(f"the plan cannot be written: {error.strerror}", where=str(path)) from error
    click.echo(f"The plan is in {path}. To carry out just this: better-classroom apply {path}", err=True)


def _reviewed(path: Path | None, restore: tuple[str, ...]) -> PlanFile | None:
    """The plan in a file that apply was given."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            content = file.read(planfile.MOST)
    except OSError as error:
        raise UsageError(f"the plan cannot be read: {error.strerror}", where=str(path)) from error
    found = planfile.read(content, where=str(path))
    if restore and set(restore) != set(found.restore):
        raise UsageError(
            "the plan says itself what it puts back", where=str(path), advice="Make it anew: plan --restore KEY --out …"
        )
    return found


def _show(found: Survey, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(plandata.data(found.plan, found.heading), ensure_ascii=False, indent=2))
    else:
        click.echo(letter.text(found.plan, found.heading), nl=False)


@click.command("apply")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before changing anything.")
@click.option("--expect", metavar="FINGERPRINT", help="Change nothing unless the plan is this one.")
@restore_option
@permit_options
@as_json
@with_settings
def apply_command(
    *,
    settings: Settings,
    file: Path | None,
    yes: bool,
    expect: str | None,
    restore: tuple[str, ...],
    as_json: bool,
    **flags: bool,
) -> None:
    """Carry out the plan: publish, change and delete in every course.

    With FILE, which plan --out wrote, nothing is done unless the plan is still that one.
    """
    reviewed = _reviewed(file, restore)
    with session(settings, writing=True) as run:
        if reviewed:
            planfile.refuse_elsewhere(reviewed, programme=run.programme.key, target=settings.target)
        for course, error in know_askers(run).items():
            click.echo(f"warning: {course}: the names of those who asked could not be read: {error}", err=True)
        found = survey(run, restore=reviewed.restore if reviewed else restore)
        if not as_json:
            _show(foresee(run, found, asking=False), as_json=False)
        _refuse_other(found, expect, reviewed)
        brakes.refuse(found.refusals(permitted(flags)))
        if found.plan.changes and not yes:
            _ask(len(found.plan.changes))
        outcome = carry_out(run, found)
    _tell(outcome, as_json=as_json)
    outcome.raise_for_failures()


def _tell(outcome: apply.Outcome, *, as_json: bool) -> None:
    """Say what was done."""
    if as_json:
        click.echo(json.dumps(_outcome_data(outcome), ensure_ascii=False, indent=2))
    elif outcome.done:
        click.echo(f"Done: {counted(len(outcome.done), 'change')} made.")


def _warn(outcome: apply.Outcome) -> None:
    """Say what was published and may not be seen yet."""
    for change in outcome.unconfirmed:
        click.echo(
            f"warning: {change.course}: “{short(change.title)}” was published, but Google gives no link to it yet; "
            "look again with: better-classroom status",
            err=True,
        )
    for change in outcome.undelivered:
        click.echo(f"warning: {change.course}: {letter.undeliverable(change.key)}", err=True)


def _refuse_other(found: Survey, expect: str | None, reviewed: PlanFile | None) -> None:
    if reviewed:
        planfile.refuse_moved(reviewed, found.plan)
    if expect and expect != found.heading.fingerprint:
        raise RefusedByBrake(
            f"the plan is {found.heading.fingerprint}, not {expect}: the programme or a course has changed since",
            advice="Read the plan above; if it is what you want, apply it with its own fingerprint.",
        )


def _ask(changes: int) -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm the plan", advice="To apply it without being asked, add --yes.")
    click.confirm(f"Make {'this' if changes == 1 else 'these'} {counted(changes, 'change')}?", abort=True, err=True)


def carry_out(run: Session, found: Survey) -> apply.Outcome:
    """Carry out a plan, with a bar that shows how far it is, and warn of what may not be seen yet."""
    pull_what_goes(run, found.plan)
    with _progress(len(found.plan.changes)) as step:
        outcome = apply.run(found.plan, found.world, run.tools, progress=step)
    left = {note.key for note in found.plan.notes if note.remark is Remark.ASKER_LEFT}
    questions.record_undelivered(run.ledger, found.told, left | {change.key for change in outcome.undelivered})
    _warn(outcome)
    return outcome


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Change], None]]:
    """A bar on a terminal, nothing anywhere else."""
    if not (sys.stderr.isatty() and total):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Applying", total=total)
        yield lambda change: bar.update(task, advance=1, description=change.course or "Drive")


def _outcome_data(outcome: apply.Outcome) -> dict[str, Any]:
    return {
        "done": [{"action": change.action.value, "key": change.key} for change in outcome.done],
        "failed": [
            {
                "course": failure.course,
                "title": failure.title,
                "error": str(failure.error),
                "left": sorted(failure.left),
            }
            for failure in outcome.failures
        ],
        "unconfirmed": [change.key for change in outcome.unconfirmed],
        "undelivered": [change.key for change in outcome.undelivered],
    }


@click.command()
@as_json
@with_settings
def status(*, settings: Settings, as_json: bool) -> None:
    """Show what is published, scheduled and unanswered."""
    with session(settings, writing=False) as run:
        found = survey(run)
        asked = run.ledger.questions.counts()
    report = status_report.make(found.plan, found.world, found.memory, asked)
    until = run.programme.kept_until
    if as_json:
        click.echo(json.dumps(status_report.data(report, found.heading, run.now, until), ensure_ascii=False, indent=2))
    else:
        click.echo(status_report.text(report, found.heading, run.now, until), nl=False)
