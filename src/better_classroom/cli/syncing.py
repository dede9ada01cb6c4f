"""``sync``: what cron runs, stage by stage; what fails in one leaves the others' work standing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import click

from better_classroom import apply, brakes, notices, people, questions
from better_classroom.cli import forgetting
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.people import continue_invitations
from better_classroom.cli.publishing import carry_out, permit_options, permitted
from better_classroom.cli.wiring import Session, session, submissions, survey
from better_classroom.errors import BetterClassroomError, PartlyApplied, RefusedByBrake
from better_classroom.settings import Settings


@dataclass(slots=True)
class Stages:
    """What each stage did, and what kept one from doing its part."""

    pulled: questions.PullReport
    forgotten: int = 0
    """People whose time was up."""
    left: forgetting.Unfinished = field(default_factory=list)
    """Where something of theirs may still stand."""
    invited: people.Summary = field(default_factory=people.Summary)
    applied: apply.Outcome = field(default_factory=apply.Outcome)
    refused: RefusedByBrake | None = None
    unanswered: int = 0
    mailed: notices.Mailed = field(default_factory=notices.Mailed)

    @property
    def errors(self) -> list[tuple[str, BetterClassroomError]]:
        """Everything that could not be done: where, and why."""
        found = [(f"{course}: its questions could not be read", error) for course, error in self.pulled.failed.items()]
        found += self.left
        found += [(failure.place, failure.error) for failure in self.applied.failures]
        found += [(f"{course}: nobody could be invited", error) for course, error in self.invited.failures.items()]
        return found + ([("apply", self.refused)] if self.refused else []) + self.mailed.failures


@click.command()
@click.option("--no-mail", is_flag=True, help="Send no digests; a later run tells what is new by then.")
@permit_options
@as_json
@with_settings
def sync(*, settings: Settings, as_json: bool, no_mail: bool, **flags: bool) -> None:
    """What cron runs: pull the questions, apply, then mail digests; brakes on."""
    with session(settings, writing=True) as run:
        stages = Stages(_pull(run))
        stages.forgotten, stages.left = forgetting.expire(run)
        found = forgetting.surveyed(run) if forgetting.is_time_up(run) else survey(run)
        try:
            brakes.refuse(found.refusals(permitted(flags)))
            stages.applied = carry_out(run, found)
        except RefusedByBrake as error:
            stages.refused = error
        stages.invited = continue_invitations(run)
        stages.unanswered = run.ledger.questions.unanswered()
        if not no_mail:
            stages.mailed = _notify(run, stages)
    click.echo(json.dumps(_numbers(stages), ensure_ascii=False) if as_json else _line(run.programme.key, stages))
    _raise_for(stages)


def _pull(run: Session) -> questions.PullReport:
    with submissions(run) as listed:
        return questions.pull(
            programme=run.programme,
            ledger=run.ledger,
            submissions=listed,
            now=run.now,
            key=run.settings.pseudonym_key(),
        )


def _notify(run: Session, stages: Stages) -> notices.Mailed:
    return notices.notify(
        programme=run.programme, ledger=run.ledger, settings=run.settings, now=run.now, failures=stages.errors
    )


def _numbers(stages: Stages) -> dict[str, Any]:
    """No names: this goes into logs."""
    return {
        "new_questions": stages.pulled.total("new"),
        "edited_questions": stages.pulled.total("edited"),
        "withdrawn_questions": stages.pulled.total("withdrawn"),
        "unanswered_questions": stages.unanswered,
        "people_forgotten": stages.forgotten,
        "changes": len(stages.applied.done),
        "invited": stages.invited.done,
        "still_to_invite": stages.invited.unsent,
        "mails": stages.mailed.sent,
        "failures": len(stages.errors),
    }


def _line(programme: str, stages: Stages) -> str:
    numbers = _numbers(stages)
    asked = f"{numbers['new_questions']} new and {numbers['edited_questions']} edited questions"
    parts = [f"{asked}, {numbers['unanswered_questions']} unanswered", f"{numbers['changes']} changes made"]
    if numbers["invited"] or numbers["still_to_invite"]:
        parts.append(f"{numbers['invited']} people invited, {numbers['still_to_invite']} still to invite")
    if numbers["people_forgotten"]:
        parts.append(f"{numbers['people_forgotten']} people forgotten, as their time is up")
    if numbers["mails"]:
        parts.append(f"{numbers['mails']} digests mailed")
    if numbers["failures"]:
        parts.append(f"{numbers['failures']} things failed")
    return f"sync {programme}: {'; '.join(parts)}"


def _raise_for(stages: Stages) -> None:
    """Raise the one error there was, or all of them as one."""
    errors = stages.errors
    if len(errors) == 1 and not stages.applied.done:
        raise errors[0][1]
    if errors:
        lines = "\n".join(f"  {where}: {error}" for where, error in errors)
        raise PartlyApplied(f"some of the work could not be done:\n{lines}", advice="The next run goes on from here.")
