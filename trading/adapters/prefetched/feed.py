"""A feed over bars that another feed gave at once: a month of history costs a few requests instead of thousands.

Like every feed it never shows a bar before the clock has reached the bar's close.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime

from autotrader.lib.clock import Clock
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.ports import DataUnavailable, Feed, Quote


class PrefetchedFeed:
    """The bars of `source` in [start, end] for one interval, read once, shown as `clock` allows.

    `on_symbol` is called after each instrument. Raises DataUnavailable when `source` cannot answer.
    """

    def __init__(
        self,
        source: Feed,
        instruments: Sequence[Instrument],
        interval: Interval,
        span: tuple[datetime, datetime],
        clock: Clock,
        on_symbol: Callable[[str], None] = lambda symbol: None,
    ) -> None:
        self._label = source.label
        self._instruments = tuple(instruments)
        self._interval = interval
        self._clock = clock
        self._bars: dict[str, list[Bar]] = {}
        self._closes: dict[str, list[datetime]] = {}
        for instrument in instruments:
            bars = list(source.closed_bars(instrument.symbol, interval, *span))
            self._bars[instrument.symbol] = bars
            self._closes[instrument.symbol] = [bar.close_time for bar in bars]
            on_symbol(instrument.symbol)

    @property
    def label(self) -> str:
        return self._label

    def instruments(self) -> Sequence[Instrument]:
        return self._instruments

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        if interval != self._interval or symbol not in self._bars:
            raise DataUnavailable(f"only {self._interval} bars of {', '.join(self._bars)} were fetched")
        last = bisect_right(self._closes[symbol], min(end, self._clock.now()))
        first = bisect_left(self._closes[symbol], start + interval.duration)
        return self._bars[symbol][first:last]

    def quote(self, symbol: str) -> Quote | None:
        known = bisect_right(self._closes.get(symbol, []), self._clock.now())
        if not known:
            return None
        bar = self._bars[symbol][known - 1]
        return Quote(symbol, bid=bar.close, ask=bar.close, last=bar.close, ts_event=bar.close_time)
