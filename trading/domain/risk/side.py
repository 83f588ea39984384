"""Long only: an entry buys, everything else sells. A plan that says otherwise would open a short position."""

from trading.domain.decision import IntentPlan
from trading.domain.order import Purpose, Side
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if plan.purpose not in set(Purpose):
        return deny(f"{plan.purpose!r} is not a purpose of an order")
    if plan.symbol != context.instrument.symbol:
        return deny(f"the plan is for {plan.symbol}, the facts are about {context.instrument.symbol}")
    wanted = Side.BUY if is_entry(plan) else Side.SELL
    return ALLOWED if plan.side == wanted else deny(f"{plan.purpose} must {wanted.value}, not {plan.side}")


RULE = Rule("side", check, on_exits=True)
