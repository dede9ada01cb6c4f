"""Which instant is meant by what people write, on either side of a clock change too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from better_classroom.programme import clock, times

TALLINN = ZoneInfo("Europe/Tallinn")  # clocks go forward on 29 March 2020, from 03:00 to 04:00, and back on 25 October

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 - what wall clocks show


def at(text: str) -> datetime:
    """Return the instant of a wall clock in Tallinn."""
    return clock.instant(times.moment(text), TALLINN)


def meant(text: str, starts: str, ends: str, zone: ZoneInfo = TALLINN) -> str:
    """Return what the zone's clocks show at the time that is counted from a seminar."""
    return clock.local(clock.instant(times.when(text), zone, (at(starts), at(ends))), zone)


@pytest.mark.parametrize(
    ("written", "hour_in_utc"),
    [
        ("2020-06-16 11:30", 8),
        ("2020-06-16T11:30", 8),
        ("  2020-06-16   11:30 ", 8),
        ("2020-06-16 11:30+03:00", 8),
        ("2020-06-16 11:30 +01:00", 10),
        ("2020-06-16 11:30Z", 11),
        ("2020-06-16 11:30-05:00", 16),
        ("2020-01-16 11:30", 9),
    ],
)
def test_a_date_is_told_by_the_zones_clocks_unless_it_has_an_offset(written: str, hour_in_utc: int) -> None:
    assert (at(written).hour, at(written).minute, at(written).tzinfo) == (hour_in_utc, 30, UTC)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("14 days before", "2020-06-02 11:30"),
        ("2 weeks before", "2020-06-02 11:30"),
        ("1 day after", "2020-06-17 13:00"),
        ("90 minutes before", "2020-06-16 10:00"),
        ("1 hour after", "2020-06-16 14:00"),
        ("at start", "2020-06-16 11:30"),
        ("at end", "2020-06-16 13:00"),
        ("0 days before", "2020-06-16 11:30"),
        ("1 days before", "2020-06-15 11:30"),
    ],
)
def test_before_counts_from_the_start_and_after_from_the_end(written: str, shown: str) -> None:
    assert meant(written, "2020-06-16 11:30", "2020-06-16 13:00") == shown


def test_days_keep_the_time_of_day_across_a_clock_change_and_hours_do_not() -> None:
    span = ("2020-03-30 11:30", "2020-03-30 13:00")

    assert meant("2 days before", *span) == "2020-03-28 11:30"
    assert meant("48 hours before", *span) == "2020-03-28 10:30"
    assert meant("1 week before", "2020-10-26 11:30", "2020-10-26 13:00") == "2020-10-19 11:30"


@pytest.mark.parametrize(
    ("zone", "written", "change"),
    [
        ("Europe/Tallinn", "2020-03-29 03:00", "from 03:00 to 04:00"),
        ("Europe/Tallinn", "2020-03-29 03:59", "from 03:00 to 04:00"),
        ("Europe/London", "2020-03-29 01:30", "from 01:00 to 02:00"),
        ("Australia/Lord_Howe", "2020-10-04 02:15", "from 02:00 to 02:30"),
        ("America/Sao_Paulo", "2018-11-04 00:30", "from 00:00 to 01:00"),
        ("Pacific/Apia", "2011-12-30 12:00", "from 2011-12-30 00:00 to 2011-12-31 00:00"),
    ],
)
def test_a_skipped_hour_is_refused_with_the_change_that_skips_it(zone: str, written: str, change: str) -> None:
    with pytest.raises(times.NotATime, match=f"does not exist in {zone}: the clocks are put forward {change}"):
        clock.instant(times.moment(written), ZoneInfo(zone))


@pytest.mark.parametrize("written", ["2020-03-29 02:59", "2020-03-29 04:00", "2020-10-25 02:59", "2020-10-25 04:00"])
def test_the_minutes_around_a_change_are_plain(written: str) -> None:
    assert clock.local(at(written), TALLINN) == written


def test_a_repeated_hour_is_refused_with_both_choices_and_each_choice_is_taken() -> None:
    with pytest.raises(times.NotATime, match="comes twice in Europe/Tallinn: the clocks are put back") as refused:
        at("2020-10-25 03:30")

    assert "`2020-10-25 03:30+03:00` for the first time" in refused.value.remedy
    assert "`2020-10-25 03:30+02:00` for the second" in refused.value.remedy
    assert at("2020-10-25 03:30+02:00") - at("2020-10-25 03:30+03:00") == timedelta(hours=1)


