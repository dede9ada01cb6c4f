"""``sync``: what cron runs, stage by stage; what fails in one leaves the others' work standing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from better_classroom import apply, brakes, notices, people, questions
from better_classroom.cli import forgetting
from better_classroom.cli.desk import Boards, boards
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.people import continue_invitations
from better_classroom.cli.publishing import carry_out, permit_options, permitted
from better_classroom.cli.pulling import files_of, listings, pulled
from better_classroom.cli.wiring import Session, know_askers, session, survey
from better_classroom.errors import BetterClassroomError, PartlyApplied
from better_classroom.questions import approving
from better_classroom.questions.boards import Outcome as BoardOutcome
from better_classroom.reports.wording import counted
from better_classroom.settings import Settings


@dataclass(slots=True)
class Stages:
    """What each stage did, and what kept one from doing its part."""

    pulled: questions.PullReport
    unnamed: Mapping[str, BetterClassroomError] = field(default_factory=dict)
    """Courses in which the names of those who asked could not be read."""
    forgotten: int = 0
    """People whose time was up."""
    left: forgetting.Unfinished = field(default_factory=list)
    """Where something of theirs may still stand."""
    invited: people.Summary = field(default_factory=people.Summary)
    applied: apply.Outcome = field(default_factory=apply.Outcome)
    refused: BetterClassroomError | None = None
    """What kept the plan from being made, or from being carried out."""
    boards: BoardOutcome = field(default_factory=BoardOutcome)
    unanswered: int = 0
    to_approve: int = 0
    """Answers that wait for an organiser."""
    mailed: notices.Mailed = field(default_factory=notices.Mailed)

    @property
    def errors(self) -> list[tuple[str, BetterClassroomError]]:
        """Everything that could not be done: where, and why."""
        found = list(self.pulled.failed.items())
        found += [(f"{course}: the names of who asked could not be read", e) for course, e in self.unnamed.items()]
        found += [(failure.place, failure.error) for failure in self.applied.failures] + self.boards.failures
        found += self.left
        found += [(f"{course}: nobody could be invited", error) for course, error in self.invited.failures.items()]
        return found + ([("apply", self.refused)] if self.refused else []) + self.mailed.failures


@click.command()
@click.option("--no-mail", is_flag=True, help="Send no digests; a later run tells what is new by then.")
@permit_options
@as_json
@with_settings
def sync(*, settings: Settings, as_json: bool, no_mail: bool, **flags: bool) -> None:
    """What cron runs: pull the questions, read the experts' boards, apply, fill the boards, mail digests; brakes on."""
    with session(settings, writing=True) as run, listings(run) as listed, boards(run, listed) as desk:
        stages = Stages(pulled(run, listed), know_askers(run))
        stages.forgotten, stages.left = forgetting.expire(run)
        desk.read(stages.pulled.unread)
        _apply(run, stages, desk, flags)
        desk.write()
        stages.boards = desk.done
        stages.invited = continue_invitations(run)
        stages.unanswered = run.ledger.questions.unanswered()
        stages.to_approve = sum(len(approving.waiting(one)) for one in approving.all_waiting(run.ledger, run.programme))
        if not no_mail:
            stages.mailed = _notify(run, stages)
    click.echo(json.dumps(_numbers(stages), ensure_ascii=False) if as_json else _line(run.programme.key, stages))
    _raise_for(stages)


def _apply(run: Session, stages: Stages, desk: Boards, flags: Mapping[str, bool]) -> None:
    """Plan and carry out; what keeps that from happening does not keep questions from reaching their experts."""
    try:
        look = forgetting.surveyed if forgetting.is_time_up(run) else survey
        found = look(run, files=files_of(desk.listed))
        brakes.refuse(found.refusals(permitted(dict(flags))))
        stages.applied = carry_out(run, found)
    except BetterClassroomError as error:
        stages.refused = error


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
        "answers": stages.boards.taken.new,
        "board_rows": stages.boards.rows,
        "answers_to_approve": stages.to_approve,
        "people_forgotten": stages.forgotten,
        "changes": len(stages.applied.done),
        "invited": stages.invited.done,
        "still_to_invite": stages.invited.unsent,
        "mails": stages.mailed.sent,
        "failures": len(stages.errors),
    }


def _line(programme: str, stages: Stages) -> str:
    """One line for a log: what happened, and of the rest only what did."""
    numbers = _numbers(stages)
    asked = f"{numbers['new_questions']} new and {numbers['edited_questions']} edited questions"
    parts = [f"{asked}, {numbers['unanswered_questions']} unanswered"]
    if numbers["answers"] or numbers["board_rows"]:
        taken, added = counted(numbers["answers"], "answer"), counted(numbers["board_rows"], "row")
        parts.append(f"boards: {taken} taken, {added} added")
    if numbers["answers_to_approve"]:
        parts.append(f"{counted(numbers['answers_to_approve'], 'answer')} to approve")
    parts.append(f"{counted(numbers['changes'], 'change')} made")
    if numbers["invited"] or numbers["still_to_invite"]:
        parts.append(f"{counted(numbers['invited'], 'person')} invited, {numbers['still_to_invite']} still to invite")
    if numbers["people_forgotten"]:
        parts.append(f"{counted(numbers['people_forgotten'], 'person')} forgotten, as their time is up")
    if numbers["mails"]:
        parts.append(f"{counted(numbers['mails'], 'digest')} mailed")
    if numbers["failures"]:
        parts.append(f"{counted(numbers['failures'], 'thing')} failed")
    return f"sync {programme}: {'; '.join(parts)}"


def _raise_for(stages: Stages) -> None:
    """Raise the one error there was, or all of them as one."""
    errors = stages.errors
    if len(errors) == 1 and not stages.applied.done:
        raise errors[0][1]
    if errors:
        lines = "\n".join(f"  {where}: {error}" for where, error in errors)
        raise PartlyApplied(f"some of the work could not be done:\n{lines}", advice="The next run goes on from here.")
