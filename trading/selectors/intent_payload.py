"""An intent's row as the payload that its approval bound (P11): every check of the hash reads it the same way."""

from autotrader.lib.statements import fetch
from trading.domain.payload import IntentPayload
from trading.models import Intent

_ORDER_OF = "SELECT 1 FROM trading_orderrow WHERE intent_id = %s AND purpose = %s LIMIT 1"


def intent_payload(intent: Intent) -> IntentPayload:
    """The payload as the row says it now; its hash must equal the row's `payload_hash`."""
    return IntentPayload(
        intent_id=intent.id,
        account_id=intent.account_id,
        decision_id=intent.decision_id,
        leg=intent.leg,
        symbol=intent.instrument.symbol,
        strategy=intent.strategy,
        purpose=intent.purpose,
        side=intent.side,
        quantity=intent.quantity,
        reference_price=intent.reference_price,
        limit_price=intent.limit_price,
        stop_loss=intent.stop_loss,
        take_profit=intent.take_profit,
        risk_approval_id=intent.risk_approval_id,
    )


def is_as_approved(intent: Intent) -> bool:
    """Whether the row still says what the risk rules approved."""
    return bool(intent.payload_hash) and intent_payload(intent).hash() == intent.payload_hash


def is_used(intent: Intent) -> bool:
    """Whether an order that does what the intent wants was ever written: an approval is good for one."""
    return bool(fetch(_ORDER_OF, (intent.pk, intent.purpose)))
