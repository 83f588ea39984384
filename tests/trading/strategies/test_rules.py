"""The rule strategy: what it buys, what it sells, and what it leaves alone."""

import csv
import gzip
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared_data import shared_file
from tests.trading.strategies.pictures import DIP, DOWNTREND, QUIET, UPTREND, bar, picture, position, stock
from trading.domain.bar import Bar, Interval
from trading.domain.decision import Action, HoldCause
from trading.domain.indicators.bank import IndicatorBank, IndicatorPeriods
from trading.domain.market_snapshot import IndicatorValues
from trading.domain.parameters import StrategyParameters
from trading.domain.strategies.base import Score, ScoredStrategy, as_confidence
from trading.domain.strategies.rules import RuleStrategy

D = Decimal
DEFAULTS = StrategyParameters()
RULES = RuleStrategy()


def signal(snapshot, parameters=DEFAULTS):
    return RULES.signal(snapshot, parameters)


def test_its_name_is_stored_with_every_decision() -> None:
    assert RULES.name == "rules-v1"


def test_a_rising_market_backed_by_volume_is_bought() -> None:
    found = signal(picture())
    assert found.action is Action.BUY
    assert found.confidence >= D("0.60")
    assert found.hold_cause is None
    assert "Uptrend" in found.reasoning
    assert "RSI 60.0" in found.reasoning


@pytest.mark.parametrize(
    "changes",
    [
        {"trend": "FLAT"},
        {"trend": "DOWN"},
        {"rsi": 49.0},
        {"rsi": 70.0},
        {"volume_ratio": 1.1},
        {"sma_short": 99.85},
        {"ema_short": 99.8},
        {"vwap": 100.3},
        {"vwap": 98.0},
    ],
)
def test_one_missing_sign_of_a_rise_is_enough_to_hold(changes: dict) -> None:
    found = signal(picture(replace(UPTREND, **changes)))
    assert found.action is Action.HOLD
    assert found.hold_cause is HoldCause.OPINION
    assert found.reasoning


def test_stronger_signs_give_more_confidence() -> None:
    stronger = replace(UPTREND, volume_ratio=3.0, sma_short=100.2)
    assert signal(picture(stronger)).confidence > signal(picture()).confidence


def test_a_dip_that_has_begun_to_turn_is_bought() -> None:
    found = signal(picture(DIP))
    assert found.action is Action.BUY
    assert "Dip" in found.reasoning


def test_a_dip_that_still_falls_or_that_nobody_trades_is_left_alone() -> None:
    assert signal(picture(DIP, bar=bar("99.8"))).action is Action.HOLD
    assert signal(picture(replace(DIP, volume_ratio=1.0))).action is Action.HOLD


def test_nothing_clear_is_a_hold_by_opinion_without_confidence() -> None:
    found = signal(picture(QUIET))
    assert (found.action, found.confidence, found.hold_cause) == (Action.HOLD, D("0"), HoldCause.OPINION)
    assert found.reasoning == "RSI 50.0, trend FLAT, volume 0.8x: no clear signal."


# Leaving a position


def test_a_position_is_never_added_to() -> None:
    assert signal(picture(held=position())).action is Action.HOLD
    assert signal(picture(DIP, held=position("100.1"))).action is Action.HOLD


def test_strength_is_sold_into_once_the_gain_pays_its_commissions() -> None:
    hot = replace(UPTREND, rsi=75.0)
    found = signal(picture(hot, held=position("99.5")))
    assert found.action is Action.SELL
    assert found.confidence >= D("0.70")
    assert "Overbought" in found.reasoning
    assert signal(picture(hot, held=position("99.9"))).action is Action.HOLD


def test_a_broken_trend_is_left_at_a_loss_but_not_by_a_young_position() -> None:
    falling = picture(DOWNTREND, bar=bar("98.9", "99.0"))
    assert signal(replace(falling, position=position("100"))).action is Action.SELL
    assert signal(replace(falling, position=position("100", held_bars=59))).action is Action.HOLD
    assert signal(replace(falling, position=position("99.5"))).action is Action.HOLD


def test_the_screen_never_holds_back_an_exit() -> None:
    quiet_day = replace(UPTREND, rsi=75.0, daily_atr_percent=0.1)
    assert signal(picture(quiet_day, held=position("99"))).action is Action.SELL
    unknown_day = replace(quiet_day, daily_atr_percent=None)
    assert signal(picture(unknown_day, held=position("99"))).action is Action.SELL


# Data and sessions


def test_a_data_problem_holds_with_its_own_cause_even_with_a_position() -> None:
    for held in (None, position("90")):
        found = signal(picture(held=held, data_problem="3 bars are missing"))
        assert (found.action, found.hold_cause, found.reasoning) == (Action.HOLD, HoldCause.DATA, "3 bars are missing")


@pytest.mark.parametrize("name", ["rsi", "sma_short", "sma_long", "ema_short", "ema_long", "atr", "volume_ratio"])
def test_before_every_indicator_is_known_it_holds_for_want_of_data(name: str) -> None:
    found = signal(picture(replace(UPTREND, **{name: None})))
    assert (found.action, found.hold_cause) == (Action.HOLD, HoldCause.DATA)


def test_without_a_bar_or_indicators_it_holds_for_want_of_data() -> None:
    assert signal(picture(None)).hold_cause is HoldCause.DATA
    assert signal(picture(bar=None)).hold_cause is HoldCause.DATA


