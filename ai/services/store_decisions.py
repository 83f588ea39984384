"""Write what one cycle concluded: every decision, the opinion phases of the acting ones, and one audit line each.

Runs inside the caller's transaction. A HOLD's row is final at once and has no phases; an acting decision is PENDING.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ai.domain.hearing import Heard
from ai.domain.seen import market_seen
from ai.models import DecisionPhase, DecisionRow
from ai.services.claim_slot import Claim
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import insert_rows
from trading.domain.audit_chain import AuditEntry
from trading.domain.decision import DecisionStatus, PhaseRecord
from trading.models import Account
from trading.services.append_audit import append_audit

DECISION_COLUMNS = (
    "id",
    "cycle_id",
    "account_id",
    "instrument_id",
    "action",
    "confidence",
    "status",
    "hold_cause",
    "reasoning",
    "denied_by",
    "decided_by",
    "model",
    "fallback_depth",
    "is_repaired",
    "market",
    "execution",
    "decided_at",
)
PHASE_COLUMNS = ("decision_id", "number", "phase", "action", "confidence", "text", "details")


@dataclass(frozen=True, slots=True)
class Decided:
    """A heard opinion with the id of its row."""

    decision_id: str
    heard: Heard
    market: dict[str, Any]

    @property
    def status(self) -> DecisionStatus:
        return DecisionStatus.PENDING if self.heard.is_acting else DecisionStatus.HOLD


def store_decisions(
    *,
    runtime: Runtime,
    claim: Claim,
    account: Account,
    instrument_ids: Mapping[str, int],
    heard: Sequence[Heard],
    decided_at: datetime,
) -> list[Decided]:
    """Rows, phases and audit lines for `heard`, in its order; `instrument_ids` maps symbol to row id."""
    decided = [Decided(runtime.ids.ulid(), item, market_seen(item.snapshot)) for item in heard]
    rows = [_decision_row(item, claim.cycle_id, account.pk, instrument_ids, decided_at) for item in decided]
    insert_rows(DecisionRow, DECISION_COLUMNS, rows)
    store_phases({item.decision_id: item.heard.opinion.phases for item in decided})
    append_audit(runtime=runtime, entries=[_audit_entry(item, claim, account.name, decided_at) for item in decided])
    return decided


def store_phases(phases: Mapping[str, Sequence[PhaseRecord]], *, first_number: int = 1) -> None:
    """The phases of each decision id, numbered from `first_number`."""
    rows = [
        _phase_row(decision_id, number, record)
        for decision_id, records in phases.items()
        for number, record in enumerate(records, start=first_number)
    ]
    if rows:
        insert_rows(DecisionPhase, PHASE_COLUMNS, rows)


def _phase_row(decision_id: str, number: int, record: PhaseRecord) -> tuple[Any, ...]:
    phase, action = record.phase.value, record.action.value
    return (decision_id, number, phase, action, record.confidence, record.text, record.details)


def _decision_row(
    item: Decided, cycle_id: str, account_id: int, instrument_ids: Mapping[str, int], decided_at: datetime
) -> tuple[Any, ...]:
    opinion = item.heard.opinion
    signal, by = opinion.signal, opinion.attribution
    return (
        item.decision_id,
        cycle_id,
        account_id,
        instrument_ids[opinion.symbol],
        signal.action.value,
        signal.confidence,
        item.status.value,
        signal.hold_cause.value if signal.hold_cause else "",
        signal.reasoning,
        "",
        by.decided_by,
        by.model,
        by.fallback_depth,
        by.repaired,
        item.market,
        {},
        decided_at,
    )


def _audit_entry(item: Decided, claim: Claim, account: str, decided_at: datetime) -> AuditEntry:
    opinion = item.heard.opinion
    signal, by = opinion.signal, opinion.attribution
    body = {
        "account": account,
        "cycle": claim.cycle_id,
        "slot": claim.slot,
        "decided_at": decided_at,
        "symbol": opinion.symbol,
        "market": item.market,
        "action": signal.action,
        "confidence": signal.confidence,
        "reasoning": signal.reasoning,
        "hold_cause": signal.hold_cause,
        "decided_by": by.decided_by,
        "model": by.model,
        "fallback_depth": by.fallback_depth,
        "repaired": by.repaired,
        "risk_validation": None,
        "status": item.status,
        "execution": None,
    }
    return AuditEntry(kind="decision", subject_id=item.decision_id, body=body)
