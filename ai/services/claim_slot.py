"""Take a slot of the loop, so that it is run once whoever asks for it, however often, in however many processes.

The RUNNING row is the lock: the database lets an account have one. A row whose owner has crashed (its process is gone,
or its lease ran out) is taken over: run again when it had decided nothing yet, else closed as interrupted.
What a crashed run had decided but not ordered is never ordered later: the price has moved.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from ai.models import CycleRow
from ai.services.cycle_owner import cycle_owner, is_owner_gone
from ai.services.settle_decisions import fail_orphaned_decisions
from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import execute, insert_rows
from trading.models import Account

LEASE_SECONDS = 120

_HOLD = "UPDATE ai_cyclerow SET lease_until = %s WHERE id = %s AND owner = %s AND state = 'RUNNING'"
_COLUMNS = tuple(field.attname for field in CycleRow._meta.concrete_fields)


class SlotTaken(Conflict):
    """This slot was run already, or another cycle of the account is still going."""

    code = "slot_taken"


class CycleLost(Conflict):
    """Another run took this cycle over while this one was paused: nothing more may be written or ordered by it."""

    code = "cycle_lost"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one slot. `is_slot` is False for a run somebody asked for: it does not count as one."""

    cycle_id: str
    slot: datetime
    owner: str
    is_slot: bool = True


def claim_slot(
    *,
    runtime: Runtime,
    account: Account,
    slot: datetime,
    is_execution: bool,
    parameter_set_id: str,
    is_slot: bool = True,
) -> Claim:
    """The claim on (account, slot). Raises SlotTaken when it is not to be had."""
    fresh = _new_row(runtime, account, slot, is_execution, parameter_set_id)
    return replace(_claimed(runtime, account, fresh), is_slot=is_slot)


def _claimed(runtime: Runtime, account: Account, fresh: CycleRow) -> Claim:
    try:
        return _insert(fresh)
    except IntegrityError:
        found = _look_again(runtime, account, fresh)
    if isinstance(found, Claim):
        return found
    if found:
        raise SlotTaken(found)
    return _insert_or_lose(fresh)


def hold_claim(*, runtime: Runtime, claim: Claim) -> None:
    """Renew the lease inside the caller's transaction. Raises CycleLost when the claim is no longer ours."""
    if not execute(_HOLD, (_lease_end(runtime), claim.cycle_id, claim.owner)):
        raise CycleLost(f"cycle {claim.cycle_id} was taken over by another run")


def _new_row(runtime: Runtime, account: Account, slot: datetime, is_execution: bool, parameter_set_id: str) -> CycleRow:
    return CycleRow(
        id=runtime.ids.ulid(),
        account=account,
        slot=slot,
        state=CycleRow.State.RUNNING,
        is_execution=is_execution,
        parameter_set_id=parameter_set_id,
        owner=cycle_owner(),
        lease_until=_lease_end(runtime),
        started_at=runtime.clock.now(),
    )


def _lease_end(runtime: Runtime) -> datetime:
    # A simulated market in fast motion must not make a busy owner look dead: the lease is in real seconds.
    return runtime.clock.now() + timedelta(seconds=LEASE_SECONDS * settings.AUTOTRADER.simulation_speed)


def _insert(row: CycleRow) -> Claim:
    with transaction.atomic():
        insert_rows(CycleRow, _COLUMNS, [[getattr(row, column) for column in _COLUMNS]])
    return Claim(cycle_id=row.pk, slot=row.slot, owner=row.owner)


def _insert_or_lose(row: CycleRow) -> Claim:
    try:
        return _insert(row)
    except IntegrityError as error:
        raise SlotTaken(f"the slot {row.slot:%Y-%m-%d %H:%M:%S} was taken by another run in this moment") from error


@transaction.atomic
def _look_again(runtime: Runtime, account: Account, fresh: CycleRow) -> Claim | str:
    """A claim when an interrupted run of this slot is taken over; else what stands in the way, "" when nothing does.

    It must not raise for that: closing an interrupted run has to be committed.
    """
    rows = list(CycleRow.objects.select_for_update().filter(account=account, state=CycleRow.State.RUNNING))
    for row in rows:
        if not is_owner_gone(row.owner) and row.lease_until > runtime.clock.now():
            return f"the cycle of {row.slot:%Y-%m-%d %H:%M:%S} is still running"
        if row.slot == fresh.slot and not row.decisions.exists():
            return _take_over(row, fresh)
        _close_interrupted(runtime, row)
    if CycleRow.objects.filter(account=account, slot=fresh.slot).exists():
        return f"the slot {fresh.slot:%Y-%m-%d %H:%M:%S} was run already"
    return ""


def _take_over(row: CycleRow, fresh: CycleRow) -> Claim:
    row.owner, row.lease_until, row.started_at = fresh.owner, fresh.lease_until, fresh.started_at
    row.is_execution, row.parameter_set_id = fresh.is_execution, fresh.parameter_set_id
    row.save(update_fields=["owner", "lease_until", "started_at", "is_execution", "parameter_set_id"])
    return Claim(cycle_id=row.pk, slot=row.slot, owner=row.owner)


def _close_interrupted(runtime: Runtime, row: CycleRow) -> None:
    fail_orphaned_decisions(runtime=runtime, cycle_id=row.pk, reason="The run was interrupted before the order.")
    row.state, row.finished_at = CycleRow.State.FAILED, runtime.clock.now()
    row.error = "interrupted: the process that ran it ended"
    row.save(update_fields=["state", "finished_at", "error"])
