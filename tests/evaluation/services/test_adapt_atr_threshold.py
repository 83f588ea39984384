"""The ATR threshold follows the last week, inside bounds, seldom, and on paper only by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from evaluation.models import DailyPerformance
from evaluation.services.adapt_atr_threshold import AtrAdaptation, adapt_atr_threshold
from tests.evaluation.rows import make_account, make_decision, make_parameter_set, make_trade
from trading.domain.parameters import StrategyParameters
from trading.models import Account, AuditLine, ParameterSet
from trading.services.stored_parameters import stored_parameters
from trading.services.verify_audit import verify_audit

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 4, 10, 0, 5, tzinfo=UTC)


@pytest.fixture
def runtime() -> Runtime:
    return seeded_runtime(VirtualClock(NOW), 1)


def running_account(environment: str = "paper", atr_threshold: str = "1.5") -> Account:
    account = make_account(environment=environment)
    account.created_at = NOW - timedelta(days=30)
    account.save()
    values = stored_parameters(StrategyParameters()) | {"atr_threshold": atr_threshold}
    make_parameter_set(account, activated_at=account.created_at, **values)
    make_decision(account, at=NOW - timedelta(days=1))
    return account


def trades(account: Account, wins: int, losses: int) -> None:
    for number in range(wins + losses):
        make_trade(account, "1" if number < wins else "-1", closed_at=NOW - timedelta(hours=1 + number))


def adapt(runtime: Runtime, account: Account) -> AtrAdaptation:
    return adapt_atr_threshold(runtime=runtime, account=account, strategy="rules-v1")


def active_threshold(account: Account) -> str:
    return ParameterSet.objects.get(account=account, status="active").values["atr_threshold"]


def test_under_two_trades_a_day_lower_it_by_a_tenth(runtime: Runtime) -> None:
    account = running_account()
    trades(account, wins=13, losses=0)
    found = adapt(runtime, account)
    assert found.is_in_force
    assert active_threshold(account) == "1.35"


def test_too_few_winners_raise_it_by_a_tenth(runtime: Runtime) -> None:
    account = running_account()
    trades(account, wins=6, losses=8)
    adapt(runtime, account)
    assert active_threshold(account) == "1.65"


def test_a_good_week_changes_nothing(runtime: Runtime) -> None:
    account = running_account()
    trades(account, wins=8, losses=6)
    found = adapt(runtime, account)
    assert (found.parameter_set, found.is_in_force) == (None, False)
    assert ParameterSet.objects.count() == 1


def test_the_proposal_keeps_parent_reason_and_evidence_and_is_audited(runtime: Runtime) -> None:
    account = running_account()
    found = adapt(runtime, account).parameter_set
    assert found is not None
    assert found.parent is not None
    assert found.parent.status == "active" or found.parent.values["atr_threshold"] == "1.5"
    assert (found.proposed_by, found.activated_by) == ("adaptive-atr", "adaptive-atr")
    assert found.evidence["trades"] == 0
    assert found.evidence["to"] == "2026-04-10T00:05:00Z"
    assert "trades a day" in found.reason
    assert list(AuditLine.objects.values_list("kind", flat=True)) == ["parameters_proposed", "parameters_activated"]
    assert verify_audit().is_intact


def test_on_a_live_account_it_is_only_proposed_and_only_once(runtime: Runtime) -> None:
    account = running_account("live")
    found = adapt(runtime, account)
    assert found.parameter_set is not None
    assert (found.is_in_force, active_threshold(account)) == (False, "1.5")
    assert "still waits" in adapt(runtime, account).reason


def test_doing_it_again_changes_nothing_more(runtime: Runtime) -> None:
    account = running_account()
    adapt(runtime, account)
    assert adapt(runtime, account).parameter_set is None
    assert active_threshold(account) == "1.35"


def test_the_next_change_comes_twenty_trading_days_later(runtime: Runtime) -> None:
    account = running_account()
    adapt(runtime, account)
    for number in range(1, 20):
        _recorded_day(account, number)
    assert adapt(runtime, account).parameter_set is None
    _recorded_day(account, 20)
    adapt(runtime, account)
    assert active_threshold(account) == "1.215"


def test_the_bounds_hold(runtime: Runtime) -> None:
    account = running_account(atr_threshold="0.5")
    found = adapt(runtime, account)
    assert found.parameter_set is None
    assert "bound" in found.reason


def test_a_loop_that_did_not_run_teaches_nothing(runtime: Runtime) -> None:
    account = running_account()
    account.cycles.update(slot=NOW - timedelta(days=8))
    assert "did not run" in adapt(runtime, account).reason


def test_a_young_account_teaches_nothing(runtime: Runtime) -> None:
    account = running_account()
    account.created_at = NOW - timedelta(days=6)
    account.save()
    assert "younger" in adapt(runtime, account).reason


def _recorded_day(account: Account, number: int) -> None:
    DailyPerformance.objects.create(
        account=account,
        date=(NOW + timedelta(days=number)).date(),
        total_trades=0,
        profitable_trades=0,
        total_pnl=0,
        recorded_at=NOW,
    )
