"""P7: the same thing is not done twice: one intent for each decision and leg, and no look-alike within a minute.

Look-alikes of exits are left to the held-quantity rule: a first exit that did not fill must not delay the second.
"""

from datetime import timedelta

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RecentOrder, RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.same_decision_intents:
        return deny(f"decision {plan.decision_id} already has its {plan.purpose}")
    if not is_entry(plan) or context.is_similar_allowed:
        return ALLOWED
    alike = next((order for order in context.recent_orders if _is_similar(order, plan, context)), None)
    if alike is None:
        return ALLOWED
    seconds = (context.now - alike.at).total_seconds()
    return deny(f"a similar order ({alike.side} {alike.quantity} {alike.symbol}) was made {seconds:.0f} s ago")


def _is_similar(order: RecentOrder, plan: IntentPlan, context: RiskContext) -> bool:
    if (order.symbol, order.side) != (plan.symbol, plan.side):
        return False
    if context.now - order.at > timedelta(seconds=context.limits.similar_order_seconds):
        return False
    return abs(order.quantity - plan.quantity) <= plan.quantity * context.limits.similar_quantity_fraction


RULE = Rule("P7_duplicate", check, on_exits=True)
