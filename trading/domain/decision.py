"""What the decision pipeline concludes about one instrument in one cycle, and the phases it went through."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"


class DecisionStatus(StrEnum):
    """How a decision ended. Only PENDING, AWAITING_APPROVAL and SUBMITTED may still change."""

    PENDING = "PENDING"
    HOLD = "HOLD"
    DENIED = "DENIED"
    ANALYSIS_ONLY = "ANALYSIS_ONLY"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    EXPIRED = "EXPIRED"
    SUBMITTED = "SUBMITTED"
    EXECUTED = "EXECUTED"
    FAILED = "FAILED"


UNSETTLED_STATUSES = frozenset({DecisionStatus.PENDING, DecisionStatus.AWAITING_APPROVAL, DecisionStatus.SUBMITTED})


class HoldCause(StrEnum):
    """Why nothing was wanted: three different things that no statistic mixes (M12)."""

    OPINION = "opinion"
    ERROR = "error"
    RISK = "risk"
    DATA = "data"


class Phase(StrEnum):
    """The four phases of a decision (M04)."""

    INITIAL_ANALYSIS = "initial_analysis"
    REFINEMENT = "refinement"
    RISK_VALIDATION = "risk_validation"
    CONFIDENCE_GATE = "confidence_gate"


@dataclass(frozen=True, slots=True)
class Signal:
    """An opinion with its strength: `confidence` from 0 to 1, `reasons` are short sentences for a person."""

    action: Action
    confidence: Decimal
    reasons: tuple[str, ...]
    hold_cause: HoldCause | None = None

    @property
    def reasoning(self) -> str:
        return " ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """What one phase saw and said, kept for the page and the audit trail."""

    phase: Phase
    action: Action
    confidence: Decimal
    text: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who really decided: the provider ("rules" for the built-in strategy), its model, how deep in the chain."""

    decided_by: str
    model: str
    fallback_depth: int = 0
    repaired: bool = False


RULES_ATTRIBUTION = Attribution(decided_by="rules", model="rules-v1")


@dataclass(frozen=True, slots=True)
class Opinion:
    """A decider's answer for one instrument: the last signal and the opinion phases that led to it."""

    symbol: str
    signal: Signal
    phases: tuple[PhaseRecord, ...]
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class ProtectionPlan:
    """Where the stop and the target of a position lie, in quote units."""

    stop_loss: Decimal
    take_profit: Decimal


@dataclass(frozen=True, slots=True)
class IntentPlan:
    """What a decision wants done, before risk approval: everything the risk rules judge.

    `reference_price` is the independent price seen at `decided_at`. `protection` is None for an exit.
    """

    decision_id: str
    symbol: str
    side: str
    purpose: str
    quantity: Decimal
    reference_price: Decimal
    limit_price: Decimal
    protection: ProtectionPlan | None
    strategy: str
    decided_at: datetime
