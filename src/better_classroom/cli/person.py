"""Commands about one person: export, forget."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import click

from better_classroom import people
from better_classroom.apply import Outcome
from better_classroom.cli import forgetting
from better_classroom.cli.forgetting import Unfinished
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.wiring import Session, marks, session
from better_classroom.errors import OUT_OF_REACH, BetterClassroomError, NotFound, PartlyApplied, UsageError
from better_classroom.joining import address_key
from better_classroom.ledger import Question
from better_classroom.ledger.forgetting import Removal
from better_classroom.memory import Entry
from better_classroom.people import HOW_TO_NAME, Identity, Member
from better_classroom.questions import forgetting as rules
from better_classroom.questions.namesakes import by_name, folded
from better_classroom.questions.views import city
from better_classroom.reports import person as report
from better_classroom.reports.person import Farewell, Handed
from better_classroom.settings import Settings, ledger_path


@click.command("export")
@click.argument("person")
@with_settings
def export_command(*, settings: Settings, person: str) -> None:
    """Print everything that is kept about one person, as JSON.

    PERSON is an address, Google's number, a pseudonym (4827) or a full name.
    """
    with session(settings, writing=False) as run:
        who, failures = _identify(run, person)
        earlier = _marks_made(run, person, who)
        if who is None and not earlier:
            raise _unknown(failures)
        found = people.dossier(who or Identity(), programme=run.programme, ledger=run.ledger)
    found["forgotten_at"] = max(earlier.values()).isoformat() if earlier else None
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    _raise_for(failures, "this is what the ledger holds, but not every course could be asked:")


@click.command("forget")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask before deleting anything.")
@as_json
@with_settings
def forget_command(*, settings: Settings, person: str, yes: bool, as_json: bool) -> None:
    """Remove one person from the ledger and from what is published; answers stay, without who asked.

    PERSON is an address, Google's number, a pseudonym (4827) or a full name. Broken off anywhere, the same command goes
    on.
    """
    with session(settings, writing=True) as run:
        who, failures = _identify(run, person)
        earlier = _marks_made(run, person, who)
        if who is None and not earlier:
            raise _unknown(failures)
        found = _removal(run, who or Identity(), earlier)
        farewell = _farewell(run, who or Identity(), found, is_marked=bool(earlier))
        if not as_json:
            click.echo(report.before(farewell), nl=False)
        if not (yes or farewell.already):
            _ask()
        rules.forget(run.ledger, found)
        outcome, unfinished = _finish(run)
    changed = len(outcome.done)
    if as_json:
        click.echo(json.dumps(report.numbers(farewell, changed=changed), ensure_ascii=False, indent=2))
    else:
        click.echo(report.after(farewell, changed=changed), nl=False)
    _raise_for([*failures, *unfinished], "the person is forgotten, but something of them may still stand:")


COMMANDS = (export_command, forget_command)


# Who is meant


def _identify(run: Session, person: str) -> tuple[Identity | None, Unfinished]:
    """Who is meant, and the courses that could not be asked who they are."""
    members: list[Member] = []
    failures: Unfinished = []
    for course in run.programme.courses:
        try:
            members += [Member(course, *one) for one in run.participants(course)]
        except NotFound:
            continue  # nobody is in a course that is gone, or was never made
        except OUT_OF_REACH as error:
            failures.append((f"{course}: its participants could not be listed", error))
    key = run.settings.pseudonym_key()
    who = people.identify(person, programme=run.programme, ledger=run.ledger, members=members, key=key)
    if who and who.experts and not _is_more_than_expert(who):
        return who, []  # nothing of what is kept about an expert hangs on who is in which course
    return who, failures


def _is_more_than_expert(who: Identity) -> bool:
    return bool(who.numbers or who.courses)


def _marks_made(run: Session, person: str, who: Identity | None) -> Mapping[str, datetime]:
    """The marks of an earlier forgetting, by whatever the person is called here."""
    made = marks(run.settings, run.programme)
    number = people.number_in(person)
    if who is not None:
        # A pseudonym is no more than one of the names of somebody who is known.
        wanted = [*map(made.person, who.asker_ids), *map(made.address, who.addresses)]
    else:
        guests = (by_name(folded(person), course=course, alone="", key=made.key) for course in run.programme.courses)
        wanted = [made.address(person), made.person(person.strip()), *map(made.person, guests)]
        wanted += [] if number is None else [made.number(number)]
    return run.ledger.tombstones.found(wanted)


def _unknown(failures: Unfinished) -> BetterClassroomError:
    if failures:
        return PartlyApplied(
            "Nobody is known by that, and not every course could be asked:\n" + _lines(failures),
            advice="Run the same command again when they can.",
        )
    return UsageError(
        "Nobody is known by that: neither in the courses, nor in the files, nor in the ledger.", advice=HOW_TO_NAME
    )


# What goes


def _removal(run: Session, who: Identity, earlier: Mapping[str, datetime]) -> Removal:
    if who.experts:
        raise UsageError(
            f"That is the expert {', '.join(sorted(who.experts))}: experts stand in the programme, which is yours to edit.",
            advice="Take them out of “experts” and of their seminars in programme.yaml, then run apply; answers they gave "
            "stay under their key. If they take part too, give that line of the participants' file another address.",
        )
    found = rules.removal(
        forgetting.desk(run),
        asker_ids=who.asker_ids,
        participants=set(people.theirs(who, run.ledger)),
        addresses=who.addresses,
    )
    return replace(found, marks=found.marks | set(earlier))


def _farewell(run: Session, who: Identity, found: Removal, *, is_marked: bool) -> Farewell:
    going, boxes = run.ledger.questions.find(keys={*found.deleted, *found.kept}), run.ledger.entries()
    rows = run.ledger.dossier.about_questions([question.key for question in going])
    answered = [question for question in going if question.key in found.kept]
    announcements = people.dossier(who, programme=run.programme, ledger=run.ledger)["announcements_to_them_alone"]
    listed = [
        course.key
        for course in run.programme.courses.values()
        if any(address_key(one.email) in who.addresses for one in course.participants or ())
    ]
    return Farewell(
        pseudonyms=tuple(sorted(who.numbers)),
        already=is_marked and not (going or found.participants or who.numbers),
        deleted=len(found.deleted),
        kept=len(found.kept),
        heirs=len(found.heirs),
        participations=len(found.participants),
        announcements=len(announcements),
        handed=tuple(_handed(run, question, boxes) for question in going),
        listed=tuple(listed),
        member_of=tuple(city(course, run.programme) for course in who.courses),
        mailed=bool(rows["notices"]),
        experts=tuple(sorted({expert for question in going for expert in question.experts})),
        naming=tuple(people.named_in_answers(who, answered)),
        copies=_copies(run.settings),
    )


def _handed(run: Session, question: Question, boxes: Mapping[str, Entry]) -> Handed:
    box = boxes.get(f"{question.course}/{question.seminar}/{question.slot}")
    title = str(box.sent.get("title") or "") if box else ""
    return Handed(title or question.slot, city(question.course, run.programme), question.source, question.link)


def _copies(settings: Settings) -> tuple[str, ...]:
    """Copies of the ledger beside it, by the names that we give them."""
    path = ledger_path(settings.ledger)
    if path is None:
        return ()
    kinds = (path.parent.glob(f"{path.stem}.*.{kind}{path.suffix}") for kind in ("backup", "set-aside"))
    return tuple(sorted(str(copy) for found in kinds for copy in found))


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm it", advice="To forget without being asked, add --yes.")
    click.confirm("Forget this person? It cannot be undone.", abort=True, err=True)


# What follows


def _finish(run: Session) -> tuple[Outcome, Unfinished]:
    """Take the person out of what is published and out of the files; each goes on where another fails."""
    outcome = Outcome()
    unfinished: Unfinished = []
    try:
        outcome, unfinished = forgetting.publish(run)
    except BetterClassroomError as error:
        unfinished.append(("the courses", error))
    try:
        unfinished += forgetting.bring_boards_up_to_date(run)
    except BetterClassroomError as error:
        unfinished.append(("the boards", error))
    try:
        forgetting.rewrite_files(run)
    except BetterClassroomError as error:
        unfinished.append(("the experts' files", error))
    try:
        run.ledger.forgetting.scrub()
    except BetterClassroomError as error:
        unfinished.append(("the ledger's file", error))
    return outcome, unfinished


def _raise_for(failures: Sequence[tuple[str, BetterClassroomError]], what: str) -> None:
    if failures:
        raise PartlyApplied(f"{what}\n{_lines(failures)}", advice="Run the same command again.")


def _lines(failures: Sequence[tuple[str, BetterClassroomError]]) -> str:
    return "\n".join(f"  {where}: {error}" for where, error in failures)
