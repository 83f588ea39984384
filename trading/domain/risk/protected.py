"""No entry without a stop below and a target above it (I7). Exits have none."""

from autotrader.lib.money import plain
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if plan.protection is None:
        return deny("an entry needs a stop and a target")
    stop, target = plan.protection.stop_loss, plan.protection.take_profit
    if not 0 < stop < plan.reference_price < target:
        return deny(f"stop {plain(stop)} and target {plain(target)} must enclose the price {plan.reference_price}")
    if not stop < plan.limit_price < target:
        return deny(f"stop {plain(stop)} and target {plain(target)} must enclose the limit {plan.limit_price}")
    return ALLOWED


RULE = Rule("protection", check, on_exits=False)
