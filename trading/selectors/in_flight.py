"""Orders and intents that are not finished, at their worst case, and what was sent lately: the raw facts of risk.

The plan's own decision is left out everywhere: at the gateway its intent already stands in the table.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import ZERO
from autotrader.lib.statements import Select, fetch
from trading.domain.order import OPEN_STATES, OrderState, OrderType, Purpose, Side
from trading.domain.risk.context import RecentOrder, RestingOrder
from trading.models import Account, Intent, OrderRow

DECIDED_PURPOSES = (Purpose.ENTRY.value, Purpose.EXIT.value)

# The states stand in the statements: SQLite uses a partial index only when it can read its condition there.
_OPEN_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
_OPEN = Select(
    OrderRow,
    (
        "client_order_id", "instrument.symbol", "side", "purpose", "order_type", "quantity", "filled_quantity",
        "limit_price", "stop_price", "intent.limit_price", "intent.decision_id",
    ),
    f"WHERE t.account_id = %s AND t.state IN ({_OPEN_STATES}) ORDER BY t.id",
)  # fmt: skip
_LIVE = Select(
    Intent,
    (
        "decision_id", "instrument.symbol", "strategy", "side", "purpose", "quantity", "limit_price", "state",
        "created_at",
    ),
    "WHERE t.account_id = %s AND t.state IN ('APPROVED', 'AWAITING_APPROVAL', 'SUBMITTED') ORDER BY t.id",
)  # fmt: skip
_SENT = Select(
    OrderRow,
    (
        "intent.decision_id", "instrument.symbol", "intent.strategy", "side", "purpose", "quantity", "state", "sent_at",
    ),
    "WHERE t.account_id = %s AND t.sent_at >= %s ORDER BY t.id",
)  # fmt: skip
_DECIDED = (
    "SELECT COUNT(*) FROM trading_orderrow WHERE account_id = %s AND sent_at >= %s AND purpose IN ('ENTRY', 'EXIT')"
)
_HAS_INTENT = "SELECT 1 FROM trading_intent WHERE decision_id = %s AND purpose = %s LIMIT 1"


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
    rows = _OPEN.rows((account.pk,))
    return [
        OpenOrder(cid, symbol, side, purpose, kind, quantity - filled, limit, stop, limit or approved or assumed_price)
        for cid, symbol, side, purpose, kind, quantity, filled, limit, stop, approved, decision in rows
        if decision is None or decision != decision_id
    ]


def live_intents(account: Account, decision_id: str) -> list[LiveIntent]:
    """Intents that wait for a person, for the gateway, or for their orders to end."""
    return [LiveIntent(*row) for row in _LIVE.rows((account.pk,)) if row[0] != decision_id]


def sent_orders(account: Account, since: datetime, decision_id: str) -> list[SentOrder]:
    """Orders sent at or after `since`, protective ones among them (they may be rejected too)."""
    rows = _SENT.rows((account.pk, since))
    return [
        SentOrder(decision or "", symbol, strategy or "", side, purpose, quantity, state, sent_at)
        for decision, symbol, strategy, side, purpose, quantity, state, sent_at in rows
        if sent_at is not None and (decision is None or decision != decision_id)
    ]


def decided_orders_since(account: Account, since: datetime) -> int:
    """How many entries and exits were sent since then; stops and targets belong to their entry."""
    return int(fetch(_DECIDED, (account.pk, since))[0][0])


def has_intent(decision_id: str, purpose: str) -> bool:
    """Whether the decision already has its intent of this purpose, in whatever state."""
    return bool(fetch(_HAS_INTENT, (decision_id, purpose)))
