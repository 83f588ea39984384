"""Keep an execution that does not fit our books, whole and with an alarm, until it does or a person decides."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from autotrader.lib.canonical import canonical_json
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows
from trading.domain.order import FillReport, Side
from trading.domain.payload import is_ours
from trading.models import Account, QuarantinedFill
from trading.services.report_incident import PAGE, WARNING, report_incident

_DECIMALS = frozenset(item.name for item in fields(FillReport) if item.type is Decimal)

_WAITING = SelectRows(
    QuarantinedFill, "WHERE t.account_id = %s AND t.symbol = %s AND t.resolved_at IS NULL ORDER BY t.id"
)


def quarantine_fill(*, runtime: Runtime, account: Account, report: FillReport, reason: str) -> bool:
    """Whether it is new here. A fill that already waits is left as it is, without a second alarm."""
    stored = orjson.loads(canonical_json(asdict(report)))
    row, is_new = QuarantinedFill.objects.get_or_create(
        account=account,
        symbol=report.symbol,
        venue_fill_id=report.venue_fill_id,
        defaults={
            "client_order_id": report.client_order_id,
            "report": stored,
            "reason": reason,
            "ts": runtime.clock.now(),
        },
    )
    if is_new:
        report_incident(
            runtime=runtime,
            account_id=account.pk,
            kind="fill_quarantined",
            severity=PAGE if is_ours(report.client_order_id) else WARNING,
            message=f"A fill in {report.symbol} was kept aside: {reason}.",
            subject_id=str(row.pk),
            details=stored,
        )
    return is_new


def waiting_fills(account: Account, symbol: str) -> Iterator[tuple[QuarantinedFill, FillReport]]:
    """The unresolved fills of a symbol, oldest first."""
    for row in _WAITING.all((account.pk, symbol)):
        yield row, _stored_report(row.report)


def resolve_quarantined(*, runtime: Runtime, row: QuarantinedFill) -> None:
    """The fill could be booked after all."""
    row.resolved_at = runtime.clock.now()
    row.save(update_fields=["resolved_at"])


def _stored_report(stored: dict[str, Any]) -> FillReport:
    values: dict[str, Any] = {n: Decimal(value) if n in _DECIMALS else value for n, value in stored.items()}
    values["side"] = Side(values["side"])
    values["ts_event"] = datetime.fromisoformat(values["ts_event"])
    return FillReport(**values)
