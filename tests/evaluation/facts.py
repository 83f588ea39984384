"""Made-up trades and marks for tests, with every value that does not matter filled in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from evaluation.domain.facts import ClosedTrade, EquityMark

START = datetime(2026, 3, 23, 12, 0, tzinfo=UTC)


def trade(pnl: str, *, symbol: str = "BTCUSDT", opened_hours: float = 0, hold_hours: float = 1) -> ClosedTrade:
    """A trade of 2 units bought at 100 with a result of `pnl` after 0.40 of costs."""
    opened_at = START + timedelta(hours=opened_hours)
    return ClosedTrade(
        symbol=symbol,
        quantity=Decimal(2),
        entry_price=Decimal(100),
        exit_price=Decimal(100) + (Decimal(pnl) + Decimal("0.40")) / 2,
        commissions=Decimal("0.40"),
        pnl=Decimal(pnl),
        opened_at=opened_at,
        closed_at=opened_at + timedelta(hours=hold_hours),
    )


def marks(*values: str, step: timedelta = timedelta(days=1)) -> list[EquityMark]:
    """An equity curve with one mark a `step`."""
    return [EquityMark(START + step * number, Decimal(value)) for number, value in enumerate(values)]
