"""A slot is run once, by one, and a crash in it neither doubles nor loses anything."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ai.models import CycleRow, DecisionRow
from ai.services import cycle_owner
from ai.services.claim_slot import Claim, CycleLost, SlotTaken, claim_slot, hold_claim
from ai.services.run_cycle import run_cycle
from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime
from tests.ai.fakes import START, FakeDecider, FakeExecutor, FakeMarket, make_account, make_runtime
from trading.domain.decision import Action
from trading.execution_order import ExecutionOrder
from trading.models import AccountControl, Intent

pytestmark = pytest.mark.django_db(transaction=True)


def claim(account: Any, runtime: Runtime, slot: Any = START) -> Claim:
    return claim_slot(runtime=runtime, account=account, slot=slot, is_execution=True, parameter_set_id="P")


def gone_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def crash(cycle_id: str) -> None:
    """Make the cycle look as if its process had been killed."""
    host = cycle_owner.cycle_owner().split("|")[0]
    CycleRow.objects.filter(pk=cycle_id).update(owner=f"{host}|{gone_process()}|deadbeef|1")


class Killed(BaseException):
    """Stands for kill -9: nothing in the platform may catch it."""


def play(account: Any, runtime: Runtime, **changes: Any) -> Any:
    cast: dict[str, Any] = {
        "now": runtime.clock.now(),
        "runtime": runtime,
        "account": account,
        "market": FakeMarket(),
        "decider": FakeDecider({"ETHUSDT": Action.BUY}),
        "executor": FakeExecutor(),
    }
    return run_cycle(**{**cast, **changes})


def test_a_running_cycle_keeps_every_other_slot_out() -> None:
    account, runtime = make_account(), make_runtime()
    claim(account, runtime)
    with pytest.raises(SlotTaken, match="still running"):
        claim(account, runtime, START + timedelta(minutes=1))


def test_two_accounts_do_not_wait_for_each_other() -> None:
    runtime = make_runtime()
    claim(make_account(), runtime)
    claim(make_account(name="second", venue="other"), runtime)
    assert CycleRow.objects.filter(state="RUNNING").count() == 2


def test_the_database_refuses_a_second_running_cycle() -> None:
    account, runtime = make_account(), make_runtime()
    first = claim(account, runtime)
    row = CycleRow.objects.get(pk=first.cycle_id)
    row.pk, row.slot = "X" * 26, START + timedelta(minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_slot_left_by_a_crash_is_run_again_in_the_same_row() -> None:
    account, runtime = make_account(), make_runtime()
    first = claim(account, runtime)
    crash(first.cycle_id)
    again = claim(account, runtime)
    assert again.cycle_id == first.cycle_id
    assert CycleRow.objects.count() == 1


def test_a_cycle_whose_lease_ran_out_on_another_host_is_taken_over() -> None:
    account, runtime = make_account(), make_runtime()
    first = claim(account, runtime)
    CycleRow.objects.filter(pk=first.cycle_id).update(owner="elsewhere|1|cafe|1")
    with pytest.raises(SlotTaken):
        claim(account, runtime)
    assert isinstance(runtime.clock, VirtualClock)
    runtime.clock.advance(timedelta(seconds=121))
    assert claim(account, runtime).cycle_id == first.cycle_id


def test_an_interrupted_cycle_of_an_earlier_slot_is_closed_and_the_new_one_runs() -> None:
    account, runtime = make_account(), make_runtime()
    first = claim(account, runtime)
    crash(first.cycle_id)
    second = claim(account, runtime, START + timedelta(minutes=1))
    assert second.cycle_id != first.cycle_id
    old = CycleRow.objects.get(pk=first.cycle_id)
    assert (old.state, old.error) == ("FAILED", "interrupted: the process that ran it ended")


def test_a_paused_owner_that_lost_its_cycle_may_write_nothing_more() -> None:
    account, runtime = make_account(), make_runtime()
    first = claim(account, runtime)
    CycleRow.objects.filter(pk=first.cycle_id).update(owner="elsewhere|1|cafe|1")
    with pytest.raises(CycleLost):
        hold_claim(runtime=runtime, claim=first)


def test_an_order_is_not_placed_once_the_cycle_was_lost() -> None:
    account, runtime = make_account(), make_runtime()
    executor = FakeExecutor()

    class ThievingDecider(FakeDecider):
        def decide(self, snapshot: Any) -> Any:
            CycleRow.objects.update(owner="elsewhere|1|cafe|1")
            return super().decide(snapshot)

    with pytest.raises(CycleLost):
        play(account, runtime, executor=executor, decider=ThievingDecider({"ETHUSDT": Action.BUY}))
    assert executor.orders == []
    assert DecisionRow.objects.count() == 0
    assert CycleRow.objects.get().state == "RUNNING"


def test_decisions_made_before_a_crash_are_never_ordered_afterwards() -> None:
    account, runtime = make_account(), make_runtime()

    def die(order: ExecutionOrder) -> None:
        raise Killed

    with pytest.raises(Killed):
        play(account, runtime, executor=FakeExecutor(before=die))
    assert DecisionRow.objects.get(action="BUY").status == "PENDING"
    crash(CycleRow.objects.get().pk)

    executor = FakeExecutor()
    result = play(account, runtime, executor=executor)
    assert result.state == "TAKEN"
    assert executor.orders == []
    row = DecisionRow.objects.get(action="BUY")
    assert (row.status, row.execution["reason"]) == ("FAILED", "The run was interrupted before the order.")
    assert DecisionRow.objects.count() == 4


def test_an_intent_that_outlived_the_crash_keeps_its_decision_alive() -> None:
    account, runtime = make_account(), make_runtime()

    def die(order: ExecutionOrder) -> None:
        raise Killed

    with pytest.raises(Killed):
        play(account, runtime, executor=FakeExecutor(before=die))
    row = DecisionRow.objects.get(action="BUY")
    intent_for(row)
    crash(CycleRow.objects.get().pk)
    play(account, runtime)
    row.refresh_from_db()
    assert (row.status, row.execution["intent_id"]) == ("SUBMITTED", "I" * 26)


def intent_for(row: DecisionRow) -> None:
    Intent.objects.create(
        id="I" * 26,
        account=row.account,
        instrument=row.instrument,
        decision_id=row.pk,
        leg="E",
        strategy="rules-v1",
        purpose="ENTRY",
        side="BUY",
        quantity=1,
        reference_price=100,
        limit_price=101,
        payload_hash="0" * 64,
        state="APPROVED",
        created_at=START,
        expires_at=START,
    )


def test_of_many_runs_at_the_same_moment_one_gets_the_slot() -> None:
    account = make_account()
    runtime = make_runtime()
    won: list[str] = []
    barrier = threading.Barrier(6)

    def race() -> None:
        barrier.wait()
        try:
            won.append(claim(account, runtime).cycle_id)
        except SlotTaken:
            pass
        finally:
            # An ended thread counts as crashed: all stay until the last has tried.
            barrier.wait()
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert CycleRow.objects.count() == 1
    assert AccountControl.objects.get().slots_missed == 0


@pytest.mark.parametrize(
    ("owner", "gone"),
    [
        ("", True),
        ("nonsense", True),
        ("elsewhere|1|cafe|1", False),
    ],
)
def test_an_owner_is_known_to_be_gone_only_when_that_is_certain(owner: str, gone: bool) -> None:
    assert cycle_owner.is_owner_gone(owner) is gone


def test_the_present_thread_is_not_gone_and_an_earlier_process_of_the_same_number_is() -> None:
    mine = cycle_owner.cycle_owner()
    host, process, _, thread = mine.split("|")
    assert not cycle_owner.is_owner_gone(mine)
    assert int(process) == os.getpid()
    assert cycle_owner.is_owner_gone(f"{host}|{process}|0badcafe|{thread}")
