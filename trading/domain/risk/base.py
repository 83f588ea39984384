"""What a rule is and what it may say. A rule reads the plan and the facts, and has no memory of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from trading.domain.clamp import Clamp
from trading.domain.decision import IntentPlan
from trading.domain.order import Purpose
from trading.domain.risk.context import RiskContext, Stage


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's answer: denied with a reason, or allowed, perhaps only up to `max_quantity` base units."""

    is_allowed: bool
    reason: str = ""
    max_quantity: Decimal | None = None


ALLOWED = Finding(True)


def deny(reason: str) -> Finding:
    return Finding(False, reason)


def at_most(max_quantity: Decimal, reason: str) -> Finding:
    """Allowed up to `max_quantity`; a quantity of 0 or less leaves nothing, which the judge denies."""
    return Finding(True, reason, max_quantity)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check. `on_exits`: whether it may speak on an order that makes a position smaller.

    `stages`: when it is asked. `is_halting`: its denial means that a person must look before trading goes on.
    """

    name: str
    check: Callable[[IntentPlan, RiskContext], Finding]
    on_exits: bool
    stages: frozenset[Stage] = field(default=frozenset(Stage))
    is_halting: bool = False

    def speaks_on(self, plan: IntentPlan, context: RiskContext) -> bool:
        return context.stage in self.stages and (self.on_exits or is_entry(plan))


@dataclass(frozen=True, slots=True)
class Check:
    """What one rule found, kept for the page and the audit trail."""

    rule: str
    is_passed: bool
    reason: str = ""

    def as_dict(self) -> dict[str, str | bool]:
        return {"rule": self.rule, "is_passed": self.is_passed, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class RiskVerdict:
    """The judge's word. `quantity` is what may be ordered: never above the plan's, 0 when denied.

    `denied_by` and `reason` name the first rule that said no; `checks` holds every rule's finding. `halt_reason` is
    set when trading must stop until a person has looked (P6): the caller sets the trading state.
    """

    approved: bool
    quantity: Decimal
    denied_by: str
    reason: str
    clamps: tuple[Clamp, ...]
    checks: tuple[Check, ...]
    halt_reason: str = ""

    @property
    def denials(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.is_passed)


def is_entry(plan: IntentPlan) -> bool:
    """Whether the plan opens or adds. Everything that is not certainly an exit counts as an entry."""
    return plan.purpose not in _EXIT_PURPOSES


_EXIT_PURPOSES = frozenset({Purpose.EXIT, Purpose.STOP_LOSS, Purpose.TAKE_PROFIT})
