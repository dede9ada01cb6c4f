"""The one place where a run is put together: programme, ledger, accounts, what is there, and the plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice

from better_classroom import brakes, desired, observe, people, questions
from better_classroom import plan as planning
from better_classroom import programme as programmes
from better_classroom.apply import Tools
from better_classroom.brakes import Permit, Refusal
from better_classroom.change import Plan
from better_classroom.course import Action, Kind, Post, Submission, World
from better_classroom.drafting import Wishes
from better_classroom.errors import BetterClassroomError, UsageError
from better_classroom.gateways import Account, connect
from better_classroom.gateways.policy import Policy
from better_classroom.gateways.scopes import ALWAYS, Need, needed
from better_classroom.joining import address_key
from better_classroom.keys import asker_of
from better_classroom.ledger import Ledger, Marks, lock
from better_classroom.memory import Memory
from better_classroom.programme import Programme
from better_classroom.questions import naming
from better_classroom.reports import visibility
from better_classroom.reports.plan import Heading
from better_classroom.settings import Settings

SIDE_BY_SIDE = 16
"""Calls under way at once: BETTER's first publication is 250 calls, and has a budget of 20 round trips (design §12)."""


@dataclass(frozen=True, slots=True)
class Session:
    """A run that is ready to work."""

    settings: Settings
    programme: Programme
    ledger: Ledger
    accounts: dict[str, Account]
    now: datetime
    """By the target's clock, asked once a run."""

    def account(self, course: str) -> Account:
        """The account that teaches a course."""
        return self.accounts[self.programme.courses[course].account]

    def course_id(self, course: str) -> str:
        """What Google finds a course by: the id that the ledger or the programme knows, else its alias."""
        spec = self.programme.courses[course]
        return self.ledger.course_id(course) or spec.id or spec.alias or ""

    def participants(self, course: str) -> Iterator[tuple[str, str, str]]:
        """Id, full name and address of everyone in a course."""
        return self.account(course).classroom.participants(self.course_id(course))

    @property
    def tools(self) -> Tools:
        """What carrying out a plan needs."""
        courses = self.programme.courses.values()
        return Tools(
            accounts=self.accounts,
            ledger=self.ledger,
            programme=self.programme.key,
            aliases={course.key: course.alias for course in courses if course.alias},
            folder=self.programme.folder,
            side_by_side=SIDE_BY_SIDE,
            clock=wall_clock,
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """What is there, what is known, and the plan that follows."""

    world: World
    memory: Memory
    plan: Plan
    heading: Heading
    refusals: Callable[[frozenset[Permit]], tuple[Refusal, ...]]
    """What speaks against the plan, given what was permitted."""
    told: questions.Published
    """The answers that the plan is about."""


def wall_clock() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)  # noqa: TID251 - it measures waits, and nothing that participants see


@contextmanager
def session(settings: Settings, *, writing: bool) -> Iterator[Session]:
    """Open a run; one that writes holds the ledger's lock for as long as it lasts."""
    programme = programmes.load(settings.programme)
    with ExitStack() as stack:
        if writing:
            stack.enter_context(lock(settings.ledger))
        ledger = stack.enter_context(Ledger.open(settings.ledger, programme=programme.key, target=settings.target))
        accounts = {email: stack.enter_context(account) for email, account in _accounts(settings, programme)}
        if writing:
            for account in accounts.values():
                ledger.remember_account(account.email, remote_user_id=account.user_id, project=account.project)
        yield Session(settings, programme, ledger, accounts, next(iter(accounts.values())).now())


def _accounts(settings: Settings, programme: Programme) -> Iterator[tuple[str, Account]]:
    for email in dict.fromkeys(course.account for course in programme.courses.values()):
        yield email, connect_account(settings, programme, email)


def connect_account(settings: Settings, programme: Programme, email: str) -> Account:
    """Sign one account of the programme in."""
    policy = Policy(timeout=settings.timeout, deadline=settings.deadline, first_wait=settings.first_wait)
    scopes = scopes_of(programme)
    return connect(settings.target, email, credentials=settings.credentials, scopes=scopes, policy=policy)


def scopes_of(programme: Programme) -> frozenset[str]:
    """What the programme's accounts must let us do: inviting, only where it names participants."""
    inviting = any(course.participants for course in programme.courses.values())
    return needed(*ALWAYS, Need.INVITE) if inviting else needed()


def marks(settings: Settings, programme: Programme) -> Marks:
    """What makes marks of people who are forgotten; the key is that of the pseudonyms."""
    return Marks(programme.key, settings.pseudonym_key())


def forgotten(settings: Settings, programme: Programme, ledger: Ledger) -> questions.Forgotten | None:
    """What was forgotten; None where nobody ever was, and then no key is asked for."""
    return questions.Forgotten(ledger, marks(settings, programme)) if ledger.tombstones.exist() else None


