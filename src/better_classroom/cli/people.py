"""Commands about participants: invite, status, links; those about one person are in ``person``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from better_classroom import people
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.person import COMMANDS as ONE_PERSON
from better_classroom.cli.wiring import Session, heading, inviting, session
from better_classroom.errors import BetterClassroomError, LockHeld, PartlyApplied, UsageError
from better_classroom.joining import CoursePeople, Door, Person, address_key, domain_of
from better_classroom.ledger import lock
from better_classroom.people import Summary, Tools
from better_classroom.reports import people as report
from better_classroom.settings import Settings

NOBODY = "Nobody is to be invited."

course_option = click.option(
    "--course", "courses", multiple=True, metavar="KEY", help="Only this course; may be repeated."
)


@click.group("people")
def people_group() -> None:
    """Invite participants, see who has joined; export or forget one person."""


for _command in ONE_PERSON:
    people_group.add_command(_command)


@people_group.command("invite")
@click.option("--yes", is_flag=True, help="Do not ask before inviting anybody.")
@click.option("--again", multiple=True, metavar="EMAIL", help="Invite this person once more, who declined or left.")
@course_option
@as_json
@with_settings
def invite_command(
    *, settings: Settings, yes: bool, again: tuple[str, ...], courses: tuple[str, ...], as_json: bool
) -> None:
    """Invite the participants that the programme names, after showing who they are."""
    chosen_again = frozenset(address_key(address) for address in again)
    with session(settings, writing=True) as run:
        tools = inviting(run)
        found, failures = _look(run, tools, courses)
        people.check_again(found, chosen_again, run.now)
        chosen = {course.course: people.to_invite(course, chosen_again) for course in found}
        allowances = _allowances(tools, chosen)
        if not (as_json and yes):
            click.echo(report.before(found, chosen, allowances, heading(run, "")), nl=False, err=as_json)
        summary = _invite(tools, found, chosen, chosen_again, yes=yes)
    summary.failures |= failures
    if as_json:
        click.echo(json.dumps(_invited_data(summary, allowances, chosen), ensure_ascii=False, indent=2))
    else:
        _tell(summary, anybody=any(chosen.values()))
    _raise_for(summary)


def _invite(
    tools: Tools,
    found: Sequence[CoursePeople],
    chosen: Mapping[str, Sequence[Person]],
    again: frozenset[str],
    *,
    yes: bool,
) -> Summary:
    number = sum(len(those) for those in chosen.values())
    if not number:
        return Summary()
    if not yes:
        _ask(number)
    with _progress(number) as step:
        return people.invite(tools, found, again, step)


def _ask(number: int) -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm it", advice="To invite without being asked, add --yes.")
    click.confirm(f"Invite {'this person' if number == 1 else f'these {number} people'}?", abort=True, err=True)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Person], None]]:
    """A bar on a terminal, nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Inviting", total=total)
        yield lambda person: bar.update(task, advance=1, description=person.course)


def _allowances(tools: Tools, chosen: Mapping[str, Sequence[Person]]) -> list[report.Allowance]:
    """What each account that has somebody to invite may send."""
    found = []
    for email, account in tools.accounts.items():
        due = [
            person
            for course, those in chosen.items()
            if tools.programme.courses[course].account == email
            for person in those
        ]
        if due:
            limit, sent = tools.limit(email), tools.sent(email)
            room = limit.room(sent, tools.now)
            then = (*sent, *[tools.now] * min(room, len(due)))
            own = not account.personal and any(domain_of(person.address) == domain_of(email) for person in due)
            found.append(
                report.Allowance(
                    account=email,
                    most=limit.most,
                    reserve=limit.reserve,
                    sent=len(sent),
                    due=len(due),
                    room=room,
                    more_at=limit.next_room(then, tools.now),
                    adds=domain_of(email) if own else "",
                )
            )
    return found


def _tell(summary: Summary, *, anybody: bool) -> None:
    click.echo("")
    if not anybody:
        click.echo(NOBODY)
        return
    click.echo(
        report.after(
            summary.refused,
            invited=summary.invited,
            added=summary.added,
            already=summary.already,
            unsent=summary.unsent,
        ),
        nl=False,
    )


