"""The simulated exchange behind the `Feed` port.

The same seed, symbol and moment give the same bar in every process and whatever was asked before. Coarser bars are
the minutes of the same path added up, so history and live bars are one series. Never shows a bar before its close.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np

from autotrader.lib.clock import Clock
from autotrader.lib.errors import BadInput
from trading.adapters.calendars import ALWAYS_OPEN, calendar_for
from trading.adapters.simulated.assets import SimulatedAsset, simulated_asset
from trading.adapters.simulated.day import MINUTES, Integers, SimulatedDay, simulate_day
from trading.adapters.simulated.levels import FIRST_DAY, Levels, day_number
from trading.adapters.simulated.regimes import Regime
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.ports import DataUnavailable, Quote

LABEL = "SIMULATED"
HALF_SPREAD_OF_VOLATILITY = 0.15
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_FEWEST_CACHED_DAYS = 128


class SimulatedFeed:
    """Bars and quotes of invented prices for `symbols`. Days are kept in a bounded cache (about 70 kB each)."""

    def __init__(self, seed: int, symbols: Sequence[str], clock: Clock) -> None:
        if not symbols:
            raise BadInput("the simulated market needs at least one symbol")
        self._seed = seed
        self._clock = clock
        self._levels = Levels(seed)
        self._assets = {symbol: simulated_asset(symbol) for symbol in symbols}
        cached_days = max(_FEWEST_CACHED_DAYS, 2 * len(symbols))
        self._day: Callable[[str, int], SimulatedDay] = lru_cache(maxsize=cached_days)(self._make_day)

    @property
    def label(self) -> str:
        return LABEL

    def instruments(self) -> Sequence[Instrument]:
        return [asset.instrument for asset in self._assets.values()]

    def regime(self, moment: datetime) -> Regime:
        """The weather of the market at `moment`."""
        seconds = int((moment - _midnight(moment.date())).total_seconds())
        return self._levels.regime(day_number(moment.date()), seconds)

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        asset = self._asset(symbol)
        end = min(end, self._clock.now())
        return [bar for day in _days(start, end) for bar in self._bars_of_day(asset, interval, day, start, end)]

    def quote(self, symbol: str) -> Quote | None:
        """Bid, ask and last inside the running minute; None while its bar is missing or the session is closed."""
        asset = self._asset(symbol)
        now = self._clock.now()
        if now.date() < FIRST_DAY:
            return None
        day = self._day(symbol, day_number(now.date()))
        elapsed = (now - _midnight(now.date())) / _MINUTE
        place = int(np.searchsorted(day.minute, int(elapsed)))
        if place == len(day.minute) or day.minute[place] != int(elapsed):
            return None
        return _quote(asset, day, place, elapsed - int(elapsed), now)

    def _asset(self, symbol: str) -> SimulatedAsset:
        asset = self._assets.get(symbol)
        if asset is None:
            raise DataUnavailable(f"{symbol} is not in the simulated market; it has {', '.join(self._assets)}")
        return asset

    def _make_day(self, symbol: str, day: int) -> SimulatedDay:
        asset = self._assets[symbol]
        made = simulate_day(self._seed, self._levels, asset, day)
        if asset.instrument.calendar == ALWAYS_OPEN:
            return made
        return _in_session(made, asset.instrument.calendar, FIRST_DAY + day * _DAY)

    def _bars_of_day(
        self, asset: SimulatedAsset, interval: Interval, day: date, start: datetime, end: datetime
    ) -> Iterator[Bar]:
        made = self._day(asset.instrument.symbol, day_number(day))
        midnight = _midnight(day)
        step = interval.duration // _MINUTE
        first = -(-(max(start, midnight) - midnight) // _MINUTE)
        last = (min(end, midnight + _DAY) - midnight) // _MINUTE
        begin, stop = np.searchsorted(made.minute, [-(-first // step) * step, last // step * step])
        if begin >= stop:
            return
        columns = _minutes(made, slice(begin, stop)) if step == 1 else _added_up(made, int(begin), int(stop), step)
        price_scale, lot_scale = -asset.price_places, -asset.lot_places
        for minute, opening, high, low, close, volume in zip(*(column.tolist() for column in columns), strict=True):
            yield Bar(
                symbol=asset.instrument.symbol,
                interval=interval,
                open_time=midnight + minute * _MINUTE,
                open=Decimal(opening).scaleb(price_scale),
                high=Decimal(high).scaleb(price_scale),
                low=Decimal(low).scaleb(price_scale),
                close=Decimal(close).scaleb(price_scale),
                volume=Decimal(volume).scaleb(lot_scale),
            )


def _minutes(day: SimulatedDay, part: slice) -> tuple[Integers, ...]:
    """The columns of the minutes in `part`, as they are."""
    return day.minute[part], day.open[part], day.high[part], day.low[part], day.close[part], day.volume[part]


def _added_up(day: SimulatedDay, low: int, high: int, step: int) -> tuple[Integers, ...]:
    """Minute, open, high, low, close, volume of the bars of `step` minutes made of the minutes low to high."""
    part = slice(low, high)
    group = day.minute[part] // step
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(begins[1:], high - low) - 1
    return (
        group[begins] * step,
        day.open[part][begins],
        np.maximum.reduceat(day.high[part], begins),
        np.minimum.reduceat(day.low[part], begins),
        day.close[part][ends],
        np.add.reduceat(day.volume[part], begins),
    )


def _quote(asset: SimulatedAsset, day: SimulatedDay, place: int, passed: float, now: datetime) -> Quote:
    """A price on the way from the minute's open to its close, and a spread that widens with volatility."""
    opening, closing = int(day.open[place]), int(day.close[place])
    last = round(opening + (closing - opening) * passed)
    half = max(round(last * float(day.volatility[place]) * HALF_SPREAD_OF_VOLATILITY), 1)
    bid, ask, traded = (
        Decimal(ticks).scaleb(-asset.price_places) for ticks in (max(last - half, 1), last + half, last)
    )
    return Quote(asset.instrument.symbol, bid=bid, ask=ask, last=traded, ts_event=now)


def _in_session(day: SimulatedDay, calendar: str, when: date) -> SimulatedDay:
    midnight = _midnight(when)
    opens = calendar_for(calendar).expected_open_times(Interval.M1, midnight, midnight + _DAY)
    is_open = np.zeros(MINUTES, dtype=np.bool_)
    is_open[[(moment - midnight) // _MINUTE for moment in opens]] = True
    return day.only(is_open[day.minute])


def _days(start: datetime, end: datetime) -> Iterator[date]:
    day = max(start.astimezone(UTC).date(), FIRST_DAY)
    while _midnight(day) < end:
        yield day
        day += _DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
