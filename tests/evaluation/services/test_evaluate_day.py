"""The daily evaluation records what is missing and can be called again."""

from datetime import UTC, datetime, timedelta

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import seeded_runtime
from evaluation.models import DailyPerformance
from evaluation.services.evaluate_day import evaluate_day
from evaluation.tasks import evaluate_accounts
from tests.evaluation.calendars import calendar_of
from tests.evaluation.rows import make_account, make_trade

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)


def test_every_day_since_the_account_was_opened_is_recorded() -> None:
    account = make_account()
    make_trade(account, "3", closed_at=NOON + timedelta(days=1))
    done = evaluate_day(
        runtime=seeded_runtime(VirtualClock(NOON + timedelta(days=2)), 1), account=account, calendar_of=calendar_of
    )
    assert [day.day for day in done.days] == [23, 24, 25]
    assert [row.total_trades for row in DailyPerformance.objects.all()] == [0, 1, 0]


def test_yesterdays_row_is_made_final_by_the_next_call() -> None:
    account = make_account()
    clock = VirtualClock(NOON)
    runtime = seeded_runtime(clock, 1)
    evaluate_day(runtime=runtime, account=account, calendar_of=calendar_of)
    make_trade(account, "3", closed_at=NOON + timedelta(hours=11))
    clock.move_to(NOON + timedelta(days=1))
    evaluate_day(runtime=runtime, account=account, calendar_of=calendar_of)
    assert [row.total_trades for row in DailyPerformance.objects.all()] == [1, 0]


def test_the_task_leaves_replays_alone() -> None:
    make_account("replay", environment="replay")
    evaluate_accounts()
    assert not DailyPerformance.objects.exists()
