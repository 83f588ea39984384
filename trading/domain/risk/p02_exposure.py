"""P2: what one instrument and what all together may be worth, orders in flight at their worst case. Exits pass."""

from decimal import Decimal

from autotrader.lib.money import divide
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import Finding, Rule, at_most, deny
from trading.domain.risk.context import RiskContext


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.equity <= 0:
        return deny(f"equity is {context.equity}")
    limits, price = context.limits, max(plan.limit_price, plan.reference_price)
    symbol_room = context.equity * limits.position_fraction - context.position_notional
    gross_room = context.equity * limits.gross_fraction - context.gross_notional
    if symbol_room <= gross_room:
        return _room(symbol_room, price, f"{plan.symbol} may be worth {limits.position_fraction * 100} % of equity")
    return _room(gross_room, price, f"all positions may be worth {limits.gross_fraction * 100} % of equity")


def _room(room: Decimal, price: Decimal, reason: str) -> Finding:
    return at_most(divide(room, price), reason) if room > 0 else deny(f"{reason}; that is used up")


RULE = Rule("P2_exposure", check, on_exits=False)
