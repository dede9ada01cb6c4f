"""Commands about the ledger: backup, restore, rebuild."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from better_classroom import apply
from better_classroom.cli.options import as_json, with_settings
from better_classroom.cli.pulling import files_of, listings, pulled
from better_classroom.cli.wiring import session, survey, wall_clock
from better_classroom.course import Action
from better_classroom.errors import NotOurs, PartlyApplied, RefusedByBrake
from better_classroom.ledger import Ledger, backup, lock
from better_classroom.ledger.backup import Holding, Placed
from better_classroom.programme import Programme
from better_classroom.reports.wording import counted
from better_classroom.settings import Settings


@click.group("ledger")
def ledger_group() -> None:
    """Copy the ledger, put a copy back, or make it anew from the courses."""


@ledger_group.command("backup")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@as_json
@with_settings
def backup_command(*, settings: Settings, file: Path | None, as_json: bool) -> None:
    """Copy the ledger into FILE, a new one, even while a run is writing.

    Without FILE the copy stands beside the ledger, with the time in its name.
    """
    path = backup.path_of(settings.ledger)
    to = file or path.with_name(f"{path.stem}.{_stamp()}.backup{path.suffix}")
    held = backup.copy(path, to)
    if as_json:
        click.echo(json.dumps({"file": str(to), **_numbers(held)}, ensure_ascii=False))
    else:
        click.echo(f"{to}: {_told(held)}")
    click.echo(_about_the_key(settings, path), err=True)


@ledger_group.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@with_settings
def restore_command(*, settings: Settings, file: Path, as_json: bool) -> None:
    """Put the backup in FILE in the ledger's place; the present ledger is set aside.

    What was published since is found in the courses by the next apply, and not made again.
    """
    from better_classroom import programme as programmes

    path, programme = backup.path_of(settings.ledger), programmes.load(settings.programme)
    with lock(settings.ledger), backup.draft_beside(path, "restoring") as draft:
        held = backup.prepare(file, draft, programme=programme.key, target=settings.target)
        notes = [_FORGOTTEN_SINCE] if _forget_again(settings, programme, path, draft) else []
        held = backup.look(draft) if notes else held
        placed = backup.put(draft, path, aside=_aside(path))
    _tell(path, held, placed, notes=notes, as_json=as_json)


@ledger_group.command("rebuild")
@click.option("--set-aside", is_flag=True, help="Permit it although a ledger is there; that one is set aside.")
@as_json
@with_settings
def rebuild_command(*, settings: Settings, set_aside: bool, as_json: bool) -> None:
    """Make a lost ledger anew from the courses; nothing that participants see is changed.

    Everything of ours is found again, and the questions are pulled again. The next sync reads the answers from the
    experts' Google Sheets; those in files come back with “answers import --again” and “board import --again”.
    """
    from better_classroom import programme as programmes

    path = backup.path_of(settings.ledger)
    with lock(settings.ledger), backup.draft_beside(path, "rebuilding") as draft:
        _refuse_unless(path, permitted=set_aside)
        has_key = settings.key or _key_file(path).exists()
        # The same key, or askers would get other numbers than the published answers call them by.
        key = settings.pseudonym_key().decode()
        _bring_over(settings, programmes.load(settings.programme), path, draft)
        lines, failures = _rebuild(replace(settings, ledger=f"sqlite:///{draft.absolute()}", key=key))
        held = backup.look(draft)
        placed = backup.put(draft, path, aside=_aside(path))
    _tell(
        path,
        held,
        placed,
        notes=[*lines, *_LOST, *([] if has_key or not held.questions else [_NEW_KEY])],
        as_json=as_json,
    )
    if failures:
        raise PartlyApplied("the ledger is rebuilt, but for this:\n" + "\n".join(failures), advice=_LATER)


def _forget_again(settings: Settings, programme: Programme, path: Path, draft: Path) -> bool:
    """Take out of a backup who was forgotten since it was made; whether there was anything to take out."""
    from better_classroom.cli.wiring import marks
    from better_classroom.questions import forgetting

    _bring_over(settings, programme, path, draft, marks_alone=True)
    with Ledger.open(str(draft), programme=programme.key, target=settings.target) as ledger:
        if not ledger.tombstones.exist():
            return False
        held = forgetting.again(forgetting.Desk(ledger, programme, marks(settings, programme), wall_clock()))
    _bring_over(settings, programme, path, draft)
    return held


def _bring_over(
    settings: Settings, programme: Programme, path: Path, draft: Path, *, marks_alone: bool = False
) -> None:
    """Have a ledger that is being made know what the standing one forgot, and the answers that outlived their askers."""
    if not backup.standing(path):
        return
    with Ledger.open(str(path), programme=programme.key, target=settings.target) as ledger:
        kept = ledger.forgetting.kept()
    if kept["tombstones"]:
        with Ledger.open(str(draft), programme=programme.key, target=settings.target) as ledger:
            ledger.forgetting.bring_over(
                {table: rows for table, rows in kept.items() if not marks_alone or table == "tombstones"}
            )


def _rebuild(settings: Settings) -> tuple[list[str], list[str]]:
    """Fill an empty ledger from the courses: what to tell of it, and what could not be looked at."""
    with session(settings, writing=True) as run, listings(run) as listed:
        found = survey(run, files=files_of(listed))
        adopting = tuple(change for change in found.plan.changes if change.action is Action.ADOPT)
        # Nothing but adopting: the only writes are the titles that are patched to themselves to learn whose they are.
        plan = replace(found.plan, changes=adopting, blockers=())
        outcome = apply.run(plan, found.world, run.tools)
        failed = [f"  {course}: {unseen.reason}" for course, unseen in found.world.unseen.items()]
        failed += [f"  {failure}" for failure in outcome.failures if not isinstance(failure.error, NotOurs)]
        report = pulled(run, listed)
        failed += [f"  {what}: {error}" for what, error in report.failed.items()]
        strange = sum(isinstance(failure.error, NotOurs) for failure in outcome.failures)
    alike = f"{counted(strange, 'post')} made by another Cloud project, though like ours: left alone."
    return [alike] if strange else [], failed


def _refuse_unless(path: Path, *, permitted: bool) -> None:
    """A ledger that is there knows more than the courses can tell."""
    there = backup.standing(path)
    if there and (there.items or there.questions) and not permitted:
        raise RefusedByBrake(
            f"A ledger is there: {_told(there)}. One made anew would know nothing of the answers.",
            where=str(path),
            advice="To set it aside and rebuild all the same, add --set-aside.",
        )


def _key_file(path: Path) -> Path:
    return path.with_name(path.name + ".key")


def _about_the_key(settings: Settings, path: Path) -> str:
    where = "in your settings" if settings.key else f"in {_key_file(path)}"
    return f"The key of the pseudonyms is not in it. It is {where}: keep a copy of that, apart from this one."


def _stamp() -> str:
    return wall_clock().strftime("%Y-%m-%dT%H%M%SZ")


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.stem}.{_stamp()}.set-aside{path.suffix}")


def _numbers(held: Holding) -> dict[str, int]:
    return {"items": held.items, "questions": len(held.questions), "answers": len(held.answers)}


def _told(held: Holding) -> str:
    return ", ".join(counted(number, what.removesuffix("s")) for what, number in _numbers(held).items())


def _placed(placed: Placed, held: Holding) -> dict[str, Any]:
    """The ledger before, and what it alone holds."""
    return {
        "set_aside": str(placed.set_aside) if placed.set_aside else None,
        "questions_set_aside": len(placed.before.questions - held.questions) if placed.before else 0,
        "answers_set_aside": len(placed.before.answers - held.answers) if placed.before else 0,
    }


def _tell(path: Path, held: Holding, placed: Placed, *, notes: list[str], as_json: bool) -> None:
    """Say what the new ledger holds, where the one before is, and what to know besides."""
    if as_json:
        data = {**_numbers(held), **_placed(placed, held), "notes": [note.strip() for note in notes]}
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    click.echo(f"{path}: {_told(held)}")
    if placed.set_aside:
        _tell_set_aside(placed, held)
    for note in notes:
        click.echo(note, err=True)


def _tell_set_aside(placed: Placed, held: Holding) -> None:
    alone = _placed(placed, held)
    click.echo(
        f"{placed.set_aside}: the ledger before. It alone holds {counted(alone['questions_set_aside'], 'question')}, which the "
        "next sync asks Classroom for again (those of a session: “questions import”), and "
        f"{counted(alone['answers_set_aside'], 'answer')}: import their files again with “answers import --again” (CSV) or "
        "“board import --again” (XLSX)."
    )


_FORGOTTEN_SINCE = (
    "Who was forgotten since the backup was made is not in this ledger. The backup itself still holds them: "
    "delete it, and make a new one with “ledger backup”."
)
_LATER = "What is missing is found by the next apply and sync."
_LOST = (
    "Not in the courses, and so not in this ledger:",
    "  answers, published or not: the next sync reads the experts' Google Sheets; import other experts' files again",
    "  with “answers import --again” (CSV) or “board import --again” (XLSX).",
    "  (Until then, published answers stay as they are.)",
    "  questions asked in a session: take their file again with “questions import”.",
    "  earlier texts of edited questions, until those sheets and files show them;",
    "  which questions were hidden, merged, split or given to other experts.",
    "  whom mail told what: experts may be told again of open questions.",
    "  who was invited: Classroom's list of invitations tells it to the next “people status”.",
    "Posts that are no longer in the programme are not taken over. “plan” shows what is left to be done.",
)
_NEW_KEY = (
    "The key of the pseudonyms was lost, too, and a new one made: askers have other numbers than before. Put the "
    "old one back and rebuild again to have the same."
)
