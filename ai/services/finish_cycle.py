"""Close a cycle: settle decisions, count the run, mark the equity, tell the page. Inside the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from ai.models import CycleRow
from ai.services.claim_slot import Claim, CycleLost
from ai.services.settle_decisions import fail_orphaned_decisions, settle_decisions
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import execute
from trading.models import Account
from trading.services.mark_equity import mark_equity
from trading.services.record_event import record_event

_CLOSE = (
    "UPDATE ai_cyclerow SET state = %s, finished_at = %s, instruments_analysed = %s, instruments_skipped = %s,"
    " error = %s WHERE id = %s AND owner = %s AND state = 'RUNNING'"
)
_COUNT_RUN = "UPDATE trading_accountcontrol SET slots_run = slots_run + 1, last_slot = %s WHERE account_id = %s"


def finish_cycle(
    *,
    runtime: Runtime,
    account: Account,
    claim: Claim,
    analysed: int,
    skipped: int,
    acting: int,
    prices: Mapping[str, Decimal],
) -> None:
    """The cycle ran to its end. Raises CycleLost when it was taken over meanwhile."""
    _close(claim, CycleRow.State.DONE, runtime.clock.now(), analysed, skipped, "")
    settle_decisions(runtime=runtime, account=account)
    _count_run(account.pk, claim)
    mark_equity(runtime=runtime, account=account, prices=prices)
    payload = {"cycle_id": claim.cycle_id, "analysed": analysed, "skipped": skipped, "acting": acting}
    record_event(runtime=runtime, account_id=account.pk, topic="cycle", payload=payload)


@transaction.atomic
def fail_cycle(*, runtime: Runtime, account: Account, claim: Claim, error: Exception) -> None:
    """The cycle broke: nothing it left undecided will be ordered. Does nothing when another run has taken it over."""
    reason = f"{type(error).__name__}: {error}"
    try:
        _close(claim, CycleRow.State.FAILED, runtime.clock.now(), 0, 0, reason)
    except CycleLost:
        return
    fail_orphaned_decisions(runtime=runtime, cycle_id=claim.cycle_id, reason=f"The cycle failed. {reason}")
    _count_run(account.pk, claim)
    payload = {"cycle_id": claim.cycle_id, "error": reason}
    record_event(runtime=runtime, account_id=account.pk, topic="cycle", payload=payload)


def _close(claim: Claim, state: CycleRow.State, at: datetime, analysed: int, skipped: int, error: str) -> None:
    if not execute(_CLOSE, (state.value, at, analysed, skipped, error, claim.cycle_id, claim.owner)):
        raise CycleLost(f"cycle {claim.cycle_id} was taken over by another run")


def _count_run(account_id: int, claim: Claim) -> None:
    if claim.is_slot:
        execute(_COUNT_RUN, (claim.slot, account_id))
