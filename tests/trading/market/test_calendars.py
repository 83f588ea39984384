"""Calendars: sessions, half days, daylight saving, and the bars an unbroken recording has."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.errors import BadInput
from tests.trading.market.makers import utc
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Interval

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
INTERVALS = st.sampled_from(list(Interval))


def test_crypto_never_closes() -> None:
    calendar = calendar_for("24/7")
    assert calendar.is_open(utc(2026, 12, 25, 3))
    assert calendar.session_close(utc(2026, 12, 25, 3)) is None
    assert calendar.session_date(utc(2026, 12, 25, 23, 59)) == date(2026, 12, 25)


@given(MOMENTS, INTERVALS, st.integers(0, 500))
def test_the_crypto_grid_has_every_step_once(start: datetime, interval: Interval, steps: int) -> None:
    opens = calendar_for("24/7").expected_open_times(interval, start, start + steps * interval.duration)
    assert len(opens) == steps
    assert all(opening >= start for opening in opens)
    assert all(later - earlier == interval.duration for earlier, later in pairwise(opens))
    assert all(opening.timestamp() % interval.duration.total_seconds() == 0 for opening in opens)


@pytest.mark.parametrize(
    ("day", "opening", "closing"),
    [
        (date(2026, 3, 6), "14:30", "21:00"),
        (date(2026, 3, 9), "13:30", "20:00"),
        (date(2026, 10, 30), "13:30", "20:00"),
        (date(2026, 11, 2), "14:30", "21:00"),
        (date(2026, 11, 27), "14:30", "18:00"),
        (date(2025, 7, 3), "13:30", "17:00"),
        (date(2025, 11, 28), "14:30", "18:00"),
        (date(2025, 12, 24), "14:30", "18:00"),
        (date(2027, 3, 12), "14:30", "21:00"),
        (date(2027, 3, 15), "13:30", "20:00"),
    ],
)
def test_new_york_sessions_across_clock_changes_and_half_days(day: date, opening: str, closing: str) -> None:
    calendar = calendar_for("XNYS")
    first, last = (datetime.fromisoformat(f"{day} {clock}+00:00") for clock in (opening, closing))
    assert calendar.is_open(first)
    assert not calendar.is_open(first - timedelta(seconds=1))
    assert calendar.is_open(last - timedelta(seconds=1))
    assert not calendar.is_open(last)
    assert calendar.session_close(first) == last
    assert calendar.session_date(first) == day
    opens = calendar.expected_open_times(Interval.M5, first - timedelta(hours=5), last + timedelta(hours=3))
    assert (opens[0], opens[-1]) == (first, last - timedelta(minutes=5))
    assert len(opens) == (last - first) // timedelta(minutes=5)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 26), date(2025, 7, 4)])
def test_new_york_is_closed_on_sundays_and_holidays(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    calendar = calendar_for("XNYS")
    assert (
        calendar.expected_open_times(Interval.M1, midnight + timedelta(hours=5), midnight + timedelta(hours=27)) == []
    )
    assert calendar.session_close(midnight + timedelta(hours=16)) is None


def test_what_happens_outside_sessions_belongs_to_the_next_one() -> None:
    calendar = calendar_for("XNYS")
    assert calendar.session_date(utc(2026, 11, 27, 19)) == date(2026, 11, 30)
    assert calendar.session_date(utc(2026, 11, 27)) == date(2026, 11, 27)


def test_daily_bars_carry_their_session_date() -> None:
    opens = calendar_for("XNYS").expected_open_times(Interval.D1, utc(2026, 11, 25), utc(2026, 12, 1))
    assert [opening.date().day for opening in opens] == [25, 27, 30]
    assert all(opening.hour == 0 for opening in opens)


def test_hourly_bars_begin_on_the_clock_hour_that_holds_the_bell() -> None:
    opens = calendar_for("XNYS").expected_open_times(Interval.H1, utc(2026, 11, 27), utc(2026, 11, 28))
    assert [opening.hour for opening in opens] == [14, 15, 16, 17]


def test_a_lunch_break_has_no_bars() -> None:
    calendar = calendar_for("XTKS")
    assert calendar.is_open(utc(2026, 1, 6, 2, 29))
    assert not calendar.is_open(utc(2026, 1, 6, 3, 0))
    opens = calendar.expected_open_times(Interval.M5, utc(2026, 1, 6), utc(2026, 1, 7))
    assert not [opening for opening in opens if utc(2026, 1, 6, 2, 30) <= opening < utc(2026, 1, 6, 3, 30)]


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_minute_is_expected_exactly_when_the_exchange_is_open(moment: datetime) -> None:
    calendar = calendar_for("XNYS")
    minute = moment.replace(second=0, microsecond=0)
    expected = calendar.expected_open_times(Interval.M1, minute, minute + timedelta(minutes=1))
    assert bool(expected) == calendar.is_open(minute)


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(BadInput, match=r"no exchange calendar 'NOWHERE'; accepted are 24/7"):
        calendar_for("NOWHERE")


def test_the_end_of_the_calendar_is_said() -> None:
    with pytest.raises(BadInput, match="after the end of calendar XNYS"):
        calendar_for("XNYS").session_date(utc(2051, 1, 1))
