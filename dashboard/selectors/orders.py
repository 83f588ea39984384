"""Orders and fills as lines of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.order import OPEN_STATES, OrderState, Purpose
from trading.models import Account, FillRow, InstrumentRow, OrderRow

PURPOSE_WORDS = {
    Purpose.ENTRY.value: "Entry",
    Purpose.EXIT.value: "Exit",
    Purpose.STOP_LOSS.value: "Stop-loss",
    Purpose.TAKE_PROFIT.value: "Take-profit",
}
BAD_STATES = frozenset({OrderState.UNKNOWN, OrderState.QUARANTINED, OrderState.REJECTED, OrderState.NOT_ACCEPTED})


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order. `price` is what it waits for or was filled at, None for a market order without a fill."""

    client_order_id: str
    instrument: InstrumentRow
    purpose: str
    side: str
    order_type: str
    quantity: Decimal
    filled_quantity: Decimal
    price: Decimal | None
    state: str
    reason: str
    created_at: datetime

    @property
    def purpose_words(self) -> str:
        return PURPOSE_WORDS.get(self.purpose, self.purpose)

    @property
    def state_words(self) -> str:
        return self.state.replace("_", " ").capitalize()

    @property
    def tone(self) -> str:
        state = OrderState(self.state)
        if state in BAD_STATES:
            return "bad"
        return "open" if state in OPEN_STATES else "done"


@dataclass(frozen=True, slots=True)
class FillLine:
    """One execution. `slippage_bps` is positive when it was worse than expected."""

    instrument: InstrumentRow
    side: str
    purpose: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    commission_asset: str
    slippage_bps: Decimal | None
    ts: datetime

    @property
    def purpose_words(self) -> str:
        return PURPOSE_WORDS.get(self.purpose, self.purpose)


def recent_orders(account: Account, count: int) -> list[OrderLine]:
    """The newest orders first."""
    rows = OrderRow.objects.filter(account=account).select_related("instrument").order_by("-id")[:count]
    return _lines(rows)


def orders_of_decision(account: Account, decision_id: str) -> list[OrderLine]:
    """The orders that came of a decision, oldest first."""
    rows = OrderRow.objects.filter(account=account, intent__decision_id=decision_id).select_related("instrument")
    return _lines(rows.order_by("id"))


def recent_fills(account: Account, count: int) -> list[FillLine]:
    """The newest fills first."""
    rows = FillRow.objects.filter(account=account).select_related("instrument", "order").order_by("-id")[:count]
    return [
        FillLine(
            instrument=row.instrument,
            side=row.side,
            purpose=row.order.purpose,
            quantity=row.quantity,
            price=row.price,
            commission=row.commission,
            commission_asset=row.commission_asset,
            slippage_bps=row.slippage_bps,
            ts=row.ts_event,
        )
        for row in rows
    ]


def _lines(rows: Iterable[OrderRow]) -> list[OrderLine]:
    return [
        OrderLine(
            client_order_id=row.client_order_id,
            instrument=row.instrument,
            purpose=row.purpose,
            side=row.side,
            order_type=row.order_type,
            quantity=row.quantity,
            filled_quantity=row.filled_quantity,
            price=row.average_fill_price or row.stop_price or row.limit_price,
            state=row.state,
            reason=row.reason,
            created_at=row.created_at,
        )
        for row in rows
    ]
