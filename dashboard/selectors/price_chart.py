"""The price chart of one instrument: bars, what was bought and sold, and where stop and target lie.

Figures are floats here: they are pixels, not money.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import FloatField
from django.db.models.functions import Cast

from trading.domain.bar import Interval
from trading.domain.order import Side
from trading.models import Account, BarRow, FillRow, InstrumentRow, PositionRow


@dataclass(frozen=True, slots=True)
class ChartRange:
    """How far back a chart looks, and how long one of its bars is."""

    span: timedelta
    bucket: timedelta


PRICE_RANGES = {
    "6h": ChartRange(timedelta(hours=6), timedelta(minutes=1)),
    "1d": ChartRange(timedelta(days=1), timedelta(minutes=5)),
    "1w": ChartRange(timedelta(days=7), timedelta(minutes=30)),
    "1m": ChartRange(timedelta(days=30), timedelta(hours=2)),
}

_FIGURES = ("open", "high", "low", "close", "volume")


def price_chart(account: Account, instrument: InstrumentRow, chart_range: ChartRange, base: Interval) -> dict[str, Any]:
    """Bars as [time, open, high, low, close, volume] (time in Unix seconds, oldest first), markers and lines.

    The window ends with the newest bar, so a finished replay shows its own time.
    """
    interval = _stored_interval(instrument, base)
    bars = _bars(instrument, interval, chart_range) if interval else []
    bucket = max(chart_range.bucket, interval.duration) if interval else chart_range.bucket
    return {
        "symbol": instrument.symbol,
        "base": instrument.base,
        "quote": instrument.quote,
        "places": decimal_places(instrument.tick_size),
        "bucket": int(bucket.total_seconds()),
        "bars": bars,
        "markers": list(_markers(account, instrument, bars, bucket)),
        "lines": _lines(account, instrument),
    }


def decimal_places(step: Decimal) -> int:
    """How many digits after the point a grid of `step` has."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _stored_interval(instrument: InstrumentRow, base: Interval) -> Interval | None:
    bars = BarRow.objects.filter(instrument=instrument)
    candidates = [base, *(interval for interval in Interval if interval is not base)]
    return next((wanted for wanted in candidates if bars.filter(interval=wanted.value).exists()), None)


def _bars(instrument: InstrumentRow, interval: Interval, chart_range: ChartRange) -> list[list[float]]:
    rows = BarRow.objects.filter(instrument=instrument, interval=interval.value)
    newest = rows.order_by("-open_time").values_list("open_time", flat=True)[0]
    casts = {f"{name}_f": Cast(name, FloatField()) for name in _FIGURES}
    wanted = rows.filter(open_time__gt=newest - chart_range.span).annotate(**casts).order_by("open_time")
    values = list(wanted.values_list("open_time", *casts))
    times = np.fromiter((row[0].timestamp() for row in values), dtype=np.int64, count=len(values))
    figures = np.array([row[1:] for row in values], dtype=np.float64)
    return merge_bars(times, figures, int(max(chart_range.bucket, interval.duration).total_seconds()))


def merge_bars(times: Any, figures: Any, bucket_seconds: int) -> list[list[float]]:
    """Bars of `bucket_seconds` from shorter ones: (n,) open times in seconds, (n, 5) open, high, low, close, volume."""
    starts = times - times % bucket_seconds
    first = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
    last = np.append(first[1:], len(starts)) - 1
    merged: list[list[float]] = np.column_stack(
        [
            starts[first],
            figures[first, 0],
            np.maximum.reduceat(figures[:, 1], first),
            np.minimum.reduceat(figures[:, 2], first),
            figures[last, 3],
            np.add.reduceat(figures[:, 4], first),
        ]
    ).tolist()
    return merged


def _markers(
    account: Account, instrument: InstrumentRow, bars: Sequence[Sequence[float]], bucket: timedelta
) -> Iterator[dict[str, Any]]:
    if not bars:
        return
    seconds = int(bucket.total_seconds())
    start = datetime.fromtimestamp(bars[0][0], tz=UTC)
    end = datetime.fromtimestamp(bars[-1][0] + seconds, tz=UTC)
    fills = FillRow.objects.filter(account=account, instrument=instrument, ts_event__gte=start, ts_event__lt=end)
    for fill in fills.select_related("order").order_by("ts_event"):
        stamp = int(fill.ts_event.timestamp())
        yield {
            "time": stamp - stamp % seconds,
            "side": fill.side,
            "purpose": fill.order.purpose,
            "price": float(fill.price),
            "is_buy": fill.side == Side.BUY.value,
        }


def _lines(account: Account, instrument: InstrumentRow) -> dict[str, float]:
    position = PositionRow.objects.filter(account=account, instrument=instrument, opened_at__isnull=False).first()
    if position is None:
        return {}
    prices = {
        "entry": position.average_entry_price,
        "stop": position.stop_loss,
        "target": position.take_profit,
    }
    return {name: float(price) for name, price in prices.items() if price is not None}