def test_a_closed_session_is_left_alone() -> None:
    assert signal(picture(is_session_open=False)).action is Action.HOLD
    assert signal(stock(None, is_session_open=False)).action is Action.HOLD


@pytest.mark.parametrize(("minutes", "flat"), [(11, False), (10, True), (1, True), (0, True)])
def test_stocks_are_flat_before_the_close(minutes: int, flat: bool) -> None:
    held = signal(stock(minutes, position("100.1")))
    assert (held.action is Action.SELL) is flat
    unheld = signal(stock(minutes))
    assert (unheld.action is Action.HOLD) is flat
    if flat:
        assert held.confidence == 1
        assert held.reasoning == f"Flat {minutes} minutes before the close."


def test_flat_before_the_close_needs_no_indicators_and_can_be_switched_off_but_for_the_last_moment() -> None:
    assert signal(stock(5, position(), indicators=None)).action is Action.SELL
    never = DEFAULTS.with_changes(flat_before_close_minutes=0)
    assert signal(stock(5, position("100.1")), never).action is Action.HOLD


def test_crypto_has_no_close() -> None:
    assert signal(picture(minutes_to_close=5)).action is Action.BUY


# The frame


class Eager:
    """A scoring rule somebody else brings."""

    needs = ("vwap",)

    def entry(self, view, parameters) -> Score:
        return Score(view.price - view.indicators.vwap, ("Above VWAP.",))

    def exit(self, view, parameters) -> Score:
        return Score(view.held_bars / 1000, (f"Held {view.held_bars:.0f} bars at {view.gain:.3f}.",))


def test_another_scoring_rule_stands_in_the_same_frame() -> None:
    eager = ScoredStrategy("eager", Eager())
    assert eager.name == "eager"
    assert eager.signal(picture(), DEFAULTS).confidence == D("0.7000")
    assert eager.signal(picture(replace(UPTREND, rsi=None)), DEFAULTS).action is Action.BUY
    assert eager.signal(picture(replace(UPTREND, vwap=None)), DEFAULTS).hold_cause is HoldCause.DATA
    sold = eager.signal(picture(held=position("100", held_bars=90)), DEFAULTS)
    assert (sold.action, sold.confidence, sold.reasoning) == (Action.SELL, D("0.0900"), "Held 90 bars at 0.002.")


@pytest.mark.parametrize(
    ("strength", "confidence"),
    [(0.0, "0"), (0.61234, "0.6123"), (0.61236, "0.6124"), (1.0, "1"), (7.0, "1"), (-1.0, "0")],
)
def test_confidence_has_four_places_within_0_and_1(strength: float, confidence: str) -> None:
    assert as_confidence(strength) == D(confidence)
    assert as_confidence(strength).as_tuple().exponent == -4


numbers = st.floats(min_value=0.0, max_value=200.0)
any_values = st.builds(
    IndicatorValues,
    **{item.name: st.none() | numbers for item in fields(IndicatorValues) if item.name != "trend"},
    trend=st.sampled_from(["UP", "DOWN", "FLAT"]),
)


@settings(max_examples=300, deadline=None)
@given(
    values=any_values, held=st.none() | st.builds(position, st.sampled_from(["50", "100", "150"]), st.integers(0, 500))
)
def test_whatever_the_indicators_say_the_answer_is_sane_long_only_and_repeatable(values, held) -> None:
    seen = picture(values, held)
    found = signal(seen)
    assert 0 <= found.confidence <= 1
    assert found.reasons
    assert all(found.reasons)
    assert found.action is not (Action.BUY if held else Action.SELL)
    assert (found.hold_cause is None) == (found.action is not Action.HOLD)
    assert signal(seen) == found


def test_an_opinion_takes_under_a_tenth_of_a_millisecond() -> None:
    import timeit

    for seen in (picture(), picture(QUIET), picture(held=position())):
        assert min(timeit.repeat(lambda s=seen: signal(s), number=100, repeat=5)) / 100 < 1e-4


# On real bars


def entries_and_exits(rows: list[dict[str, str]]) -> list[tuple[int, Action]]:
    """What the strategy does bar by bar, when every signal of 0.60 fills at the close."""
    bank, held, done = IndicatorBank(1, IndicatorPeriods()), None, []
    for number, row in enumerate(rows):
        moment = datetime.fromtimestamp(int(row["open_time"]) / 1000, UTC)
        prices = {name: D(row[name]) for name in ("open", "high", "low", "close", "volume")}
        columns = [np.array([float(value)]) for value in prices.values()]
        bank.update(np.array([0]), *columns, np.array([moment.toordinal()]))
        seen = picture(bank.values(0), held, bar=Bar("BTCUSDT", Interval.M1, moment, **prices))
        found = signal(seen)
        if found.action is not Action.HOLD and found.confidence >= DEFAULTS.min_confidence:
            held = None if held else replace(position(), average_entry_price=prices["close"], opened_at=moment)
            done.append((number, found.action))
    return done


@pytest.mark.parametrize("symbol", ["BTCUSDT", "SOLUSDT"])
def test_on_real_bars_it_trades_some_times_a_day_and_does_not_churn(symbol: str) -> None:
    days = 8
    with gzip.open(shared_file("crypto", f"binance-spot_{symbol}_1m.csv.gz"), "rt", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(1440 * days), strict=False)]
    done = entries_and_exits(rows)
    assert [action for _, action in done[:2]] == [Action.BUY, Action.SELL]
    assert days / 2 <= len(done) / 2 <= days * 8
    assert done == entries_and_exits(rows)
