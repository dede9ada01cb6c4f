"""Every time of a programme as an instant, and whether they make sense next to each other (docs/programme.md, "Times").

A time that could not be read, or does not exist, is complained about where it stands; nothing that is counted from it or
held against it is mentioned again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from better_classroom.programme import clock
from better_classroom.programme.complaints import Complaints
from better_classroom.programme.reading import Steps
from better_classroom.programme.times import NotATime, Relative, When
from better_classroom.programme.written import WrittenProgramme, WrittenSeminar, WrittenWindow

Span: TypeAlias = tuple[datetime, datetime]
LONGEST_SEMINAR = timedelta(hours=24)


class Timeline:
    """Instants by place, worked out of what is written; complaints go where they belong."""

    def __init__(self, written: WrittenProgramme, complaints: Complaints) -> None:
        self._written = written
        self._complaints = complaints
        self.instants: dict[Steps, datetime] = {}
        self._spans: dict[str, Span] = {}
        self._around: dict[str, Span] = {}
        # Without a zone that can be read, times are still held against each other.
        self._resolve(written.time_zone or ZoneInfo("UTC"))

    def _resolve(self, zone: ZoneInfo) -> None:
        seminars = {key: seminar for key, seminar in (self._written.seminars or {}).items() if seminar}
        for key, seminar in seminars.items():
            self._own_times(key, seminar, zone)
        self._around = self._whole()
        for key, seminar in seminars.items():
            self._materials(key, seminar, zone)
            self._boxes(key, seminar, zone)
            self._reminders(key, seminar, zone)
        self._welcome(zone)

    def _own_times(self, key: str, seminar: WrittenSeminar, zone: ZoneInfo) -> None:
        steps = ("seminars", key)
        starts = self._instant((*steps, "starts"), seminar.starts, zone, None)
        ends = self._instant((*steps, "ends"), seminar.ends, zone, None)
        if not starts or not ends:
            return
        if ends <= starts:
            self._complaints.add(
                (*steps, "ends"),
                f"this seminar ends {'when' if ends == starts else 'before'} it starts ({clock.local(starts, zone)})",
                "correct `starts` or `ends`",
            )
            return
        if ends - starts > LONGEST_SEMINAR:
            self._complaints.warn((*steps, "ends"), "this seminar lasts longer than a day", "is its date right?")
        self._spans[key] = (starts, ends)

    def _materials(self, key: str, seminar: WrittenSeminar, zone: ZoneInfo) -> None:
        for name, material in (seminar.materials or {}).items():
            if material and material.publish:
                steps: Steps = ("seminars", key, "materials", name, "publish")
                instant = self._instant(steps, material.publish, zone, key)
                self._not_too_late(steps, material.publish, instant, key, zone)

    def _boxes(self, key: str, seminar: WrittenSeminar, zone: ZoneInfo) -> None:
        boxes = seminar.questions
        steps: Steps = ("seminars", key, "questions")
        if boxes and boxes.before:
            self._window((*steps, "before"), boxes.before, zone, key)
            self._before_start(
                (*steps, "before", "opens"), key, zone, "questions before a seminar open before it starts"
            )
            closes = self.instants.get((*steps, "before", "closes"))
            self._not_too_late((*steps, "before", "closes"), boxes.before.closes, closes, key, zone)
        if boxes and boxes.after:
            self._window((*steps, "after"), boxes.after, zone, key)
            opens, span = self.instants.get((*steps, "after", "opens")), self._spans.get(key)
            if opens and span and opens < span[0]:
                self._complaints.add(
                    (*steps, "after", "opens"),
                    f"questions after a seminar open once it has started, {clock.local(span[0], zone)}; "
                    f"this is {clock.local(opens, zone)}",
                    "write `at end`, or use `before:` for earlier questions",
                )

    def _window(self, steps: Steps, window: WrittenWindow, zone: ZoneInfo, key: str) -> None:
        opens = self._instant((*steps, "opens"), window.opens, zone, key)
        closes = self._instant((*steps, "closes"), window.closes, zone, key)
        if opens and closes and closes <= opens:
            self._complaints.add(
                (*steps, "closes"),
                f"this box closes {clock.local(closes, zone)}, {'when' if closes == opens else 'before'} it opens, "
                f"{clock.local(opens, zone)}",
                "correct `opens` or `closes`",
            )
            del self.instants[(*steps, "closes")]  # one mistake, one complaint

    def _reminders(self, key: str, seminar: WrittenSeminar, zone: ZoneInfo) -> None:
        for number, reminder in enumerate(seminar.reminders or []):
            steps: Steps = ("seminars", key, "reminders", number, "publish")
            if reminder and self._instant(steps, reminder.publish, zone, key):
                self._before_start(steps, key, zone, "a reminder comes before the seminar starts")

    def _welcome(self, zone: ZoneInfo) -> None:
        when = self._written.welcome.publish if self._written.welcome else None
        steps = ("welcome", "publish")
        instant = self._instant(steps, when, zone, None)
        last = self._around.get("last")
        if when and instant and last and instant > last[1] and not when.says_after:
            self._complaints.add(
                steps,
                f"this is after the last seminar, which ends {clock.local(last[1], zone)}",
                "write an earlier time, or `… after the last seminar` if that is meant",
            )

    def _not_too_late(
        self, steps: Steps, when: When | None, instant: datetime | None, key: str, zone: ZoneInfo
    ) -> None:
        span = self._spans.get(key)
        if when and instant and span and instant > span[1] and not when.says_after:
            self._complaints.add(
                steps,
                f"{clock.local(instant, zone)} is after the seminar, which ends {clock.local(span[1], zone)}",
                "write an earlier time; if it is meant to come later, say so: `at end`, `1 day after`",
            )

    def _before_start(self, steps: Steps, key: str, zone: ZoneInfo, rule: str) -> None:
        instant, span = self.instants.get(steps), self._spans.get(key)
        if instant and span and instant >= span[0]:
            self._complaints.add(
                steps,
                f"{rule}, {clock.local(span[0], zone)}; this is {clock.local(instant, zone)}",
                "write an earlier time, such as `1 day before`",
            )
            del self.instants[steps]  # one mistake, one complaint

    def _instant(self, steps: Steps, when: When | None, zone: ZoneInfo, key: str | None) -> datetime | None:
        """Work out one instant and keep it; None if it was, or is now, complained about."""
        span = None
        if isinstance(when, Relative):
            span = self._around.get(when.anchor) if when.anchor else self._spans.get(key or "")
            if key is None and not when.anchor:
                self._complaints.add(
                    steps,
                    f"“{when.text}” does not say which seminar is meant",
                    "write `21 days before the first seminar`, or a date and a time of day",
                )
            if span is None:
                return None
        try:
            instant = clock.instant(when, zone, span) if when else None
        except NotATime as error:
            self._complaints.add(steps, str(error), error.remedy)
            return None
        if instant:
            self.instants[steps] = instant
        return instant

    def _whole(self) -> dict[str, Span]:
        """Return the spans of the first and the last seminar; none while the time of any seminar is wrong."""
        seminars = self._written.seminars or {}
        if not seminars or len(self._spans) < len(seminars):
            return {}
        held = [span for key, span in self._spans.items() if not (seminar := seminars[key]) or not seminar.cancelled]
        spans = held or list(self._spans.values())
        return {"first": min(spans), "last": max(spans, key=lambda span: span[1])}
