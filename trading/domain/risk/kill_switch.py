"""Trading state: ACTIVE lets everything pass, REDUCING only exits, HALTED nothing new (cancels are not judged here)."""

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RiskContext
from trading.domain.trading_state import TradingState


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.trading_state is TradingState.ACTIVE:
        return ALLOWED
    if context.trading_state is TradingState.REDUCING and not is_entry(plan):
        return ALLOWED
    return deny(f"trading is {context.trading_state.value}")


RULE = Rule("trading_state", check, on_exits=True)
