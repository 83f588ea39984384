"""P8: one active entry for each instrument and strategy, and none on top of an open position. The table refuses it too.

A position has one stop and one target for all of it, so adding to it would leave the new part unprotected. Dust (too
little to sell) does not count.
"""

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import RiskContext
from trading.domain.sizing import refusal_of_small_size


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.active_entries:
        return deny(f"{plan.strategy} already has an entry under way in {plan.symbol}")
    if not refusal_of_small_size(context.held_quantity, plan.reference_price, context.instrument):
        return deny(f"a position of {context.held_quantity} {context.instrument.base} is already open")
    return ALLOWED


RULE = Rule("P8_one_entry", check, on_exits=False)
