"""Who is in each course, how far each of its participants has come, and whom that leaves to be invited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from better_classroom import joining
from better_classroom.course import ObservedCourse
from better_classroom.errors import NotFound, UsageError
from better_classroom.gateways import Account
from better_classroom.joining import (
    DAY,
    TO_INVITE,
    CoursePeople,
    Joining,
    Limit,
    Person,
    Record,
    Roster,
    State,
    address_key,
    how_far,
    tidy,
)
from better_classroom.ledger import Ledger
from better_classroom.programme import CourseSpec, Participant, Programme

AN_EXPERT = "an expert: experts have boards, and are never invited"
THE_ACCOUNT = "the account that keeps the course"
WAS_FORGOTTEN = "asked to be forgotten: delete the line from the file"
SEE_STATUS = "“people status” tells how far everybody has come."

GONE = frozenset({Joining.GONE, Joining.LEFT})
"""Who was invited or in the course, and is neither now; not invited again unless the organiser says so."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What inviting works with."""

    programme: Programme
    ledger: Ledger
    accounts: Mapping[str, Account]
    now: datetime
    most: int | None = None
    """Invitations a day, where the settings say so."""
    reserve: int | None = None
    """Of these, how many are left for invitations made by hand."""
    forgotten: frozenset[str] = frozenset()
    """Which of the programme's participants are not to be remembered, by ``address_key``."""

    def limit(self, account: str) -> Limit:
        """How many invitations an account sends in a day."""
        return joining.limit(personal=self.accounts[account].personal, most=self.most, reserve=self.reserve)

    def sent(self, account: str) -> tuple[datetime, ...]:
        """When an account sent those invitations that still count."""
        return self.ledger.people.sent(account, since=self.now - DAY)

    def room(self, account: str) -> int:
        """How many invitations an account may send now."""
        return self.limit(account).room(self.sent(account), self.now)


def look(tools: Tools, course: str, *, recording: bool = True) -> CoursePeople:
    """Who is in a course, who is invited, and how far each of its participants has come.

    ``recording`` has the ledger know who was seen there for the first time. Raises as the gateways do.
    """
    observed = find(tools, course)
    account = tools.accounts[tools.programme.courses[course].account]
    roster = account.rosters.roster(observed.remote_id) if observed else Roster()
    met = {address: record.user_id for address, record in _met(tools, course, roster).items()}
    if met and recording:
        tools.ledger.people.saw(course, account.email, met, tools.now)
    return of(tools, course, observed, roster)


def of(tools: Tools, course: str, observed: ObservedCourse | None = None, roster: Roster | None = None) -> CoursePeople:
    """How far each participant of a course has come, by what Google shows; without a roster, by the ledger alone."""
    roster = roster or Roster()
    spec = tools.programme.courses[course]
    account = tools.accounts[spec.account]
    records = _records(tools, course) | _met(tools, course, roster)
    people = tuple(_person(tools, spec, one, roster, records) for one in spec.participants or ())
    named = {address_key(one.address) for one in people}
    known = {record.user_id for address, record in records.items() if address in named}
    return CoursePeople(
        course=course,
        account=spec.account,
        observed=observed,
        people=people,
        others=sum(
            not member.organises and member.user_id not in known and address_key(member.address) not in named
            for member in roster.members.values()
        ),
        strangers=len(roster.waiting - {record.user_id for record in records.values()}),
        members=len(roster.members),
        seats=joining.MEMBERS_PERSONAL if account.personal else joining.MEMBERS_WORKSPACE,
    )


def find(tools: Tools, course: str) -> ObservedCourse | None:
    """A course as Google shows it; None where the programme makes it and has not yet. Raises NotFound for others."""
    spec = tools.programme.courses[course]
    classroom = tools.accounts[spec.account].classroom
    known = tools.ledger.course_id(spec.key)
    found = (classroom.course(known) if known else None) or classroom.course(spec.id or spec.alias or "")
    if found is None and spec.id:
        raise NotFound(
            f"there is no course {spec.id}, or {spec.account} may not see it",
            where=spec.key,
            advice="Take the id from the course's address in Classroom, and make this account a teacher there.",
        )
    return found


def _records(tools: Tools, course: str) -> dict[str, Record]:
    return {address: record for (where, address), record in tools.ledger.people.records().items() if where == course}


def _met(tools: Tools, course: str, roster: Roster) -> dict[str, Record]:
    """Who is met in the course for the first time; recorded, it is known later that they left."""
    spec, records, until = tools.programme.courses[course], _records(tools, course), tools.programme.kept_until
    met: dict[str, Record] = {}
    for one in spec.participants or ():
        address = address_key(one.email)
        if address in tools.forgotten or (until and tools.now > until):
            continue
        record = records.get(address)
        member = roster.find(address, record.user_id if record else "")
        if member and not member.organises and not (record and record.joined_at):
            fresh = record or Record(spec.key, address, spec.account, State.MET)
            met[address] = replace(fresh, user_id=member.user_id, joined_at=tools.now)
    return met


def _person(tools: Tools, spec: CourseSpec, one: Participant, roster: Roster, records: Mapping[str, Record]) -> Person:
    address = tidy(one.email)
    reason = left_out(tools, spec, address)
    if reason:
        return Person(spec.key, one.name, address, Joining.LEFT_OUT, reason=reason)
    record = records.get(address_key(address))
    come, since = how_far(roster, record, address)
    refusal = record.reason if record and come is Joining.REFUSED else ""
    return Person(spec.key, one.name, address, come, since, refusal)


def left_out(tools: Tools, spec: CourseSpec, address: str) -> str:
    """Why somebody is never invited; empty for everybody else."""
    if address_key(address) in {address_key(expert.email) for expert in tools.programme.experts.values()}:
        return AN_EXPERT
    if address_key(address) in tools.forgotten:
        return WAS_FORGOTTEN
    return THE_ACCOUNT if address_key(address) == address_key(spec.account) else ""


def to_invite(course: CoursePeople, again: Collection[str] = ()) -> tuple[Person, ...]:
    """Whom ``invite`` would invite into a course; those gone only where their ``address_key`` is among ``again``."""
    if course.observed is None or not course.observed.active:
        return ()
    return tuple(
        person
        for person in course.people
        if person.joining in TO_INVITE or (person.joining in GONE and address_key(person.address) in again)
    )


def check_again(courses: Sequence[CoursePeople], again: Collection[str], now: datetime) -> None:
    """Refuse to invite again whom nobody can invite again: UsageError says who, and why."""
    for address in again:
        people = [person for course in courses for person in course.people if address_key(person.address) == address]
        if not people:
            raise UsageError(f"the programme names no participant {address}", advice="Look at the file's spelling.")
        gone = [person for person in people if person.joining in GONE]
        if not gone and all(person.joining not in TO_INVITE for person in people):
            raise UsageError(f"{address} is not to be invited again: {people[0].joining}", advice=SEE_STATUS)
        # The day's count keeps one invitation a person: a second one within the day would go uncounted.
        if any(person.since and person.since > now - DAY for person in gone if person.joining is Joining.GONE):
            raise UsageError(f"{address} was invited within the last 24 hours", advice="Wait until tomorrow.")
