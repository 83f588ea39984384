"""P6: a venue that keeps saying no means that something is wrong here: the strategy stops until a person has looked.

A reject loop is what gets an address banned and has sent 100,000 orders in a day elsewhere (hummingbot 462). Exits
pass: stopping them would trap the position, and P5 bounds their number.
"""

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    limits = context.limits
    if context.recent_rejects < limits.rejects_to_halt:
        return ALLOWED
    minutes = limits.reject_window_seconds // 60
    return deny(f"the venue rejected {context.recent_rejects} orders of {plan.strategy} within {minutes} minutes")


RULE = Rule("P6_rejects", check, on_exits=False, is_halting=True)
