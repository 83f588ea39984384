"""P5: orders per minute and day. Some places of each minute are kept for exits, which only the total can stop.

A runaway loop of exits is stopped at the minute's total as well; an exit waits a minute at most, its stop at the venue.
"""

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    counts, limits = context.counts, context.limits
    if counts.total_minute >= limits.orders_per_minute_total:
        return deny(f"{counts.total_minute} orders in a minute; {limits.orders_per_minute_total} are allowed")
    if not is_entry(plan):
        return ALLOWED
    for_entries = limits.orders_per_minute_total - limits.orders_per_minute_kept_for_exits
    if counts.total_minute >= for_entries:
        return deny(f"{counts.total_minute} orders in a minute; {for_entries} are allowed when entries want more")
    if counts.strategy_minute >= limits.orders_per_minute_strategy:
        return deny(
            f"{counts.strategy_minute} orders of {plan.strategy} in a minute; "
            f"{limits.orders_per_minute_strategy} are allowed"
        )
    if counts.day >= limits.orders_per_day:
        return deny(f"{counts.day} orders today; {limits.orders_per_day} are allowed")
    return ALLOWED


RULE = Rule("P5_order_rate", check, on_exits=True)
