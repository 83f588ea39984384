"""The confidence gate (M04 phase 4): an opinion below the least confidence moves no money, whatever it wants.

It speaks on exits that an opinion asks for too: the position keeps its stop and its target at the venue. Exits that
no opinion asks for (flat before the close by code, a lost stop) come without a confidence and pass. Only
the decision has a confidence; the gateway's second look comes after the gate.
"""

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny, is_entry
from trading.domain.risk.context import RiskContext, Stage


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    if context.confidence is None and not is_entry(plan):
        return ALLOWED
    if context.confidence is None or context.min_confidence is None:
        return deny("the confidence of the decision is not known")
    if context.confidence < context.min_confidence:
        return deny(f"confidence {context.confidence} is below {context.min_confidence}")
    return ALLOWED


RULE = Rule("confidence", check, on_exits=True, stages=frozenset({Stage.DECISION}))
