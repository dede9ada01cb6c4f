"""Every reason why publishing would fail, looked for one after another; nothing is changed in Classroom or Drive.

Each function looks at one thing and yields what it found; what Google, the ledger or the programme refuses becomes a
check with the refusal's own advice and exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from better_classroom import limits, observe, programme
from better_classroom.brakes import Refusal
from better_classroom.change import Plan, Remark
from better_classroom.course import ObservedCourse, ObservedFile, World
from better_classroom.errors import BetterClassroomError
from better_classroom.gateways import Account
from better_classroom.keys import course_of, file_key, file_mark, is_share, path_of, target_of
from better_classroom.ledger import Ledger, lock
from better_classroom.memory import Memory
from better_classroom.programme import Programme
from better_classroom.reports import comments, status, visibility
from better_classroom.reports import storage as drives
from better_classroom.reports.doctor import Check, State
from better_classroom.reports.plan import box_line
from better_classroom.reports.visibility import Box
from better_classroom.reports.wording import counted, megabytes, short
from better_classroom.settings import Settings

T = TypeVar("T")
REFUSED = 5
BRAKE = 6


def good(text: str) -> Check:
    """A check that came out well."""
    return Check(State.GOOD, text)


def failed(what: str, error: BetterClassroomError) -> Check:
    """A check that came out as this error."""
    where = f"{error.where}: " if error.where else ""
    return Check(State.BAD, f"{what}: {where}{error.message}", error.advice, error.exit_code)


def tried(what: str, step: Callable[[], T]) -> tuple[T | None, list[Check]]:
    """What a step gives; None, and a check that says why, where it is refused."""
    try:
        return step(), []
    except BetterClassroomError as error:
        return None, [failed(what, error)]


def programme_file(settings: Settings) -> Iterator[Check]:
    """The programme, and every file that it names."""
    checked = programme.check(settings.programme)
    if checked.programme is None:
        complaints = "\n".join(str(complaint) for complaint in checked.complaints)
        yield Check(State.BAD, f"the programme has mistakes\n{complaints}", "Mend them; check finds them again.", 3)
        return
    found = checked.programme
    yield good(
        f"the programme is valid: {counted(len(found.seminars), 'seminar')} in {counted(len(found.courses), 'course')}"
    )
    if checked.warnings:
        yield Check(
            State.NOTE, f"the programme gives {counted(len(checked.warnings), 'warning')}", "See them with: check"
        )
    files, trouble = tried("a presentation", lambda: observe.presentations(found))
    yield from trouble
    if files:
        size = sum(content.size for content in files.values())
        yield good(f"{counted(len(files), 'presentation')} can be read, {megabytes(size)} in all")


def retention(found: Programme, now: datetime) -> Iterator[Check]:
    """Until when questions are kept."""
    until = found.kept_until
    if until:
        local = until.astimezone(found.time_zone).strftime("%Y-%m-%d %H:%M")
        yield Check(State.NOTE if now > until else State.GOOD, status.retention(local, is_over=now > until))


def ledger_lock(settings: Settings) -> Iterator[Check]:
    """Whether another run works on this programme just now."""

    def take() -> None:
        with lock(settings.ledger):
            pass

    _, trouble = tried("the ledger is in use", take)
    yield from trouble or (good("no other run works on this programme"),)


def ledger_is_ours(ledger: Ledger, memory: Memory) -> Iterator[Check]:
    """The ledger that was opened, and what it remembers of runs that were broken off."""
    yield good(f"the ledger is this programme's, and this target's: {counted(len(memory.entries), 'item')} in it")
    if memory.pendings:
        text = f"{counted(len(memory.pendings), 'write')} of an earlier run may have been carried out or not"
        yield Check(State.NOTE, text, "The next apply looks what became of each, and goes on from there.")
    projects = {account.project for account in ledger.accounts().values() if account.project}
    if projects:
        yield good(f"everything was made in the name of the Cloud project {', '.join(sorted(projects))}")


def account(found: Account, ledger: Ledger) -> Iterator[Check]:
    """One account that is signed in."""
    kind = "a personal account" if found.personal else "a school's account"
    project = f", in the name of the Cloud project {found.project}" if found.project else ""
    yield good(f"{found.email} is signed in ({kind}){project}, and may do all that is needed")
    _, trouble = tried(
        f"{found.email} and the ledger",
        lambda: ledger.check_account(found.email, remote_user_id=found.user_id, project=found.project),
    )
    yield from trouble


def sheets(found: Account, experts: int) -> Iterator[Check]:
    """Whether the account may use Google Sheets, which the experts' boards are made in."""
    _, trouble = tried(f"the boards of {counted(experts, 'expert')}", found.sheets.reach)
    yield from trouble or (good(f"{found.email} may use Google Sheets: questions go to experts on boards"),)


def storage(found: Account, plan: Plan) -> Iterator[Check]:
    """Whether an account's Drive has room for what the plan uploads."""
    free, trouble = tried(f"the Drive of {found.email}", found.drive.free)
    yield from trouble or (_room(found.email, free, plan),)


def _room(email: str, free: int | None, plan: Plan) -> Check:
    lacking = drives.lacking(plan, email, free)
    if lacking:
        return Check(State.BAD, f"the Drive of {email} {lacking}", drives.REMEDY, REFUSED)
    room = "no limit" if free is None else f"{megabytes(free)} free"
    return good(f"the Drive of {email} has room for the presentations: {room}")


def one_project(accounts: Mapping[str, Account]) -> Iterator[Check]:
    """That all accounts act in the name of one Cloud project."""
    projects = {found.project for found in accounts.values() if found.project}
    if len(projects) > 1:
        yield Check(
            State.BAD,
            f"the accounts use several Cloud projects: {', '.join(sorted(projects))}",
            "Sign all of them in with the same --credentials: a project cannot change what another one made.",
            BRAKE,
        )
    elif len(accounts) > 1:
        yield good("all accounts use one Cloud project")


