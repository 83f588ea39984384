"""Trades and equity marks of an account as the plain facts that `evaluation.domain` judges."""

from datetime import datetime

from evaluation.domain.facts import ClosedTrade, EquityMark
from trading.models import Account, EquityPoint, Trade


def to_fact(trade: Trade) -> ClosedTrade:
    """A trade's row as a fact; its instrument should be joined already."""
    return ClosedTrade(
        symbol=trade.instrument.symbol,
        quantity=trade.quantity,
        entry_price=trade.entry_price,
        exit_price=trade.exit_price,
        commissions=trade.commissions,
        pnl=trade.pnl,
        opened_at=trade.opened_at,
        closed_at=trade.closed_at,
        exit_reason=trade.exit_reason,
    )


def closed_trades(account: Account, start: datetime | None = None, end: datetime | None = None) -> list[ClosedTrade]:
    """Trades closed in [start, end), in the order they were closed; no bound means from the first or to the last."""
    rows = Trade.objects.filter(account=account).select_related("instrument").order_by("closed_at", "id")
    if start is not None:
        rows = rows.filter(closed_at__gte=start)
    if end is not None:
        rows = rows.filter(closed_at__lt=end)
    return [to_fact(row) for row in rows]


def equity_marks(account: Account, start: datetime | None = None, end: datetime | None = None) -> list[EquityMark]:
    """The equity curve in [start, end), oldest first."""
    points = EquityPoint.objects.filter(account=account).order_by("ts")
    if start is not None:
        points = points.filter(ts__gte=start)
    if end is not None:
        points = points.filter(ts__lt=end)
    return [EquityMark(ts, equity) for ts, equity in points.values_list("ts", "equity").iterator(chunk_size=2000)]
