"""When the loop may run (M01): only while it is switched on, once for each slot, and what was missed is counted.

Whoever asks (beat, the command line, a thread of somebody's script), however often: the rows decide, so a doubled
request does nothing and the switch holds over a restart.
"""

from datetime import datetime

from django.db.models import F

from ai.domain.cycle_result import CycleResult, CycleState
from ai.domain.slots import slot_of, slots_between
from ai.engine import Engine
from ai.services.run_cycle import run_cycle
from autotrader.lib.errors import NotFound
from trading.models import Account, AccountControl


def run_slot(*, engine: Engine, interval_seconds: int) -> CycleResult:
    """Run the present slot unless the loop is off (STOPPED) or the slot was run (TAKEN). Missed slots stay missed.

    Raises what the cycle raises; the slot then counts as run. Raises NotFound for an account without switches.
    """
    now = engine.runtime.clock.now()
    slot = slot_of(now, interval_seconds)
    control = _control(engine.account)
    if not control.is_enabled:
        return CycleResult(state=CycleState.STOPPED, slot=slot, reason="the loop is switched off")
    if control.last_slot is not None and control.last_slot >= slot:
        return CycleResult(state=CycleState.TAKEN, slot=slot, reason=f"the slot {slot:%H:%M:%S} was run already")
    is_ours = True
    try:
        result = run_cycle(
            now=now,
            slot=slot,
            runtime=engine.runtime,
            account=engine.account,
            market=engine.market,
            decider=engine.decider,
            executor=engine.executor,
        )
        is_ours = result.state is CycleState.DONE
        return result
    finally:
        if is_ours:
            _count_missed(control, slot, interval_seconds)


def _control(account: Account) -> AccountControl:
    control = AccountControl.objects.filter(pk=account.pk).first()
    if control is None:
        raise NotFound(f"account {account.name!r} has no switches: open it with open_account")
    return control


def _count_missed(before: AccountControl, slot: datetime, interval_seconds: int) -> None:
    """Slots between the last one and this one; those before the switches were last changed do not count.

    `before` is the row as it was when this slot began. Only the run that got the slot counts.
    """
    if before.last_slot is None:
        return
    missed = slots_between(max(before.last_slot, before.changed_at), slot, interval_seconds)
    if missed:
        AccountControl.objects.filter(pk=before.pk).update(slots_missed=F("slots_missed") + missed)