def course(
    key: str, found: Programme, *, world: World, account: Account, memory: Memory, plan: Plan
) -> Iterator[Check]:
    """One course: there, active, taught by its account, its presentations open to all, its boxes, its invitations."""
    spec, snapshot = found.courses[key], world.snapshots.get(key)
    blockers = [blocker for blocker in plan.blockers if blocker.course == key]
    for blocker in blockers:
        yield Check(State.BAD, f"{key}: {blocker.reason}", blocker.advice, REFUSED)
    if snapshot is None:
        if not blockers:
            yield good(f"{key}: apply makes the course {spec.alias}, and {spec.account} owns it")
        return
    if not snapshot.course.active:
        if not blockers:
            reason, _ = limits.why_closed(key, spec.account, world)
            yield Check(State.NOTE, f"{key}: {reason}; it holds what it should")
        return
    yield from _taught(key, spec.account, snapshot.course, account)
    files = world.files.get(spec.account, ())
    yield from _readable(key, spec.account, snapshot.course, files, memory=memory, plan=plan)
    yield from _commented(key, snapshot.course, files, plan)
    yield from _boxes(key, visibility.unchecked(found, world, memory).get(key, ()))
    yield from _invitations(key, snapshot.course, account)


def _taught(key: str, email: str, there: ObservedCourse, account: Account) -> Iterator[Check]:
    teaches, trouble = tried(f"{key}: who teaches it", lambda: account.rosters.teaches(there.remote_id))
    yield from trouble
    if teaches:
        yield good(f"{key}: the course “{short(there.name)}” is active, and {email} teaches it")
    elif not trouble:
        advice = "Make it a teacher, in Classroom under People; an administrator alone cannot publish."
        yield Check(State.BAD, f"{key}: {email} does not teach the course", advice, REFUSED)


def brakes(refused: tuple[Refusal, ...]) -> Iterator[Check]:
    """What our own brakes would refuse."""
    for refusal in refused:
        advice = f"If that is what you want: apply --{refusal.permit}"
        yield Check(State.BAD, f"{refusal.course}: apply will refuse: {refusal.reason}", advice, BRAKE)


def _readable(
    key: str, email: str, there: ObservedCourse, files: tuple[ObservedFile, ...], *, memory: Memory, plan: Plan
) -> Iterator[Check]:
    """That everyone in the course may open what we shared with it."""
    targets = [target_of(item) for item in memory.entries if is_share(item) and course_of(item) == key]
    if not targets:
        return
    deleted = list(_deleted(key, {file_key(email, target) for target in targets}, plan))
    yield from deleted
    if not there.group_email:
        text = f"{key}: the course has no address to share with, as a personal account's has none"
        yield Check(State.NOTE, text, "Classroom shares each presentation itself as it publishes the post.")
        return
    closed = {file.key for file in files if there.group_email.lower() not in file.readers}
    shut = [path_of(target) for target in targets if file_mark(target) in closed]
    if shut:
        text = f"{key}: participants cannot open {', '.join(shut)}: the permission we gave is gone"
        yield Check(State.NOTE, text, "Run apply: it shares them again. Ask the administrator what took it away.")
    elif not deleted:
        yield good(f"{key}: everyone in the course may open the presentations")


def _deleted(key: str, shared: Collection[str], plan: Plan) -> Iterator[Check]:
    """The presentations of a course that a hand has deleted in Drive."""
    for note in plan.notes:
        if note.remark is Remark.MISSING and note.key in shared:
            text = f"{key}: participants cannot open {note.title}: it was deleted in Drive by hand"
            yield Check(State.NOTE, text, f"Put it back: apply --restore {note.key}")


def _commented(key: str, there: ObservedCourse, files: tuple[ObservedFile, ...], plan: Plan) -> Iterator[Check]:
    """Where comments on slides are asked for: that everyone in the course may write them."""
    wanted = list(comments.shared(plan.desired.items, key))
    silent = comments.mute(wanted)
    if silent:
        yield Check(State.NOTE, f"{key}: {comments.no_comments(silent)}", comments.NO_COMMENTS_REMEDY)
    if wanted and not there.group_email:
        yield Check(State.NOTE, f"{key}: {comments.NO_GROUP}", comments.NO_GROUP_REMEDY)
        return
    marks = {file_mark(target_of(item.key)) for item in wanted}
    held = [file for file in files if file.key in marks]
    lowered = [file.name for file in held if there.group_email.lower() not in file.commenters]
    if lowered:
        text = f"{key}: participants cannot comment on {', '.join(lowered)}: the permission we gave is gone"
        yield Check(State.NOTE, text, "Run apply: it gives it again. Ask the administrator what took it away.")
    elif held:
        yield good(f"{key}: everyone in the course may comment on the presentations")


def _boxes(key: str, boxes: Sequence[Box]) -> Iterator[Check]:
    """What no app can see: whether classmates see each other's questions in a box."""
    if boxes:
        remedy = "\n".join([visibility.REMEDY, *(box_line(box) for box in boxes)])
        yield Check(State.NOTE, f"{key}: {visibility.UNKNOWN}", remedy)


def _invitations(key: str, there: ObservedCourse, account: Account) -> Iterator[Check]:
    roster, trouble = tried(f"{key}: its people", lambda: account.rosters.roster(there.remote_id))
    yield from trouble
    if roster and roster.waiting:
        text = f"{key}: {counted(len(roster.waiting), 'invitation')} not accepted yet"
        yield Check(State.NOTE, text, "See who has not joined with: people status")
