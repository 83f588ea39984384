"""Decisions for people: short lines for a list, and one in full with its four phases and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from ai.models import DecisionRow
from dashboard.selectors.orders import OrderLine, orders_of_decision
from trading.domain.decision import Action, HoldCause, Phase
from trading.models import Account, InstrumentRow

HOLD_WORDS = {
    HoldCause.OPINION.value: "nothing to do",
    HoldCause.ERROR.value: "no opinion: an error",
    HoldCause.RISK.value: "held back by risk",
    HoldCause.DATA.value: "held back by data",
}
ACRONYMS = frozenset({"rsi", "sma", "ema", "vwap", "atr", "id", "pnl", "ts"})
PHASE_WORDS = {
    Phase.INITIAL_ANALYSIS.value: "Initial analysis",
    Phase.REFINEMENT.value: "Refinement",
    Phase.RISK_VALIDATION.value: "Risk validation",
    Phase.CONFIDENCE_GATE.value: "Confidence gate",
}


# Spelled out, since SQLite uses the partial index `decision_latest_acting` only when it can read its condition.
_IS_ACTING = RawSQL("NOT (ai_decisionrow.action = 'HOLD')", (), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision in a list. `confidence` is a fraction; `price` is what was seen, None when it was not stored."""

    id: str
    instrument: InstrumentRow
    action: str
    confidence: Decimal
    status: str
    hold_cause: str
    reasoning: str
    denied_by: str
    decided_by: str
    model: str
    decided_at: datetime
    price: Decimal | None

    @property
    def status_words(self) -> str:
        if self.action == Action.HOLD.value and self.hold_cause:
            return f"Hold: {HOLD_WORDS.get(self.hold_cause, self.hold_cause)}"
        return self.status.replace("_", " ").capitalize()

    @property
    def confidence_percent(self) -> Decimal:
        return self.confidence * 100


@dataclass(frozen=True, slots=True)
class PhaseLine:
    number: int
    name: str
    action: str
    confidence: Decimal
    text: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DecisionDetail:
    """One decision in full. `market` and `execution` are (name, value) pairs in words."""

    line: DecisionLine
    cycle_slot: datetime
    parameter_set_id: str
    fallback_depth: int
    is_repaired: bool
    market: tuple[tuple[str, str], ...]
    execution: tuple[tuple[str, str], ...]
    phases: tuple[PhaseLine, ...]
    orders: tuple[OrderLine, ...]


def decisions_of(account: Account, *, acting_only: bool) -> QuerySet[DecisionRow]:
    """The newest first; `acting_only` leaves the HOLDs out."""
    rows = DecisionRow.objects.filter(account=account).select_related("instrument").order_by("-id")
    return rows.filter(_IS_ACTING) if acting_only else rows


def decision_lines(rows: Iterable[DecisionRow]) -> list[DecisionLine]:
    return [_line(row) for row in rows]


def decision_detail(account: Account, decision_id: str) -> DecisionDetail | None:
    """The decision with its phases and orders; None when this account has none of that id."""
    row = decisions_of(account, acting_only=False).select_related("cycle").filter(id=decision_id).first()
    if row is None:
        return None
    return DecisionDetail(
        line=_line(row),
        cycle_slot=row.cycle.slot,
        parameter_set_id=row.cycle.parameter_set_id,
        fallback_depth=row.fallback_depth,
        is_repaired=row.is_repaired,
        market=in_words(row.market),
        execution=in_words(row.execution),
        phases=tuple(_phases(row)),
        orders=tuple(orders_of_decision(account, decision_id)),
    )


def in_words(values: Any) -> tuple[tuple[str, str], ...]:
    """A stored JSON object as (name, value) pairs a person can read; anything else gives no pairs."""
    if not isinstance(values, dict):
        return ()
    return tuple((label(str(name)), _word(value)) for name, value in values.items())


def label(name: str) -> str:
    """A stored name as a heading: sma_short -> SMA short."""
    words = [word.upper() if word in ACRONYMS else word for word in name.split("_")]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _word(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return "; ".join(_word(item) for item in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(item)}" for name, item in value.items()) or "–"
    return str(value)


def _line(row: DecisionRow) -> DecisionLine:
    return DecisionLine(
        id=row.id,
        instrument=row.instrument,
        action=row.action,
        confidence=row.confidence,
        status=row.status,
        hold_cause=row.hold_cause,
        reasoning=row.reasoning,
        denied_by=row.denied_by,
        decided_by=row.decided_by,
        model=row.model,
        decided_at=row.decided_at,
        price=_seen_price(row.market),
    )


def _seen_price(market: Any) -> Decimal | None:
    price = market.get("price") if isinstance(market, dict) else None
    return Decimal(str(price)) if price is not None else None


def _phases(row: DecisionRow) -> Iterable[PhaseLine]:
    for phase in row.phases.order_by("number"):
        name = PHASE_WORDS.get(phase.phase, phase.phase)
        yield PhaseLine(phase.number, name, phase.action, phase.confidence, phase.text, in_words(phase.details))
