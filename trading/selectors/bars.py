"""Reads of stored bars."""

from collections.abc import Iterator
from datetime import datetime

from trading.domain.bar import Bar, Interval
from trading.models import BarRow, InstrumentRow

_CHUNK = 2000


def bars_between(row: InstrumentRow, interval: Interval, start: datetime, end: datetime) -> Iterator[Bar]:
    """Stored bars with start <= open_time and close_time <= end, oldest first, as a stream."""
    last_open = end - interval.duration
    rows = (
        BarRow.objects.filter(instrument=row, interval=interval.value, open_time__gte=start, open_time__lte=last_open)
        .order_by("open_time")
        .values_list("open_time", "open", "high", "low", "close", "volume")
    )
    return (Bar(row.symbol, interval, *values) for values in rows.iterator(_CHUNK))


def latest_bars(row: InstrumentRow, interval: Interval, count: int) -> list[Bar]:
    """The last `count` stored bars, oldest first."""
    rows = BarRow.objects.filter(instrument=row, interval=interval.value).order_by("-open_time")[:count]
    return [bar.to_domain(row.symbol) for bar in reversed(rows)]


def last_open_time(row: InstrumentRow, interval: Interval) -> datetime | None:
    """The open time of the newest stored bar; None when there is none."""
    return (
        BarRow.objects.filter(instrument=row, interval=interval.value)
        .order_by("-open_time")
        .values_list("open_time", flat=True)
        .first()
    )


def open_times(row: InstrumentRow, interval: Interval, start: datetime, end: datetime) -> list[datetime]:
    """The open times of all stored bars in [start, end), rising: enough for a gap report."""
    return list(
        BarRow.objects.filter(instrument=row, interval=interval.value, open_time__gte=start, open_time__lt=end)
        .order_by("open_time")
        .values_list("open_time", flat=True)
    )
