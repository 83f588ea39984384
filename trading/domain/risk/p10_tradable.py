"""P10: entries only in the universe, inside the session, in status TRADING and on sound data.

An exit must be possible for an instrument that left the universe or whose data is doubtful; it is denied only where the
venue would not take it: outside the session or not TRADING. Whether a session is open may be unknown to the gateway.
"""

from trading.domain.decision import IntentPlan
from trading.domain.instrument import InstrumentStatus
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RiskContext, Stage


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    status = context.instrument.status
    if status is not InstrumentStatus.TRADING:
        return deny(f"{plan.symbol} is {status.value} at the venue")
    if context.is_session_open is False:
        return deny(f"the session of {plan.symbol} is closed")
    if context.is_session_open is None and context.stage is Stage.DECISION:
        return deny(f"it is not known whether the session of {plan.symbol} is open")
    return _entry_only(plan, context) if is_entry(plan) else ALLOWED


def _entry_only(plan: IntentPlan, context: RiskContext) -> Finding:
    if not context.is_in_universe:
        return deny(f"{plan.symbol} is not in the universe")
    return deny(context.data_problem) if context.data_problem else ALLOWED


RULE = Rule("P10_tradable", check, on_exits=True)
