"""P1: one order is worth at most a fraction of equity. Exits pass: a large position must be sellable in one go."""

from autotrader.lib.money import divide
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import Finding, Rule, at_most, deny
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.equity <= 0:
        return deny(f"equity is {context.equity}")
    share = context.limits.order_notional_fraction
    most = divide(context.equity * share, max(plan.limit_price, plan.reference_price))
    return at_most(most, f"an order may be worth {share * 100} % of equity")


RULE = Rule("P1_order_notional", check, on_exits=False)
