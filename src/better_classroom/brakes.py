"""What is refused until somebody permits it by name, with numbers and consequence; and a plan's fingerprint. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from better_classroom.change import Change, Plan
from better_classroom.compare import same
from better_classroom.course import POSTS, Action, Kind, Post, World
from better_classroom.errors import RefusedByBrake
from better_classroom.keys import asker_of
from better_classroom.memory import Memory

SHARE = 0.3
"""Part of a course's posts that one plan may delete or replace."""

FLOOR = 5
"""So many posts may always go, however few there are."""


class Permit(StrEnum):
    """What an organiser can permit; the value is the flag's name."""

    MANY = "allow-many"
    QUESTIONS = "allow-losing-questions"
    EMPTY = "allow-empty-course"
    ACCOUNT = "allow-other-account"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a plan is not carried out, and what would permit it."""

    permit: Permit
    course: str
    reason: str


def refusals(
    plan: Plan, *, world: World, memory: Memory, accounts: Mapping[str, str], permits: frozenset[Permit] = frozenset()
) -> tuple[Refusal, ...]:
    """Every reason not to carry out the plan that nobody has permitted."""
    found = (
        *_too_many(plan, memory),
        *_losing_questions(plan),
        *_emptied(plan, world, memory),
        *_other_account(memory, accounts),
    )
    return tuple(refusal for refusal in found if refusal.permit not in permits)


def refuse(found: tuple[Refusal, ...]) -> None:
    """Raise RefusedByBrake for these reasons, naming each flag that would permit them."""
    if found:
        flags = " ".join(dict.fromkeys(f"--{refusal.permit}" for refusal in found))
        reasons = "\n".join(f"  {refusal.course}: {refusal.reason}" for refusal in found)
        raise RefusedByBrake(
            f"nothing was changed, because participants would lose something:\n{reasons}",
            advice=f"If that is what you want, run the same command with {flags}",
        )


def _too_many(plan: Plan, memory: Memory) -> Iterator[Refusal]:
    going: dict[str, list[Change]] = {}
    for change in plan.changes:
        if change.action in {Action.DELETE, Action.REPLACE} and _counts(change.key, change.kind) and not change.repeat:
            going.setdefault(change.course, []).append(change)
    for course, changes in going.items():
        kept = sum(_counts(entry.key, entry.kind) and entry.course == course for entry in memory.entries.values())
        if len(changes) > max(FLOOR, SHARE * kept):
            deleted = sum(change.action is Action.DELETE for change in changes)
            yield Refusal(
                Permit.MANY,
                course,
                f"{len(changes)} of {kept} posts would go ({deleted} deleted, {len(changes) - deleted} replaced): "
                "participants can open them no more, and every link to them stops working",
            )


def _counts(key: str, kind: Kind) -> bool:
    """Whether a post is one of those of which only so many may go.

    What one participant alone reads is not: it goes because its expert corrected the answer or took it back.
    """
    return kind in POSTS and not asker_of(key)


def _losing_questions(plan: Plan) -> Iterator[Refusal]:
    for change in plan.changes:
        if change.kind is Kind.BOX and change.action in {Action.DELETE, Action.REPLACE} and change.questions:
            yield Refusal(
                Permit.QUESTIONS,
                change.course,
                f"{change.questions} {'question hangs' if change.questions == 1 else 'questions hang'} on “{change.title}”; "
                "Google deletes them with the question box",
            )


def _emptied(plan: Plan, world: World, memory: Memory) -> Iterator[Refusal]:
    if plan.is_empty and not plan.notes:
        return
    for course, snapshot in world.snapshots.items():
        made = sum(entry.course == course and entry.kind in {*POSTS, Kind.TOPIC} for entry in memory.entries.values())
        if made and (snapshot is None or not (snapshot.topics or snapshot.posts)):
            what = "does not exist any more" if snapshot is None else "is empty"
            yield Refusal(
                Permit.EMPTY,
                course,
                f"the course {what}, although the ledger says that we put {made} items there: participants have lost them, "
                "and whatever is made anew has another link, and notifies everybody again",
            )


def _other_account(memory: Memory, accounts: Mapping[str, str]) -> Iterator[Refusal]:
    for course, account in accounts.items():
        others = {entry.account for entry in memory.entries.values() if entry.course == course} - {account}
        if others:
            yield Refusal(
                Permit.ACCOUNT,
                course,
                f"its items were made by {(earlier := ', '.join(sorted(others)))}, and the programme now says {account}: "
                f"presentations that participants have stay in the Drive of {earlier}, where we correct them no more; "
                f"{account} uploads them anew",
            )


def fingerprint(plan: Plan) -> str:
    """Twelve characters that stand for the wanted items, their instants and what is to be done about them.

    Whether an instant has passed makes no difference: a plan reviewed just before a question box closes, or a post
    appears, is still the plan that was reviewed.
    """
    wanted = [asdict(item) for item in plan.desired.items]
    steps = [told for change in plan.changes if (told := step(change))]
    text = json.dumps([wanted, steps], default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def step(change: Change) -> list[Any]:
    """What a fingerprint covers of one change; nothing where only an instant has passed."""
    if change.action is Action.CREATE and isinstance(change.item, Post) and change.item.until:
        return []  # made before that instant, and not after it: the item itself is covered
    fields = [[field.name, field.have] for field in change.fields if not _has_passed(change, field.name, field.have)]
    if change.action is Action.UPDATE and not fields:
        return []
    return [change.action, change.key, change.remote_id, fields]


def _has_passed(change: Change, name: str, have: Any) -> bool:
    """Whether a text is only to change because its closing time has passed."""
    if name != "text" or not isinstance(change.item, Post) or change.item.later is None:
        return False
    return any(same("text", have, text) for text in (change.item.text, change.item.later[1]))
