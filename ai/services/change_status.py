"""Move decisions on to a new status, each with its audit line and a live event, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ai.models import DecisionRow
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import update_row
from trading.domain.audit_chain import AuditEntry
from trading.domain.decision import UNSETTLED_STATUSES, DecisionStatus, PhaseRecord
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What is known now about one decision. `execution` is merged into what the row has."""

    row: DecisionRow
    status: DecisionStatus
    reason: str
    denied_by: str = ""
    execution: dict[str, Any] = field(default_factory=dict)
    phases: tuple[PhaseRecord, ...] = ()


def change_status(*, runtime: Runtime, changes: Sequence[StatusChange]) -> None:
    """Write `changes`, in their order. Nothing happens for none."""
    for change in changes:
        _write(change)
    append_audit(runtime=runtime, entries=[_entry(change) for change in changes])
    for change in changes:
        payload = {"decision_id": change.row.pk, "status": change.status.value}
        record_event(runtime=runtime, account_id=change.row.account_id, topic="decision", payload=payload)


def _write(change: StatusChange) -> None:
    row = change.row
    row.status, row.denied_by = change.status.value, change.denied_by
    row.execution = {**row.execution, **change.execution, "reason": change.reason}
    update_row(row, "status", "denied_by", "execution")


def _entry(change: StatusChange) -> AuditEntry:
    kind = "decision.placed" if change.status in UNSETTLED_STATUSES else "decision.settled"
    body = {
        "action": change.row.action,
        "confidence": change.row.confidence,
        "decided_by": change.row.decided_by,
        "status": change.status,
        "reason": change.reason,
        "denied_by": change.denied_by,
        "risk_validation": [_phase(record) for record in change.phases],
        "execution": change.row.execution,
    }
    return AuditEntry(kind=kind, subject_id=change.row.pk, body=body)


def _phase(record: PhaseRecord) -> dict[str, Any]:
    return {
        "phase": record.phase,
        "action": record.action,
        "confidence": record.confidence,
        "text": record.text,
        "details": record.details,
    }
