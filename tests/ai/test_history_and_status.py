"""The figures of status and history."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ai.selectors.history import DecisionFilter, recent_decisions
from ai.selectors.status import loop_status
from ai.services.run_cycle import run_cycle
from autotrader.lib.clock import VirtualClock
from autotrader.lib.errors import BadInput, NotFound
from tests.ai.fakes import START, FakeDecider, FakeExecutor, FakeMarket, make_account, make_runtime
from trading.domain.decision import Action
from trading.models import Account, AccountControl
from trading.services.set_autonomous_mode import set_autonomous_mode

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    account, runtime = make_account(), make_runtime()
    clock = runtime.clock
    assert isinstance(clock, VirtualClock)
    for _ in range(6):
        run_cycle(
            now=clock.now(),
            runtime=runtime,
            account=account,
            market=FakeMarket(),
            decider=FakeDecider({"ETHUSDT": Action.BUY}),
            executor=FakeExecutor(),
        )
        clock.advance(timedelta(minutes=1))
    return account


def test_history_gives_the_last_twenty_newest_first(account: Account) -> None:
    history = recent_decisions(account)
    assert len(history) == 20
    assert [item.time for item in history] == sorted((item.time for item in history), reverse=True)
    assert history[0].market["price"] == "100"
    assert history[0].confidence == Decimal("0.7")


def test_history_can_be_narrowed(account: Account) -> None:
    acting = recent_decisions(account, wanted=DecisionFilter(only_acting=True))
    assert [item.action for item in acting] == ["BUY"] * 6
    assert len(recent_decisions(account, wanted=DecisionFilter(symbol="BTCUSDT"))) == 6
    assert len(recent_decisions(account, wanted=DecisionFilter(action="BUY", status="SUBMITTED"))) == 6
    since = DecisionFilter(since=START + timedelta(minutes=4), until=START + timedelta(minutes=5))
    assert len(recent_decisions(account, wanted=since)) == 4


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_range_says_what_is_accepted(account: Account, limit: int) -> None:
    with pytest.raises(BadInput, match="accepted is 1 to 1000"):
        recent_decisions(account, limit=limit)


def test_an_unknown_status_says_what_is_accepted(account: Account) -> None:
    with pytest.raises(BadInput, match=r"'DONE' is not accepted: .*EXECUTED"):
        recent_decisions(account, wanted=DecisionFilter(status="DONE"))


def test_status_counts_what_was_run(account: Account) -> None:
    status = loop_status(account, START + timedelta(minutes=6), 60)
    assert (status.enabled, status.mode, status.is_running) == (True, "autonomous", True)
    assert status.loop_iterations == 6
    assert status.last_decision_time == START + timedelta(minutes=5)
    assert status.current_confidence == Decimal("0.7")
    assert status.active_positions == 0


def test_a_loop_without_cycles_for_three_slots_does_not_run(account: Account) -> None:
    assert not loop_status(account, START + timedelta(minutes=9), 60).is_running


def test_manual_mode_shows(account: Account) -> None:
    set_autonomous_mode(runtime=make_runtime(seed=9), account=account, is_autonomous=False, by="test")
    assert loop_status(account, START, 60).mode == "manual"


def test_status_before_the_first_cycle() -> None:
    status = loop_status(make_account(), START, 60)
    assert (status.is_running, status.last_decision_time, status.current_confidence) == (False, None, None)


def test_status_of_an_account_without_switches_is_an_error() -> None:
    account = make_account()
    AccountControl.objects.all().delete()
    with pytest.raises(NotFound):
        loop_status(account, START, 60)
