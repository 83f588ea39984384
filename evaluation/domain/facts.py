"""What judging starts from: finished trades and equity marks, free of any table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """One round trip, long only. Prices, `pnl` (after costs) and `commissions` in quote units, stamps in UTC."""

    symbol: str
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    commissions: Decimal
    pnl: Decimal
    opened_at: datetime
    closed_at: datetime
    exit_reason: str = ""

    @property
    def hold_time(self) -> timedelta:
        return self.closed_at - self.opened_at

    @property
    def turnover(self) -> Decimal:
        """What was bought and sold, in quote units."""
        return self.quantity * (self.entry_price + self.exit_price)


@dataclass(frozen=True, slots=True)
class EquityMark:
    """Equity of an account at one moment, quote units."""

    ts: datetime
    equity: Decimal
