"""What follows once somebody is forgotten: posts and files without them; ``people forget`` and ``sync`` share it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from better_classroom import apply, brakes, questions
from better_classroom.answered import FORGOTTEN
from better_classroom.brakes import Permit
from better_classroom.change import Change, Plan, Remark
from better_classroom.cli.desk import boards
from better_classroom.cli.publishing import carry_out
from better_classroom.cli.pulling import listings
from better_classroom.cli.wiring import Session, Survey, forgotten, marks, survey
from better_classroom.course import Action
from better_classroom.errors import BetterClassroomError, RefusedByBrake
from better_classroom.keys import course_of, is_reply
from better_classroom.ledger import Board
from better_classroom.memory import Memory
from better_classroom.observe import Files
from better_classroom.questions import forgetting

Unfinished = list[tuple[str, BetterClassroomError]]
"""Where something of a person may still stand, and why."""


def desk(run: Session) -> forgetting.Desk:
    """What forgetting works with, of a run."""
    return forgetting.Desk(run.ledger, run.programme, marks(run.settings, run.programme), run.now)


def is_time_up(run: Session) -> bool:
    """Whether the programme keeps nobody's questions any more."""
    until = run.programme.kept_until
    return until is not None and run.now > until


def expire(run: Session) -> tuple[int, Unfinished]:
    """Forget everybody whose time is up: how many had asked, and what could not be done. Costs nothing before."""
    if not is_time_up(run):
        return 0, []
    gone = 0
    try:
        gone = forgetting.expire(desk(run))
        if gone:
            rewrite_files(run)
    except BetterClassroomError as error:
        return gone, [("forgetting those whose time is up", error)]
    return gone, []


def surveyed(run: Session, *, files: Files | None = None) -> Survey:
    """Look and plan; a post with answers that a hand has changed too is written all the same: it may hold the person."""
    found = survey(run, files=files)
    contested = sorted(
        note.key for note in found.plan.notes if note.remark is Remark.CONFLICT and _holds_answers(note.key)
    )
    return survey(run, restore=tuple(contested), files=files) if contested else found


def publish(run: Session) -> tuple[apply.Outcome, Unfinished]:
    """Write anew what participants read, where it may hold a forgotten person; whatever else is due waits for apply."""
    found = surveyed(run)
    plan = _of_answers(found.plan, found.memory)
    accounts = {course.key: course.account for course in run.programme.courses.values()}
    refused = brakes.refusals(
        # That posts go is what was asked for.
        plan,
        world=found.world,
        memory=found.memory,
        accounts=accounts,
        permits=frozenset({Permit.MANY}),
    )
    unfinished: Unfinished = [
        (course, BetterClassroomError(unseen.reason, advice=unseen.advice))
        for course, unseen in found.world.unseen.items()
    ]
    unfinished += list(_left(run, found.plan))
    try:
        brakes.refuse(refused)
    except RefusedByBrake as error:
        return apply.Outcome(), [*unfinished, ("the courses", error)]
    outcome = carry_out(run, replace(found, plan=plan))
    return outcome, unfinished + [(failure.place, failure.error) for failure in outcome.failures]


def rewrite_files(run: Session) -> None:
    """Bring the experts' files beside the programme up to date, those that stand there. Raises as ``export`` does."""
    folder = run.programme.folder / "questions"
    books = [path for expert in run.programme.experts if (path := folder / f"{expert}.xlsx").is_file()]
    if books:
        from better_classroom.questions import workbook

        for path in books:
            workbook.strike(path, run.programme, lambda keys: _living(run, keys))
    experts = [expert for expert in run.programme.experts if (folder / f"{expert}.csv").is_file()]
    if experts:
        questions.export(
            questions.find(run.ledger, run.programme),
            programme=run.programme,
            folder=folder,
            experts=experts,
            forgotten=forgotten(run.settings, run.programme, run.ledger),
        )


def _living(run: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys whose questions still have an asker."""
    return {one.key for one in run.ledger.questions.find(keys=keys) if one.asker != FORGOTTEN}


def bring_boards_up_to_date(run: Session) -> Unfinished:
    """Where a board may hold a forgotten person's words: read and fill all boards as sync does, which makes it anew."""
    known = run.ledger.boards.all()
    writers = {expert.key for expert in run.programme.experts.values() if expert.has_sheet}
    # A ledger that was lost or put back does not know what the boards show.
    if writers <= known.keys() and all(map(_is_settled, known.values())):
        return []
    with listings(run) as listed, boards(run, listed) as desk:
        desk.read(unread=run.programme.courses)
        desk.write()
        failures = desk.done.failures
        return failures + [(board, error) for board, error in desk.early if board not in dict(failures)]


def _is_settled(board: Board) -> bool:
    """Whether all that stands on a board is known, and nothing of it is to go."""
    # A board made anew is shared once the one that it takes the place of is gone.
    return bool(board.read_at and board.shared_with) and not board.renew


def _holds_answers(key: str) -> bool:
    return is_reply(key) or key.rpartition("/")[2].startswith(("answers", "private."))


def _of_answers(plan: Plan, memory: Memory) -> Plan:
    def is_due(change: Change) -> bool:
        if not _holds_answers(change.key):
            return False
        # Answers may move to a further page, as the sentence in a question's place can be the longer one.
        is_page = change.key.rpartition("/")[2].startswith("answers")
        stands = is_page and f"{change.key.rpartition('/')[0]}/topic" in memory.entries
        return stands or change.action in {Action.UPDATE, Action.DELETE}

    return replace(plan, changes=tuple(filter(is_due, plan.changes)), blockers=())


def _left(run: Session, plan: Plan) -> Iterator[tuple[str, BetterClassroomError]]:
    """Posts with answers that no plan writes, and what to do about each."""
    gone = {key for key in run.ledger.entries() if course_of(key) not in run.programme.courses}
    for note in plan.notes:
        if not _holds_answers(note.key):
            continue
        if note.remark is Remark.ANSWERS:
            yield (
                note.key,
                BetterClassroomError(
                    "this post holds answers that the ledger does not know, so it was left as it is",
                    advice=f"Import the experts' answers and run sync; or write it anew: apply --restore {note.key}",
                ),
            )
        elif note.remark is Remark.NOT_MANAGED:
            gone.add(note.key)
    yield from ((key, _unmanaged()) for key in sorted(gone) if _holds_answers(key))


def _unmanaged() -> BetterClassroomError:
    return BetterClassroomError(
        "this post is no longer in the programme, so it was left as it is",
        advice="Open it in Classroom and look whether anything of the person stands there.",
    )
