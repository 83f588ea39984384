"""How far back a fetcher looks at its start."""

from datetime import timedelta

import pytest

from autotrader.lib.clock import VirtualClock
from tests.trading.market.makers import FakeFeed, bar, utc
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Interval
from trading.domain.indicators.daily_range import DAYS
from trading.market_data.look_back import LookBack, coarse_bars, plan_look_back

NOW = utc(2026, 3, 20, 14, 47, 3)


@pytest.mark.parametrize("interval", [Interval.M1, Interval.M5, Interval.M15])
def test_fine_bars_reach_fifteen_look_backs_and_begin_on_the_hour(interval: Interval) -> None:
    plan = plan_look_back(calendar_for("24/7"), interval, 30, NOW)
    assert NOW - plan.fine_start >= 450 * interval.duration
    assert NOW - plan.fine_start <= 450 * interval.duration + timedelta(hours=1)
    assert (plan.fine_start.minute, plan.coarse_start.hour) == (0, 0)
    assert (plan.fine_start.date() - plan.coarse_start.date()).days >= DAYS


def test_stocks_count_in_sessions_and_not_in_days() -> None:
    calendar = calendar_for("XNYS")
    plan = plan_look_back(calendar, Interval.M5, 30, NOW)
    assert len(calendar.expected_open_times(Interval.M5, plan.fine_start, NOW)) >= 450
    days = calendar.expected_open_times(Interval.D1, plan.coarse_start, plan.fine_start)
    assert len(days) >= DAYS


def test_a_calendar_that_has_too_little_history_gives_all_it_has() -> None:
    plan = plan_look_back(calendar_for("XNYS"), Interval.D1, 30, utc(1990, 3, 1))
    assert plan.fine_start.year == 1990


def _plan() -> LookBack:
    return LookBack(utc(2026, 3, 1), utc(2026, 3, 2, 6))


def test_hours_are_preferred_where_the_feed_has_them() -> None:
    feed = FakeFeed(VirtualClock(NOW), [bar(number, interval=Interval.H1) for number in range(6)])
    assert len(coarse_bars(feed, "BTCUSDT", Interval.M1, _plan())) == 6


def test_bars_of_the_traded_interval_serve_where_there_are_no_hours() -> None:
    feed = FakeFeed(VirtualClock(NOW), [bar(number) for number in range(60)])
    assert len(coarse_bars(feed, "BTCUSDT", Interval.M1, _plan())) == 60


def test_bad_bars_of_the_past_are_left_out_and_a_failing_feed_gives_none() -> None:
    feed = FakeFeed(VirtualClock(NOW), [bar(0, interval=Interval.H1, close="NaN"), bar(1, interval=Interval.H1)])
    assert len(coarse_bars(feed, "BTCUSDT", Interval.M1, _plan())) == 1
    feed.failing = {"BTCUSDT"}
    assert coarse_bars(feed, "BTCUSDT", Interval.M1, _plan()) == []
