"""Approval binding (P11): one hash over everything an approval approved, and the client order ids that follow."""

from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.canonical import content_hash
from autotrader.lib.ids import ULID_LENGTH
from trading.domain.order import LEG_LETTER, Purpose
from trading.domain.trading_state import Environment

CLIENT_ORDER_ID_PREFIX = "at"
LONGEST_CLIENT_ORDER_ID = 36

_ENVIRONMENT_LETTER = {Environment.REPLAY: "r", Environment.PAPER: "p", Environment.LIVE: "l"}


@dataclass(frozen=True, slots=True)
class IntentPayload:
    """Every field that an approval binds. Change one and the hash differs, so the gateway refuses to send."""

    intent_id: str
    account_id: int
    decision_id: str
    leg: str
    symbol: str
    strategy: str
    purpose: str
    side: str
    quantity: Decimal
    reference_price: Decimal
    limit_price: Decimal
    stop_loss: Decimal | None
    take_profit: Decimal | None
    risk_approval_id: str

    def hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hex digits; equal on both databases."""
        return content_hash({name: getattr(self, name) for name in self.__slots__})


def client_order_id(environment: Environment, ulid: str, purpose: Purpose) -> str:
    """`at`, the environment's letter, the 26-character id, the leg's letter: 30 characters, at most 36 allowed
    (order-safety.md 2.1). Raises ValueError for an id of another length."""
    if len(ulid) != ULID_LENGTH:
        raise ValueError(f"{ulid!r} is not a 26-character id")
    return f"{CLIENT_ORDER_ID_PREFIX}{_ENVIRONMENT_LETTER[environment]}{ulid}{LEG_LETTER[purpose]}"


def list_id(environment: Environment, ulid: str) -> str:
    """The id of a whole submission: like its legs', with an L, so that it differs from each of them."""
    return f"{CLIENT_ORDER_ID_PREFIX}{_ENVIRONMENT_LETTER[environment]}{ulid}L"


def is_ours(client_order_id_text: str) -> bool:
    """Whether an id found at a venue has the form of ours."""
    return (
        client_order_id_text.startswith(CLIENT_ORDER_ID_PREFIX)
        and len(client_order_id_text) == len(CLIENT_ORDER_ID_PREFIX) + 1 + ULID_LENGTH + 1
    )
