"""M02: for every instrument of the universe price, volume, RSI, short and long moving average, trend, VWAP and ATR.

(The span `data_aggregation` and the headlines belong to a later part.)
"""

from datetime import timedelta

import numpy as np
import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from tests.shared_data import shared_file
from tests.trading.market.makers import utc
from trading.adapters.calendars import calendar_for
from trading.adapters.recording import RecordingFeed
from trading.adapters.simulated import SimulatedFeed
from trading.domain.bar import Bar, Interval
from trading.domain.indicators import batch
from trading.domain.market_snapshot import MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.market import MarketDataFetcher
from trading.models import Account, BarRow
from trading.ports import Feed
from trading.services.register_instruments import register_instruments

pytestmark = pytest.mark.django_db

PARAMETERS = StrategyParameters()
UNIVERSE = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"]


def _fetcher(feed: Feed, clock: VirtualClock, interval: Interval) -> tuple[MarketDataFetcher, Account]:
    instruments = feed.instruments()
    universe = [instrument.symbol for instrument in instruments]
    register_instruments(venue="paper", instruments=instruments, universe=universe)
    account = Account.objects.create(
        name="acceptance",
        venue="paper",
        environment="paper",
        quote_asset="USDT",
        starting_cash=1,
        created_at=clock.now(),
    )
    return MarketDataFetcher(seeded_runtime(clock, 1), feed, calendar_for, "paper", universe, interval), account


def _complete(picture: MarketSnapshot) -> None:
    for item in picture.instruments:
        assert item.data_problem == "", f"{item.instrument.symbol}: {item.data_problem}"
        assert item.bar is not None
        assert item.indicators is not None
        values = item.indicators
        for name in ("rsi", "sma_short", "sma_long", "ema_short", "ema_long", "vwap", "atr", "atr_percent"):
            assert getattr(values, name) is not None, f"{item.instrument.symbol} has no {name}"
        assert values.rsi is not None
        assert 0 <= values.rsi <= 100
        assert values.trend in ("UP", "DOWN", "FLAT")
        assert values.daily_atr_percent is not None
        assert values.volume_ratio is not None
        assert item.median_volume is not None


def _closes(bars: list[Bar]) -> np.ndarray:
    return np.array([float(bar.close) for bar in bars])


def test_the_simulated_market_gives_a_whole_picture_at_once() -> None:
    now = utc(2026, 11, 18, 9, 30, 20)
    clock = VirtualClock(now)
    feed = SimulatedFeed(7, UNIVERSE, clock)
    market, account = _fetcher(feed, clock, Interval.M1)
    market.refresh(now)
    picture = market.snapshot(now, account, PARAMETERS, "first")
    assert [item.instrument.symbol for item in picture.instruments] == UNIVERSE
    _complete(picture)
    assert picture.taken_at == now


def test_every_value_of_a_real_recording_equals_the_batch_indicators() -> None:
    paths = [shared_file("crypto", f"binance-spot_{symbol}_1m.csv.gz") for symbol in UNIVERSE]
    clock = VirtualClock(utc(2026, 3, 23, 12, 9))
    feed = RecordingFeed(paths, clock)
    market, account = _fetcher(feed, clock, Interval.M1)
    start = utc(2026, 4, 2)
    for minute in range(0, 90):
        clock.move_to(start + timedelta(minutes=minute))
        market.refresh(clock.now())
    picture = market.snapshot(clock.now(), account, PARAMETERS, "first")
    _complete(picture)
    for item in picture.instruments:
        bars = list(feed.closed_bars(item.instrument.symbol, Interval.M1, feed.start, clock.now()))
        today = [bar for bar in bars if bar.open_time >= start]
        assert item.bar == bars[-1]
        assert item.bar.close_time == clock.now()
        assert item.indicators is not None
        closes, highs, lows = (
            _closes(bars),
            *(np.array([float(getattr(bar, side)) for bar in bars]) for side in ("high", "low")),
        )
        assert item.indicators.rsi == pytest.approx(batch.rsi(closes, 14)[-1], rel=1e-6)
        assert item.indicators.atr == pytest.approx(batch.atr(highs, lows, closes, 14)[-1], rel=1e-6)
        assert item.indicators.sma_short == pytest.approx(closes[-10:].mean())
        assert item.indicators.sma_long == pytest.approx(closes[-30:].mean())
        typical = [float(bar.high + bar.low + bar.close) / 3 for bar in today]
        volumes = [float(bar.volume) for bar in today]
        assert item.indicators.vwap == pytest.approx(np.average(typical, weights=volumes))
    assert BarRow.objects.values("instrument", "open_time").distinct().count() == BarRow.objects.count()


def test_a_stock_day_is_seen_in_its_session_with_the_half_day_right() -> None:
    clock = VirtualClock(utc(2025, 5, 12, 13, 30))
    feed = RecordingFeed([shared_file("us-stocks", f"{symbol}_5m.csv.gz") for symbol in ("SPY", "AAPL")], clock)
    market, account = _fetcher(feed, clock, Interval.M5)
    seen = []
    for moment in feed.close_times(utc(2025, 7, 3), utc(2025, 7, 4)):
        clock.move_to(moment)
        market.refresh(moment)
        picture = market.snapshot(moment, account, PARAMETERS, "first")
        seen.append(picture.instruments[0])
        if moment < utc(2025, 7, 3, 17):
            _complete(picture)
    assert len(seen) == 42
    assert [item.is_session_open for item in seen] == [True] * 41 + [False]
    assert [item.minutes_to_close for item in seen[:3]] == [205, 200, 195]
    assert seen[-2].minutes_to_close == 5
