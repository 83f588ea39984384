"""Orders and fills in the words of FIX, and the order state machine as data (order-safety.md 4.1)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Side(StrEnum):
    BUY = "BUY"
    SELL = "SELL"

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """STOP_LOSS becomes a market order at its stop price; TAKE_PROFIT is a resting limit order at its price."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_LOSS = "STOP_LOSS"
    TAKE_PROFIT = "TAKE_PROFIT"


class TimeInForce(StrEnum):
    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    DAY = "DAY"


class Purpose(StrEnum):
    """Why an order exists: an entry opens or adds, the others only ever make a position smaller."""

    ENTRY = "ENTRY"
    EXIT = "EXIT"
    STOP_LOSS = "STOP_LOSS"
    TAKE_PROFIT = "TAKE_PROFIT"


PROTECTIVE_PURPOSES = frozenset({Purpose.STOP_LOSS, Purpose.TAKE_PROFIT})

LEG_LETTER = {Purpose.ENTRY: "E", Purpose.EXIT: "X", Purpose.STOP_LOSS: "S", Purpose.TAKE_PROFIT: "T"}


class Origin(StrEnum):
    """OURS: sent by this platform. EXTERNAL: somebody else's, never touched. RECON: found by reconciliation."""

    OURS = "OURS"
    EXTERNAL = "EXTERNAL"
    RECON = "RECON"


class Contingency(StrEnum):
    """How the legs of one submission hang together at the venue."""

    SINGLE = "SINGLE"
    OCO = "OCO"
    BRACKET = "BRACKET"


class OrderState(StrEnum):
    INTENDED = "INTENDED"
    APPROVED = "APPROVED"
    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    WORKING = "WORKING"
    PARTIAL = "PARTIAL"
    CANCEL_PENDING = "CANCEL_PENDING"
    CANCEL_UNKNOWN = "CANCEL_UNKNOWN"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    DENIED = "DENIED"
    QUARANTINED = "QUARANTINED"


TERMINAL_STATES = frozenset(
    {
        OrderState.FILLED,
        OrderState.CANCELED,
        OrderState.EXPIRED,
        OrderState.REJECTED,
        OrderState.NOT_ACCEPTED,
        OrderState.DENIED,
    }
)
OPEN_STATES = frozenset(OrderState) - TERMINAL_STATES
AT_VENUE_STATES = frozenset(
    {
        OrderState.SENDING,
        OrderState.UNKNOWN,
        OrderState.WORKING,
        OrderState.PARTIAL,
        OrderState.CANCEL_PENDING,
        OrderState.CANCEL_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One leg as a venue gets it. Prices in quote units; a price the order type does not have is None."""

    client_order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes over the wire at once. SINGLE: one leg. OCO: stop and target. BRACKET: entry, stop, target."""

    list_id: str
    contingency: Contingency
    legs: tuple[OrderRequest, ...]


@dataclass(frozen=True, slots=True)
class OrderReport:
    """A venue's present word on one order. `filled_quantity` is cumulative; `reason` explains a rejection or expiry."""

    client_order_id: str
    venue_order_id: str
    symbol: str
    state: OrderState
    filled_quantity: Decimal
    ts_event: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FillReport:
    """One execution. `venue_fill_id` is unique in (venue, symbol). `commission` is positive, in `commission_asset`."""

    venue_fill_id: str
    venue_order_id: str
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    commission_asset: str
    ts_event: datetime
    is_maker: bool = False
