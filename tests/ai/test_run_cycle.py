"""The conductor, with stand-ins for market, decider and executor."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from ai.domain.cycle_result import CycleResult, CycleState
from ai.models import CycleRow, DecisionPhase, DecisionRow
from ai.services.run_cycle import run_cycle
from autotrader.lib.clock import VirtualClock
from tests.ai.fakes import (
    START,
    SYMBOLS,
    FakeDecider,
    FakeExecutor,
    FakeMarket,
    make_account,
    make_runtime,
    opinion,
)
from trading.domain.decision import Action, DecisionStatus, Phase, PhaseRecord
from trading.execution_order import ExecutionOutcome
from trading.models import AccountControl, AuditLine, EquityPoint, LiveEvent
from trading.ports import DataUnavailable
from trading.services.verify_audit import verify_audit

pytestmark = pytest.mark.django_db(transaction=True)


def play(account: Any, runtime: Any = None, **changes: Any) -> CycleResult:
    runtime = runtime or make_runtime()
    cast: dict[str, Any] = {
        "now": runtime.clock.now(),
        "runtime": runtime,
        "account": account,
        "market": FakeMarket(),
        "decider": FakeDecider(),
        "executor": FakeExecutor(),
    }
    return run_cycle(**{**cast, **changes})


def test_a_quiet_cycle_stores_one_narrow_decision_for_each_instrument() -> None:
    result = play(make_account())
    rows = DecisionRow.objects.order_by("id")
    assert result.state is CycleState.DONE
    assert {row.instrument.symbol for row in rows} == set(SYMBOLS)
    assert {row.status for row in rows} == {"HOLD"}
    assert {row.hold_cause for row in rows} == {"opinion"}
    assert rows[0].market["price"] == "100"
    assert DecisionPhase.objects.count() == 0


def test_a_cycle_is_closed_counted_and_told() -> None:
    account = make_account()
    result = play(account)
    cycle = CycleRow.objects.get(pk=result.cycle_id)
    assert (cycle.state, cycle.instruments_analysed, cycle.error) == ("DONE", 4, "")
    control = AccountControl.objects.get(pk=account.pk)
    assert (control.slots_run, control.last_slot) == (1, START)
    assert LiveEvent.objects.filter(topic="cycle").get().payload["analysed"] == 4
    assert EquityPoint.objects.get().equity == Decimal(10000)


def test_every_decision_is_one_line_of_the_audit_trail() -> None:
    play(make_account())
    bodies = [orjson.loads(line.body)["body"] for line in AuditLine.objects.filter(kind="decision")]
    assert len(bodies) == 4
    assert bodies[0]["market"]["rsi"] == 28.0
    assert bodies[0]["reasoning"] == "BTCUSDT looks like HOLD."
    assert bodies[0]["decided_by"] == "rules"
    assert bodies[0]["status"] == "HOLD"
    assert verify_audit().table.fault is None


def test_an_acting_decision_goes_to_the_executor_with_the_picture_it_was_formed_on() -> None:
    executor = FakeExecutor()
    play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    (order,) = executor.orders
    row = DecisionRow.objects.get(action="BUY")
    assert order.decision_id == row.pk
    assert order.snapshot.instrument.symbol == "ETHUSDT"
    assert row.status == "SUBMITTED"


def test_the_gateway_is_pumped_before_the_picture_is_taken_and_after_an_intent() -> None:
    executor = FakeExecutor()
    play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    assert executor.pumps == 2


def test_the_gateway_is_not_pumped_again_when_nothing_was_placed() -> None:
    executor = FakeExecutor(outcomes={"ETHUSDT": ExecutionOutcome(DecisionStatus.DENIED, "too big", "p01")})
    play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    assert executor.pumps == 1


def test_a_denial_is_kept_with_the_name_of_who_denied() -> None:
    executor = FakeExecutor(outcomes={"ETHUSDT": ExecutionOutcome(DecisionStatus.DENIED, "too big", "p01")})
    result = play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    row = DecisionRow.objects.get(action="BUY")
    assert (row.status, row.denied_by, row.execution["reason"]) == ("DENIED", "p01", "too big")
    assert [item.denied_by for item in result.decisions] == ["", "p01", "", ""]


def test_the_phases_of_decider_and_executor_stand_in_one_row_after_the_other() -> None:
    phases = (
        PhaseRecord(Phase.RISK_VALIDATION, Action.BUY, Decimal("0.7"), "risk"),
        PhaseRecord(Phase.CONFIDENCE_GATE, Action.BUY, Decimal("0.7"), "gate", {"minimum": "0.6"}),
    )
    executor = FakeExecutor(outcomes={"ETHUSDT": ExecutionOutcome(DecisionStatus.DENIED, "no", "p01", phases)})
    play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    stored = DecisionPhase.objects.values_list("number", "phase")
    assert list(stored) == [
        (1, "initial_analysis"),
        (2, "refinement"),
        (3, "risk_validation"),
        (4, "confidence_gate"),
    ]


def test_analysis_only_places_nothing() -> None:
    executor = FakeExecutor()
    play(make_account(), decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor, execute=False)
    assert executor.orders[0].is_analysis_only
    assert DecisionRow.objects.get(action="BUY").status == "ANALYSIS_ONLY"
    assert not CycleRow.objects.get().is_execution


def test_a_slot_is_run_once() -> None:
    account = make_account()
    runtime = make_runtime()
    assert play(account, runtime).state is CycleState.DONE
    again = play(account, runtime)
    assert again.state is CycleState.TAKEN
    assert "run already" in again.reason
    assert DecisionRow.objects.count() == 4


def test_the_next_slot_is_a_new_cycle() -> None:
    account, clock = make_account(), VirtualClock(START)
    runtime = make_runtime()
    play(account, runtime)
    clock = runtime.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(minutes=1))
    assert play(account, runtime).state is CycleState.DONE
    assert CycleRow.objects.count() == 2


def test_instruments_out_of_session_are_skipped_and_not_asked_about() -> None:
    decider = FakeDecider()
    market = FakeMarket(changes={"SOLUSDT": {"is_session_open": False}})
    result = play(make_account(), market=market, decider=decider)
    assert decider.asked == [("BTCUSDT", "ETHUSDT", "BNBUSDT")]
    assert result.instruments_skipped == 1
    assert CycleRow.objects.get().instruments_skipped == 1


def test_with_every_market_closed_nobody_is_asked_and_the_cycle_still_ends() -> None:
    decider = FakeDecider()
    market = FakeMarket(changes={symbol: {"is_session_open": False} for symbol in SYMBOLS})
    result = play(make_account(), market=market, decider=decider)
    assert decider.asked == []
    assert result.state is CycleState.DONE
    assert CycleRow.objects.get().state == "DONE"


def test_bad_data_holds_an_instrument_whatever_the_decider_says() -> None:
    executor = FakeExecutor()
    market = FakeMarket(changes={"ETHUSDT": {"data_problem": "the last bar is 9 minutes old"}})
    play(make_account(), market=market, decider=FakeDecider({"ETHUSDT": Action.BUY}), executor=executor)
    row = DecisionRow.objects.get(instrument__symbol="ETHUSDT")
    assert (row.action, row.status, row.hold_cause) == ("HOLD", "HOLD", "data")
    assert row.reasoning == "the last bar is 9 minutes old"
    assert executor.orders == []


def test_a_decider_that_breaks_is_an_abstention_on_everything() -> None:
    def explode(snapshot: object) -> Any:
        raise RuntimeError("no more tokens")

    executor = FakeExecutor()
    result = play(make_account(), decider=FakeDecider(answer=explode), executor=executor)
    assert result.state is CycleState.DONE
    assert set(DecisionRow.objects.values_list("hold_cause", flat=True)) == {"error"}
    assert "no more tokens" in DecisionRow.objects.order_by("id")[0].reasoning
    assert executor.orders == []


def test_an_opinion_about_a_stranger_is_ignored() -> None:
    def answer(snapshot: Any) -> Any:
        mine = [opinion(item.instrument.symbol) for item in snapshot.instruments]
        return [*mine, opinion("DOGEUSDT", Action.BUY)]

    play(make_account(), decider=FakeDecider(answer=answer))
    assert DecisionRow.objects.count() == 4


def test_a_fault_in_one_instruments_path_stays_with_that_instrument() -> None:
    executor = FakeExecutor(outcomes={"BTCUSDT": ZeroDivisionError("risk broke")})
    decider = FakeDecider({"BTCUSDT": Action.BUY, "ETHUSDT": Action.BUY})
    result = play(make_account(), decider=decider, executor=executor)
    statuses = {row.instrument.symbol: row.status for row in DecisionRow.objects.all()}
    assert (statuses["BTCUSDT"], statuses["ETHUSDT"]) == ("FAILED", "SUBMITTED")
    failed = DecisionRow.objects.get(instrument__symbol="BTCUSDT")
    assert failed.execution["reason"] == "ZeroDivisionError: risk broke"
    assert result.decisions[0].status == "FAILED"


def test_a_market_that_cannot_answer_fails_the_cycle_and_says_so() -> None:
    account = make_account()
    with pytest.raises(DataUnavailable):
        play(account, market=FakeMarket(fails_with=DataUnavailable("no route")))
    cycle = CycleRow.objects.get()
    assert (cycle.state, cycle.error) == ("FAILED", "DataUnavailable: no route")
    assert AccountControl.objects.get(pk=account.pk).slots_run == 1


def test_after_a_failed_cycle_the_next_one_runs() -> None:
    account, runtime = make_account(), make_runtime()
    with pytest.raises(DataUnavailable):
        play(account, runtime, market=FakeMarket(fails_with=DataUnavailable("no route")))
    clock = runtime.clock
    assert isinstance(clock, VirtualClock)
    clock.advance(timedelta(minutes=1))
    assert play(account, runtime).state is CycleState.DONE


def test_the_same_cycle_twice_writes_the_same_bytes() -> None:
    def bodies() -> list[str]:
        lines = AuditLine.objects.filter(kind__startswith="decision").values_list("body", flat=True)
        return [orjson.dumps(orjson.loads(line)["body"]).decode() for line in lines]

    account = make_account()
    play(account, make_runtime(seed=5), decider=FakeDecider({"ETHUSDT": Action.BUY}))
    first = bodies()
    assert len(first) == 5
    for model in (DecisionPhase, DecisionRow, CycleRow, AuditLine):
        model.objects.all().delete()
    play(account, make_runtime(seed=5), decider=FakeDecider({"ETHUSDT": Action.BUY}))
    assert bodies() == first
