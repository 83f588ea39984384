"""M23: the ATR threshold follows the last seven days of real cycles and trades, inside bounds, with an audit trail."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from evaluation.services.evaluate_day import evaluate_day
from tests.evaluation.calendars import calendar_of
from tests.evaluation.rows import make_decision, make_trade
from trading.models import Account, AuditLine, ParameterSet
from trading.services.open_account import open_account
from trading.services.verify_audit import verify_audit

pytestmark = pytest.mark.django_db(transaction=True)
OPENED = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(OPENED)


@pytest.fixture
def runtime(clock: VirtualClock) -> Runtime:
    return seeded_runtime(clock, 23)


@pytest.fixture
def account(runtime: Runtime) -> Account:
    return open_account(
        runtime=runtime, name="paper", venue="paper", environment="paper", quote_asset="USDT", cash=Decimal(10_000)
    )


def a_day(clock: VirtualClock, account: Account, results: list[str]) -> None:
    """One UTC day on which the loop ran and closed trades with these `results`."""
    make_decision(account, at=clock.now() + timedelta(hours=1))
    for number, pnl in enumerate(results):
        make_trade(account, pnl, closed_at=clock.now() + timedelta(hours=2 + number))
    clock.advance(timedelta(days=1))


def in_force(account: Account) -> ParameterSet:
    return ParameterSet.objects.get(account=account, status="active")


def evaluate(runtime: Runtime, account: Account) -> None:
    evaluate_day(runtime=runtime, account=account, calendar_of=calendar_of)


def test_a_quiet_week_lowers_the_threshold_once_and_a_bad_month_later_raises_it(
    clock: VirtualClock, runtime: Runtime, account: Account
) -> None:
    for _ in range(7):
        a_day(clock, account, ["1"])
        evaluate(runtime, account)
    assert in_force(account).values["atr_threshold"] == "1.35"

    for _ in range(21):
        a_day(clock, account, ["-1", "-1", "1"])
        evaluate(runtime, account)
    assert in_force(account).values["atr_threshold"] == "1.485"

    history = ParameterSet.objects.filter(account=account).order_by("activated_at")
    assert [row.values["atr_threshold"] for row in history] == ["1.5", "1.35", "1.485"]
    assert [row.parent_id for row in history][1:] == [row.id for row in history][:-1]
    assert history[1].evidence["trades"] == 7
    assert AuditLine.objects.filter(kind="parameters_activated").count() == 2
    assert verify_audit().is_intact


def test_it_never_leaves_its_bounds(clock: VirtualClock, runtime: Runtime, account: Account) -> None:
    for _ in range(330):
        a_day(clock, account, [])
        evaluate(runtime, account)
    thresholds = [Decimal(row.values["atr_threshold"]) for row in ParameterSet.objects.filter(account=account)]
    assert min(thresholds) == Decimal("0.5")
    assert in_force(account).values["atr_threshold"] == "0.5"
