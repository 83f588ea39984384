"""Everything the risk rules may look at, as one frozen picture: whoever fills it in has asked the database once.

What is not known is None, and a rule that needs it denies. At the SEND stage (the gateway's second look, moments
after the decision) the market facts that only the decision path has may be missing; the rules that say so skip them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from autotrader.lib.money import ZERO
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.risk.limits import DEFAULT_LIMITS, RiskLimits
from trading.domain.trading_state import TradingState


class Stage(StrEnum):
    """When the rules are asked: on the decision, and again by the gateway just before it sends."""

    DECISION = "decision"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class PriceView:
    """An independent price: what the market says, not what a model or the plan says."""

    bid: Decimal
    ask: Decimal
    ts_event: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    @property
    def spread_fraction(self) -> Decimal:
        """The spread as a fraction of the mid price."""
        return (self.ask - self.bid) / self.mid


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Orders sent, and intents on their way, of the last minute (by this strategy, by all) and of this UTC day."""

    strategy_minute: int = 0
    total_minute: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class RecentOrder:
    """An order or a live intent of the recent past, for the duplicate rule."""

    decision_id: str
    symbol: str
    side: str
    purpose: str
    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """One of our own orders that may be alive at the venue. `price` is its limit, or its stop where it has no limit."""

    client_order_id: str
    side: str
    price: Decimal | None
    is_stop: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """What is known of the approval when the gateway wants to send (P11).

    `approved_hash` was bound by the approval, `payload_hash` is computed anew from the row.
    """

    approved_hash: str
    payload_hash: str
    approved_at: datetime
    is_used: bool


@dataclass(frozen=True, slots=True)
class RiskContext:
    """The facts. Money in quote units, quantities in base units; orders in flight count at their worst case.

    `position_notional` and `gross_notional` hold what is owned plus what in-flight entries may still buy;
    `free_cash` is the balance less what those entries may still spend. `exits_in_flight` is what other exits may
    still sell. `same_decision_intents` counts other intents for the same decision and leg.
    """

    now: datetime
    stage: Stage
    instrument: Instrument
    trading_state: TradingState
    is_in_universe: bool
    is_session_open: bool | None
    data_problem: str
    price: PriceView | None
    price_max_age: timedelta
    median_volume: Decimal | None
    equity: Decimal
    free_cash: Decimal
    held_quantity: Decimal
    position_notional: Decimal
    gross_notional: Decimal
    exits_in_flight: Decimal = ZERO
    counts: OrderCounts = field(default_factory=OrderCounts)
    recent_rejects: int = 0
    recent_orders: tuple[RecentOrder, ...] = ()
    same_decision_intents: int = 0
    active_entries: int = 0
    resting_orders: tuple[RestingOrder, ...] = ()
    is_similar_allowed: bool = False
    approval: Approval | None = None
    confidence: Decimal | None = None
    min_confidence: Decimal | None = None
    limits: RiskLimits = DEFAULT_LIMITS

    @property
    def is_stock(self) -> bool:
        return self.instrument.asset_class is AssetClass.STOCK
