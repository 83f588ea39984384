"""What was decided, newest first: `GET /api/autonomous-history`, the decisions list, `get_execution_history` (M13)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from ai.models import DecisionRow
from autotrader.lib.errors import BadInput
from trading.domain.decision import Action, DecisionStatus
from trading.models import Account

HISTORY_LENGTH = 20
LONGEST_HISTORY = 1000


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One decision as people read it. `market` holds what was seen; `execution` what became of it."""

    decision_id: str
    time: datetime
    symbol: str
    market: dict[str, Any]
    reasoning: str
    confidence: Decimal
    action: str
    status: str
    hold_cause: str
    denied_by: str
    decided_by: str
    model: str
    execution: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """What to look for; an empty field does not narrow. `since` and `until` are UTC, `until` not included."""

    symbol: str = ""
    action: str = ""
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None
    only_acting: bool = False


NO_FILTER = DecisionFilter()


def recent_decisions(
    account: Account, *, limit: int = HISTORY_LENGTH, wanted: DecisionFilter = NO_FILTER
) -> list[PastDecision]:
    """The last `limit` decisions that match. Raises BadInput for a limit, action or status that is not accepted."""
    if not 1 <= limit <= LONGEST_HISTORY:
        raise BadInput(f"limit is {limit}; accepted is 1 to {LONGEST_HISTORY}")
    rows = decisions_matching(account, wanted).select_related("instrument")
    return [_past(row) for row in rows[:limit]]


def decisions_matching(account: Account, wanted: DecisionFilter) -> QuerySet[DecisionRow]:
    """The rows that match, newest first. Raises BadInput for an unknown action or status."""
    _require_known(wanted)
    exact = {"instrument__symbol": wanted.symbol, "action": wanted.action, "status": wanted.status}
    rows = DecisionRow.objects.filter(account=account, **{name: value for name, value in exact.items() if value})
    if wanted.since is not None:
        rows = rows.filter(decided_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(decided_at__lt=wanted.until)
    if wanted.only_acting:
        rows = rows.exclude(action=Action.HOLD)
    return rows.order_by("-id")


def _require_known(wanted: DecisionFilter) -> None:
    for name, value, accepted in (("action", wanted.action, Action), ("status", wanted.status, DecisionStatus)):
        if value and value not in list(accepted):
            raise BadInput(f"{name} {value!r} is not accepted: {', '.join(accepted)} are")


def _past(row: DecisionRow) -> PastDecision:
    return PastDecision(
        decision_id=row.pk,
        time=row.decided_at,
        symbol=row.instrument.symbol,
        market=row.market,
        reasoning=row.reasoning,
        confidence=row.confidence,
        action=row.action,
        status=row.status,
        hold_cause=row.hold_cause,
        denied_by=row.denied_by,
        decided_by=row.decided_by,
        model=row.model,
        execution=row.execution,
    )
