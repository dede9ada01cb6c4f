"""What is news, and to whom: what waits and what happened, less what was told. Pure but for the types it shares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from better_classroom.ledger.notices import News, Told, Waiting

FAILURE_AGAIN = timedelta(days=1)
"""A failure that stays is told once a day: cron meets it every quarter of an hour."""

ToldBefore = Mapping[tuple[str, str], Told]


@dataclass(slots=True)
class Findings:
    """What one digest is to hold: keys of questions under each heading, and what to record once it is sent."""

    new: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """Of the new ones, those that were told before with an earlier text."""
    overdue: list[str] = field(default_factory=list)
    """All that are overdue, told or not."""
    settled: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    """Of an expert: answers that an organiser sent back."""
    approval: list[str] = field(default_factory=list)
    """Of the organiser: answers that wait for approval."""
    declined: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    """Places in the list of failures."""
    news: list[News] = field(default_factory=list)
    worth_sending: bool = False
    """Whether anything in it is new since the last digest."""

    def tell(self, one: News, *, alone: bool = True) -> None:
        """Add what is to be recorded; ``alone``: it is worth a mail by itself."""
        self.news.append(one)
        self.worth_sending |= alone


def for_expert(
    expert: str,
    waiting: Iterable[Waiting],
    *,
    told: ToldBefore,
    settled: Mapping[str, int],
    rejected: Mapping[str, str],
    now: datetime,
    overdue: timedelta,
) -> Findings:
    """News for an expert. A question is overdue some time after this expert was told of it as it now stands.

    ``rejected`` holds by question which of its answers was sent back.
    """
    found = Findings()
    for one in waiting:
        if expert not in one.experts:
            continue
        before = told.get(("new", one.key))
        if before is None or before.version != str(one.revision):
            _add_new(found, one, before)
        elif now - before.at >= overdue:
            _add_overdue(found, one, told, now, overdue)
    for key, revision in settled.items():
        one_settled = News("settled", key, str(revision))
        if _is_news(one_settled, told):
            found.settled.append(key)
            found.tell(one_settled, alone=False)
    _add_all(found, found.rejected, (News("rejected", key, version) for key, version in rejected.items()), told)
    return found


def for_organiser(
    waiting: Iterable[Waiting],
    *,
    told: ToldBefore,
    approval: Mapping[str, str],
    declined: Mapping[str, int],
    withdrawn: Mapping[str, datetime],
    failures: Sequence[str],
    now: datetime,
    overdue: timedelta,
) -> Findings:
    """News for the organiser, to whom a question is overdue some time after its asker last wrote.

    ``failures`` holds a lasting name of each.
    """
    found = Findings()
    for one in waiting:
        before = told.get(("new", one.key))
        if now - one.since >= overdue:
            _add_overdue(found, one, told, now, overdue)
        elif before is None or before.version != str(one.revision):
            _add_new(found, one, before)
    _add_all(found, found.approval, (News("approval", key, version) for key, version in approval.items()), told)
    _add_all(found, found.declined, (News("declined", key, str(n)) for key, n in declined.items()), told)
    withdrawals = (News("withdrawn", key, at.isoformat()) for key, at in withdrawn.items())
    _add_all(found, found.withdrawn, withdrawals, told)
    for place, name in enumerate(failures):
        failed = told.get(("failure", name))
        if failed is None or now - failed.at >= FAILURE_AGAIN:
            found.failures.append(place)
            found.tell(News("failure", name, ""))
    return found


def name_of(recipient: str, programme: str, found: Findings, told: ToldBefore) -> str:
    """A lasting name of a digest: the same when the same news are sent a second time, and never else.

    What was told before of the same things counts, so that a reminder differs from the one before it.
    """
    parts = [programme, recipient]
    for one in sorted(found.news, key=lambda news: (news.kind, news.about, news.version)):
        before = told.get((one.kind, one.about))
        parts += [one.kind, one.about, one.version, before.at.isoformat() if before else ""]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _add_new(found: Findings, one: Waiting, before: Told | None) -> None:
    found.new.append(one.key)
    found.tell(News("new", one.key, str(one.revision)))
    if before is not None:
        found.changed.add(one.key)


def _add_all(found: Findings, keys: list[str], news: Iterable[News], told: ToldBefore) -> None:
    for one in news:
        if _is_news(one, told):
            keys.append(one.about)
            found.tell(one)


def _add_overdue(found: Findings, one: Waiting, told: ToldBefore, now: datetime, overdue: timedelta) -> None:
    """Every overdue question is shown; it is news when it becomes so, and again each time as long has passed."""
    found.overdue.append(one.key)
    news = News("overdue", one.key, str(one.revision))
    before = told.get(("overdue", one.key))
    if _is_news(news, told) or (before is not None and now - before.at >= overdue):
        found.tell(news)


def _is_news(one: News, told: ToldBefore) -> bool:
    before = told.get((one.kind, one.about))
    return before is None or before.version != one.version