def test_a_relative_time_in_a_repeated_hour_is_refused_with_both_choices() -> None:
    with pytest.raises(times.NotATime, match="“1 day before” falls on 2020-10-25 03:30, which comes twice") as refused:
        meant("1 day before", "2020-10-26 03:30", "2020-10-26 05:00")

    assert "`2020-10-25 03:30+03:00`" in refused.value.remedy


def test_hours_may_fall_into_a_repeated_hour_since_they_are_counted_as_they_pass() -> None:
    assert meant("4 hours before", "2020-10-25 06:30", "2020-10-25 08:00") == "2020-10-25 03:30"


@given(
    wall=st.datetimes(min_value=EARLIEST, max_value=LATEST),
    zone=st.sampled_from(
        ["Europe/Tallinn", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
)
def test_an_instant_shows_what_was_written_or_is_refused(wall: datetime, zone: str) -> None:
    written = f"{wall:%Y-%m-%d %H:%M}"
    try:
        instant = clock.instant(times.moment(written), ZoneInfo(zone))
    except times.NotATime as error:
        assert "the clocks are put" in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert clock.local(instant, ZoneInfo(zone)) == written


@given(
    wall=st.datetimes(min_value=EARLIEST, max_value=LATEST),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_an_offset_always_decides(wall: datetime, minutes: int) -> None:
    offset = timezone(timedelta(minutes=minutes))
    written = wall.replace(second=0, microsecond=0, tzinfo=offset)

    text = f"{written:%Y-%m-%d %H:%M}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    assert clock.instant(times.moment(text), TALLINN) == written


@given(st.text())
def test_any_text_is_a_time_or_no_time(text: str) -> None:
    for read in (times.when, times.moment, times.duration):
        try:
            read(text)
        except times.NotATime as error:
            assert error.remedy  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("16.6.2020 11:30", "write `2020-06-16 11:30`"),
        ("16/06/2020, 11.30", "write `2020-06-16 11:30`"),
        ("2020-6-16 9:30", "write `2020-06-16 09:30`"),
        ("2020-06-16 at 11:30", "write `2020-06-16 11:30`"),
        ("2020-06-16 11:30:00", "write `2020-06-16 11:30`"),
        ("2020-06-16 11:30 EEST", "write `2020-06-16 11:30`; an offset from UTC looks like +03:00"),
        ("2020-06-16", "add the time of day: `YYYY-MM-DD HH:MM`, such as `2020-06-16 11:30`"),
        ("11:30", "put the date before it: `YYYY-MM-DD HH:MM`, such as `2020-06-16 11:30`"),
        ("a day before", "write `1 day before`"),
        ("before 2 weeks", "write `2 weeks before`"),
        ("14 DAYS BEFORE", "write `14 days before`"),
        ("14d before", "write `14 days before`"),
        ("30 min after", "write `30 minutes after`"),
        ("2 hours later", "write `2 hours after`"),
        ("the start", "write `at start`"),
        ("at the end", "write `at end`"),
        ("1 month before", "months and years differ in length: count days or weeks, such as `30 days before`"),
        ("0.5 hours before", "write a whole number of a smaller unit, such as `90 minutes before`"),
    ],
)
def test_a_near_miss_is_told_what_to_write(written: str, remedy: str) -> None:
    with pytest.raises(times.NotATime) as refused:
        times.when(written)

    assert refused.value.remedy == remedy


@pytest.mark.parametrize(
    "written", ["12:30", "no", "2020-06-1\u0666 11:30", "1\u0662 days before", "-1 days before", "+1 day after"]
)
def test_what_only_looks_like_a_time_is_none(written: str) -> None:
    with pytest.raises(times.NotATime):
        times.when(written)


@pytest.mark.parametrize(("written", "days"), [("365 days", 365), ("1 day", 1), ("52 weeks", 364), ("1 week", 7)])
def test_a_duration_is_counted_in_days_or_weeks(written: str, days: int) -> None:
    assert times.duration(written) == timedelta(days=days)


@pytest.mark.parametrize("written", ["365", "0 days", "1 year", "12 months", "-1 days", "forever"])
def test_any_other_duration_is_refused(written: str) -> None:
    with pytest.raises(times.NotATime, match="not a number of days"):
        times.duration(written)
