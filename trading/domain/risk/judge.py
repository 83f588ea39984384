"""Asks every rule and gives one verdict. Fails closed: a rule that breaks has denied.

Quantity rules shrink the plan, never below what the venue takes. At the SEND stage nothing may shrink any more, for the
approval is bound to the quantity: there a cut is a denial.
"""

from collections.abc import Sequence
from decimal import Decimal

from autotrader.lib.money import ZERO, plain
from trading.domain.clamp import Clamp
from trading.domain.decision import IntentPlan
from trading.domain.risk.base import Check, Finding, RiskVerdict, Rule, deny
from trading.domain.risk.context import RiskContext, Stage
from trading.domain.risk.rules import ALL_RULES
from trading.domain.sizing import refusal_of_small_size

PLAN_RULE = "plan"
LOT_RULE = "lot_size"
LEAST_SIZE_RULE = "least_size"


def judge(plan: IntentPlan, context: RiskContext, rules: Sequence[Rule] = ALL_RULES) -> RiskVerdict:
    """The verdict on `plan`: every rule is asked, the first denial is named, all findings are kept."""
    if not _is_number(plan):
        return _denied_outright("the plan's quantity and prices must be numbers above 0")
    findings = [(rule, _ask(rule, plan, context)) for rule in rules if rule.speaks_on(plan, context)]
    quantity, clamps = _shrunk(plan, context, findings)
    checks = [Check(rule.name, finding.is_allowed, finding.reason) for rule, finding in findings]
    checks.append(_size_check(plan, context, quantity, clamps))
    denials = [check for check in checks if not check.is_passed]
    return RiskVerdict(
        approved=not denials,
        quantity=ZERO if denials else quantity,
        denied_by=denials[0].rule if denials else "",
        reason=denials[0].reason if denials else "",
        clamps=tuple(clamps),
        checks=tuple(checks),
        halt_reason=next((f"{r.name}: {f.reason}" for r, f in findings if r.is_halting and not f.is_allowed), ""),
    )


def _is_number(plan: IntentPlan) -> bool:
    return all(number.is_finite() and number > 0 for number in (plan.quantity, plan.reference_price, plan.limit_price))


def _denied_outright(reason: str) -> RiskVerdict:
    check = Check(PLAN_RULE, False, reason)
    return RiskVerdict(False, ZERO, PLAN_RULE, reason, (), (check,))


def _ask(rule: Rule, plan: IntentPlan, context: RiskContext) -> Finding:
    try:
        return rule.check(plan, context)
    except Exception as error:  # noqa: BLE001 - fail closed: whatever breaks in a rule, nothing may be ordered
        return deny(f"the rule failed: {type(error).__name__}: {error}")


def _shrunk(
    plan: IntentPlan, context: RiskContext, findings: Sequence[tuple[Rule, Finding]]
) -> tuple[Decimal, list[Clamp]]:
    quantity, clamps = plan.quantity, list[Clamp]()
    for rule, finding in findings:
        most = finding.max_quantity
        if most is not None and most < quantity:
            clamps.append(Clamp(rule.name, quantity, max(most, ZERO), finding.reason))
            quantity = max(most, ZERO)
    on_grid = context.instrument.floor_quantity(quantity)
    if on_grid < quantity:
        clamps.append(Clamp(LOT_RULE, quantity, on_grid, f"steps of {plain(context.instrument.lot_size)}"))
    return on_grid, clamps


def _size_check(plan: IntentPlan, context: RiskContext, quantity: Decimal, clamps: Sequence[Clamp]) -> Check:
    cut = _named_cut(clamps)
    if quantity <= 0:
        return Check(LEAST_SIZE_RULE, False, cut or "the quantity is not above 0")
    if clamps and context.stage is Stage.SEND:
        return Check(LEAST_SIZE_RULE, False, f"the approved quantity would be {cut}; a new decision is needed")
    refusal = refusal_of_small_size(quantity, plan.limit_price, context.instrument)
    if refusal:
        return Check(LEAST_SIZE_RULE, False, f"{refusal} ({cut})" if cut else refusal)
    return Check(LEAST_SIZE_RULE, True)


def _named_cut(clamps: Sequence[Clamp]) -> str:
    """The last cut that a limit made; the rounding to lots only when there is no other."""
    limits = [clamp for clamp in clamps if clamp.rule != LOT_RULE] or clamps
    return f"cut by {limits[-1].rule} ({limits[-1].reason})" if limits else ""
