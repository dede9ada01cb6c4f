"""Sending invitations: one after another, each announced to the ledger first, no more than a day allows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from better_classroom.errors import BetterClassroomError, NotFound, RefusedByGoogle, SignInNeeded, TryLater
from better_classroom.gateways import Account
from better_classroom.gateways.rosters import Invited
from better_classroom.joining import DAY, CoursePeople, Joining, Person, Record, State, address_key, domain_of, tidy
from better_classroom.people.looking import Tools, left_out, to_invite

OF_THE_COURSE = frozenset(
    {
        "403",
        "ClassroomApiDisabled",
        "CourseMemberLimitReached",
        "CourseNotFound",
        "CourseNotModifiable",
        "InactiveCourseOwner",
    }
)
"""Reasons of Google's that hold for everybody who is invited into a course: it is asked once."""

OF_THE_PERSON = frozenset(
    {
        "404",
        "CannotInviteUserInUntrustedDomain",
        "ClassroomDisabled",
        "UserGroupsMembershipLimitReached",
        "UserInIllegalDomain",
    }
)
"""Reasons that hold for one person alone, however many have it."""

ENOUGH = 3
"""Refusals one after another for any other reason, after which an account stops: how Google says that the day's
invitations are used up is not known."""


@dataclass(slots=True)
class Summary:
    """What one run of inviting has done."""

    invited: int = 0
    added: int = 0
    already: int = 0
    """Were in the course, or had an invitation, that we did not know of."""
    refused: list[Person] = field(default_factory=list)
    unsent: int = 0
    """To be invited by a later run: today's room is used up, or the account could not go on."""
    failures: dict[str, BetterClassroomError] = field(default_factory=dict)
    """By course: what stopped it."""

    @property
    def done(self) -> int:
        """How many people are now in their course or invited."""
        return self.invited + self.added + self.already


def invite(
    tools: Tools,
    courses: Sequence[CoursePeople],
    again: Collection[str] = (),
    progress: Callable[[Person], None] = lambda _: None,
) -> Summary:
    """Invite everybody whom ``to_invite`` names, as far as today's room goes; the rest is queued for later runs."""
    chosen: list[Person] = []
    for course in courses:
        people = to_invite(course, again)
        tools.ledger.people.queue(course.course, course.account, [address_key(person.address) for person in people])
        chosen += people
    sender = _Sender(tools, {course.course: course.observed.remote_id for course in courses if course.observed})
    for person in chosen:
        sender.send(person)
        progress(person)
    return sender.summary


def resume(tools: Tools) -> Summary:
    """Go on with the invitations that ``invite`` began, as far as today's room goes.

    Without anybody left to invite, or without room, Google is not asked anything.
    """
    sender = _Sender(tools, {})
    for person, record in _queued(tools, sender.records):
        if sender.may_send(record):
            sender.send(person)
        else:
            sender.summary.unsent += 1
    return sender.summary


def _queued(tools: Tools, records: Mapping[tuple[str, str], Record]) -> Iterator[tuple[Person, Record]]:
    """Those who wait for their invitation and are still in the programme."""
    for spec in tools.programme.courses.values():
        for one in spec.participants or ():
            record = records.get((spec.key, address_key(one.email)))
            if record and record.state in {State.QUEUED, State.SENDING} and not left_out(tools, spec, one.email):
                yield Person(spec.key, one.name, tidy(one.email), Joining.QUEUED), record


