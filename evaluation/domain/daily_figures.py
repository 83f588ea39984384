"""One trading day in figures (M19): pure, from the trades that were closed on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluation.domain.facts import ClosedTrade
from evaluation.domain.trade_statistics import pnl_by_symbol, trade_statistics


@dataclass(frozen=True, slots=True)
class DailyFigures:
    """A day's figures. `win_rate` and `average_hold_seconds` are None on a day without trades."""

    total_trades: int
    profitable_trades: int
    win_rate: Decimal | None
    total_pnl: Decimal
    average_hold_seconds: int | None
    best_symbol: str
    best_pnl: Decimal | None
    worst_symbol: str
    worst_pnl: Decimal | None


def daily_figures(trades: Sequence[ClosedTrade]) -> DailyFigures:
    """The figures of one day's `trades`."""
    found = trade_statistics(trades)
    by_symbol = pnl_by_symbol(trades)
    return DailyFigures(
        total_trades=found.trades,
        profitable_trades=found.wins,
        win_rate=found.win_rate,
        total_pnl=found.total_pnl,
        average_hold_seconds=round(found.average_hold.total_seconds()) if found.average_hold is not None else None,
        best_symbol=found.best_symbol,
        best_pnl=by_symbol.get(found.best_symbol),
        worst_symbol=found.worst_symbol,
        worst_pnl=by_symbol.get(found.worst_symbol),
    )
