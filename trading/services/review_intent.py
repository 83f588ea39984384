"""The limits once more, at the moment of sending: the review that the order gateway asks inside its sending transaction.

It must never touch the network, so its prices come from whatever the caller already holds.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from autotrader.lib.runtime import Runtime
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.risk.context import Approval, Stage
from trading.domain.risk.judge import judge
from trading.models import Account, Intent
from trading.ports import Quote
from trading.selectors.intent_payload import intent_payload
from trading.selectors.risk_context import build_risk_context
from trading.services.order_desk import IntentReview


def intent_review(
    *,
    quote: Callable[[str], Quote | None],
    prices: Callable[[], Mapping[str, Decimal]],
    price_max_age: timedelta,
) -> IntentReview:
    """A review on these prices. Its answer is "" when every rule agrees, else the rule's name and its reason."""

    def review(runtime: Runtime, account: Account, intent: Intent) -> str:
        plan = plan_of(intent)
        context = build_risk_context(
            runtime=runtime,
            account=account,
            instrument_row=intent.instrument,
            plan=plan,
            quote=quote(plan.symbol),
            snapshot=None,
            prices=prices(),
            stage=Stage.SEND,
            approval=_approval(intent),
            price_max_age=price_max_age,
        )
        verdict = judge(plan, context)
        if not verdict.approved:
            return f"{verdict.denied_by}: {verdict.reason}"
        return "" if verdict.quantity == plan.quantity else f"the limits now allow {verdict.quantity} only"

    return review


def plan_of(intent: Intent) -> IntentPlan:
    """The plan an intent was made of."""
    has_protection = intent.stop_loss is not None and intent.take_profit is not None
    return IntentPlan(
        decision_id=intent.decision_id,
        symbol=intent.instrument.symbol,
        side=intent.side,
        purpose=intent.purpose,
        quantity=intent.quantity,
        reference_price=intent.reference_price,
        limit_price=intent.limit_price,
        protection=ProtectionPlan(intent.stop_loss, intent.take_profit) if has_protection else None,
        strategy=intent.strategy,
        decided_at=intent.created_at,
    )


def _approval(intent: Intent) -> Approval | None:
    if intent.approved_at is None:
        return None
    return Approval(
        approved_hash=intent.payload_hash,
        payload_hash=intent_payload(intent).hash(),
        approved_at=intent.approved_at,
        is_used=intent.orders.filter(purpose=intent.purpose).exists(),
    )
