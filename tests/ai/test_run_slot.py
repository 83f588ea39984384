"""When a slot is run, and what is counted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ai.domain.cycle_result import CycleState
from ai.engine import Engine
from ai.models import CycleRow
from ai.services.run_slot import run_slot
from autotrader.lib.clock import VirtualClock
from autotrader.lib.errors import NotFound
from autotrader.lib.runtime import Runtime
from tests.ai.fakes import START, FakeDecider, FakeExecutor, FakeMarket, make_account, make_runtime
from trading.models import Account, AccountControl
from trading.ports import DataUnavailable
from trading.services.set_loop_enabled import set_loop_enabled

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Loop:
    """An engine on a virtual clock."""

    account: Account
    runtime: Runtime = field(default_factory=make_runtime)
    market: FakeMarket = field(default_factory=FakeMarket)

    def run(self, *, after: float = 0) -> Any:
        assert isinstance(self.runtime.clock, VirtualClock)
        self.runtime.clock.advance(timedelta(seconds=after))
        engine = Engine(self.runtime, self.account, self.market, FakeDecider(), FakeExecutor())
        return run_slot(engine=engine, interval_seconds=60)

    @property
    def control(self) -> AccountControl:
        return AccountControl.objects.get(pk=self.account.pk)

    def switch(self, is_enabled: bool) -> None:
        set_loop_enabled(runtime=self.runtime, account=self.account, is_enabled=is_enabled, by="test")


@pytest.fixture
def loop() -> Loop:
    return Loop(make_account())


def test_a_slot_is_the_beginning_of_its_minute(loop: Loop) -> None:
    result = loop.run(after=17.25)
    assert result.slot == START
    assert CycleRow.objects.get().slot == START
    assert loop.market.refreshed == [START + timedelta(seconds=17.25)]


def test_a_second_knock_in_the_same_slot_does_nothing(loop: Loop) -> None:
    loop.run(after=1)
    assert loop.run(after=30).state is CycleState.TAKEN
    assert CycleRow.objects.count() == 1
    assert loop.control.slots_run == 1


def test_slots_in_a_row_miss_nothing(loop: Loop) -> None:
    for _ in range(4):
        loop.run(after=60)
    assert (loop.control.slots_run, loop.control.slots_missed) == (4, 0)


def test_missed_slots_are_skipped_and_counted(loop: Loop) -> None:
    loop.run()
    result = loop.run(after=60 * 5 + 3)
    assert result.slot == START + timedelta(minutes=5)
    assert (loop.control.slots_run, loop.control.slots_missed) == (2, 4)
    assert CycleRow.objects.count() == 2


def test_a_switched_off_loop_runs_nothing(loop: Loop) -> None:
    loop.switch(False)
    assert loop.run().state is CycleState.STOPPED
    assert CycleRow.objects.count() == 0


def test_time_spent_switched_off_was_not_missed(loop: Loop) -> None:
    loop.run()
    loop.switch(False)
    loop.run(after=600)
    loop.switch(True)
    loop.run(after=60)
    assert (loop.control.slots_run, loop.control.slots_missed) == (2, 0)


def test_a_failed_cycle_uses_its_slot_up(loop: Loop) -> None:
    loop.market.fails_with = DataUnavailable("no route")
    with pytest.raises(DataUnavailable):
        loop.run()
    loop.market.fails_with = None
    assert loop.run(after=5).state is CycleState.TAKEN
    assert loop.run(after=60).state is CycleState.DONE
    assert loop.control.slots_missed == 0


def test_a_clock_that_jumps_back_doubles_no_slot(loop: Loop) -> None:
    loop.run(after=120)
    loop.runtime = make_runtime(START + timedelta(seconds=70), seed=2)
    assert loop.run().state is CycleState.TAKEN
    assert CycleRow.objects.count() == 1


def test_an_account_without_switches_is_named(loop: Loop) -> None:
    AccountControl.objects.all().delete()
    with pytest.raises(NotFound, match="has no switches"):
        loop.run()


@pytest.mark.parametrize("moment", [datetime(2026, 3, 8, 6, 59, tzinfo=UTC), datetime(2026, 11, 1, 5, 59, tzinfo=UTC)])
def test_daylight_saving_neither_skips_nor_doubles(moment: datetime) -> None:
    loop = Loop(make_account(), make_runtime(moment))
    for _ in range(180):
        loop.run(after=60)
    assert (loop.control.slots_run, loop.control.slots_missed) == (180, 0)
