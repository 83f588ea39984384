"""The equity curve of an account, thinned out to what a screen can show, with its deepest fall.

Figures are floats here: they are pixels, not money.
"""

from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import FloatField
from django.db.models.functions import Cast

from trading.models import Account, EquityPoint

EQUITY_RANGES: dict[str, timedelta | None] = {
    "1d": timedelta(days=1),
    "1w": timedelta(days=7),
    "1m": timedelta(days=30),
    "all": None,
}
MOST_POINTS = 500


def equity_chart(account: Account, span: timedelta | None) -> dict[str, Any]:
    """Points as [Unix seconds, equity], oldest first, and the drawdown over every stored point of the window.

    The window ends with the newest point; `span` None means everything.
    """
    rows = EquityPoint.objects.filter(account=account).order_by("ts")
    newest = rows.values_list("ts", flat=True).last()
    if newest is None:
        return {"quote": account.quote_asset, "points": [], "max_drawdown": None}
    if span is not None:
        rows = rows.filter(ts__gt=newest - span)
    values = list(rows.annotate(worth=Cast("equity", FloatField())).values_list("ts", "worth"))
    worth = np.array([value for _, value in values])
    kept = thin_out(worth, MOST_POINTS)
    return {
        "quote": account.quote_asset,
        "points": [[int(values[index][0].timestamp()), values[index][1]] for index in kept],
        "max_drawdown": max_drawdown(worth),
    }


def max_drawdown(worth: Any) -> float:
    """The deepest fall from a peak as a positive fraction of that peak; 0 for a curve that never falls."""
    peaks = np.maximum.accumulate(worth)
    falls = np.divide(peaks - worth, peaks, out=np.zeros_like(worth), where=peaks > 0)
    return float(falls.max(initial=0.0))


def thin_out(worth: Any, most: int) -> list[int]:
    """Indices of at most `most` points: the lowest and highest of every stretch, the first and the last."""
    count = len(worth)
    if count <= most:
        return list(range(count))
    kept = {0, count - 1}
    for stretch in np.array_split(np.arange(count), (most - 2) // 2):
        kept.add(int(stretch[np.argmin(worth[stretch])]))
        kept.add(int(stretch[np.argmax(worth[stretch])]))
    return sorted(kept)
