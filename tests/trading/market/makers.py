"""Bars and feeds for tests of the market: small, made by hand, with the face of the real ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from autotrader.lib.clock import Clock
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import AssetClass, Instrument
from trading.ports import DataUnavailable, Quote

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def bar(
    number: int = 0,
    level: str = "100",
    *,
    symbol: str = "BTCUSDT",
    interval: Interval = Interval.M1,
    start: datetime = START,
    **changes: str,
) -> Bar:
    """Bar number `number` after `start`: flat around `level` unless `changes` names other prices."""
    price = Decimal(level)
    values = {"open": price, "high": price + 1, "low": price - 1, "close": price, "volume": Decimal(10)}
    values |= {name: Decimal(value) for name, value in changes.items()}
    return Bar(symbol, interval, start + number * interval.duration, **values)


def bars(count: int, first: int = 0, *, symbol: str = "BTCUSDT", interval: Interval = Interval.M1) -> list[Bar]:
    """Bars in a row whose closes wander a little."""
    return [
        bar(number, str(100 + number % 7), symbol=symbol, interval=interval) for number in range(first, first + count)
    ]


def crypto(symbol: str = "BTCUSDT") -> Instrument:
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.CRYPTO,
        base=symbol.removesuffix("USDT"),
        quote="USDT",
        tick_size=Decimal("0.01"),
        lot_size=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(5),
    )


class FakeFeed:
    """A feed over a list of bars that can be told to fail for some symbols, and that counts what it was asked."""

    label = "fake"

    def __init__(self, clock: Clock, known: Sequence[Bar], instruments: Sequence[Instrument] = ()) -> None:
        self._clock = clock
        self.bars = list(known)
        self.failing: set[str] = set()
        self.asked: list[tuple[str, Interval]] = []
        self._instruments = instruments

    def instruments(self) -> Sequence[Instrument]:
        return self._instruments

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        self.asked.append((symbol, interval))
        if symbol in self.failing:
            raise DataUnavailable(f"{symbol} is out of order")
        until = min(end, self._clock.now())
        return [
            item
            for item in self.bars
            if (item.symbol, item.interval) == (symbol, interval)
            and start <= item.open_time
            and item.close_time <= until
        ]

    def quote(self, symbol: str) -> Quote | None:
        if symbol in self.failing:
            raise DataUnavailable(f"{symbol} is out of order")
        return None
