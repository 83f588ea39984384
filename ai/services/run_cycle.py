"""The conductor: one run of the trading loop, the same code for replay, paper and live.

They differ only in what is passed in (clock, feed, venue). Nothing slow happens inside a transaction; a crash at
any line leaves rows from which the next run goes on without doubling anything.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ai.domain.cycle_result import CycleResult, CycleState, DecisionSummary
from ai.domain.hearing import Heard, all_held_by_error, hear
from ai.ports import Decider, Executor, Market
from ai.selectors.cycle_inputs import active_parameters, instrument_ids
from ai.services.claim_slot import Claim, SlotTaken, claim_slot, hold_claim
from ai.services.execute_decision import execute_decision
from ai.services.finish_cycle import fail_cycle, finish_cycle
from ai.services.store_decisions import Decided, store_decisions
from autotrader.lib.runtime import Runtime
from trading.domain.market_snapshot import InstrumentSnapshot, MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.execution_order import ExecutionOutcome
from trading.models import Account

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Cast:
    """Everybody who takes part in one cycle."""

    now: datetime
    runtime: Runtime
    account: Account
    market: Market
    decider: Decider
    executor: Executor
    claim: Claim
    is_analysis_only: bool


def run_cycle(
    *,
    now: datetime,
    runtime: Runtime,
    account: Account,
    market: Market,
    decider: Decider,
    executor: Executor,
    execute: bool = True,
    slot: datetime | None = None,
    is_slot: bool = True,
) -> CycleResult:
    """Run the slot (`now` itself when none is given) once: look, decide, judge, order, and write all of it down.

    A slot that another run has or had gives a result TAKEN. `execute=False` decides and places nothing (M05).
    `is_slot=False` is a run somebody asked for: it is no slot of the loop and not counted as one. A fault
    of the whole cycle is recorded on its row and raised.
    """
    slot = slot or now
    parameter_set_id, parameters = active_parameters(account, executor.strategy)
    try:
        claim = claim_slot(
            runtime=runtime,
            account=account,
            slot=slot,
            is_execution=execute,
            parameter_set_id=parameter_set_id,
            is_slot=is_slot,
        )
    except SlotTaken as taken:
        return CycleResult(state=CycleState.TAKEN, slot=slot, reason=taken.message)
    cast = _Cast(now, runtime, account, market, decider, executor, claim, not execute)
    try:
        return _play(cast, parameters, parameter_set_id)
    except Exception as error:
        # Nothing is swallowed: the cycle's row says what broke and lets go of the lock, then the fault goes on.
        fail_cycle(runtime=runtime, account=account, claim=claim, error=error)
        raise


def _play(cast: _Cast, parameters: StrategyParameters, parameter_set_id: str) -> CycleResult:
    cast.market.refresh(cast.now)
    cast.executor.pump()
    snapshot = cast.market.snapshot(cast.now, cast.account, parameters, parameter_set_id)
    in_session = [item for item in snapshot.instruments if item.is_session_open]
    heard = _ask(cast.decider, snapshot, in_session)
    skipped = len(snapshot.instruments) - len(in_session)
    decided = _store(cast, heard, skipped)
    acting = [item for item in decided if item.heard.is_acting]
    outcomes = _act(cast, snapshot, acting, len(decided), skipped) if acting else {}
    return CycleResult(
        state=CycleState.DONE,
        slot=cast.claim.slot,
        cycle_id=cast.claim.cycle_id,
        decisions=tuple(_summary(item, outcomes.get(item.decision_id)) for item in decided),
        instruments_skipped=skipped,
    )


def _ask(decider: Decider, snapshot: MarketSnapshot, in_session: Sequence[InstrumentSnapshot]) -> list[Heard]:
    if not in_session:
        return []
    asked = MarketSnapshot(
        taken_at=snapshot.taken_at,
        instruments=tuple(in_session),
        parameters=snapshot.parameters,
        parameter_set_id=snapshot.parameter_set_id,
        headlines=snapshot.headlines,
    )
    try:
        return hear(in_session, decider.decide(asked))
    except Exception as error:
        # Whatever a decider breaks on is an abstention, recorded as such: no opinion, so nothing is ordered.
        logger.exception("The decider %s failed", decider.name)
        return all_held_by_error(in_session, f"The decider failed: {type(error).__name__}: {error}")


def _store(cast: _Cast, heard: Sequence[Heard], skipped: int) -> list[Decided]:
    """All decisions in one transaction; when none wants to act, the cycle ends in the same one."""
    ids = instrument_ids(cast.account)
    prices = cast.market.prices()
    with transaction.atomic():
        decided = store_decisions(
            runtime=cast.runtime,
            claim=cast.claim,
            account=cast.account,
            instrument_ids=ids,
            heard=heard,
            decided_at=cast.now,
        )
        if any(item.heard.is_acting for item in decided):
            hold_claim(runtime=cast.runtime, claim=cast.claim)
        else:
            finish_cycle(
                runtime=cast.runtime,
                account=cast.account,
                claim=cast.claim,
                analysed=len(decided),
                skipped=skipped,
                acting=0,
                prices=prices,
            )
    return decided


def _act(
    cast: _Cast, snapshot: MarketSnapshot, acting: Sequence[Decided], analysed: int, skipped: int
) -> dict[str, ExecutionOutcome]:
    """Each acting decision in a transaction of its own, then the gateway, then the end of the cycle."""
    outcomes = {
        item.decision_id: execute_decision(
            runtime=cast.runtime,
            claim=cast.claim,
            market=cast.market,
            executor=cast.executor,
            decided=item,
            snapshot=snapshot,
            decided_at=cast.now,
            is_analysis_only=cast.is_analysis_only,
        )
        for item in acting
    }
    if any(outcome.has_live_intent for outcome in outcomes.values()):
        cast.executor.pump()
    prices = cast.market.prices()
    with transaction.atomic():
        finish_cycle(
            runtime=cast.runtime,
            account=cast.account,
            claim=cast.claim,
            analysed=analysed,
            skipped=skipped,
            acting=len(acting),
            prices=prices,
        )
    return outcomes


def _summary(item: Decided, outcome: ExecutionOutcome | None) -> DecisionSummary:
    signal = item.heard.opinion.signal
    return DecisionSummary(
        decision_id=item.decision_id,
        symbol=item.heard.opinion.symbol,
        action=signal.action.value,
        confidence=signal.confidence,
        status=(outcome.status if outcome else item.status).value,
        reasoning=signal.reasoning,
        denied_by=outcome.denied_by if outcome else "",
    )
