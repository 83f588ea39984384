"""A person's request goes the way of every trade: through the real executor, gateway and paper venue."""

from decimal import Decimal

import pytest

from ai.engine import Engine
from ai.models import CycleRow
from ai.services.run_on_request import TradeRequest, analyse_instrument, request_trade
from autotrader.lib.errors import BadInput, Conflict
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import Action
from trading.domain.order import Side
from trading.models import AccountControl, Intent, OrderRow, PositionRow
from trading.services.verify_audit import verify_audit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform() -> Platform:
    platform = make_platform()
    platform.cycle(FakeDecider())
    return platform


def engine_of(platform: Platform) -> Engine:
    platform.clock.sleep(1)
    parts = platform.parts
    return Engine(platform.runtime, platform.account, parts.market, FakeDecider(), parts.executor)


def ask(platform: Platform, side: Side, quantity: str | None, symbol: str = "BTCUSDT"):
    size = None if quantity is None else Decimal(quantity)
    return request_trade(engine=engine_of(platform), request=TradeRequest(symbol, side, size, "ada"))


def test_a_buy_is_filled_and_protected(platform: Platform) -> None:
    row = ask(platform, Side.BUY, "0.001")
    assert row.status in ("SUBMITTED", "EXECUTED"), row.execution
    platform.cycle(FakeDecider())
    position = PositionRow.objects.get()
    assert Decimal("0.00099") <= position.quantity <= Decimal("0.001")
    assert OrderRow.objects.filter(purpose="STOP_LOSS", state="WORKING").count() == 1
    row.refresh_from_db()
    assert row.status == "EXECUTED"


def test_a_part_is_sold_and_the_rest_stays_protected(platform: Platform) -> None:
    ask(platform, Side.BUY, "0.002")
    platform.cycle(FakeDecider())
    ask(platform, Side.SELL, "0.001")
    for _ in range(2):
        platform.cycle(FakeDecider())
    position = PositionRow.objects.get()
    assert Decimal("0.0009") <= position.quantity <= Decimal("0.001")
    stop = OrderRow.objects.get(purpose="STOP_LOSS", state="WORKING")
    assert stop.quantity <= position.quantity


def test_closing_leaves_nothing_but_dust(platform: Platform) -> None:
    ask(platform, Side.BUY, "0.001")
    platform.cycle(FakeDecider())
    ask(platform, Side.SELL, None)
    for _ in range(2):
        platform.cycle(FakeDecider())
    assert PositionRow.objects.get().opened_at is None
    assert not OrderRow.objects.filter(purpose="STOP_LOSS", state="WORKING").exists()
    assert verify_audit().table.fault is None


def test_requests_are_no_slots(platform: Platform) -> None:
    before = AccountControl.objects.get()
    analyse_instrument(engine=engine_of(platform), symbol="BTCUSDT")
    after = AccountControl.objects.get()
    assert (after.slots_run, after.last_slot) == (before.slots_run, before.last_slot)
    assert CycleRow.objects.count() == 2


def test_a_failing_request_is_recorded_and_not_counted(platform: Platform, monkeypatch) -> None:
    engine = engine_of(platform)
    before = AccountControl.objects.get().slots_run

    def broken(now: object) -> None:
        raise RuntimeError("the feed broke")

    monkeypatch.setattr(engine.market, "refresh", broken)
    with pytest.raises(RuntimeError):
        analyse_instrument(engine=engine, symbol="BTCUSDT")
    assert CycleRow.objects.filter(state="FAILED").count() == 1
    assert AccountControl.objects.get().slots_run == before


def test_an_analysis_never_leaves_an_intent(platform: Platform) -> None:
    engine = engine_of(platform)
    engine.decider.actions["BTCUSDT"] = Action.BUY
    row = analyse_instrument(engine=engine, symbol="btcusdt")
    assert row.status == "ANALYSIS_ONLY"
    assert not Intent.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "0.0000001"])
def test_a_size_that_cannot_be_is_refused(platform: Platform, quantity: str) -> None:
    with pytest.raises(BadInput):
        ask(platform, Side.BUY, quantity)


def test_buying_needs_a_size_and_selling_a_position(platform: Platform) -> None:
    with pytest.raises(BadInput, match="quantity"):
        ask(platform, Side.BUY, None)
    with pytest.raises(Conflict, match="no open position"):
        ask(platform, Side.SELL, None)
    with pytest.raises(BadInput, match="universe"):
        ask(platform, Side.BUY, "1", symbol="NOPE")
    assert CycleRow.objects.count() == 1
