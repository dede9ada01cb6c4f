"""What Google would refuse, told before it is tried: such changes are held back, all others go on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from better_classroom.change import Blocker, Change
from better_classroom.course import Action, Kind, Post, Snapshot, World
from better_classroom.keys import account_of, path_of, target_of

TOPICS = 200
"""Topics that a course can hold (google-apis.md A.1, A.2)."""

# google-apis.md A.1: what may be done to a course depends on its state. {link} is the course's page.
_STATES: Mapping[str, tuple[str, str]] = {
    "PROVISIONED": (
        "it waits to be accepted by its owner, and until then nobody sees it",
        "Open {link} in a browser as its owner and accept it; then run the same command again.",
    ),
    "ARCHIVED": (
        "it is archived, so nothing in it can be changed",
        "Restore it in Classroom (≡ → Archived classes → ⋮ → Restore), or take it out of the programme.",
    ),
    "SUSPENDED": (
        "Google has suspended it, so nothing in it can be changed",
        "Only Google can lift that: the school's administrator asks Google's support why.",
    ),
    "DECLINED": (
        "its owner declined it, so nobody sees it",
        "Make another course, and write its id into the programme; or the administrator offers this one again.",
    ),
}

_PERSONAL = (
    "{account} is a personal account, and Google does not let those make a course active through an app",
    "Make it by hand at https://classroom.google.com, and write “id:” with its number in place of “alias:” into the programme.",
)

_GONE = (
    "it was deleted, so nothing can be made in it",
    "To have another one: apply --restore {course}/course --allow-empty-course; where its alias is taken, write a new one.",
)


def hold_back(
    changes: Sequence[Change],
    *,
    world: World,
    accounts: Mapping[str, str],
    order: Mapping[str, int],
    gone: Collection[str] = (),
) -> tuple[list[Change], list[Blocker]]:
    """The changes that can be tried, and why the others cannot.

    ``accounts`` gives the account by course key, ``order`` an item's place in the programme by its key; ``gone`` holds
    the keys of the files that a hand has deleted.
    """
    blockers = list(_closed(changes, world, accounts))
    shut = {blocker.course for blocker in blockers}
    open_changes = [change for change in changes if change.course not in shut]
    blockers += _too_many_topics(open_changes, world, order)
    blockers += _without_files(open_changes, accounts, gone)
    held = {id(change) for blocker in blockers for change in blocker.changes}
    return [change for change in changes if id(change) not in held], blockers


def _closed(changes: Sequence[Change], world: World, accounts: Mapping[str, str]) -> Iterator[Blocker]:
    for course, account in accounts.items():
        reason, advice = why_closed(course, account, world)
        held = tuple(change for change in changes if change.course == course)
        if (
            not reason
            and world.snapshots.get(course) is None
            and not any(change.kind is Kind.COURSE for change in held)
        ):
            reason, advice = _GONE[0], _GONE[1].format(course=course)
        if reason and (held or course in world.unseen):
            yield Blocker(course, reason, advice, held)


def why_closed(course: str, account: str, world: World) -> tuple[str, str]:
    """Why nothing can be changed in a course; empty where it can."""
    if course in world.unseen:
        return world.unseen[course].reason, world.unseen[course].advice
    snapshot = world.snapshots.get(course)
    if snapshot is None:
        words = _PERSONAL if account in world.personal else ("", "")
        return words[0].format(account=account), words[1]
    return _state(snapshot)


def _state(snapshot: Snapshot) -> tuple[str, str]:
    state = snapshot.course.state
    if snapshot.course.active:
        return "", ""
    unknown = (f"Google says that its state is {state}", "Look at it in Classroom: {link}")
    reason, advice = _STATES.get(state, unknown)
    return reason, advice.format(link=snapshot.course.link or "https://classroom.google.com")


def _too_many_topics(changes: Sequence[Change], world: World, order: Mapping[str, int]) -> Iterator[Blocker]:
    """The last seminars of a course that has no room for their topics: held back with all that belongs to them."""
    made = sorted((change for change in changes if _makes_topic(change)), key=lambda change: change.course)
    for course, topics in groupby(made, key=lambda change: change.course):
        snapshot = world.snapshots.get(course)
        there = len(snapshot.topics) if snapshot else 0
        going = sum(change.action is Action.DELETE and _is_topic_in(change, course) for change in changes)
        wanted = sorted(topics, key=lambda change: order[change.key])
        surplus = wanted[max(0, TOPICS - there) :]
        if surplus:
            seminars = tuple(change.key.removesuffix("topic") for change in surplus)
            yield Blocker(
                course,
                f"it holds {there} topics, and {len(wanted)} more are wanted; Google allows {TOPICS}",
                f"This run deletes {going}: run the same command again afterwards."
                if going
                else "Delete topics in Classroom that nobody needs any more, or use another course.",
                tuple(change for change in changes if change.key.startswith(seminars)),
            )


def _without_files(changes: Sequence[Change], accounts: Mapping[str, str], gone: Collection[str]) -> Iterator[Blocker]:
    """Posts to be made that carry a file which is gone: Google attaches no such file (google-apis.md A.5)."""
    for course, account in accounts.items():
        targets = {target_of(key): key for key in sorted(gone) if account_of(key) == account}
        for target, key in targets.items():
            held = tuple(change for change in changes if change.course == course and _is_made_with(change, target))
            if held:
                reason = f"{path_of(target)} was deleted in Drive by hand, and no post can be made with it"
                yield Blocker(course, reason, f"Put it back: apply --restore {key}", held)


def _is_made_with(change: Change, target: str) -> bool:
    if not isinstance(change.item, Post) or change.action not in {Action.CREATE, Action.REPLACE}:
        return False
    return any(one.kind == "file" and one.target == target for one in change.item.attachments)


def _makes_topic(change: Change) -> bool:
    return change.kind is Kind.TOPIC and change.action is Action.CREATE


def _is_topic_in(change: Change, course: str) -> bool:
    return change.kind is Kind.TOPIC and change.course == course
