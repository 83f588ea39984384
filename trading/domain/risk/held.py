"""An exit sells at most what is held and not already being sold (I8: never an accidental short).

Protective orders at the venue are not counted: the gateway cancels them before it sends the exit.
"""

from autotrader.lib.money import plain
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, at_most, deny, is_entry
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if is_entry(plan):
        return ALLOWED
    free = context.held_quantity - context.exits_in_flight
    if free <= 0:
        selling = f" and {plain(context.exits_in_flight)} are being sold" if context.exits_in_flight else ""
        return deny(f"{plain(context.held_quantity)} {context.instrument.base} are held{selling}")
    return at_most(free, f"{plain(free)} {context.instrument.base} are held and free to sell")


RULE = Rule("held_quantity", check, on_exits=True)
