"""Where the paper venue sees prices: closed bars to play, and the last known price for what trades at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Protocol

from autotrader.lib.statements import Select
from trading.domain.bar import Bar, Interval
from trading.models import BarRow, InstrumentRow
from trading.ports import Feed, Quote

VOLUME_BARS = 20


class PriceSource(Protocol):
    """Prices as they became known. Never answers with anything from after the moment of the question."""

    @property
    def interval(self) -> Interval:
        """How long each bar is."""
        ...

    def bars_after(self, cursors: Mapping[str, datetime], until: datetime) -> Sequence[Bar]:
        """Closed bars of the symbols in `cursors` with cursor < close_time <= until, by close time then symbol."""
        ...

    def quote(self, symbol: str) -> Quote | None:
        """The last known price; None when there is none."""
        ...

    def typical_volume(self, symbol: str, until: datetime) -> Decimal | None:
        """The median volume of the last 20 bars closed by `until`; None when there is no bar."""
        ...


_COLUMNS = ("instrument_id", "open_time", "open", "high", "low", "close", "volume")


@lru_cache(maxsize=64)
def _after(instruments: int) -> Select:
    """The bars of that many instruments."""
    holes = ", ".join(["%s"] * instruments)
    return Select(
        BarRow,
        _COLUMNS,
        f"WHERE instrument_id IN ({holes}) AND interval = %s AND open_time > %s AND open_time <= %s",
    )


_VOLUMES = Select(
    BarRow,
    ("volume",),
    "WHERE instrument_id = %s AND interval = %s AND open_time <= %s ORDER BY open_time DESC LIMIT %s",
)


class StoredPrices:
    """Bars from the platform's table (so only such as passed the gate), quotes from a feed."""

    def __init__(self, *, venue: str, interval: Interval, feed: Feed) -> None:
        self._venue = venue
        self._interval = interval
        self._feed = feed
        self._ids: dict[str, int] = {}

    @property
    def interval(self) -> Interval:
        return self._interval

    def bars_after(self, cursors: Mapping[str, datetime], until: datetime) -> Sequence[Bar]:
        duration, found = self._interval.duration, []
        for cursor, group in self._by_cursor(cursors).items():
            values = (*group, self._interval.value, cursor - duration, until - duration)
            rows = _after(len(group)).rows(values)
            found += [Bar(group[key], self._interval, *row) for key, *row in rows]
        return sorted(found, key=lambda bar: (bar.close_time, bar.symbol))

    def _by_cursor(self, cursors: Mapping[str, datetime]) -> dict[datetime, dict[int, str]]:
        """The symbols by their rows' ids, for each cursor: most of them stand at the same bar."""
        groups: dict[datetime, dict[int, str]] = {}
        for symbol, cursor in cursors.items():
            groups.setdefault(cursor, {})[self._id(symbol)] = symbol
        return groups

    def quote(self, symbol: str) -> Quote | None:
        return self._feed.quote(symbol)

    def typical_volume(self, symbol: str, until: datetime) -> Decimal | None:
        last_open = until - self._interval.duration
        rows = _VOLUMES.rows((self._id(symbol), self._interval.value, last_open, VOLUME_BARS))
        volumes = [volume for (volume,) in rows]
        return median(volumes) if volumes else None

    def _id(self, symbol: str) -> int:
        if symbol not in self._ids:
            found = InstrumentRow.objects.filter(venue=self._venue, symbol=symbol).values_list("id", flat=True).first()
            if found is None:
                return 0
            self._ids[symbol] = found
        return self._ids[symbol]
