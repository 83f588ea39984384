"""How much history the indicators need at start, and the cheap way to get it.

The last bars come in the traded interval. The days before them, which only the daily range needs (M03), come as
hourly bars where the feed has them: 400 bars instead of 23,000 of one minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import value_problem
from trading.domain.indicators.daily_range import DAYS
from trading.ports import DataUnavailable, Feed, SessionCalendar, VenueUnavailable

COARSE = Interval.H1
SETTLING_FACTOR = 15
"""So many look-backs of fine bars, and what a smoothed average kept of coarser ones has faded below 1e-6."""

_LONGEST_SPAN = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class LookBack:
    """From when on bars are wanted: coarse ones in [coarse_start, fine_start), then fine ones."""

    coarse_start: datetime
    fine_start: datetime


def plan_look_back(calendar: SessionCalendar, interval: Interval, warm_up: int, now: datetime) -> LookBack:
    """The history that gives every indicator its value at `now`; `warm_up` is the longest window in bars."""
    fine_start = _bars_back(calendar, interval, warm_up * SETTLING_FACTOR, now)
    fine_start = fine_start.replace(minute=0, second=0, microsecond=0)
    first_day = _bars_back(calendar, Interval.D1, DAYS + 1, fine_start).date()
    coarse_start = datetime.combine(first_day, time(0), UTC)
    return LookBack(coarse_start, fine_start)


def coarse_bars(feed: Feed, symbol: str, interval: Interval, plan: LookBack) -> Sequence[Bar]:
    """Sound bars before the fine ones, hourly if the feed has them, else of `interval`; none if it has neither."""
    steps = [COARSE, interval] if interval.duration < COARSE.duration else [interval]
    for step in steps:
        bars = _sound_bars(feed, symbol, step, plan)
        if bars:
            return bars
    return []


def _sound_bars(feed: Feed, symbol: str, step: Interval, plan: LookBack) -> Sequence[Bar]:
    try:
        bars = feed.closed_bars(symbol, step, plan.coarse_start, plan.fine_start)
    except (DataUnavailable, VenueUnavailable):
        return []
    return [bar for bar in bars if not value_problem(bar)]


def _bars_back(calendar: SessionCalendar, interval: Interval, count: int, now: datetime) -> datetime:
    """The open time of the bar `count` bars ago in trading time."""
    span = interval.duration * count
    while True:
        opens = calendar.expected_open_times(interval, now - span, now)
        if len(opens) >= count:
            return opens[-count]
        if span > _LONGEST_SPAN:
            return opens[0] if opens else now - span
        span *= 2
