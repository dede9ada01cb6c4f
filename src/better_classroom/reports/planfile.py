"""A reviewed plan as a file: what ``plan --out`` writes, and what keeps ``apply FILE`` to it. Pure.

The file does not say how to carry the plan out: apply makes the plan anew, and goes on only if it is the same one. So
a file that somebody edited can permit nothing, and it holds no texts, only titles and a mark of each change's content.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from better_classroom import brakes
from better_classroom.change import Change, Plan
from better_classroom.errors import RefusedByBrake, UsageError
from better_classroom.reports.wording import short

VERSION: Literal[1] = 1
FORMAT: Literal["better-classroom plan"] = "better-classroom plan"
MOST = 64 * 1024 * 1024
"""Bytes of a file that may be a plan; a large programme's has some hundred kilobytes."""

SHOWN = 20
"""So many differences are spelt out; after that they are counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the reviewed plan."""

    action: str
    key: str
    kind: str
    course: str
    title: str
    mark: str
    """Twelve characters that stand for everything the change writes and everything it found."""

    def __str__(self) -> str:
        return f"{self.action} {self.kind} “{short(self.title)}” ({self.key})"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A reviewed plan."""

    file: Literal["better-classroom plan"]
    version: Literal[1]
    programme: str
    """Key of the programme."""
    target: str
    fingerprint: str
    made: str
    """When, by the target's clock."""
    restore: tuple[str, ...]
    """Keys of the items that were to be put back."""
    changes: tuple[Step, ...]


_READER = TypeAdapter(PlanFile)


def make(plan: Plan, *, programme: str, target: str, restore: Sequence[str]) -> PlanFile:
    """The file for a plan."""
    return PlanFile(
        FORMAT,
        VERSION,
        programme,
        target,
        brakes.fingerprint(plan),
        plan.now.isoformat(),
        tuple(sorted(set(restore))),
        tuple(_steps(plan)),
    )


def _steps(plan: Plan) -> Iterator[Step]:
    for change in plan.changes:
        told = brakes.step(change)
        if told:
            title, kind = short(change.title), change.kind.value
            yield Step(change.action.value, change.key, kind, change.course, title, _mark(change, told))


def _mark(change: Change, told: Sequence[object]) -> str:
    text = json.dumps([told, asdict(change.item) if change.item else None], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def text(plan: PlanFile) -> str:
    """The file's text; the same plan gives the same bytes."""
    return json.dumps(asdict(plan), ensure_ascii=False, indent=2) + "\n"


def read(content: bytes, *, where: str) -> PlanFile:
    """The plan in a file; raises UsageError for what is none, or none of ours."""
    try:
        return _READER.validate_json(content)
    except ValidationError as error:
        raise UsageError(
            f"this is no plan that this version can apply: {_problem(error)}",
            where=where,
            advice="Write one with: better-classroom plan --out FILE",
        ) from error


def _problem(error: ValidationError) -> str:
    """The first thing wrong with it, without quoting what may be anything."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{short(place)}: {first['msg']}" if place else first["msg"]


def refuse_elsewhere(reviewed: PlanFile, *, programme: str, target: str) -> None:
    """Raise RefusedByBrake where the plan was made for another programme or another world."""
    for what, then, now in (("programme", reviewed.programme, programme), ("target", reviewed.target, target)):
        if then != now:
            raise RefusedByBrake(
                f"the plan was made for the {what} {short(then)}, and this is {now}; nothing was changed",
                advice=f"Run apply with --{what} as the plan was made, or make a plan for this one.",
            )


def refuse_moved(reviewed: PlanFile, plan: Plan) -> None:
    """Raise RefusedByBrake, with what moved in words, unless the plan is still the reviewed one."""
    if reviewed.fingerprint == brakes.fingerprint(plan):
        return
    lines = [f"  {line}" for line in differences(reviewed, plan)]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"  and {len(lines) - SHOWN} more differences"]
    raise RefusedByBrake(
        "nothing was changed, because the programme or a course has changed since the plan was made:\n"
        + "\n".join(lines),
        advice="Make the plan anew with plan --out, read it, and apply that.",
    )


def differences(reviewed: PlanFile, plan: Plan) -> Iterator[str]:
    """What would be done now and was not in the reviewed plan, and the other way round, a line each."""
    then, now = _by_name(reviewed.changes), _by_name(tuple(_steps(plan)))
    for name, steps in then.items():
        if name not in now:
            yield f"no longer to be done: {steps[0]}"
        elif [step.mark for step in steps] != [step.mark for step in now[name]]:
            yield f"to be done otherwise: {steps[0]}"
    yield from (f"to be done now, and not in the plan: {steps[0]}" for name, steps in now.items() if name not in then)
    if then == now:
        yield "the programme says something else about items that need no change"


def _by_name(steps: Sequence[Step]) -> Mapping[tuple[str, str], list[Step]]:
    found: defaultdict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        found[step.action, step.key].append(step)
    return found
