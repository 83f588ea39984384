"""Pictures of one instrument, as a strategy sees it: a clear uptrend, changed one thing at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.trading.risk.build import BTC, SPY
from trading.domain.bar import Bar, Interval
from trading.domain.market_snapshot import HeldPosition, IndicatorValues, InstrumentSnapshot

D = Decimal
OPEN_TIME = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)

UPTREND = IndicatorValues(
    rsi=60.0,
    sma_short=100.0,
    sma_long=99.8,
    ema_short=100.1,
    ema_long=99.9,
    vwap=99.5,
    atr=0.2,
    atr_percent=0.2,
    daily_atr_percent=3.0,
    volume_ratio=2.0,
    trend="UP",
)
DOWNTREND = replace(
    UPTREND, rsi=35.0, sma_short=99.6, sma_long=100.0, ema_short=99.6, ema_long=100.0, vwap=101.0, trend="DOWN"
)
DIP = replace(DOWNTREND, rsi=22.0)
QUIET = replace(UPTREND, rsi=50.0, sma_short=99.81, trend="FLAT", volume_ratio=0.8)


def bar(close: str = "100.2", open_price: str = "100.0") -> Bar:
    high, low = max(D(close), D(open_price)) + 1, min(D(close), D(open_price)) - 1
    return Bar("BTCUSDT", Interval.M1, OPEN_TIME, D(open_price), high, low, D(close), D("3"))


def position(entry_price: str = "100", held_bars: int = 100) -> HeldPosition:
    opened_at = OPEN_TIME + timedelta(minutes=1) - timedelta(minutes=held_bars)
    return HeldPosition(D("0.5"), D(entry_price), opened_at, None, None, D("0"))


def picture(
    values: IndicatorValues | None = UPTREND, held: HeldPosition | None = None, **changes: Any
) -> InstrumentSnapshot:
    """An open market without a close, flat unless `held` is given."""
    whole = InstrumentSnapshot(BTC, bar(), values, held, True, None, D("4"))
    return replace(whole, **changes)


def stock(minutes_to_close: int | None, held: HeldPosition | None = None, **changes: Any) -> InstrumentSnapshot:
    return picture(held=held, instrument=SPY, minutes_to_close=minutes_to_close, **changes)
