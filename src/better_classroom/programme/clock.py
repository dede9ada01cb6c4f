"""From a wall clock to an instant: offsets, and the hours that a clock change skips or repeats.

Days and weeks are counted on the calendar of the programme's zone: a week before 11:30 is 11:30, even if the clocks were
changed between. Hours and minutes are counted as they pass.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from better_classroom.programme.times import Absolute, NotATime, Relative, When


def instant(when: When, zone: ZoneInfo, span: tuple[datetime, datetime] | None = None) -> datetime:
    """Return the instant in UTC; ``span`` is the start and the end that a relative time counts from.

    Raises NotATime for an hour that does not exist, or exists twice, in the zone.
    """
    if isinstance(when, Absolute):
        return _absolute(when, zone)
    assert span is not None
    return _relative(when, zone, span[0] if when.side == "before" else span[1])


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Write an instant as the zone's clocks show it: ``2020-06-16 11:30``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _absolute(when: Absolute, zone: ZoneInfo) -> datetime:
    if when.offset is not None:
        return (when.local - when.offset).replace(tzinfo=UTC)
    return _on_the_wall(when.local, zone, "")


def _relative(when: Relative, zone: ZoneInfo, base: datetime) -> datetime:
    distance = timedelta(**{f"{when.unit}s": when.amount}) * (-1 if when.side == "before" else 1)
    if when.unit in {"minute", "hour"} or not when.amount:
        return base + distance
    wall = (base.astimezone(zone) + distance).replace(tzinfo=None, fold=0)
    return _on_the_wall(wall, zone, f"“{when.text}” falls on ")


def _on_the_wall(wall: datetime, zone: ZoneInfo, prefix: str) -> datetime:
    """Return the instant at which the zone's clocks show that; raises NotATime if never or twice."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    before, after = _offset(first), _offset(second)
    if before == after:
        return first.astimezone(UTC)
    change = _change(wall, before, after, zone)
    subject = f"{prefix}{wall:%Y-%m-%d %H:%M}{', which' if prefix else ''}"
    if before > after:
        raise NotATime(
            f"{subject} comes twice in {zone.key}: the clocks are put back {change}",
            f"write `{wall:%Y-%m-%d %H:%M}{_signed(before)}` for the first time, or "
            f"`{wall:%Y-%m-%d %H:%M}{_signed(after)}` for the second",
        )
    raise NotATime(
        f"{subject} does not exist in {zone.key}: the clocks are put forward {change}",
        f"write an earlier or a later time, such as `{wall - before + after:%Y-%m-%d %H:%M}`",
    )


def _change(wall: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> str:
    """Describe the change: ``from 03:00 to 04:00``."""
    # The change lies between the two readings of the wall clock; halving finds its second.
    low, high = sorted(((wall - before).replace(tzinfo=UTC), (wall - after).replace(tzinfo=UTC)))
    low, high = low - timedelta(seconds=1), high + timedelta(seconds=1)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(middle.astimezone(zone)) == before else (low, middle)
    old, new = (high + before).replace(tzinfo=None), (high + after).replace(tzinfo=None)
    form = "%H:%M" if old.date() == new.date() else "%Y-%m-%d %H:%M"
    return f"from {old:{form}} to {new:{form}}"


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
