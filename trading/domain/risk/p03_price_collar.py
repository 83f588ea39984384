"""P3: every price of the plan lies near an independent and fresh price, so a 10x, a 0.1x or an old one moves nothing.

It speaks on exits too: selling at a tenth of the price is a loss like any other. An exit it denies is tried again
at the next decision, and the stop at the venue stays where it is.
"""

from decimal import Decimal

from autotrader.lib.money import plain
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import PriceView, RiskContext

_PERCENT_PLACES = Decimal("0.01")


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    price = context.price
    if price is None:
        return deny("there is no independent price")
    fault = _fault_of(price, context)
    if fault:
        return deny(fault)
    reach = _reach(price.mid, context)
    for name, value in (("reference price", plan.reference_price), ("limit price", plan.limit_price)):
        if abs(value - price.mid) > reach:
            return deny(f"the {name} {plain(value)} is {_off(value, price.mid)} % from the market's {plain(price.mid)}")
    return ALLOWED


def _fault_of(price: PriceView, context: RiskContext) -> str:
    if not (price.bid.is_finite() and price.ask.is_finite() and 0 < price.bid <= price.ask):
        return f"the market's bid {price.bid} and ask {price.ask} cannot be"
    age, oldest = (context.now - price.ts_event).total_seconds(), context.price_max_age.total_seconds()
    if age > oldest:
        return f"the market's price is {age:.0f} s old; {oldest:.0f} s are allowed"
    return f"the market's price is stamped {-age:.0f} s in the future" if age < -oldest else ""


def _reach(mid: Decimal, context: RiskContext) -> Decimal:
    """How far a price may lie from the mid: crypto a fraction; stocks a fraction or some ticks, the wider."""
    limits = context.limits
    if context.is_stock:
        return max(mid * limits.collar_stock_fraction, context.instrument.tick_size * limits.collar_stock_ticks)
    return mid * limits.collar_crypto_fraction


def _off(value: Decimal, mid: Decimal) -> Decimal:
    return (abs(value - mid) / mid * 100).quantize(_PERCENT_PLACES)


RULE = Rule("P3_price_collar", check, on_exits=True)
