"""The executor with the real market, risk rules, gateway and paper venue behind it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ai.models import DecisionPhase, DecisionRow
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.decision import Action
from trading.models import AccountControl, Intent, OrderRow, PositionRow, Trade
from trading.services.set_autonomous_mode import set_autonomous_mode
from trading.services.set_trading_state import set_trading_state

pytestmark = pytest.mark.django_db(transaction=True)

BUY_BTC = FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8")
SELL_BTC = FakeDecider({"BTCUSDT": Action.SELL}, confidence="0.8")


@pytest.fixture
def platform() -> Platform:
    return make_platform()


def decision(action: Action) -> DecisionRow:
    return DecisionRow.objects.filter(action=action.value).latest("id")


def position() -> PositionRow:
    return PositionRow.objects.get(instrument__symbol="BTCUSDT")


def test_a_buy_becomes_a_protected_position(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    row = decision(Action.BUY)
    assert row.status == "EXECUTED"
    held = position()
    assert held.quantity > 0
    assert held.stop_loss is not None and held.take_profit is not None
    assert held.stop_loss < held.average_entry_price < held.take_profit
    live = OrderRow.objects.filter(purpose__in=["STOP_LOSS", "TAKE_PROFIT"], state="WORKING")
    assert {order.purpose for order in live} == {"STOP_LOSS", "TAKE_PROFIT"}


def test_an_entry_stays_within_two_percent_of_the_portfolio(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    held = position()
    assert Decimal(0) < held.quantity * held.average_entry_price <= Decimal(200)


def test_the_execution_result_is_kept_on_the_decision(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    execution = decision(Action.BUY).execution
    order = OrderRow.objects.get(purpose="ENTRY")
    assert execution["client_order_id"] == order.client_order_id
    assert Decimal(execution["filled_quantity"]) == order.filled_quantity
    assert Decimal(execution["average_fill_price"]) == order.average_fill_price
    assert execution["plan"]["side"] == "BUY"


def test_executed_trades_are_counted(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    assert AccountControl.objects.get().trades_executed == 1


def test_a_sell_closes_the_whole_position(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    platform.cycle(SELL_BTC)
    assert decision(Action.SELL).status == "EXECUTED"
    assert position().opened_at is None
    assert Trade.objects.count() == 1
    assert not OrderRow.objects.filter(state__in=["WORKING", "PARTIAL"]).exists()


def test_a_sell_without_a_position_is_denied_by_name(platform: Platform) -> None:
    platform.cycle(SELL_BTC)
    row = decision(Action.SELL)
    assert (row.status, row.denied_by) == ("DENIED", "no_position")
    assert "no position in BTCUSDT" in row.execution["reason"]
    assert Intent.objects.count() == 0


def test_a_second_buy_is_denied_while_the_position_is_open(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    platform.cycle(BUY_BTC, step=timedelta(minutes=3))
    row = decision(Action.BUY)
    assert (row.status, row.denied_by) == ("DENIED", "P8_one_entry")
    assert Intent.objects.filter(state="DENIED").count() == 1


def test_confidence_below_the_least_places_nothing(platform: Platform) -> None:
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.59"))
    row = decision(Action.BUY)
    assert (row.status, row.denied_by) == ("DENIED", "confidence")
    assert Intent.objects.count() == 0
    gate = DecisionPhase.objects.get(phase="confidence_gate")
    assert gate.details == {"minimum": "0.6", "is_passed": False}


def test_confidence_at_the_least_passes(platform: Platform) -> None:
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.60"))
    assert decision(Action.BUY).status == "EXECUTED"


def test_every_rule_that_was_asked_is_kept_with_its_answer(platform: Platform) -> None:
    platform.cycle(BUY_BTC)
    risk = DecisionPhase.objects.get(phase="risk_validation")
    checks = {item["rule"]: item["is_passed"] for item in risk.details["checks"]}
    assert {"P1_order_notional", "P3_price_collar", "protection"} <= set(checks)
    assert all(checks.values())
    assert [clamp["rule"] for clamp in risk.details["clamps"]]


def test_manual_mode_lets_every_trade_wait(platform: Platform) -> None:
    set_autonomous_mode(runtime=platform.runtime, account=platform.account, is_autonomous=False, by="test")
    platform.cycle(BUY_BTC)
    assert decision(Action.BUY).status == "AWAITING_APPROVAL"
    assert Intent.objects.get().state == "AWAITING_APPROVAL"
    assert OrderRow.objects.count() == 0


def test_a_trade_nobody_approved_in_time_expires(platform: Platform) -> None:
    set_autonomous_mode(runtime=platform.runtime, account=platform.account, is_autonomous=False, by="test")
    platform.cycle(BUY_BTC)
    platform.cycle(FakeDecider(), step=timedelta(minutes=6))
    assert decision(Action.BUY).status == "EXPIRED"
    assert OrderRow.objects.count() == 0


def test_a_halted_account_analyses_and_places_nothing(platform: Platform) -> None:
    set_trading_state(runtime=platform.runtime, account=platform.account, state="HALTED", reason="drill", by="test")
    platform.cycle(BUY_BTC)
    assert decision(Action.BUY).status == "DENIED"
    assert OrderRow.objects.count() == 0


def test_without_a_price_nothing_is_ordered(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform.parts.market, "quote", lambda symbol: None)
    platform.cycle(BUY_BTC)
    row = decision(Action.BUY)
    assert (row.status, row.denied_by) == ("DENIED", "no_price")
