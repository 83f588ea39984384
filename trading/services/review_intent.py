"""The limits once more, on fresh facts, inside the transaction that sends (A3): the gateway's last question.

The price is the last stored bar's close: known without the network, independent of what the plan says, and too old when
the market stands still.
"""

from dataclasses import dataclass

from autotrader.lib.runtime import Runtime
from trading.domain.bar import Interval
from trading.domain.decision import IntentPlan, ProtectionPlan
from trading.domain.risk.context import Approval, Stage
from trading.domain.risk.judge import judge
from trading.models import Account, InstrumentRow, Intent
from trading.ports import Quote
from trading.selectors.bars import latest_bars
from trading.selectors.intent_payload import intent_payload
from trading.selectors.risk_context import build_risk_context


@dataclass(frozen=True, slots=True)
class ReviewIntent:
    """A `trading.services.order_desk.IntentReview` for a market of `interval` bars."""

    interval: Interval

    def __call__(self, runtime: Runtime, account: Account, intent: Intent) -> str:
        """Why `intent` must not be sent now; "" when it may."""
        plan = _plan(intent)
        context = build_risk_context(
            runtime=runtime,
            account=account,
            instrument_row=intent.instrument,
            plan=plan,
            quote=_last_price(intent.instrument, self.interval),
            snapshot=None,
            stage=Stage.SEND,
            approval=_approval(intent),
            price_max_age=2 * self.interval.duration,
        )
        verdict = judge(plan, context)
        return "" if verdict.approved else f"{verdict.denied_by}: {verdict.reason}"


def _plan(intent: Intent) -> IntentPlan:
    return IntentPlan(
        decision_id=intent.decision_id,
        symbol=intent.instrument.symbol,
        side=intent.side,
        purpose=intent.purpose,
        quantity=intent.quantity,
        reference_price=intent.reference_price,
        limit_price=intent.limit_price,
        protection=_protection(intent),
        strategy=intent.strategy,
        decided_at=intent.created_at,
    )


def _protection(intent: Intent) -> ProtectionPlan | None:
    if intent.stop_loss is None or intent.take_profit is None:
        return None
    return ProtectionPlan(stop_loss=intent.stop_loss, take_profit=intent.take_profit)


def _approval(intent: Intent) -> Approval | None:
    if intent.approved_at is None:
        return None
    return Approval(
        approved_hash=intent.payload_hash,
        payload_hash=intent_payload(intent).hash(),
        approved_at=intent.approved_at,
        is_used=intent.orders.filter(purpose=intent.purpose).exists(),
    )


def _last_price(row: InstrumentRow, interval: Interval) -> Quote | None:
    bars = latest_bars(row, interval, 1)
    if not bars:
        return None
    return Quote(row.symbol, bars[0].close, bars[0].close, bars[0].close, bars[0].close_time)
