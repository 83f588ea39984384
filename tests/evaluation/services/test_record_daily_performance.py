"""A day's row is computed from its trades and may be computed again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime, seeded_runtime
from evaluation.models import DailyPerformance
from evaluation.services.record_daily_performance import record_daily_performance, record_days
from tests.evaluation.calendars import calendar_of
from tests.evaluation.rows import make_account, make_parameter_set, make_trade
from trading.models import Account

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 23)
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def runtime() -> Runtime:
    return seeded_runtime(VirtualClock(NOON + timedelta(days=1)), 1)


def record(runtime: Runtime, account: Account, on: date = DAY) -> DailyPerformance:
    return record_daily_performance(runtime=runtime, account=account, on=on, calendar_of=calendar_of)


def test_a_day_holds_the_figures_of_its_trades_and_no_others(runtime: Runtime, account: Account) -> None:
    make_trade(account, "6.5", closed_at=NOON)
    make_trade(account, "-2", closed_at=NOON, symbol="ETHUSDT", hold=timedelta(hours=2))
    make_trade(account, "99", closed_at=NOON + timedelta(hours=12))
    make_trade(make_account("other"), "50", closed_at=NOON)
    row = DailyPerformance.objects.get(pk=record(runtime, account).pk)
    assert (row.total_trades, row.profitable_trades, row.win_rate) == (2, 1, Decimal("0.5"))
    assert (row.total_pnl, row.average_hold_seconds) == (Decimal("4.5"), 5400)
    assert (row.best_symbol, row.best_pnl, row.worst_symbol, row.worst_pnl) == (
        "BTCUSDT", Decimal("6.5"), "ETHUSDT", Decimal(-2),
    )  # fmt: skip


def test_recording_twice_leaves_one_row_with_the_newer_figures(runtime: Runtime, account: Account) -> None:
    make_trade(account, "1", closed_at=NOON)
    record(runtime, account)
    make_trade(account, "2", closed_at=NOON)
    record(runtime, account)
    assert [row.total_pnl for row in DailyPerformance.objects.all()] == [Decimal(3)]


def test_the_last_instant_of_the_utc_day_belongs_to_it(runtime: Runtime, account: Account) -> None:
    make_trade(account, "1", closed_at=datetime(2026, 3, 23, 23, 59, 59, 999999, tzinfo=UTC))
    assert record(runtime, account).total_trades == 1


def test_a_stocks_trade_counts_for_its_session_date(runtime: Runtime, account: Account) -> None:
    make_trade(account, "1", closed_at=datetime(2026, 3, 23, 23, tzinfo=UTC), symbol="SPY", calendar="LATE")
    assert record(runtime, account).total_trades == 0
    assert record(runtime, account, DAY + timedelta(days=1)).total_trades == 1


def test_the_parameters_are_those_active_at_the_days_end(runtime: Runtime, account: Account) -> None:
    make_parameter_set(account, activated_at=NOON - timedelta(days=2), status="retired", atr_threshold="1.5")
    second = make_parameter_set(account, activated_at=NOON, atr_threshold="1.35")
    row = record(runtime, account)
    assert (row.parameter_set_id, row.parameters) == (second.id, {"atr_threshold": "1.35"})
    assert record(runtime, account, DAY - timedelta(days=1)).parameters == {"atr_threshold": "1.5"}


def test_every_day_between_two_gets_its_row(runtime: Runtime, account: Account) -> None:
    make_trade(account, "1", closed_at=NOON)
    rows = record_days(
        runtime=runtime,
        account=account,
        first=DAY - timedelta(days=1),
        last=DAY + timedelta(days=1),
        calendar_of=calendar_of,
    )
    assert [row.total_trades for row in rows] == [0, 1, 0]


def test_days_without_a_session_have_no_row(runtime: Runtime, account: Account) -> None:
    make_trade(account, "1", closed_at=datetime(2026, 3, 20, 2, tzinfo=UTC), symbol="SPY", calendar="LATE")
    rows = record_days(runtime=runtime, account=account, first=date(2026, 3, 20), last=DAY, calendar_of=calendar_of)
    assert [row.date for row in rows] == [date(2026, 3, 20), DAY]
