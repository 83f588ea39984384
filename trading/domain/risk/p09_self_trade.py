"""P9: no order that our own resting order would meet. Stops are not in the book, so they cannot be met."""

from autotrader.lib.money import plain
from trading.domain.decision import IntentPlan
from trading.domain.order import Side
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import RestingOrder, RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    for order in context.resting_orders:
        if not order.is_stop and order.side != plan.side and _crosses(plan, order):
            at = "the market" if order.price is None else plain(order.price)
            return deny(f"it would meet our own {order.side} at {at} ({order.client_order_id})")
    return ALLOWED


def _crosses(plan: IntentPlan, order: RestingOrder) -> bool:
    """An order without a price would trade at any price."""
    if order.price is None:
        return True
    if plan.side == Side.BUY:
        return plan.limit_price >= order.price
    return plan.limit_price <= order.price


RULE = Rule("P9_self_trade", check, on_exits=True)
"""On exits too: what rests on the other side is an entry, which the gateway cancels or which ends within seconds."""
