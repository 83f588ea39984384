"""Raise an alarm about money: an audit line and an event for whoever watches. It never raises a second problem.

The alarm is written in the caller's transaction, or in one of its own.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import AuditEntry
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event

WARNING = "warning"
PAGE = "page"


def report_incident(
    *,
    runtime: Runtime,
    account_id: int,
    kind: str,
    message: str,
    severity: str = PAGE,
    subject_id: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """`kind` is a stable word for programs, `message` one sentence for a person; `severity` is "warning" or "page"."""
    body = {"kind": kind, "severity": severity, "message": message, "details": dict(details or {})}
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("incident", subject_id, {"account_id": account_id, **body})])
        record_event(runtime=runtime, account_id=account_id, topic="incident", payload=body)
