"""How a decision ended, from how its intent and its order stand. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.domain.decision import DecisionStatus
from trading.domain.order import TERMINAL_STATES, OrderState


@dataclass(frozen=True, slots=True)
class IntentStanding:
    """An intent and the order that does what it wants (not its protective legs); no order yet: state is None."""

    intent_state: str
    reason: str
    order_state: OrderState | None = None
    filled_quantity: Decimal = ZERO
    order_reason: str = ""


_WITHOUT_ORDER = {
    "DENIED": DecisionStatus.DENIED,
    "AWAITING_APPROVAL": DecisionStatus.AWAITING_APPROVAL,
    "APPROVED": DecisionStatus.SUBMITTED,
    "SUBMITTED": DecisionStatus.SUBMITTED,
    "EXPIRED": DecisionStatus.EXPIRED,
    "DONE": DecisionStatus.FAILED,
    "FAILED": DecisionStatus.FAILED,
}


def settled_status(standing: IntentStanding) -> tuple[DecisionStatus, str]:
    """The status and its reason. Anything filled is EXECUTED once the order can fill no more.

    Raises KeyError for an intent state that is not known.
    """
    if standing.order_state is None:
        return _WITHOUT_ORDER[standing.intent_state], standing.reason
    if standing.order_state not in TERMINAL_STATES:
        return DecisionStatus.SUBMITTED, standing.reason
    if standing.filled_quantity > ZERO:
        return DecisionStatus.EXECUTED, "filled"
    reason = standing.order_reason or standing.reason
    return DecisionStatus.FAILED, f"order {standing.order_state.value}" + (f": {reason}" if reason else "")
