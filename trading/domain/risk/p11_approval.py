"""P11: the gateway sends exactly what was approved, soon after it was approved, and once."""

from datetime import timedelta

from trading.domain.decision import IntentPlan
from trading.domain.risk.base import ALLOWED, Finding, Rule, deny
from trading.domain.risk.context import RiskContext, Stage


def check(plan: IntentPlan, context: RiskContext) -> Finding:
    approval = context.approval
    if approval is None or not approval.approved_hash:
        return deny("there is no risk approval")
    if approval.payload_hash != approval.approved_hash:
        return deny("the order differs from what was approved")
    if approval.is_used:
        return deny("the approval was already used")
    age, ttl = context.now - approval.approved_at, timedelta(seconds=context.limits.approval_ttl_seconds)
    if not timedelta(0) <= age <= ttl:
        return deny(f"the approval is {age.total_seconds():.0f} s old; {ttl.total_seconds():.0f} s are allowed")
    return ALLOWED


RULE = Rule("P11_approval", check, on_exits=True, stages=frozenset({Stage.SEND}))
