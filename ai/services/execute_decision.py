"""Bring one acting decision to money: judged, recorded and, when it is allowed, handed to the order gateway.

One transaction: risk verdict, intent, phases, status and audit line stay together or not at all. Whatever
fails in here orders nothing and is recorded on this decision only (fail closed, security.md 16.5.3).
"""

import logging
from datetime import datetime

from django.db import transaction

from ai.models import DecisionRow
from ai.ports import Executor, Market
from ai.services.change_status import StatusChange, change_status
from ai.services.claim_slot import Claim, CycleLost, hold_claim
from ai.services.store_decisions import Decided, store_phases
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows
from trading.domain.decision import DecisionStatus
from trading.domain.market_snapshot import MarketSnapshot
from trading.execution_order import ExecutionOrder, ExecutionOutcome

logger = logging.getLogger(__name__)

_DECISION = SelectRows(DecisionRow, "WHERE t.id = %s")


def execute_decision(
    *,
    runtime: Runtime,
    claim: Claim,
    market: Market,
    executor: Executor,
    decided: Decided,
    snapshot: MarketSnapshot,
    decided_at: datetime,
    is_analysis_only: bool,
) -> ExecutionOutcome:
    """What came of it. Raises CycleLost when this run may write no more; every other fault becomes FAILED."""
    opinion = decided.heard.opinion
    try:
        order = ExecutionOrder(
            decision_id=decided.decision_id,
            opinion=opinion,
            snapshot=decided.heard.snapshot,
            parameters=snapshot.parameters,
            parameter_set_id=snapshot.parameter_set_id,
            decided_at=decided_at,
            # The price may come over the network, so it is fetched before the transaction begins.
            quote=market.quote(opinion.symbol),
            prices=market.prices(),
            is_analysis_only=is_analysis_only,
        )
        return _placed(runtime, claim, executor, order)
    except CycleLost:
        raise
    except Exception as error:
        # Whatever broke in judging or recording this one: no order, and the other instruments go on.
        logger.exception("Decision %s on %s failed", decided.decision_id, opinion.symbol)
        return _failed(runtime, claim, decided.decision_id, error)


@transaction.atomic
def _placed(runtime: Runtime, claim: Claim, executor: Executor, order: ExecutionOrder) -> ExecutionOutcome:
    hold_claim(runtime=runtime, claim=claim)
    outcome = executor.execute(order)
    _record(runtime, order.decision_id, outcome, first_number=len(order.opinion.phases) + 1)
    return outcome


@transaction.atomic
def _failed(runtime: Runtime, claim: Claim, decision_id: str, error: Exception) -> ExecutionOutcome:
    hold_claim(runtime=runtime, claim=claim)
    outcome = ExecutionOutcome(status=DecisionStatus.FAILED, reason=f"{type(error).__name__}: {error}")
    _record(runtime, decision_id, outcome, first_number=1)
    return outcome


def _record(runtime: Runtime, decision_id: str, outcome: ExecutionOutcome, *, first_number: int) -> None:
    store_phases({decision_id: outcome.phases}, first_number=first_number)
    change = StatusChange(
        row=_DECISION.one((decision_id,)),
        status=outcome.status,
        reason=outcome.reason,
        denied_by=outcome.denied_by,
        execution=outcome.execution,
        phases=outcome.phases,
    )
    change_status(runtime=runtime, changes=[change])
