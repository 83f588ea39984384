"""Orders and intents that are not finished, at their worst case, and what was sent lately: the raw facts of risk.

The plan's own decision is left out everywhere: at the gateway its intent already stands in the table.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.domain.order import OPEN_STATES, OrderState, OrderType, Purpose, Side
from trading.domain.risk.context import RecentOrder, RestingOrder
from trading.models import Account, Intent, OrderRow

DECIDED_PURPOSES = (Purpose.ENTRY.value, Purpose.EXIT.value)
_OPEN_STATES = sorted(OPEN_STATES)
_LIVE_STATES = [Intent.State.AWAITING_APPROVAL, Intent.State.APPROVED, Intent.State.SUBMITTED]


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that may be alive. `worst_price` is the most an entry may cost for each unit."""

    client_order_id: str
    symbol: str
    side: str
    purpose: str
    order_type: str
    remaining: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    worst_price: Decimal

    @property
    def worst_notional(self) -> Decimal:
        return self.remaining * self.worst_price if self.side == Side.BUY else ZERO

    def as_resting(self) -> RestingOrder:
        price = self.limit_price if self.limit_price is not None else self.stop_price
        return RestingOrder(self.client_order_id, self.side, price, self.order_type == OrderType.STOP_LOSS)


@dataclass(frozen=True, slots=True)
class LiveIntent:
    """An intent that still wants something. `is_unsent`: no order stands for it yet."""

    decision_id: str
    symbol: str
    strategy: str
    side: str
    purpose: str
    quantity: Decimal
    limit_price: Decimal
    state: str
    created_at: datetime

    @property
    def is_unsent(self) -> bool:
        return self.state != Intent.State.SUBMITTED

    @property
    def worst_notional(self) -> Decimal:
        return self.quantity * self.limit_price if self.is_unsent and self.side == Side.BUY else ZERO

    def as_recent(self) -> RecentOrder:
        return RecentOrder(self.decision_id, self.symbol, self.side, self.purpose, self.quantity, self.created_at)


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order that left us within the look-back."""

    decision_id: str
    symbol: str
    strategy: str
    side: str
    purpose: str
    quantity: Decimal
    state: str
    sent_at: datetime

    @property
    def is_rejected(self) -> bool:
        return self.state == OrderState.REJECTED

    def as_recent(self) -> RecentOrder:
        return RecentOrder(self.decision_id, self.symbol, self.side, self.purpose, self.quantity, self.sent_at)


def open_orders(account: Account, decision_id: str, assumed_price: Decimal) -> list[OpenOrder]:
    """Every order not in a final state, SENDING and UNKNOWN among them. `assumed_price` where an order has none."""
    rows = OrderRow.objects.filter(account=account, state__in=_OPEN_STATES).values_list(
        "client_order_id", "instrument__symbol", "side", "purpose", "order_type", "quantity", "filled_quantity",
        "limit_price", "stop_price", "intent__limit_price", "intent__decision_id",
    )  # fmt: skip
    return [
        OpenOrder(cid, symbol, side, purpose, kind, quantity - filled, limit, stop, limit or approved or assumed_price)
        for cid, symbol, side, purpose, kind, quantity, filled, limit, stop, approved, decision in rows
        if decision is None or decision != decision_id
    ]


def live_intents(account: Account, decision_id: str) -> list[LiveIntent]:
    """Intents that wait for a person, for the gateway, or for their orders to end."""
    rows = Intent.objects.filter(account=account, state__in=_LIVE_STATES).values_list(
        "decision_id", "instrument__symbol", "strategy", "side", "purpose", "quantity", "limit_price", "state",
        "created_at",
    )  # fmt: skip
    return [LiveIntent(*row) for row in rows if row[0] != decision_id]


def sent_orders(account: Account, since: datetime, decision_id: str) -> list[SentOrder]:
    """Orders sent at or after `since`, protective ones among them (they may be rejected too)."""
    rows = OrderRow.objects.filter(account=account, sent_at__gte=since).values_list(
        "intent__decision_id", "instrument__symbol", "intent__strategy", "side", "purpose", "quantity", "state",
        "sent_at",
    )  # fmt: skip
    return [
        SentOrder(decision or "", symbol, strategy or "", side, purpose, quantity, state, sent_at)
        for decision, symbol, strategy, side, purpose, quantity, state, sent_at in rows
        if sent_at is not None and (decision is None or decision != decision_id)
    ]


def decided_orders_since(account: Account, since: datetime) -> int:
    """How many entries and exits were sent since then; stops and targets belong to their entry."""
    return OrderRow.objects.filter(account=account, sent_at__gte=since, purpose__in=DECIDED_PURPOSES).count()


def has_intent(decision_id: str, purpose: str) -> bool:
    """Whether the decision already has its intent of this purpose, in whatever state."""
    return Intent.objects.filter(decision_id=decision_id, purpose=purpose).exists()
