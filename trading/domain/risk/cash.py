"""An entry costs at most the cash that is free after every other order in flight, commission included."""

from autotrader.lib.money import ONE, divide, plain
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import Finding, Rule, at_most, deny
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    quote = context.instrument.quote
    if context.free_cash <= 0:
        return deny(f"no free cash: {plain(context.free_cash)} {quote}")
    price_with_commission = plan.limit_price * (ONE + context.limits.commission_fraction)
    return at_most(divide(context.free_cash, price_with_commission), f"free cash is {plain(context.free_cash)} {quote}")


RULE = Rule("cash", check, on_exits=False)
