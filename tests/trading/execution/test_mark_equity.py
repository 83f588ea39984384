"""One point of the equity curve."""

from datetime import timedelta
from decimal import Decimal

import pytest

from autotrader.lib.clock import VirtualClock
from autotrader.lib.runtime import Runtime
from tests.ai.fakes import START, FakeDecider, make_account, make_runtime
from tests.ai.platform import make_platform
from trading.domain.decision import Action
from trading.models import EquityPoint, LiveEvent, PositionRow
from trading.services.mark_equity import mark_equity

pytestmark = pytest.mark.django_db(transaction=True)


def wait(runtime: Runtime, **span: float) -> None:
    assert isinstance(runtime.clock, VirtualClock)
    runtime.clock.advance(timedelta(**span))


def test_a_new_account_is_worth_its_cash() -> None:
    point = mark_equity(runtime=make_runtime(), account=make_account(), prices={})
    assert point is not None
    assert (point.equity, point.cash, point.ts) == (Decimal(10000), Decimal(10000), START)
    assert EquityPoint.objects.get().equity == Decimal(10000)


def test_points_are_at_least_an_interval_apart() -> None:
    account, runtime = make_account(), make_runtime()
    made = []
    for _ in range(12):
        made.append(mark_equity(runtime=runtime, account=account, prices={}) is not None)
        wait(runtime, minutes=1)
    assert made == [True, False, False, False, False] * 2 + [True, False]


def test_each_point_is_told_to_the_pages() -> None:
    mark_equity(runtime=make_runtime(), account=make_account(), prices={})
    assert LiveEvent.objects.get(topic="equity").payload == {"equity": "10000", "cash": "10000"}


def test_a_position_counts_at_the_price_given() -> None:
    platform = make_platform()
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"))
    held = PositionRow.objects.get()
    wait(platform.runtime, minutes=10)
    price = held.average_entry_price * 2
    point = mark_equity(runtime=platform.runtime, account=platform.account, prices={"BTCUSDT": price})
    assert point is not None
    assert point.equity == point.cash + held.quantity * price
    stored = EquityPoint.objects.latest("ts")
    assert (stored.equity, stored.cash) == (point.equity, point.cash)
