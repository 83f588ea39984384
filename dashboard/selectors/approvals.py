"""Plans that wait for a person (manual mode): the oldest first, because it expires first."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ai.models import DecisionRow
from autotrader.lib.money import divide
from trading.models import Account, InstrumentRow, Intent


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """One intent that needs a yes or a no before `expires_at`. Money in quote units; risks are positive fractions."""

    id: str
    instrument: InstrumentRow
    side: str
    purpose: str
    quantity: Decimal
    limit_price: Decimal
    stop_loss: Decimal | None
    take_profit: Decimal | None
    created_at: datetime
    expires_at: datetime
    decision_id: str
    confidence: Decimal | None
    reasoning: str

    @property
    def notional(self) -> Decimal:
        return self.quantity * self.limit_price

    @property
    def to_stop(self) -> Decimal | None:
        return None if self.stop_loss is None else divide(self.limit_price - self.stop_loss, self.limit_price, 6)

    @property
    def to_target(self) -> Decimal | None:
        return None if self.take_profit is None else divide(self.take_profit - self.limit_price, self.limit_price, 6)


def waiting_plans(account: Account, now: datetime) -> list[WaitingPlan]:
    """Plans that can still be approved, with the decision behind each: two queries, one when nothing waits."""
    waiting = Intent.objects.filter(account=account, state=Intent.State.AWAITING_APPROVAL, expires_at__gt=now)
    intents = list(waiting.select_related("instrument").order_by("id"))
    if not intents:
        return []
    decisions = DecisionRow.objects.in_bulk([intent.decision_id for intent in intents])
    return [_plan(intent, decisions.get(intent.decision_id)) for intent in intents]


def _plan(intent: Intent, decision: DecisionRow | None) -> WaitingPlan:
    return WaitingPlan(
        id=intent.id,
        instrument=intent.instrument,
        side=intent.side,
        purpose=intent.purpose,
        quantity=intent.quantity,
        limit_price=intent.limit_price,
        stop_loss=intent.stop_loss,
        take_profit=intent.take_profit,
        created_at=intent.created_at,
        expires_at=intent.expires_at,
        decision_id=intent.decision_id,
        confidence=decision.confidence if decision else None,
        reasoning=decision.reasoning if decision else intent.reason,
    )
