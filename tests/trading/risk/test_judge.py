"""The judge: every rule is asked, sizes only shrink, and whatever breaks has denied."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.risk.build import BTC, NOW, SPY, entry, exit_, facts, holding, price, sending
from trading.domain.decision import ProtectionPlan
from trading.domain.risk.base import Rule, at_most, deny, is_entry
from trading.domain.risk.context import OrderCounts, RecentOrder, RiskContext
from trading.domain.risk.judge import judge
from trading.domain.risk.rules import ALL_RULES
from trading.domain.trading_state import TradingState

D = Decimal


def test_a_sound_entry_is_approved_whole_and_every_finding_is_kept() -> None:
    verdict = judge(entry(), facts())
    assert verdict.approved
    assert verdict.quantity == D("0.002")
    assert (verdict.denied_by, verdict.reason, verdict.clamps, verdict.halt_reason) == ("", "", (), "")
    asked = [rule.name for rule in ALL_RULES if rule.name != "P11_approval"]
    assert [check.rule for check in verdict.checks] == [*asked, "least_size"]
    assert all(check.is_passed for check in verdict.checks)


def test_a_sound_exit_is_approved_whole() -> None:
    verdict = judge(exit_(), holding())
    assert verdict.approved
    assert verdict.quantity == D("0.002")


def test_all_denials_are_collected_not_only_the_first() -> None:
    verdict = judge(entry(), facts(is_in_universe=False, trading_state=TradingState.HALTED, confidence=D("0.1")))
    assert not verdict.approved
    assert verdict.quantity == 0
    assert verdict.denied_by == "trading_state"
    assert verdict.reason == "trading is HALTED"
    assert [check.rule for check in verdict.denials] == ["trading_state", "P10_tradable", "confidence"]


@pytest.mark.parametrize("error", [ZeroDivisionError("no"), KeyError("x"), RuntimeError("broken")])
def test_a_rule_that_breaks_has_denied(error: Exception) -> None:
    def broken(plan, context):
        raise error

    verdict = judge(entry(), facts(), [Rule("broken", broken, on_exits=True)])
    assert not verdict.approved
    assert verdict.denied_by == "broken"
    assert type(error).__name__ in verdict.reason


@pytest.mark.parametrize("field", ["quantity", "reference_price", "limit_price"])
@pytest.mark.parametrize("bad", ["0", "-1", "NaN", "Infinity"])
def test_a_plan_without_sound_numbers_is_denied_outright(field: str, bad: str) -> None:
    verdict = judge(entry(**{field: D(bad)}), facts())
    assert not verdict.approved
    assert verdict.denied_by == "plan"


def test_a_cut_is_recorded_with_before_and_after_and_rounds_down_to_the_lot() -> None:
    verdict = judge(entry(quantity=D("0.5")), facts(median_volume=D("0.3333")))
    assert verdict.approved
    assert [(clamp.rule, clamp.before, clamp.after) for clamp in verdict.clamps] == [
        ("P1_order_notional", D("0.5"), D("0.004995004995004995")),
        ("P4_liquidity", D("0.004995004995004995"), D("0.003333")),
        ("lot_size", D("0.003333"), D("0.00333")),
    ]
    assert verdict.quantity == D("0.00333")


def test_a_cut_below_what_the_venue_takes_is_a_denial_that_names_the_cut() -> None:
    verdict = judge(entry(), facts(free_cash=D("4")))
    assert not verdict.approved
    assert verdict.denied_by == "least_size"
    assert "cash" in verdict.reason


def test_the_gateway_may_not_send_less_than_was_approved() -> None:
    verdict = judge(entry(), sending(free_cash=D("100")))
    assert not verdict.approved
    assert "a new decision is needed" in verdict.reason


def test_dust_is_not_sold_because_the_venue_would_reject_it() -> None:
    verdict = judge(exit_(quantity=D("0.00002")), holding("0.00002"))
    assert verdict.denied_by == "least_size"


def test_no_size_cost_or_loss_rule_ever_blocks_an_exit() -> None:
    """Everything that could stand against an entry is against it, and the position can still be sold."""
    against = holding(
        "3",
        equity=D("-5"),
        free_cash=D("-100"),
        is_in_universe=False,
        data_problem="no volume",
        median_volume=None,
        price=price("100000", spread="900"),
        counts=OrderCounts(strategy_minute=15, total_minute=19, day=5000),
        recent_rejects=9,
        active_entries=1,
        recent_orders=(RecentOrder("D0", "BTCUSDT", "SELL", "EXIT", D("3"), NOW),),
        trading_state=TradingState.REDUCING,
        confidence=None,
    )
    verdict = judge(exit_(quantity=D("3")), against)
    assert verdict.approved, verdict.denials
    assert verdict.quantity == 3
    blocked = {check.rule for check in judge(entry(), against).denials}
    assert {"P1_order_notional", "P2_exposure", "P4_liquidity", "P5_order_rate", "P6_rejects", "cash"} <= blocked


def test_a_purpose_nobody_knows_counts_as_an_entry_and_is_denied() -> None:
    plan = entry(purpose="SPECIAL")
    assert is_entry(plan)
    assert judge(plan, facts()).denied_by == "side"


def test_rules_answer_within_a_fraction_of_a_millisecond() -> None:
    import timeit

    plan, context = entry(), facts()
    assert min(timeit.repeat(lambda: judge(plan, context), number=20, repeat=5)) / 20 < 0.002


amounts = st.decimals(min_value="-20000", max_value="20000", places=2)
fractions = st.decimals(min_value="0", max_value="2", places=3)


@st.composite
def any_facts(draw) -> RiskContext:
    equity, held = draw(amounts), abs(draw(amounts)) / 4
    return facts(
        equity=equity,
        free_cash=draw(amounts),
        position_notional=held,
        gross_notional=held + abs(draw(amounts)) / 2,
        median_volume=draw(st.none() | st.decimals(min_value="0", max_value="100", places=4)),
        price=draw(st.none() | st.builds(lambda f: price(str(D(100000) * f)), fractions.filter(lambda f: f > 0))),
    )


@settings(max_examples=300, deadline=None)
@given(context=any_facts(), quantity=st.decimals(min_value="0.00001", max_value="50", places=5), factor=fractions)
def test_no_approved_entry_is_above_any_limit(context: RiskContext, quantity: D, factor: D) -> None:
    plan = entry(quantity=quantity, limit_price=D(100000) * (1 + factor / 50), protection=_around(factor))
    verdict = judge(plan, context)
    assert verdict.quantity <= quantity
    assert all(clamp.after < clamp.before for clamp in verdict.clamps)
    if not verdict.approved:
        assert verdict.quantity == 0
        return
    worth, limits = verdict.quantity * plan.limit_price, context.limits
    assert worth <= context.equity * limits.order_notional_fraction
    assert context.position_notional + worth <= context.equity * limits.position_fraction
    assert context.gross_notional + worth <= context.equity * limits.gross_fraction
    assert worth * (1 + limits.commission_fraction) <= context.free_cash
    assert verdict.quantity <= context.median_volume * limits.liquidity_fraction
    assert abs(plan.limit_price - context.price.mid) <= context.price.mid * limits.collar_crypto_fraction
    assert verdict.quantity % BTC.lot_size == 0


def _around(factor: D) -> ProtectionPlan:
    return ProtectionPlan(D(95000), D(110000) + factor)


def test_an_approval_is_possible_under_random_facts() -> None:
    """The property above must not pass because nothing was ever approved."""
    approved = judge(entry(quantity=D("5")), facts(position_notional=D("600")))
    assert approved.approved
    assert approved.clamps


@settings(max_examples=100, deadline=None)
@given(
    held=st.decimals(min_value="0", max_value="2", places=5),
    selling=st.decimals(min_value="0", max_value="2", places=5),
)
def test_exits_together_never_sell_more_than_is_held(held: D, selling: D) -> None:
    verdict = judge(exit_(quantity=D("2")), holding(str(held), exits_in_flight=selling))
    assert verdict.quantity <= max(held - selling, D(0))


def test_rules_can_be_added() -> None:
    rules = [*ALL_RULES, Rule("tiny", lambda plan, context: at_most(D("0.001"), "tiny orders only"), on_exits=False)]
    assert judge(entry(), facts(), rules).quantity == D("0.001")
    rules.append(Rule("never", lambda plan, context: deny("never"), on_exits=False))
    assert judge(entry(), facts(), rules).denied_by == "never"


def test_a_plan_for_another_instrument_than_the_facts_is_denied() -> None:
    assert judge(entry(), facts(instrument=SPY)).denied_by == "side"
