"""Play recordings through the whole platform, one cycle for each moment a bar closes, as fast as the machine can.

The same input gives the same rows: the clock is virtual, ids come from a seed, nothing else reads either. It can be
stopped between two cycles, and what was done is then whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ai.domain.cycle_result import CycleState
from ai.ports import Decider, Executor, Market
from ai.services.run_cycle import run_cycle
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime
from evaluation.domain.check import Check
from evaluation.selectors.invariants import check_all, check_books
from trading.models import Account


class SendingGateway(Protocol):
    """What the loop needs of the order gateway."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class ReplayCast:
    """Everybody who takes part, made for one run. `runtime.clock` is `clock`."""

    clock: VirtualClock
    runtime: Runtime
    account: Account
    market: Market
    decider: Decider
    executor: Executor
    gateway: SendingGateway


@dataclass(slots=True)
class ReplayRun:
    """What was played. `checks` is filled at the end; a promise broken on the way is there with its slot."""

    cycles: int = 0
    decisions: int = 0
    first_slot: datetime | None = None
    last_slot: datetime | None = None
    is_complete: bool = False
    checks: list[Check] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return all(check.is_kept for check in self.checks)


def run_replay(
    *,
    cast: ReplayCast,
    slots: Sequence[datetime],
    check_every: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    on_slot: Callable[[datetime], None] = lambda slot: None,
) -> ReplayRun:
    """Play `slots` (rising). With `check_every` the books are checked after each, and the run ends at the first fault.

    Raises whatever a cycle raises: in a replay a broken cycle is a fault of the program.
    """
    run = ReplayRun()
    cast.gateway.start()
    try:
        _play(cast, slots, run, check_every, should_stop, on_slot)
        _settle(cast, run)
    finally:
        cast.gateway.stop()
    run.checks = _final_checks(cast.account, run.checks)
    return run


def _play(
    cast: ReplayCast,
    slots: Sequence[datetime],
    run: ReplayRun,
    check_every: bool,
    should_stop: Callable[[], bool],
    on_slot: Callable[[datetime], None],
) -> None:
    for slot in slots:
        if should_stop():
            return
        _play_slot(cast, slot, run)
        on_slot(slot)
        if check_every and (faults := _faults_at(cast.account, slot)):
            run.checks = faults
            return
    run.is_complete = True


def _play_slot(cast: ReplayCast, slot: datetime, run: ReplayRun) -> None:
    if slot > cast.clock.now():
        cast.clock.move_to(slot)
    result = run_cycle(
        now=slot,
        runtime=cast.runtime,
        account=cast.account,
        market=cast.market,
        decider=cast.decider,
        executor=cast.executor,
    )
    if result.state is CycleState.DONE:
        run.cycles += 1
        run.decisions += len(result.decisions)
    run.first_slot = run.first_slot or slot
    run.last_slot = slot


def _settle(cast: ReplayCast, run: ReplayRun) -> None:
    """One more step of the gateway, so that nothing the venue has said is left unread."""
    if run.cycles:
        cast.clock.advance(timedelta(seconds=1))
        cast.executor.pump()


def _faults_at(account: Account, slot: datetime) -> list[Check]:
    return [
        Check(check.name, False, f"{check.detail} (at {slot:%Y-%m-%d %H:%M} UTC)")
        for check in check_books(account)
        if not check.is_kept
    ]


def _final_checks(account: Account, found: list[Check]) -> list[Check]:
    """The checks at the end; one that broke on the way keeps its fault."""
    broken = {check.name: check for check in found}
    return [broken.get(check.name, check) for check in check_all(account)]
