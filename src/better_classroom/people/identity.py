"""Who is meant: one person among all whom the programme, the courses and the ledger know, each by names of their own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from better_classroom.errors import UsageError
from better_classroom.joining import address_key
from better_classroom.ledger import Ledger
from better_classroom.ledger.forgetting import NOBODY
from better_classroom.programme import Programme
from better_classroom.questions.namesakes import by_name, folded, is_recognised

_PSEUDONYM = re.compile(r"(?:participant\s+)?(\d{1,9})(?:\s*,.*)?", re.IGNORECASE)

HOW_TO_NAME = (
    "Give an address, Google's number of the person, a pseudonym (4827, or “Participant 4827”), "
    "or a full name as it stands in the participants' file or in Classroom."
)


class Member(NamedTuple):
    """Somebody in a course, as Google shows them."""

    course: str
    user_id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything by which one person is known."""

    asker_ids: frozenset[str] = frozenset()
    """Google's number, and what stands for a name in a session."""
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    """Of the pseudonyms."""
    experts: frozenset[str] = frozenset()
    courses: tuple[str, ...] = ()
    """Where Google shows them as a participant."""


class _Fact(NamedTuple):
    """One thing that is known of somebody; by number or address it is told whose."""

    user_id: str = ""
    address: str = ""
    name: str = ""
    course: str = ""
    expert: str = ""
    is_member: bool = False

    @property
    def marks(self) -> list[tuple[str, str]]:
        known = (("number", self.user_id), ("address", self.address), ("expert", self.expert))
        return [(sort, value) for sort, value in known if value]


def identify(
    text: str, *, programme: Programme, ledger: Ledger, members: Sequence[Member], key: bytes
) -> Identity | None:
    """The one person whom ``text`` names; None where nobody is known by that.

    Raises UsageError where several are.
    """
    numbers = {asker_id: number for asker_id, number in ledger.questions.numbers().items() if asker_id != NOBODY}
    facts = _facts(text, programme=programme, ledger=ledger, members=members, numbers=numbers, key=key)
    people = [_identity(facts_of_one, numbers) for facts_of_one in _together(facts, numbers, key)]
    meant = [one for one in people if _is_meant(text, one)]
    if len(meant) > 1:
        raise UsageError(
            f"{len(meant)} people are known by that: {'; '.join(map(_shown, meant))}",
            advice="Name the one you mean by address, by Google's number or by pseudonym.",
        )
    return meant[0] if meant else None


def number_in(text: str) -> int | None:
    """The number of a pseudonym, where ``text`` may be one."""
    found = _PSEUDONYM.fullmatch(text.strip())
    return int(found[1]) if found else None


def _facts(
    text: str,
    *,
    programme: Programme,
    ledger: Ledger,
    members: Sequence[Member],
    numbers: Mapping[str, int],
    key: bytes,
) -> Iterator[_Fact]:
    for member in members:
        yield _Fact(member.user_id, address_key(member.address), member.name, member.course, is_member=True)
    for course in programme.courses.values():
        for one in course.participants or ():
            yield _Fact(address=address_key(one.email), name=one.name, course=course.key)
        guest = by_name(folded(text), course=course.key, alone="", key=key)
        if guest in numbers:
            yield _Fact(guest, name=" ".join(text.split()), course=course.key)
    for expert in programme.experts.values():
        yield _Fact(address=address_key(expert.email or ""), name=expert.name, expert=expert.key)
    for record in ledger.people.records().values():
        yield _Fact(record.user_id, record.address)
    for asker_id, name in ledger.forgetting.names().items():
        yield _Fact(asker_id, name=name)
    yield from (_Fact(asker_id) for asker_id in numbers)


def _together(facts: Iterable[_Fact], numbers: Mapping[str, int], key: bytes) -> list[list[_Fact]]:
    """The facts by person: what shares a number or an address is about one."""
    people: dict[tuple[str, str], list[_Fact]] = {}
    for fact in facts:
        _join(people, fact.marks, fact)
    if not all(map(is_recognised, numbers)):
        named: defaultdict[tuple[str, str], dict[int, _Fact]] = defaultdict(dict)
        for one in _each(people):
            for fact in one:
                if fact.name and fact.course and is_recognised(fact.user_id):
                    named[fact.course, _folded(fact.name)][id(one)] = fact
        for (course, name), those in named.items():
            # A session knows a name alone; where one person of the course has it, it is theirs.
            guest = by_name(folded(name), course=course, alone="", key=key)
            if guest in numbers and len(those) == 1:
                (fact,) = those.values()
                _join(people, [*fact.marks, ("number", guest)], fact)
    return _each(people)


def _join(people: dict[tuple[str, str], list[_Fact]], marks: Sequence[tuple[str, str]], fact: _Fact) -> None:
    whole = [fact]
    for other in {id(people[mark]): people[mark] for mark in marks if mark in people}.values():
        whole += other
    every = {mark for other in whole for mark in other.marks} | set(marks)
    whole += [_Fact(user_id=value) for sort, value in marks if sort == "number"]
    one = list(dict.fromkeys(whole))
    people.update((mark, one) for mark in every)


def _each(people: Mapping[tuple[str, str], list[_Fact]]) -> list[list[_Fact]]:
    return list({id(one): one for one in people.values()}.values())


def _identity(facts: Sequence[_Fact], numbers: Mapping[str, int]) -> Identity:
    asker_ids = frozenset(fact.user_id for fact in facts) - {""}
    return Identity(
        asker_ids=asker_ids,
        addresses=frozenset(fact.address for fact in facts) - {""},
        names=frozenset(fact.name for fact in facts) - {""},
        numbers=frozenset(numbers[asker_id] for asker_id in asker_ids if asker_id in numbers),
        experts=frozenset(fact.expert for fact in facts) - {""},
        courses=tuple(sorted({fact.course for fact in facts if fact.is_member})),
    )


def _is_meant(text: str, one: Identity) -> bool:
    name = _folded(text)
    return (
        address_key(text) in one.addresses
        or text.strip() in one.asker_ids
        or number_in(text) in one.numbers
        or text.strip() in one.experts
        or name in map(_folded, one.names)
    )


def _folded(name: str) -> str:
    return " ".join(address_key(name).split())


def _shown(one: Identity) -> str:
    """Somebody, without their name or address: messages are kept in logs."""
    if one.numbers:
        return " and ".join(f"Participant {number}" for number in sorted(one.numbers))
    if one.experts:
        return f"the expert {', '.join(sorted(one.experts))}"
    return f"somebody in {', '.join(one.courses)}" if one.courses else "somebody in a participants' file"