def inviting(run: Session) -> people.Tools:
    """What inviting needs of a run."""
    gone = forgotten(run.settings, run.programme, run.ledger)
    named = (one for course in run.programme.courses.values() for one in course.participants or ())
    addresses = {address_key(one.email) for one in named}
    return people.Tools(
        programme=run.programme,
        ledger=run.ledger,
        accounts=run.accounts,
        now=run.now,
        most=run.settings.invitations_a_day,
        reserve=run.settings.invitations_reserve,
        forgotten=frozenset(gone.addresses(addresses)) if gone else frozenset(),
    )


@contextmanager
def submissions(run: Session) -> Iterator[Callable[[str], Iterator[Submission]]]:
    """What participants wrote, by course key: the first page of each course is asked for at once, further ones in turn."""
    boxes = {entry.course for entry in run.ledger.entries().values() if entry.kind is Kind.BOX}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        begun = {
            course: pool.submit(_begun, run.account(course), run.course_id(course))
            for course in run.programme.courses
            if course in boxes
        }
        yield lambda course: begun[course].result()


def _begun(account: Account, remote_id: str) -> Iterator[Submission]:
    listing = account.classroom.submissions(remote_id)
    return chain(list(islice(listing, 1)), listing)


def know_askers(run: Session) -> Mapping[str, BetterClassroomError]:
    """Have the ledger know the names of who asked, where the programme shows them; the courses where that failed."""
    return naming.learn(run.ledger, run.programme, run.participants)


def survey(run: Session, *, restore: tuple[str, ...] = (), files: observe.Files | None = None) -> Survey:
    """Look at every course and plan what is to be done; ``files`` are those of the Drives that were listed already."""
    programme = run.programme
    accounts = {course.key: course.account for course in programme.courses.values()}
    told = questions.published(run.ledger, programme)
    answers = questions.with_threads(run.ledger, told.public) if programme.questions.slide_comments else told.public
    wanted = desired.items(programme, files=observe.presentations(programme), answers=answers, confided=told.private)
    _check_keys(restore, {item.key for item in wanted.items})
    memory = _memory(run, wanted)

    def look() -> World:
        seen = observe.world(programme, run.accounts, memory.entries, files)
        return observe.with_threads(
            seen, run.accounts, wanted=wanted.items, memory=memory, owners=accounts, restore=restore
        )

    world = observe.settled(
        look,
        memory=memory,
        accounts=accounts,
        settle=run.settings.settle,
        clock=wall_clock,
        sleep=time.sleep,  # noqa: TID251 - how long is a setting: settle
    )
    wishes = Wishes(accounts, restore_drift=programme.drift == "restore", restore=frozenset(restore))
    plan = planning.make(desired=wanted, world=world, memory=memory, wishes=wishes, now=run.now)
    closer = _closer(run, world, plan)
    if closer is not world:
        world, plan = closer, planning.make(desired=wanted, world=closer, memory=memory, wishes=wishes, now=run.now)

    def refusals(permits: frozenset[Permit]) -> tuple[Refusal, ...]:
        return brakes.refusals(plan, world=world, memory=memory, accounts=accounts, permits=permits)

    shown = replace(heading(run, brakes.fingerprint(plan)), unchecked=visibility.unchecked(programme, world, memory))
    return Survey(world, memory, plan, shown, refusals, told)


def _closer(run: Session, world: World, plan: Plan) -> World:
    """The world, looked at more closely where the plan needs it: who is still in a course, what a box that goes holds."""
    telling = {change.course for change in plan.changes if change.action is Action.CREATE and asker_of(change.key)}
    if telling:
        world = observe.members(run.programme, run.accounts, world, telling)
    losing = {change.course for change in plan.changes if change.takes_box}
    if losing:
        world = observe.handed_in(run.programme, run.accounts, world, losing)
    return world


def _memory(run: Session, wanted: desired.Desired) -> Memory:
    """What the ledger knows, with the ids of those who are told something alone, now or by a write that was begun."""
    memory = run.ledger.memory()
    alone = {item.asker for item in wanted.items if isinstance(item, Post)}
    alone |= {str(pending.sent.get("asker", "")) for pending in memory.pendings.values()}
    return replace(memory, askers=run.ledger.questions.asker_ids(alone - {""}))


def _check_keys(restore: tuple[str, ...], keys: set[str]) -> None:
    unknown = sorted(set(restore) - keys)
    if unknown:
        raise UsageError(
            f"the programme has no item {', '.join(unknown)}",
            advice="Take the key from the plan's notes, such as tartu/partnership/materials.presentation.",
        )


def heading(run: Session, fingerprint: str) -> Heading:
    """What stands above a plan or a status."""
    programme = run.programme
    return Heading(
        programme=programme.title.say(programme.languages[0]),
        target=run.settings.target,
        courses={
            course.key: ((course.name or programme.title).say(course.language), course.time_zone)
            for course in programme.courses.values()
        },
        fingerprint=fingerprint,
    )
