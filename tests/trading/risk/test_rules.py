"""Each rule of order-safety.md section 6 by the case its row names."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.risk.build import BTC, NOW, SPY, entry, exit_, facts, holding, price, sending
from trading.domain.decision import ProtectionPlan
from trading.domain.instrument import InstrumentStatus
from trading.domain.risk.context import Approval, OrderCounts, RecentOrder, RestingOrder, RiskContext, Stage
from trading.domain.risk.judge import judge
from trading.domain.risk.limits import RiskLimits
from trading.domain.trading_state import TradingState

D = Decimal


def denied_by(plan, context: RiskContext) -> set[str]:
    return {check.rule for check in judge(plan, context).denials}


# Trading state


def test_reducing_lets_only_exits_pass() -> None:
    assert denied_by(entry(), facts(trading_state=TradingState.REDUCING)) == {"trading_state"}
    assert judge(exit_(), holding(trading_state=TradingState.REDUCING)).approved


def test_halted_lets_nothing_new_pass() -> None:
    assert "trading_state" in denied_by(entry(), facts(trading_state=TradingState.HALTED))
    assert "trading_state" in denied_by(exit_(), holding(trading_state=TradingState.HALTED))


def test_a_halt_between_decision_and_sending_stops_the_send() -> None:
    assert "trading_state" in denied_by(entry(), sending(trading_state=TradingState.HALTED))


# Confidence, side, holding, protection, cash


@pytest.mark.parametrize(("confidence", "passes"), [("0.5999", False), ("0.60", True), ("1", True)])
def test_the_confidence_gate_is_at_or_above_the_least(confidence: str, passes: bool) -> None:
    assert judge(entry(), facts(confidence=D(confidence))).approved is passes
    assert judge(exit_(), holding(confidence=D(confidence))).approved is passes


def test_an_entry_without_a_known_confidence_is_denied_but_an_exit_needs_none() -> None:
    assert denied_by(entry(), facts(confidence=None)) == {"confidence"}
    assert denied_by(entry(), facts(min_confidence=None)) == {"confidence"}
    assert judge(exit_(), holding(confidence=None)).approved


def test_an_entry_sells_nothing_and_an_exit_buys_nothing() -> None:
    assert "side" in denied_by(entry(side="SELL"), facts())
    assert "side" in denied_by(exit_(side="BUY"), holding())


def test_an_exit_sells_at_most_what_is_held() -> None:
    verdict = judge(exit_(quantity=D("0.005")), holding("0.002"))
    assert verdict.approved
    assert verdict.quantity == D("0.002")
    assert verdict.clamps[0].rule == "held_quantity"


def test_an_exit_of_nothing_or_of_what_is_already_being_sold_is_denied() -> None:
    assert "held_quantity" in denied_by(exit_(), facts())
    assert "held_quantity" in denied_by(exit_(), holding(exits_in_flight=D("0.002")))


@pytest.mark.parametrize(
    "protection",
    [
        None,
        ProtectionPlan(D("100000"), D("103000")),
        ProtectionPlan(D("95000"), D("100000")),
        ProtectionPlan(D("95000"), D("100050")),
        ProtectionPlan(D("0"), D("103000")),
        ProtectionPlan(D("103000"), D("95000")),
    ],
)
def test_an_entry_needs_a_stop_below_and_a_target_above(protection: ProtectionPlan | None) -> None:
    assert denied_by(entry(protection=protection), facts()) == {"protection"}


def test_an_entry_is_cut_to_the_free_cash_with_its_commission() -> None:
    verdict = judge(entry(), facts(free_cash=D("100.2001")))
    assert verdict.quantity == D("0.001")
    assert "cash" in denied_by(entry(), facts(free_cash=D("0")))


# P1, P2


def test_p1_an_order_is_at_most_five_percent_of_equity() -> None:
    verdict = judge(entry(quantity=D("0.01"), limit_price=D("100000")), facts())
    assert verdict.quantity == D("0.005")
    assert verdict.clamps[0].rule == "P1_order_notional"


@pytest.mark.parametrize("equity", ["0", "-1"])
def test_p1_and_p2_deny_without_equity(equity: str) -> None:
    assert {"P1_order_notional", "P2_exposure"} <= denied_by(entry(), facts(equity=D(equity)))


def test_p2_counts_what_is_held_and_in_flight() -> None:
    verdict = judge(entry(limit_price=D("100000")), facts(position_notional=D("900"), gross_notional=D("900")))
    assert verdict.quantity == D("0.001")
    assert verdict.clamps[0].rule == "P2_exposure"
    assert "P2_exposure" in denied_by(entry(), facts(position_notional=D("1000"), gross_notional=D("1000")))


def test_p2_the_sum_of_all_positions_is_at_most_sixty_percent() -> None:
    verdict = judge(entry(limit_price=D("100000")), facts(gross_notional=D("5900")))
    assert verdict.quantity == D("0.001")
    assert "P2_exposure" in denied_by(entry(), facts(gross_notional=D("6000")))


# P3


@pytest.mark.parametrize("mid", ["1000000", "10000", "101600", "98500"])
def test_p3_a_price_ten_times_off_or_outside_the_collar_moves_nothing(mid: str) -> None:
    assert "P3_price_collar" in denied_by(entry(), facts(price=price(mid)))
    assert "P3_price_collar" in denied_by(exit_(), holding(price=price(mid)))


@pytest.mark.parametrize("field", ["reference_price", "limit_price"])
@pytest.mark.parametrize("invented", ["1000000", "10000"])
def test_p3_an_invented_price_in_the_plan_moves_nothing(field: str, invented: str) -> None:
    assert "P3_price_collar" in denied_by(entry(**{field: D(invented)}), facts())


def test_p3_an_old_a_missing_or_a_future_price_moves_nothing() -> None:
    for view in (None, price("100000", age_seconds=121), price("100000", age_seconds=-121)):
        assert "P3_price_collar" in denied_by(entry(), facts(price=view))
    assert judge(entry(), facts(price=price("100000", age_seconds=120))).approved


@pytest.mark.parametrize(("bid", "ask"), [("100001", "100000"), ("0", "100000"), ("NaN", "100000"), ("-1", "1")])
def test_p3_a_market_that_cannot_be_moves_nothing(bid: str, ask: str) -> None:
    view = replace(price("100000"), bid=D(bid), ask=D(ask))
    assert "P3_price_collar" in denied_by(entry(), facts(price=view))


@pytest.mark.parametrize(
    ("market", "limit", "passes"),
    [("500", "502.50", True), ("500", "502.51", False), ("1", "1.03", True), ("1", "1.04", False)],
)
def test_p3_stocks_have_half_a_percent_or_three_ticks_the_wider(market: str, limit: str, passes: bool) -> None:
    protection = ProtectionPlan(D(market) * D("0.95"), D(market) * D("1.05"))
    prices = {"reference_price": D(market), "limit_price": D(limit), "protection": protection}
    plan = entry(symbol="SPY", quantity=D("1"), **prices)
    context = facts(instrument=SPY, price=price(market), equity=D("1000000"), median_volume=D("100000"))
    assert ("P3_price_collar" not in denied_by(plan, context)) is passes


# P4


def test_p4_a_thin_book_cuts_the_order_to_one_percent_of_the_usual_volume() -> None:
    verdict = judge(entry(), facts(median_volume=D("0.1")))
    assert verdict.quantity == D("0.001")
    assert verdict.clamps[0].rule == "P4_liquidity"
    assert "least_size" in denied_by(entry(), facts(median_volume=D("0")))


def test_p4_a_wide_spread_denies() -> None:
    assert judge(entry(), facts(price=price("100000", spread="300"))).approved
    assert denied_by(entry(), facts(price=price("100000", spread="301"))) == {"P4_liquidity"}


def test_p4_an_unknown_volume_denies_at_the_decision_but_not_again_at_sending() -> None:
    assert denied_by(entry(), facts(median_volume=None)) == {"P4_liquidity"}
    assert judge(entry(), sending(median_volume=None)).approved


# P5


@pytest.mark.parametrize(
    "counts", [OrderCounts(6, 6, 6), OrderCounts(0, 16, 16), OrderCounts(0, 20, 20), OrderCounts(0, 0, 500)]
)
def test_p5_an_entry_above_a_rate_is_denied(counts: OrderCounts) -> None:
    assert denied_by(entry(), facts(counts=counts)) == {"P5_order_rate"}


def test_p5_an_entry_just_below_every_rate_passes() -> None:
    assert judge(entry(), facts(counts=OrderCounts(5, 15, 499))).approved


def test_p5_exits_have_places_of_their_own_and_stop_only_at_the_minutes_total() -> None:
    assert judge(exit_(), holding(counts=OrderCounts(19, 19, 9999))).approved
    assert denied_by(exit_(), holding(counts=OrderCounts(20, 20, 20))) == {"P5_order_rate"}


@pytest.mark.parametrize("strategies", [1, 10, 1000])
def test_p5_of_a_burst_of_a_thousand_intents_at_most_twenty_are_sent(strategies: int) -> None:
    sent: list[str] = []
    for number in range(1000):
        strategy = f"s{number % strategies}"
        plan = entry(decision_id=f"D{number}", strategy=strategy, symbol="BTCUSDT")
        counts = OrderCounts(sent.count(strategy), len(sent), len(sent))
        plan_, context = (plan, sending(counts=counts)) if number % 3 else (
            exit_(decision_id=f"X{number}", strategy=strategy),
            sending(counts=counts, held_quantity=D("1")),
        )  # fmt: skip
        if judge(plan_, context).approved:
            sent.append(strategy)
    assert 6 <= len(sent) <= 20


# P6


def test_p6_five_rejects_halt_the_strategy_and_ask_for_a_person() -> None:
    assert judge(entry(), facts(recent_rejects=4)).approved
    verdict = judge(entry(), facts(recent_rejects=5))
    assert verdict.denied_by == "P6_rejects"
    assert verdict.halt_reason == "P6_rejects: the venue rejected 5 orders of rules-v1 within 5 minutes"


def test_p6_a_reject_loop_sends_five_orders_and_no_more_hummingbot_462() -> None:
    sent = 0
    for _ in range(1000):
        if judge(entry(), sending(recent_rejects=sent)).approved:
            sent += 1
    assert sent == 5


def test_other_denials_do_not_ask_for_a_halt() -> None:
    assert judge(entry(), facts(is_in_universe=False)).halt_reason == ""


# P7


def recent(seconds: int = 30, **changes) -> RecentOrder:
    order = RecentOrder("D0", "BTCUSDT", "BUY", "ENTRY", D("0.002"), NOW - timedelta(seconds=seconds))
    return replace(order, **changes)


@pytest.mark.parametrize(
    ("order", "passes"),
    [
        (recent(), False),
        (recent(60), False),
        (recent(61), True),
        (recent(quantity=D("0.0021")), False),
        (recent(quantity=D("0.00211")), True),
        (recent(symbol="ETHUSDT"), True),
        (recent(side="SELL"), True),
    ],
)
def test_p7_a_similar_order_within_a_minute_is_denied(order: RecentOrder, passes: bool) -> None:
    assert judge(entry(), facts(recent_orders=(order,))).approved is passes


def test_p7_a_similar_order_passes_with_a_flag() -> None:
    assert judge(entry(), facts(recent_orders=(recent(),), is_similar_allowed=True)).approved


def test_p7_a_decision_has_one_intent_whatever_the_flag_says() -> None:
    again = facts(same_decision_intents=1, is_similar_allowed=True)
    assert denied_by(entry(), again) == {"P7_duplicate"}
    assert denied_by(exit_(), holding(same_decision_intents=1)) == {"P7_duplicate"}


# P8


def test_p8_one_active_entry_and_none_on_top_of_a_position() -> None:
    assert denied_by(entry(), facts(active_entries=1)) == {"P8_one_entry"}
    assert denied_by(entry(), holding("0.001")) == {"P8_one_entry"}


def test_p8_dust_is_not_a_position() -> None:
    assert judge(entry(), holding("0.00004")).approved


# P9


@pytest.mark.parametrize(
    ("order", "passes"),
    [
        (RestingOrder("c1", "SELL", D("100100")), False),
        (RestingOrder("c1", "SELL", D("100100.01")), True),
        (RestingOrder("c1", "SELL", None), False),
        (RestingOrder("c1", "SELL", D("99000"), is_stop=True), True),
        (RestingOrder("c1", "BUY", D("100000")), True),
    ],
)
def test_p9_a_buy_must_not_meet_our_own_sell(order: RestingOrder, passes: bool) -> None:
    assert judge(entry(), facts(resting_orders=(order,))).approved is passes


def test_p9_two_strategies_on_opposite_sides_do_not_meet() -> None:
    buying = RestingOrder("of-another-strategy", "BUY", D("99900"))
    assert denied_by(exit_(), holding(resting_orders=(buying,))) == {"P9_self_trade"}
    assert judge(exit_(), holding(resting_orders=(replace(buying, price=D("99899.99")),))).approved


# P10


@pytest.mark.parametrize("status", [InstrumentStatus.CANCEL_ONLY, InstrumentStatus.HALT])
def test_p10_only_trading_instruments(status: InstrumentStatus) -> None:
    assert denied_by(entry(), facts(instrument=replace(BTC, status=status))) == {"P10_tradable"}
    assert denied_by(exit_(), holding(instrument=replace(BTC, status=status))) == {"P10_tradable"}


def test_p10_an_unknown_ticker_is_not_bought_but_what_left_the_universe_can_be_sold() -> None:
    assert denied_by(entry(), facts(is_in_universe=False)) == {"P10_tradable"}
    assert judge(exit_(), holding(is_in_universe=False)).approved


def test_p10_after_a_half_day_closed_nothing_is_ordered() -> None:
    assert denied_by(entry(), facts(is_session_open=False)) == {"P10_tradable"}
    assert denied_by(exit_(), holding(is_session_open=False)) == {"P10_tradable"}
    assert denied_by(entry(), facts(is_session_open=None)) == {"P10_tradable"}


def test_p10_bad_data_stops_entries() -> None:
    verdict = judge(entry(), facts(data_problem="three bars are missing"))
    assert (verdict.denied_by, verdict.reason) == ("P10_tradable", "three bars are missing")


# P11


def approval(**changes) -> Approval:
    return replace(Approval("hash", "hash", NOW - timedelta(seconds=5), is_used=False), **changes)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        approval(payload_hash="another"),
        approval(approved_hash="", payload_hash=""),
        approval(is_used=True),
        approval(approved_at=NOW - timedelta(seconds=31)),
        approval(approved_at=NOW + timedelta(seconds=1)),
    ],
)
def test_p11_only_what_was_approved_soon_after_and_once(bad: Approval | None) -> None:
    assert denied_by(entry(), sending(approval=bad)) == {"P11_approval"}
    assert denied_by(exit_(), replace(holding(), stage=Stage.SEND, approval=bad)) == {"P11_approval"}


def test_p11_a_fresh_matching_approval_is_sent() -> None:
    assert judge(entry(), sending(approval=approval(approved_at=NOW - timedelta(seconds=30)))).approved


def test_limits_of_the_context_are_used() -> None:
    tight = RiskLimits(order_notional_fraction=D("0.01"))
    assert judge(entry(limit_price=D("100000")), facts(limits=tight)).quantity == D("0.001")
