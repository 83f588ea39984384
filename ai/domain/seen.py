"""What was seen of an instrument when it was decided on: the few figures kept on the decision and in the audit."""

from typing import Any

from autotrader.lib.canonical import iso_utc
from autotrader.lib.money import plain
from trading.domain.market_snapshot import IndicatorValues, InstrumentSnapshot


def market_seen(snapshot: InstrumentSnapshot) -> dict[str, Any]:
    """Price and volume as plain decimal text, indicators as numbers, and the bar's close; {} without a bar."""
    bar = snapshot.bar
    if bar is None:
        return {"data_problem": snapshot.data_problem} if snapshot.data_problem else {}
    seen: dict[str, Any] = {
        "price": plain(bar.close),
        "volume": plain(bar.volume),
        "bar_close_time": iso_utc(bar.close_time),
    }
    if snapshot.indicators is not None:
        seen.update(_indicators(snapshot.indicators))
    if snapshot.data_problem:
        seen["data_problem"] = snapshot.data_problem
    return seen


def _indicators(values: IndicatorValues) -> dict[str, Any]:
    return {
        "rsi": values.rsi,
        "ma_short": values.sma_short,
        "ma_long": values.sma_long,
        "trend": values.trend,
        "vwap": values.vwap,
        "atr": values.atr,
        "atr_percent": values.atr_percent,
        "daily_atr_percent": values.daily_atr_percent,
        "volume_ratio": values.volume_ratio,
    }
