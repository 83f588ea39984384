"""History as CSV (M19): trades, daily performance, decisions. Streamed, so its memory does not grow with the history.

The command line and the API's downloads read the same lines.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ai.models import DecisionRow
from ai.selectors.entry_indicators import with_entry_indicators
from autotrader.lib.errors import BadInput
from evaluation.models import DailyPerformance
from evaluation.selectors.csv_cells import csv_lines
from trading.models import Account, Trade

CHUNK = 2000
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (included) to `end` (left out); None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise BadInput(
                f"the period ends ({self.end:%Y-%m-%d %H:%M}) before it begins ({self.start:%Y-%m-%d %H:%M})"
            )

    def on(self, field: str) -> dict[str, datetime]:
        """The filter of a query on `field`."""
        bounds = {f"{field}__gte": self.start, f"{field}__lt": self.end}
        return {name: value for name, value in bounds.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of history: its columns and the rows of an account in a period."""

    header: tuple[str, ...]
    rows: Callable[[Account, Period], Iterator[Row]]


def export_lines(kind: str, *, account: Account, period: Period) -> Iterator[str]:
    """The CSV lines of `kind` (trades, daily or decisions). Raises BadInput for another kind."""
    if kind not in EXPORTS:
        raise BadInput(f"{kind!r} cannot be exported; accepted are {', '.join(EXPORTS)}")
    export = EXPORTS[kind]
    return csv_lines(export.header, export.rows(account, period))


TRADE_HEADER = (
    "time", "ticker", "action", "price", "quantity", "pnl", "hold_seconds", "indicators",
    "commissions", "exit_reason", "strategy", "parameter_set", "trade_id",
)  # fmt: skip


def _trade_rows(account: Account, period: Period) -> Iterator[Row]:
    """Each finished trade as two rows, its BUY and its SELL, all in the order of time.

    The indicators are those the entry was decided on.
    """
    trades = with_entry_indicators(Trade.objects.filter(account=account).select_related("instrument"))
    opened = trades.filter(**period.on("opened_at")).order_by("opened_at", "id").iterator(CHUNK)
    closed = trades.filter(**period.on("closed_at")).order_by("closed_at", "id").iterator(CHUNK)
    yield from heapq.merge(map(_entry_row, opened), map(_exit_row, closed), key=lambda row: row[0])


def _entry_row(trade: Trade) -> Row:
    return (
        trade.opened_at, trade.instrument.symbol, "BUY", trade.entry_price, trade.quantity, None, None,
        getattr(trade, "indicators", None), None, None, trade.strategy, trade.parameter_set_id, trade.id,
    )  # fmt: skip


def _exit_row(trade: Trade) -> Row:
    hold_seconds = round((trade.closed_at - trade.opened_at).total_seconds())
    return (
        trade.closed_at, trade.instrument.symbol, "SELL", trade.exit_price, trade.quantity, trade.pnl, hold_seconds,
        None, trade.commissions, trade.exit_reason, trade.strategy, trade.parameter_set_id, trade.id,
    )  # fmt: skip


DAILY_HEADER = (
    "date", "total_trades", "profitable_trades", "win_rate", "total_pnl", "average_hold_seconds",
    "best_stock", "best_pnl", "worst_stock", "worst_pnl", "parameter_set", "parameters",
)  # fmt: skip


def _daily_rows(account: Account, period: Period) -> Iterator[Row]:
    days = DailyPerformance.objects.filter(account=account)
    if period.start is not None:
        days = days.filter(date__gte=period.start.date())
    if period.end is not None:
        days = days.filter(date__lt=period.end.date())
    for day in days.order_by("date").iterator(CHUNK):
        yield (
            day.date, day.total_trades, day.profitable_trades, day.win_rate, day.total_pnl, day.average_hold_seconds,
            day.best_symbol, day.best_pnl, day.worst_symbol, day.worst_pnl, day.parameter_set_id, day.parameters,
        )  # fmt: skip


DECISION_HEADER = (
    "time", "ticker", "action", "confidence", "status", "reasoning", "denied_by", "hold_cause",
    "decided_by", "model", "market", "execution", "decision_id",
)  # fmt: skip


def _decision_rows(account: Account, period: Period) -> Iterator[Row]:
    decisions = DecisionRow.objects.filter(account=account, **period.on("decided_at")).select_related("instrument")
    for row in decisions.order_by("id").iterator(CHUNK):
        yield (
            row.decided_at, row.instrument.symbol, row.action, row.confidence, row.status, row.reasoning,
            row.denied_by, row.hold_cause, row.decided_by, row.model, row.market, row.execution, row.id,
        )  # fmt: skip


EXPORTS = {
    "trades": Export(TRADE_HEADER, _trade_rows),
    "daily": Export(DAILY_HEADER, _daily_rows),
    "decisions": Export(DECISION_HEADER, _decision_rows),
}
