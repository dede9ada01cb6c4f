"""What has to be done so that every course holds what it should: values in, a plan out. Pure.

Three decisions are made, in this order. ``_TABLE`` decides about a whole item from what the programme wants, what the
ledger knows, which write was begun and never recorded, and what is there. ``compare`` decides about each field of an
item that stays. ``_stage`` decides the order. ``drafting`` writes down what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from better_classroom import limits
from better_classroom.change import Change, Plan, Remark
from better_classroom.course import Action, Item, Kind, Post, World
from better_classroom.desired import Desired
from better_classroom.drafting import Case, Draft, Wishes
from better_classroom.keys import course_of, is_file
from better_classroom.memory import Memory
from better_classroom.sighting import Seen


class Wanted(StrEnum):
    """Whether the programme wants an item."""

    YES = "yes"
    IF_PUBLIC = "only if participants have seen it"
    NO = "no"
    UNSAID = "the programme says nothing about such items"


class Begun(StrEnum):
    """Which write of the item was begun and never recorded."""

    NONE = "nothing"
    MAKING = "making it"
    REPLACING = "making what takes its place"
    DELETING = "deleting it"
    CHANGING = "changing it"


class Hindrance(StrEnum):
    """What stands in the way of making an item that is wanted, or of deleting one that is not."""

    NONE = "nothing"
    ASKER_LEFT = "the one participant it is for has left the course"
    STILL_USED = "posts that stay are in the topic, or hold the file"


class Step(StrEnum):
    """What is done about a whole item."""

    CREATE = "create"
    ADOPT = "adopt"
    COMPARE = "compare field by field"
    DELETE = "delete"
    FORGET = "drop from the ledger"
    NOTHING = "nothing"


class Facts(NamedTuple):
    """What decides about an item."""

    kind: Kind
    wanted: Wanted
    known: bool
    """The ledger has it."""
    begun: Begun
    seen: Seen
    public: bool
    """Participants see it, or saw the post whose place it takes."""
    asked: bool
    """The organiser asked for it to be put back (``apply --restore``)."""
    hindrance: Hindrance


Decision: TypeAlias = Step | Remark
"""What is done about an item, or what is said where nothing is done."""

Rule: TypeAlias = tuple[
    Kind | None,
    Wanted | None,
    bool | None,
    Begun | None,
    Seen | None,
    bool | None,
    bool | None,
    Hindrance | None,
    Decision,
]

ANY = None

# The decision table of design §5, by the fields of ``Facts``: the first row that fits decides; ANY fits everything.
# A topic or a share that vanished is put back at once: nobody is notified, and posts need them. A share that is not
# wanted any more is only forgotten: what participants may read, they keep. Of one whose file is gone, the file's row tells.
# (kind, wanted, known to the ledger, begun, seen, public, asked for, hindrance) → what is done or said
_TABLE: tuple[Rule, ...] = (
    (ANY, Wanted.UNSAID, True, ANY, ANY, ANY, ANY, ANY, Remark.NOT_MANAGED),
    (ANY, Wanted.UNSAID, ANY, ANY, ANY, ANY, ANY, ANY, Step.NOTHING),
    (ANY, ANY, ANY, ANY, Seen.ANSWERS, ANY, True, ANY, Step.ADOPT),
    (ANY, ANY, ANY, ANY, Seen.ANSWERS, ANY, ANY, ANY, Remark.ANSWERS),
    (Kind.SHARE, Wanted.YES, ANY, ANY, Seen.CLOSED, ANY, ANY, ANY, Step.NOTHING),
    (ANY, Wanted.YES, ANY, ANY, Seen.CLOSED, ANY, ANY, ANY, Remark.THREAD_GONE),
    (ANY, ANY, ANY, ANY, Seen.CLOSED, ANY, ANY, ANY, Step.FORGET),
    (ANY, Wanted.YES, ANY, ANY, Seen.KNOWN, ANY, ANY, ANY, Step.COMPARE),
    (ANY, Wanted.YES, ANY, ANY, Seen.LOOKALIKE, ANY, ANY, ANY, Step.ADOPT),
    (ANY, Wanted.YES, ANY, ANY, Seen.SUCCESSOR, ANY, ANY, ANY, Step.ADOPT),
    (ANY, Wanted.YES, False, ANY, Seen.ABSENT, ANY, ANY, Hindrance.ASKER_LEFT, Remark.ASKER_LEFT),
    (ANY, Wanted.YES, False, ANY, Seen.ABSENT, ANY, ANY, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, Begun.DELETING, Seen.ABSENT, ANY, ANY, Hindrance.ASKER_LEFT, Remark.ASKER_LEFT),
    (ANY, Wanted.YES, True, Begun.DELETING, Seen.ABSENT, ANY, ANY, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, Begun.MAKING, Seen.ABSENT, ANY, ANY, Hindrance.ASKER_LEFT, Remark.ASKER_LEFT),
    (ANY, Wanted.YES, True, Begun.MAKING, Seen.ABSENT, ANY, ANY, ANY, Step.CREATE),
    (Kind.TOPIC, Wanted.YES, True, ANY, Seen.ABSENT, ANY, ANY, ANY, Step.CREATE),
    (Kind.SHARE, Wanted.YES, True, ANY, Seen.ABSENT, ANY, ANY, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, ANY, Seen.ABSENT, ANY, True, Hindrance.ASKER_LEFT, Remark.ASKER_LEFT),
    (ANY, Wanted.YES, True, ANY, Seen.ABSENT, ANY, True, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, ANY, Seen.ABSENT, ANY, ANY, ANY, Remark.MISSING),
    (ANY, ANY, True, ANY, Seen.ABSENT, ANY, ANY, ANY, Step.FORGET),
    (ANY, ANY, ANY, Begun.MAKING, Seen.ABSENT, ANY, ANY, ANY, Step.FORGET),
    (ANY, ANY, ANY, ANY, Seen.ABSENT, ANY, ANY, ANY, Step.NOTHING),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, Seen.KNOWN, True, ANY, ANY, Step.COMPARE),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, ANY, True, ANY, ANY, Step.ADOPT),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, ANY, False, ANY, ANY, Step.DELETE),
    (Kind.SHARE, Wanted.NO, ANY, ANY, ANY, ANY, ANY, ANY, Step.FORGET),
    (Kind.TOPIC, Wanted.NO, ANY, ANY, ANY, ANY, ANY, Hindrance.STILL_USED, Remark.TOPIC_KEPT),
    (Kind.FILE, Wanted.NO, ANY, ANY, ANY, ANY, ANY, Hindrance.STILL_USED, Remark.NOT_MANAGED),
    (ANY, Wanted.NO, ANY, ANY, ANY, ANY, ANY, ANY, Step.DELETE),
)


def decide(facts: Facts) -> Decision:
    """What becomes of an item about which these facts hold."""
    return next(
        row[-1] for row in _TABLE if all(rule in (ANY, fact) for rule, fact in zip(row[:-1], facts, strict=True))
    )


def make(*, desired: Desired, world: World, memory: Memory, wishes: Wishes, now: datetime) -> Plan:
    """The plan that brings every course to what it should hold."""
    draft = Draft(desired, world, memory, wishes, now)
    files = [key for key in draft.keys if is_file(key)]
    for key in draft.keys:
        if not is_file(key) and course_of(key) not in world.unseen:
            _follow(draft, draft.case(key), desired, world)
    order = {key: number for number, key in enumerate(draft.keys)}
    draft.changes, blockers = limits.hold_back(
        draft.changes, world=world, accounts=wishes.accounts, order=order, gone=draft.sightings.gone
    )
    # Files last: whether one may go depends on the posts that stay.
    for key in files:
        _follow(draft, draft.case(key), desired, world)
    courses = {course: number for number, course in enumerate(wishes.accounts)}
    changes = sorted(draft.changes, key=lambda change: _stage(change, draft.wanted.keys(), order, courses))
    return Plan(
        changes=tuple(changes),
        records=tuple(draft.records),
        notes=tuple(draft.notes),
        desired=desired,
        now=now,
        unmanaged=draft.sightings.unmanaged(),
        unshared=frozenset(key for key, seen in world.snapshots.items() if seen and not seen.course.group_email),
        blockers=tuple(blockers),
    )


def _follow(draft: Draft, case: Case, desired: Desired, world: World) -> None:
    """Decide about one item by the table, and write down what follows."""
    decision = decide(_facts(draft, case, desired, world))
    if decision not in _UNTOUCHED:
        draft.delete_repeats(case)
    if isinstance(decision, Remark):
        draft.remark(decision, case)
    elif decision in _FOLLOWING:
        _FOLLOWING[decision](draft, case)


_UNTOUCHED = frozenset({Remark.NOT_MANAGED, Step.NOTHING})
_FOLLOWING: Mapping[Step, Callable[[Draft, Case], None]] = {
    Step.CREATE: Draft.create,
    Step.ADOPT: Draft.adopt,
    Step.COMPARE: Draft.compare,
    Step.DELETE: Draft.delete,
    Step.FORGET: Draft.forget,
}


def _facts(draft: Draft, case: Case, desired: Desired, world: World) -> Facts:
    return Facts(
        kind=case.kind,
        wanted=_wanted(case, desired, draft.wishes, draft.now),
        known=case.entry is not None,
        begun=_begun(case),
        seen=case.seen.seen,
        public=draft.is_seen(case),
        asked=case.key in draft.wishes.restore,
        hindrance=_hindrance(draft, case, world),
    )


def _begun(case: Case) -> Begun:
    entry, pending = case.entry, case.pending
    if pending is None:
        return Begun.NONE
    if pending.action is Action.DELETE and entry and pending.remote_id == entry.superseded:
        return Begun.REPLACING
    return _BEGUN[pending.action]


def _wanted(case: Case, desired: Desired, wishes: Wishes, now: datetime) -> Wanted:
    if case.item is None:
        return Wanted.UNSAID if _is_unsaid(case.key, desired, wishes) else Wanted.NO
    return _wanted_at(case.item, now)


def _wanted_at(item: Item, now: datetime) -> Wanted:
    if not isinstance(item, Post):
        return Wanted.YES
    is_old = item.until is not None and now >= item.until
    return Wanted.IF_PUBLIC if item.only_if_public or is_old else Wanted.YES


def _is_unsaid(key: str, desired: Desired, wishes: Wishes) -> bool:
    """Whether an item is of a course, or of a section, that the programme leaves out."""
    course = course_of(key)
    gone = bool(course) and course not in wishes.accounts
    # What remains is the end of a slot: "tartu/welcome" is not the beginning of the seminar "tartu/welcome-day/…".
    rests = (key.removeprefix(prefix) for prefix in desired.unmanaged if key.startswith(prefix))
    return gone or any("/" not in rest for rest in rests)


def _hindrance(draft: Draft, case: Case, world: World) -> Hindrance:
    if case.item is None:
        used = (case.kind is Kind.TOPIC and draft.sightings.holds_others(case.key)) or (
            case.kind is Kind.FILE and draft.is_attached(case.key)
        )
        return Hindrance.STILL_USED if used else Hindrance.NONE
    if isinstance(case.item, Post) and case.item.asker:
        # Where nobody was listed, Google will tell.
        members = world.members.get(course_of(case.key))
        if members is not None and draft.memory.askers.get(case.item.asker) not in members:
            return Hindrance.ASKER_LEFT
    return Hindrance.NONE


def _stage(
    change: Change, wanted: Container[str], order: Mapping[str, int], courses: Mapping[str, int]
) -> tuple[int, int, int]:
    """Where a change stands in the plan.

    Files first; then course by course: the course, who may read its files, topics, posts, deletions; files that
    nobody needs any more last. Classroom shows the newest first, so topics and posts are made in reverse reading
    order (google-apis.md A.2).
    """
    course = courses.get(change.course, len(courses) if change.action is Action.DELETE else -1)
    kind = _STAGES[change.kind]
    place = order[change.key]
    making = change.action is Action.CREATE
    leaving = change.action is Action.DELETE and change.key not in wanted
    return course, (100 - kind if leaving else kind), (-place if making else place)


_BEGUN = {
    Action.CREATE: Begun.MAKING,
    Action.REPLACE: Begun.REPLACING,
    Action.ADOPT: Begun.CHANGING,
    Action.UPDATE: Begun.CHANGING,
    Action.RELEASE: Begun.CHANGING,
    Action.DELETE: Begun.DELETING,
}
_STAGES = {
    Kind.FILE: 0,
    Kind.COURSE: 1,
    Kind.SHARE: 2,
    Kind.TOPIC: 3,
    Kind.MATERIAL: 4,
    Kind.BOX: 4,
    Kind.ANNOUNCEMENT: 5,
    Kind.REPLY: 6,
}
