"""Bars fetched at once: the same as the source's, never before their close, one request for each instrument."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from autotrader.lib.clock import VirtualClock
from trading.adapters.prefetched.feed import PrefetchedFeed
from trading.adapters.simulated.feed import SimulatedFeed
from trading.domain.bar import Bar, Interval
from trading.ports import DataUnavailable

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=1)


class CountingFeed(SimulatedFeed):
    requests = 0

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        self.requests += 1
        return super().closed_bars(symbol, interval, start, end)


@pytest.fixture
def source() -> CountingFeed:
    return CountingFeed(7, ("BTCUSDT", "ETHUSDT"), VirtualClock(END))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def feed(source: CountingFeed, clock: VirtualClock) -> PrefetchedFeed:
    return PrefetchedFeed(source, source.instruments(), Interval.M15, (START, END), clock)


def test_each_instrument_is_asked_for_once(source: CountingFeed, feed: PrefetchedFeed, clock: VirtualClock) -> None:
    clock.move_to(END)
    for _ in range(10):
        feed.closed_bars("BTCUSDT", Interval.M15, START, END)
    assert source.requests == 2


def test_the_bars_are_the_sources_own(source: CountingFeed, feed: PrefetchedFeed, clock: VirtualClock) -> None:
    clock.move_to(END)
    for start in (START, START + timedelta(hours=3)):
        expected = list(source.closed_bars("ETHUSDT", Interval.M15, start, END))
        assert list(feed.closed_bars("ETHUSDT", Interval.M15, start, END)) == expected != []


def test_no_bar_is_shown_before_its_close(feed: PrefetchedFeed, clock: VirtualClock) -> None:
    assert feed.quote("BTCUSDT") is None
    while clock.now() < END:
        clock.advance(timedelta(minutes=7))
        shown = feed.closed_bars("BTCUSDT", Interval.M15, START, END)
        assert all(bar.close_time <= clock.now() for bar in shown)
        quote = feed.quote("BTCUSDT")
        assert (quote is None) == (not shown)
        assert quote is None or quote.last == shown[-1].close


def test_what_was_not_fetched_is_refused(feed: PrefetchedFeed) -> None:
    with pytest.raises(DataUnavailable, match="only 15m bars of BTCUSDT, ETHUSDT"):
        feed.closed_bars("BTCUSDT", Interval.M1, START, END)
    with pytest.raises(DataUnavailable):
        feed.closed_bars("SOLUSDT", Interval.M15, START, END)