def _invited_data(
    summary: Summary, allowances: Sequence[report.Allowance], chosen: Mapping[str, Sequence[Person]]
) -> dict[str, Any]:
    return {
        "to_invite": [report.person_data(person) for those in chosen.values() for person in those],
        "allowances": [report.allowance_data(allowance) for allowance in allowances],
        "invited": summary.invited,
        "added": summary.added,
        "already": summary.already,
        "later": summary.unsent,
        "refused": [report.person_data(person) for person in summary.refused],
        "failed": [{"course": course, "error": str(error)} for course, error in summary.failures.items()],
    }


def _raise_for(summary: Summary) -> None:
    """Raise what went wrong; what was done stays done, and is in the ledger."""
    failures = list(summary.failures.values())
    if failures and not summary.done and len({error.exit_code for error in failures}) == 1:
        raise failures[0]
    if not failures and not summary.refused:
        return
    lines = [f"  {course}: {error}" for course, error in summary.failures.items()]
    if summary.refused:
        number = len(summary.refused)
        whom = "1 person" if number == 1 else f"{number} people"
        lines.append(f"  {whom} could not be invited; “people status” tells who, and what to do")
    raise PartlyApplied("\n".join(["not everybody could be invited:", *lines]))


def _look(
    run: Session, tools: Tools, courses: Sequence[str], *, recording: bool = True
) -> tuple[list[CoursePeople], dict[str, BetterClassroomError]]:
    """What is in each course that names participants; one that cannot be read does not hold up the others."""
    _check_courses(run, courses)
    found: list[CoursePeople] = []
    failures: dict[str, BetterClassroomError] = {}
    for course, spec in run.programme.courses.items():
        if spec.participants and course in (courses or run.programme.courses):
            try:
                found.append(people.look(tools, course, recording=recording))
            except BetterClassroomError as error:
                failures[course] = error
    if not found and not failures:
        raise UsageError(
            "no course of the programme names participants",
            advice="Write participants: participants/city.csv below the course; its first line is name,email.",
        )
    return found, failures


def _check_courses(run: Session, courses: Sequence[str]) -> None:
    unknown = sorted(set(courses) - set(run.programme.courses))
    if unknown:
        raise UsageError(
            f"the programme has no course {', '.join(unknown)}", advice=f"It has {', '.join(run.programme.courses)}."
        )


@people_group.command("status")
@course_option
@as_json
@with_settings
def status_command(*, settings: Settings, courses: tuple[str, ...], as_json: bool) -> None:
    """Tell who has joined, who was invited and has not, and who was not invited."""
    with ExitStack() as stack:
        recording = _is_locked(stack, settings)
        run = stack.enter_context(session(settings, writing=False))
        found, failures = _look(run, inviting(run), courses, recording=recording)
        if as_json:
            click.echo(json.dumps(report.data(found, heading(run, ""), run.now), ensure_ascii=False, indent=2))
        else:
            click.echo(report.status(found, heading(run, ""), run.now), nl=False)
    for error in failures.values():
        raise error


def _is_locked(stack: ExitStack, settings: Settings) -> bool:
    """Hold the ledger's lock for as long as the stack lasts; while another run has it, nothing may be recorded."""
    try:
        stack.enter_context(lock(settings.ledger))
    except LockHeld:
        return False
    return True


@people_group.command("links")
@course_option
@as_json
@with_settings
def links_command(*, settings: Settings, courses: tuple[str, ...], as_json: bool) -> None:
    """Print each course's join link and code, for those who cannot be invited."""
    with session(settings, writing=False) as run:
        _check_courses(run, courses)
        doors = {course: _door(run, course) for course in courses or run.programme.courses}
        if as_json:
            click.echo(json.dumps(report.links_data(doors), ensure_ascii=False, indent=2))
        else:
            click.echo(report.links(doors, heading(run, "")), nl=False)


def _door(run: Session, course: str) -> Door | None:
    observed = people.find(inviting(run), course)
    account = run.account(course)
    return account.rosters.door(observed.remote_id) if observed else None


def continue_invitations(run: Session) -> Summary:
    """Go on with what ``people invite`` began, as far as today's room goes; for ``sync``.

    Never raises what Google says: it stands in ``failures``, by course. Nothing is asked where nobody waits.
    """
    return people.resume(inviting(run))