class _Sender:
    """Sends one invitation after another, and knows when to stop."""

    def __init__(self, tools: Tools, ids: Mapping[str, str]) -> None:
        self.summary = Summary()
        self.records = tools.ledger.people.records()
        self._tools = tools
        self._ids = dict(ids)
        self._seen = set(ids)
        """Courses that were found in this run."""
        self._room: dict[str, int] = {}
        self._adding = {email: domain_of(email) for email, account in tools.accounts.items() if not account.personal}
        """Domain by account, of those that may be able to add people directly."""
        self._halted: set[str] = set()
        """Accounts that cannot go on in this run."""
        self._strange: dict[str, int] = {}
        """By account, how many refusals came one after another whose reason says nothing about the person."""
        self._closed: dict[str, str] = {}
        """By course, why nobody can be invited there."""

    def may_send(self, record: Record) -> bool:
        """Whether an invitation may go out now; one that counts already may be sent again."""
        return self._cost(record) <= self._room_of(self._tools.programme.courses[record.course].account)

    def send(self, person: Person) -> None:
        """Bring one person into a course, and record what came of it."""
        spec = self._tools.programme.courses[person.course]
        record = replace(self.records[person.course, address_key(person.address)], account=spec.account)
        if spec.account in self._halted:
            self.summary.unsent += 1
        elif person.course in self._closed:
            self._refuse(person, record, self._closed[person.course])
        else:
            try:
                self._bring(person, record, self._tools.accounts[spec.account])
            except RefusedByGoogle as error:
                self._refused(person, record, error)
            except (TryLater, SignInNeeded) as error:
                # The row stays as one that was begun: whether it arrived, the next run finds out by sending it again.
                self._halted.add(spec.account)
                self.summary.failures[person.course] = error
                self.summary.unsent += 1

    def _bring(self, person: Person, record: Record, account: Account) -> None:
        people, course = self._tools.ledger.people, self._course_id(person.course, account)
        if self._adding.get(account.email) == domain_of(person.address):
            people.begin(record.course, record.address, account=account.email, sent_at=record.sent_at)
            try:
                found = account.rosters.add(course, person.address)
            except RefusedByGoogle as error:
                if error.status != 403:  # noqa: PLR2004 - HTTP
                    raise
                # google-apis.md A.9: only the domain's administrator may add; that is not going to change in this run.
                del self._adding[account.email]
            else:
                self._settle(record, found, State.ADDED)
                return
        cost = self._cost(record)
        if cost > self._room_of(account.email):
            people.settle(replace(record, state=State.QUEUED))
            self.summary.unsent += 1
            return
        people.begin(record.course, record.address, account=account.email, sent_at=self._tools.now)
        try:
            found = account.rosters.invite(course, person.address)
        except NotFound:
            self._check_course(person.course, account)
            raise
        if found.earlier or found.member:
            self._settle(record, found, State.INVITED)
        else:
            self._room[account.email] -= cost
            self._settle(replace(record, sent_at=self._tools.now), found, State.INVITED)

    def _settle(self, record: Record, found: Invited, state: State) -> None:
        """Record that somebody is in the course or invited."""
        if found.member or found.earlier:
            self.summary.already += 1
        elif state is State.ADDED:
            self.summary.added += 1
        else:
            self.summary.invited += 1
        self._strange.pop(record.account, None)
        there = found.member or state is State.ADDED
        settled = replace(record, user_id=found.user_id, state=State.MET if found.member else state, reason="")
        self._tools.ledger.people.settle(replace(settled, joined_at=self._tools.now) if there else settled)

    def _refused(self, person: Person, record: Record, error: RefusedByGoogle) -> None:
        reason = error.reason or str(error.status)
        if reason in OF_THE_COURSE:
            self._closed[person.course] = reason
            self.summary.failures[person.course] = error
        elif reason not in OF_THE_PERSON:
            self._wonder(person, record, error)
        self._refuse(person, record, reason)

    def _wonder(self, person: Person, record: Record, error: RefusedByGoogle) -> None:
        """Stop an account that is refused again and again: perhaps it is not about the people."""
        self._strange[record.account] = self._strange.get(record.account, 0) + 1
        if self._strange[record.account] == ENOUGH:
            self._halted.add(record.account)
            self.summary.failures[person.course] = error

    def _refuse(self, person: Person, record: Record, reason: str) -> None:
        self._tools.ledger.people.settle(replace(record, state=State.REFUSED, reason=reason))
        self.summary.refused.append(replace(person, joining=Joining.REFUSED, reason=reason))

    def _cost(self, record: Record) -> int:
        """How much of today's room an invitation takes: nothing, where one that may have been lost counts already."""
        return 0 if record.sent_at and record.sent_at > self._tools.now - DAY else 1

    def _room_of(self, account: str) -> int:
        if account not in self._room:
            self._room[account] = self._tools.room(account)
        return self._room[account]

    def _course_id(self, course: str, account: Account) -> str:
        """Google's number of a course. Raises NotFound where there is none."""
        if course not in self._ids:
            spec = self._tools.programme.courses[course]
            known = self._tools.ledger.course_id(course) or spec.id or ""
            self._ids[course] = known or self._looked_up(course, spec.alias or "", account)
        return self._ids[course]

    def _check_course(self, course: str, account: Account) -> None:
        """Raise NotFound where the course is gone: Google says the same about an unknown person and a lost course."""
        if course not in self._seen:
            self._looked_up(course, self._ids[course], account)

    def _looked_up(self, course: str, ref: str, account: Account) -> str:
        found = account.classroom.course(ref)
        if found is None:
            raise NotFound(
                "the course is not there any more",
                where=course,
                advice="Look for it in Classroom; “plan” tells what would be made anew.",
                reason="CourseNotFound",
                status=404,
            )
        self._seen.add(course)
        return found.remote_id
