"""The replay loop: one cycle a slot, on the clock it moves, stopped only between cycles."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ai.models import CycleRow
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from evaluation.domain.replay_slots import session_slots
from evaluation.services.run_replay import ReplayCast, ReplayRun, run_replay
from tests.evaluation.calendars import AlwaysOpen, LateSession
from trading.domain.decision import Opinion
from trading.domain.market_snapshot import MarketSnapshot
from trading.domain.parameters import StrategyParameters
from trading.execution_order import ExecutionOrder, ExecutionOutcome
from trading.models import Account, Balance
from trading.services.open_account import open_account

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 23, tzinfo=UTC)
SLOTS = [START + timedelta(minutes=number) for number in range(1, 6)]


class EmptyMarket:
    """A market without instruments that remembers when it was looked at."""

    def __init__(self) -> None:
        self.seen: list[datetime] = []

    def refresh(self, now: datetime) -> None:
        self.seen.append(now)

    def snapshot(
        self, now: datetime, account: Account, parameters: StrategyParameters, parameter_set_id: str
    ) -> MarketSnapshot:
        return MarketSnapshot(now, (), parameters, parameter_set_id)

    def quote(self, symbol: str) -> None:
        return None

    def prices(self) -> dict[str, Decimal]:
        return {}


class Silent:
    """A decider without opinions, an executor that only counts, and a gateway in one."""

    name = "silent"
    strategy = "rules-v1"

    def __init__(self) -> None:
        self.log: list[str] = []

    def decide(self, snapshot: MarketSnapshot) -> Sequence[Opinion]:
        return []

    def execute(self, order: ExecutionOrder) -> ExecutionOutcome:
        raise AssertionError("nobody wanted to act")

    def pump(self) -> None:
        self.log.append("pump")

    def start(self) -> None:
        self.log.append("start")

    def stop(self) -> None:
        self.log.append("stop")


@pytest.fixture
def cast() -> ReplayCast:
    clock = VirtualClock(START)
    runtime = seeded_runtime(clock, 1)
    account = open_account(
        runtime=runtime, name="replay", venue="paper", environment="replay", quote_asset="USDT", cash=Decimal(1000)
    )
    silent = Silent()
    return ReplayCast(clock, runtime, account, EmptyMarket(), silent, silent, silent)


def seen(cast: ReplayCast) -> list[datetime]:
    assert isinstance(cast.market, EmptyMarket)
    return cast.market.seen


def log(cast: ReplayCast) -> list[str]:
    assert isinstance(cast.gateway, Silent)
    return cast.gateway.log


def check(run: ReplayRun, name: str) -> bool:
    return next(item.is_kept for item in run.checks if item.name == name)


def test_every_slot_is_one_cycle_at_its_own_moment(cast: ReplayCast) -> None:
    run = run_replay(cast=cast, slots=SLOTS)
    assert (run.cycles, run.first_slot, run.last_slot, run.is_complete) == (5, SLOTS[0], SLOTS[-1], True)
    assert seen(cast) == SLOTS
    assert list(CycleRow.objects.order_by("slot").values_list("slot", flat=True)) == SLOTS


def test_the_gateway_is_started_before_and_stopped_after(cast: ReplayCast) -> None:
    run_replay(cast=cast, slots=SLOTS)
    assert (log(cast)[0], log(cast)[-1]) == ("start", "stop")


def test_the_gateway_is_stopped_after_a_broken_cycle_too(cast: ReplayCast) -> None:
    def broken(now: datetime) -> None:
        raise RuntimeError("the disk is full")

    cast.market.refresh = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="disk is full"):
        run_replay(cast=cast, slots=SLOTS)
    assert log(cast)[-1] == "stop"


def test_a_stop_comes_between_two_cycles_and_keeps_what_was_done(cast: ReplayCast) -> None:
    run = run_replay(cast=cast, slots=SLOTS, should_stop=lambda: len(seen(cast)) == 2)
    assert (run.cycles, run.is_complete, run.is_sound) == (2, False, True)
    assert set(CycleRow.objects.values_list("state", flat=True)) == {"DONE"}


def test_slots_that_were_played_before_are_not_played_again(cast: ReplayCast) -> None:
    run_replay(cast=cast, slots=SLOTS[:3])
    assert run_replay(cast=cast, slots=SLOTS).cycles == 2


def test_untouched_books_keep_every_promise(cast: ReplayCast) -> None:
    run = run_replay(cast=cast, slots=SLOTS)
    assert run.is_sound
    assert len(run.checks) == 8


def test_with_check_every_the_run_ends_at_the_slot_that_broke_the_books(cast: ReplayCast) -> None:
    def tamper(slot: datetime) -> None:
        if slot == SLOTS[1]:
            Balance.objects.update(total=Decimal(999))

    run = run_replay(cast=cast, slots=SLOTS, check_every=True, on_slot=tamper)
    assert (run.cycles, run.is_complete, run.is_sound) == (2, False, False)
    fault = next(item for item in run.checks if not item.is_kept)
    assert fault.name == "Balances are the ledger's sums"
    assert fault.detail == "USDT: 999 is not 1000 (at 2026-03-23 00:02 UTC)"


def test_at_the_end_a_broken_promise_is_found_without_check_every_too(cast: ReplayCast) -> None:
    run = run_replay(cast=cast, slots=SLOTS, on_slot=lambda slot: Balance.objects.update(total=1) and None)
    assert not check(run, "Balances are the ledger's sums")
    assert not check(run, "Cash adds up")
    assert check(run, "The audit trail verifies")


def test_slots_lie_in_sessions_and_the_closing_bell_is_one() -> None:
    friday = datetime(2026, 3, 27, tzinfo=UTC)
    closes = [friday + timedelta(hours=hour) for hour in (3, 4, 5, 22, 23, 24)]
    assert list(session_slots(closes, [LateSession()])) == closes[:2]
    assert list(session_slots(closes, [LateSession(), AlwaysOpen()])) == closes
