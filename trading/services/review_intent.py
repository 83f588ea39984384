"""The limits once more, inside the transaction that sends: a fresh context, every rule, and no size may shrink now.

An exception in here means no order. A rule whose denial needs a person to look (the reject throttle) stops entries.
"""

from collections.abc import Callable

from autotrader.lib.runtime import Runtime
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.risk.context import Approval, Stage
from trading.domain.risk.judge import judge
from trading.domain.trading_state import TradingState
from trading.models import Account, InstrumentRow, Intent
from trading.ports import Quote
from trading.selectors.intent_payload import intent_payload, is_used
from trading.selectors.last_quote import last_bar_quote
from trading.selectors.risk_context import build_risk_context
from trading.selectors.trading_state import effective_state
from trading.services.order_desk import IntentReview
from trading.services.report_incident import report_incident
from trading.services.set_trading_state import set_trading_state

QuoteOf = Callable[[InstrumentRow], Quote | None]

BY = "risk limits"


def review_with(quote_of: QuoteOf) -> IntentReview:
    """A review that takes its independent price from `quote_of`; without a price, a rule that needs one denies."""

    def review(runtime: Runtime, account: Account, intent: Intent) -> str:
        return _review(runtime, account, intent, quote_of(intent.instrument))

    return review


review_intent: IntentReview = review_with(last_bar_quote)
"""The review on stored bars: right wherever bars are stored before a cycle decides on them."""


def _review(runtime: Runtime, account: Account, intent: Intent, quote: Quote | None) -> str:
    plan = _plan(intent)
    context = build_risk_context(
        runtime=runtime,
        account=account,
        instrument_row=intent.instrument,
        plan=plan,
        quote=quote,
        snapshot=None,
        stage=Stage.SEND,
        approval=_approval(intent),
    )
    verdict = judge(plan, context)
    if verdict.halt_reason:
        _stop_entries(runtime, account, verdict.halt_reason)
    return "" if verdict.approved else f"{verdict.denied_by}: {verdict.reason}"


def _plan(intent: Intent) -> IntentPlan:
    protection = None
    if intent.stop_loss is not None and intent.take_profit is not None:
        protection = ProtectionPlan(intent.stop_loss, intent.take_profit)
    return IntentPlan(
        decision_id=intent.decision_id,
        symbol=intent.instrument.symbol,
        side=intent.side,
        purpose=intent.purpose,
        quantity=intent.quantity,
        reference_price=intent.reference_price,
        limit_price=intent.limit_price,
        protection=protection,
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
        is_used=is_used(intent),
    )


def _stop_entries(runtime: Runtime, account: Account, reason: str) -> None:
    """REDUCING until a person turns it back; never looser than it is."""
    if effective_state(account.pk) is not TradingState.ACTIVE:
        return
    set_trading_state(runtime=runtime, account=account, state=TradingState.REDUCING, reason=reason, by=BY)
    report_incident(
        runtime=runtime, account_id=account.pk, kind="limit_stops_entries", message=f"Entries are stopped: {reason}"
    )
