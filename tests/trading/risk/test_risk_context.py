"""The facts for the rules, out of the database: what is in flight counts at its worst case."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.risk.build import NOW, entry, exit_
from trading.domain.bar import Bar, Interval
from trading.domain.decision import IntentPlan
from trading.domain.market_snapshot import InstrumentSnapshot
from trading.domain.order import OPEN_STATES, TERMINAL_STATES
from trading.domain.risk.context import Approval, RiskContext, Stage
from trading.domain.risk.judge import judge
from trading.domain.trading_state import TradingState
from trading.models import AccountControl, Balance, Intent
from trading.ports import Quote
from trading.selectors.risk_context import build_risk_context

D = Decimal
QUOTE = Quote("BTCUSDT", D("99999"), D("100001"), D("100000"), NOW)
PRICES = {"ETHUSDT": D("2000")}


@pytest.fixture
def snapshot(btc) -> InstrumentSnapshot:
    bar = Bar(
        "BTCUSDT",
        Interval.M1,
        NOW - timedelta(minutes=1),
        D("100000"),
        D("100100"),
        D("99900"),
        D("100000"),
        D("4"),
    )
    return InstrumentSnapshot(btc.to_domain(), bar, None, None, True, None, D("4"))


@pytest.fixture
def look(runtime, account, btc, snapshot):
    def build(plan: IntentPlan | None = None, **changes) -> RiskContext:
        wanted = {
            "quote": QUOTE,
            "snapshot": snapshot,
            "prices": PRICES,
            "confidence": D("0.8"),
            "min_confidence": D("0.6"),
            **changes,
        }
        return build_risk_context(runtime=runtime, account=account, instrument_row=btc, plan=plan or entry(), **wanted)

    return build


def test_a_new_account_may_buy(look) -> None:
    context = look()
    assert (context.equity, context.free_cash, context.held_quantity) == (D("10000"), D("10000"), D("0"))
    assert context.price_max_age == timedelta(minutes=2)
    assert context.median_volume == D("4")
    assert judge(entry(), context).approved


def test_it_takes_few_queries(look, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(9):
        look()


def test_positions_count_at_the_last_price(look, hold, eth) -> None:
    hold("0.002", "150")
    hold("1", "1500", eth)
    context = look()
    assert context.held_quantity == D("0.002")
    assert context.position_notional == D("200")
    assert context.gross_notional == D("2200")
    assert context.equity == D("12200")


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_an_order_that_may_be_alive_counts_whole(look, make_order, eth, state: str) -> None:
    """SENDING and UNKNOWN among them: 0.001 of 0.0015 is still to come."""
    make_order(state=state, quantity=D("0.0015"), filled_quantity=D("0.0005"))
    make_order(state=state, instrument=eth, quantity=D("1"), limit_price=D("2000"))
    context = look()
    assert context.position_notional == D("100")
    assert context.gross_notional == D("2100")
    assert context.free_cash == D("10000") - D("2100") * D("1.001")
    assert context.equity == D("10000")


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
def test_an_order_that_ended_counts_nothing(look, make_order, state: str) -> None:
    make_order(state=state)
    assert look().gross_notional == 0


def test_an_intent_not_yet_sent_counts_like_an_order(look, make_intent, eth) -> None:
    make_intent(instrument=eth, quantity=D("1"), limit_price=D("2000"))
    make_intent(strategy="other", state=Intent.State.AWAITING_APPROVAL)
    assert look().gross_notional == D("2100")
    assert look().position_notional == D("100")


def test_a_sent_intent_counts_by_its_orders_only(look, make_intent, make_order) -> None:
    intent = make_intent(state=Intent.State.SUBMITTED)
    make_order(intent=intent)
    assert look().gross_notional == D("100")


def test_an_order_without_a_price_counts_at_the_price_of_its_intent_or_of_the_plan(
    look, make_order, make_intent
) -> None:
    intent = make_intent(state=Intent.State.SUBMITTED, limit_price=D("101000"))
    make_order(order_type="MARKET", limit_price=None, intent=intent)
    assert look().position_notional == D("101")
    make_order(order_type="MARKET", limit_price=None, origin="EXTERNAL")
    assert look().position_notional == D("101") + D("100.1")


def test_the_gateway_leaves_the_plans_own_intent_out(look, make_intent) -> None:
    make_intent(decision_id="D1", quantity=D("0.002"))
    approval = Approval("h", "h", NOW, is_used=False)
    context = look(stage=Stage.SEND, snapshot=None, approval=approval, confidence=None)
    assert context.gross_notional == 0
    assert context.active_entries == 0
    assert context.same_decision_intents == 0
    assert judge(entry(), context).approved


def test_a_decision_that_already_has_its_intent_is_seen(look, make_intent) -> None:
    make_intent(decision_id="D1", state=Intent.State.DONE)
    assert look().same_decision_intents == 1
    assert look(exit_()).same_decision_intents == 0
    assert judge(entry(), look()).denied_by == "P7_duplicate"


def test_an_active_entry_of_the_same_strategy_is_seen(look, make_intent, eth) -> None:
    make_intent(instrument=eth)
    make_intent(strategy="other")
    assert look().active_entries == 0
    make_intent(state=Intent.State.AWAITING_APPROVAL)
    assert look().active_entries == 1


def test_exits_on_their_way_are_not_sold_again(look, hold, make_order, make_intent) -> None:
    hold("0.005", "500")
    make_order(side="SELL", purpose="EXIT", quantity=D("0.001"))
    make_order(side="SELL", purpose="STOP_LOSS", order_type="STOP_LOSS", stop_price=D("95000"), limit_price=None)
    make_intent(side="SELL", purpose="EXIT", leg="X", quantity=D("0.002"))
    assert look(exit_()).exits_in_flight == D("0.003")
    assert judge(exit_(quantity=D("0.005")), look(exit_())).quantity == D("0.002")


def test_our_own_resting_orders_are_seen(look, make_order, eth) -> None:
    make_order(side="SELL", purpose="TAKE_PROFIT", order_type="TAKE_PROFIT", limit_price=D("100050"))
    make_order(side="SELL", purpose="STOP_LOSS", order_type="STOP_LOSS", limit_price=None, stop_price=D("99000"))
    make_order(instrument=eth)
    resting = look().resting_orders
    assert sorted((order.price, order.is_stop) for order in resting) == [(D("99000"), True), (D("100050"), False)]
    assert "P9_self_trade" in {check.rule for check in judge(entry(), look()).denials}


def test_orders_of_the_last_minute_and_of_the_day_are_counted(look, make_intent, make_order) -> None:
    mine = make_intent(state=Intent.State.DONE)
    other = make_intent(state=Intent.State.DONE, strategy="other")
    for seconds, intent in ((0, mine), (59, mine), (59, other), (60, mine), (3600, other)):
        make_order(NOW - timedelta(seconds=seconds), intent=intent, state="FILLED")
    make_order(NOW - timedelta(days=1), intent=mine, state="FILLED")
    make_order(intent=mine, purpose="STOP_LOSS", state="WORKING", side="SELL")
    make_intent(strategy="third")
    counts = look().counts
    assert (counts.strategy_minute, counts.total_minute, counts.day) == (2, 4, 6)
    at_the_gateway = look(stage=Stage.SEND).counts
    assert (at_the_gateway.strategy_minute, at_the_gateway.total_minute, at_the_gateway.day) == (2, 3, 5)


def test_rejects_of_the_last_five_minutes_are_counted_for_the_strategy(look, make_intent, make_order) -> None:
    mine = make_intent(state=Intent.State.FAILED)
    other = make_intent(state=Intent.State.FAILED, strategy="other")
    for seconds in (0, 100, 200, 300, 301):
        make_order(NOW - timedelta(seconds=seconds), intent=mine, state="REJECTED")
    make_order(intent=other, state="REJECTED")
    assert look().recent_rejects == 4
    make_order(state="REJECTED", purpose="STOP_LOSS")
    assert look().recent_rejects == 5
    assert judge(entry(), look()).halt_reason


def test_look_alikes_of_the_last_minute_are_seen(look, make_order) -> None:
    make_order(NOW - timedelta(seconds=20), quantity=D("0.002"), state="FILLED")
    denied = judge(entry(), look()).denials
    assert [check.rule for check in denied] == ["P7_duplicate"]
    assert "20 s ago" in denied[0].reason


def test_the_kill_switch_is_read(look, account, settings, tmp_path) -> None:
    AccountControl.objects.filter(account=account).update(trading_state="REDUCING")
    assert look().trading_state is TradingState.REDUCING
    (tmp_path / "HALT").touch()
    assert look().trading_state is TradingState.HALTED


def test_without_a_quote_nothing_is_bought(look) -> None:
    assert judge(entry(), look(quote=None)).denied_by == "P3_price_collar"


def test_an_instrument_outside_the_universe_is_not_bought(look, btc) -> None:
    btc.is_in_universe = False
    assert judge(entry(), look()).denied_by == "P10_tradable"


def test_cash_that_is_not_there_is_not_spent(look, account) -> None:
    Balance.objects.filter(account=account).update(total=D("50"))
    assert look().free_cash == D("50")
    Balance.objects.filter(account=account).delete()
    assert look().free_cash == 0
    assert not judge(entry(), look()).approved


def test_without_a_snapshot_the_configured_bar_length_says_how_old_a_price_may_be(look) -> None:
    assert look(snapshot=None).price_max_age == timedelta(minutes=2)
    assert look(price_max_age=timedelta(seconds=5)).price_max_age == timedelta(seconds=5)
