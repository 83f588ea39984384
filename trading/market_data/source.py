"""Bars from the main feed or, where it fails or leaves holes, from a backup (M27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate, value_problem
from trading.ports import DataUnavailable, Feed, VenueUnavailable


@dataclass(frozen=True, slots=True)
class FetchedBars:
    """Bars and the label of the source they are from."""

    bars: Sequence[Bar]
    source: str


class BarSource:
    """The main feed with an optional backup behind it."""

    def __init__(self, feed: Feed, interval: Interval, backup: Feed | None = None) -> None:
        self.feed = feed
        self._interval = interval
        self._backup = backup

    def fetch(self, symbol: str, start: datetime, end: datetime) -> FetchedBars:
        """Closed bars from `start` on. Raises DataUnavailable when no source can answer."""
        try:
            return FetchedBars(self.feed.closed_bars(symbol, self._interval, start, end), self.feed.label)
        except (DataUnavailable, VenueUnavailable) as error:
            return self._from_backup(symbol, start, end, error)

    def fill_hole(self, gate: BarGate, previous: Bar | None, fetched: FetchedBars, end: datetime) -> FetchedBars:
        """The same bars with the backup's in the places the main feed left empty; it asks only if there are some."""
        if self._backup is None or not fetched.bars or not _has_hole(gate, previous, fetched.bars):
            return fetched
        start = previous.close_time if previous else fetched.bars[0].open_time
        try:
            spare = self._backup.closed_bars(fetched.bars[0].symbol, self._interval, start, end)
        except (DataUnavailable, VenueUnavailable):
            return fetched
        merged = {bar.open_time: bar for bar in spare} | {bar.open_time: bar for bar in fetched.bars}
        return FetchedBars([merged[moment] for moment in sorted(merged)], fetched.source)

    def confirms(self, bar: Bar) -> bool:
        """Whether the backup saw about the same close: the second source for a price that jumped."""
        if self._backup is None:
            return False
        try:
            seen = self._backup.closed_bars(bar.symbol, self._interval, bar.open_time, bar.close_time)
        except (DataUnavailable, VenueUnavailable):
            return False
        return any(
            other.open_time == bar.open_time and not value_problem(other) and _is_near(bar, other) for other in seen
        )

    def _from_backup(self, symbol: str, start: datetime, end: datetime, error: Exception) -> FetchedBars:
        if self._backup is None:
            raise DataUnavailable(str(error)) from error
        return FetchedBars(self._backup.closed_bars(symbol, self._interval, start, end), self._backup.label)


def _has_hole(gate: BarGate, previous: Bar | None, bars: Sequence[Bar]) -> bool:
    before = [previous, *bars[:-1]]
    return any(gate.gap(bar, earlier) for earlier, bar in zip(before, bars, strict=True))


def _is_near(bar: Bar, other: Bar) -> bool:
    """Within 2 %: two sources never agree to the cent, and a wrong print is far off."""
    return abs(bar.close - other.close) * 50 <= bar.close
