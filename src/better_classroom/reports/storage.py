"""Whether an account's Drive has room for what a plan uploads. Pure."""

from __future__ import annotations

from better_classroom.change import Change, Plan
from better_classroom.course import File
from better_classroom.reports.wording import megabytes

REMEDY = "Free some space in it. A service account has no storage of its own: it needs domain-wide delegation."


def uploads(plan: Plan, account: str) -> tuple[Change, ...]:
    """The changes that put a file into an account's Drive."""
    return tuple(change for change in plan.changes if change.account == account and isinstance(change.item, File))


def lacking(plan: Plan, account: str, free: int | None) -> str:
    """Why the Drive cannot take them all; empty where it can. ``free`` is in bytes, None for no limit."""
    needed = sum(change.item.size for change in uploads(plan, account) if isinstance(change.item, File))
    if free is None or free >= needed:
        return ""
    return f"has {megabytes(free)} free, and the presentations need {megabytes(needed)}"
