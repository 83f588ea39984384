"""P4: an entry is small beside what usually trades, and the spread is not wide. Exits pass: thin markets trap people.

At the SEND stage the gateway may not know the volume; the approval is at most `approval_ttl_seconds` old then.
"""

from decimal import Decimal

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, at_most, deny
from trading.domain.risk.context import RiskContext, Stage

_PERCENT_PLACES = Decimal("0.001")


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.price is None:
        return deny("there is no independent price, so no spread")
    spread, widest = context.price.spread_fraction, context.limits.spread_fraction
    if spread > widest:
        return deny(f"the spread is {(spread * 100).quantize(_PERCENT_PLACES)} %; {widest * 100} % is allowed")
    if context.median_volume is None:
        known_before = context.stage is Stage.SEND
        return ALLOWED if known_before else deny("the usual volume is not known yet (20 bars are needed)")
    share = context.limits.liquidity_fraction
    return at_most(context.median_volume * share, f"{share * 100} % of the median volume of 20 bars")


RULE = Rule("P4_liquidity", check, on_exits=False)
