"""Open positions with their worth now and how far their stop and target are."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import ZERO, divide
from dashboard.selectors.prices import LastPrice, last_prices
from trading.domain.bar import Interval
from trading.models import Account, InstrumentRow, PositionRow


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """One held instrument. Prices and money in quote units; distances are positive fractions of the present price.

    `price` is None as long as no bar is known; everything that needs it is None then, too.
    """

    instrument: InstrumentRow
    quantity: Decimal
    entry_price: Decimal
    price: Decimal | None
    stop_loss: Decimal | None
    take_profit: Decimal | None
    opened_at: datetime | None
    unprotected_since: datetime | None
    strategy: str
    entry_decision_id: str

    @property
    def value(self) -> Decimal | None:
        return None if self.price is None else self.price * self.quantity

    @property
    def pnl(self) -> Decimal | None:
        return None if self.price is None else (self.price - self.entry_price) * self.quantity

    @property
    def pnl_fraction(self) -> Decimal | None:
        return None if self.price is None else _part(self.price - self.entry_price, self.entry_price)

    @property
    def to_stop(self) -> Decimal | None:
        if self.price is None or self.stop_loss is None:
            return None
        return _part(self.price - self.stop_loss, self.price)

    @property
    def to_target(self) -> Decimal | None:
        if self.price is None or self.take_profit is None:
            return None
        return _part(self.take_profit - self.price, self.price)

    @property
    def is_protected(self) -> bool:
        return self.stop_loss is not None and self.unprotected_since is None

    def place(self, price: Decimal | None) -> Decimal | None:
        """Where `price` lies between stop (0) and target (100), cut to that range."""
        if price is None or self.stop_loss is None or self.take_profit is None or self.take_profit <= self.stop_loss:
            return None
        share = divide(price - self.stop_loss, self.take_profit - self.stop_loss, 4) * 100
        return min(max(share, ZERO), Decimal(100))

    @property
    def price_place(self) -> Decimal | None:
        return self.place(self.price)

    @property
    def entry_place(self) -> Decimal | None:
        return self.place(self.entry_price)


def open_positions(account: Account, interval: Interval) -> list[OpenPosition]:
    """Every open position, the largest first. Dust that a closed one left behind is no position."""
    held = list(PositionRow.objects.filter(account=account, opened_at__isnull=False).select_related("instrument"))
    prices = last_prices([row.instrument_id for row in held], interval) if held else {}
    positions = [_position(row, prices.get(row.instrument_id)) for row in held]
    return sorted(positions, key=lambda position: position.value or ZERO, reverse=True)


def _position(row: PositionRow, last: LastPrice | None) -> OpenPosition:
    return OpenPosition(
        instrument=row.instrument,
        quantity=row.quantity,
        entry_price=row.average_entry_price,
        price=last.price if last else None,
        stop_loss=row.stop_loss,
        take_profit=row.take_profit,
        opened_at=row.opened_at,
        unprotected_since=row.unprotected_since,
        strategy=row.strategy,
        entry_decision_id=row.entry_decision_id,
    )


def _part(part: Decimal, whole: Decimal) -> Decimal | None:
    return divide(part, whole, 6) if whole else None
