"""Sizing: worked numbers, and that no factor and no limit can ever make a size larger than it should be."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autotrader.lib.errors import BadInput
from tests.trading.risk.build import BTC, SPY
from trading.domain.clamp import Clamp
from trading.domain.sizing import MULTIPLIER_CAP_CEILING, SizingInput, size_entry

D = Decimal
CALM = SizingInput(
    instrument=BTC,
    capital=D("10000"),
    entry_price=D("50000"),
    confidence=D("0.80"),
    allocation_fraction=D("0.20"),
    max_position_fraction=D("0.02"),
)


def test_the_base_is_capital_times_allocation_by_ten() -> None:
    sized = size_entry(CALM)
    assert sized.base_notional == D("200")
    assert sized.quantity == D("0.004")
    assert sized.clamps == ()
    assert sized.refusal == ""


@pytest.mark.parametrize(
    ("confidence", "factor"),
    [("0.7499", "0.7"), ("0.75", "1"), ("0.90", "1"), ("0.9001", "1.5"), ("1", "1.5"), ("0", "0.7")],
)
def test_the_confidence_factor(confidence: str, factor: str) -> None:
    assert size_entry(replace(CALM, confidence=D(confidence))).multiplier == D(factor)


@pytest.mark.parametrize(
    ("win_rate", "factor"),
    [(None, "1"), ("0.39", "0.8"), ("0.40", "1"), ("0.60", "1"), ("0.61", "1.2"), ("0", "0.8"), ("1", "1.2")],
)
def test_the_win_rate_factor(win_rate: str | None, factor: str) -> None:
    rate = None if win_rate is None else D(win_rate)
    assert size_entry(replace(CALM, recent_win_rate=rate)).multiplier == D(factor)


def test_small_factors_shrink_the_size() -> None:
    sized = size_entry(replace(CALM, confidence=D("0.70"), recent_win_rate=D("0.30")))
    assert sized.multiplier == D("0.56")
    assert sized.factors == ("confidence x0.7", "recent win rate x0.8")
    assert sized.quantity == D("0.00224")


def test_large_factors_are_capped_until_they_are_calibrated_and_the_cut_is_recorded() -> None:
    sized = size_entry(replace(CALM, confidence=D("0.95"), recent_win_rate=D("0.70")))
    assert sized.multiplier == D("1.80")
    assert sized.quantity == D("0.004")
    assert [(clamp.rule, clamp.before, clamp.after, clamp.unit) for clamp in sized.clamps] == [
        ("multiplier_cap", D("360"), D("200"), "quote")
    ]


def test_a_large_factor_may_make_good_a_small_one() -> None:
    sized = size_entry(replace(CALM, confidence=D("0.95"), recent_win_rate=D("0.30")))
    assert sized.multiplier == D("1.20")
    assert sized.clamps[0].after == D("200")


def test_the_position_limit_cuts_what_a_lifted_cap_lets_through() -> None:
    sized = size_entry(replace(CALM, confidence=D("0.95"), multiplier_cap=D("1.5")))
    assert [(clamp.rule, clamp.before, clamp.after) for clamp in sized.clamps] == [
        ("max_position_size", D("300"), D("200"))
    ]
    assert sized.quantity == D("0.004")


def test_the_quantity_is_rounded_down_to_the_lot() -> None:
    sized = size_entry(replace(CALM, entry_price=D("51000")))
    assert sized.quantity == D("0.00392")
    assert sized.clamps[-1].rule == "lot_size"
    assert sized.clamps[-1].after == D("0.00392")


def test_stocks_come_in_whole_shares() -> None:
    sized = size_entry(replace(CALM, instrument=SPY, entry_price=D("66.67")))
    assert sized.quantity == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"capital": D("200")}, "below the least order value 5"),
        ({"capital": D("0")}, "below the least quantity"),
        ({"instrument": SPY, "entry_price": D("500")}, "below the least quantity 1"),
    ],
)
def test_a_size_the_venue_would_not_take_is_refused_with_its_reason(changes: dict, words: str) -> None:
    sized = size_entry(replace(CALM, **changes))
    assert sized.quantity == 0
    assert words in sized.refusal


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("capital", "-1"),
        ("capital", "NaN"),
        ("entry_price", "0"),
        ("entry_price", "Infinity"),
        ("confidence", "1.01"),
        ("confidence", "-0.01"),
        ("recent_win_rate", "1.5"),
        ("allocation_fraction", "1.1"),
        ("max_position_fraction", "-0.1"),
        ("multiplier_cap", "1.81"),
    ],
)
def test_input_that_cannot_be_is_refused(name: str, bad: str) -> None:
    with pytest.raises(BadInput, match=name):
        replace(CALM, **{name: D(bad)})


unit = st.decimals(min_value="0", max_value="1", places=4)


@settings(max_examples=200, deadline=None)
@given(
    capital=st.decimals(min_value="0", max_value="1000000", places=2),
    price=st.decimals(min_value="0.01", max_value="200000", places=2),
    confidence=unit,
    win_rate=st.none() | unit,
    allocation=unit,
    most=unit,
    cap=st.decimals(min_value="0", max_value=MULTIPLIER_CAP_CEILING, places=2),
)
def test_no_size_is_ever_above_the_position_limit_or_the_cap(
    capital, price, confidence, win_rate, allocation, most, cap
) -> None:
    sized = size_entry(SizingInput(BTC, capital, price, confidence, allocation, most, win_rate, cap))
    worth = sized.quantity * price
    assert worth <= capital * most
    assert worth <= capital * allocation / 10 * cap
    assert sized.quantity % BTC.lot_size == 0
    assert (sized.quantity == 0) == bool(sized.refusal)
    assert all(clamp.after < clamp.before for clamp in sized.clamps)


def test_a_clamp_that_raises_a_size_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="only shrink"):
        Clamp("rule", D("1"), D("2"), "no")


def test_a_clamp_is_written_as_plain_text() -> None:
    clamp = Clamp("cash", D("1.50"), D("0.5000"), "little cash", unit="quote")
    assert clamp.as_dict() == {
        "rule": "cash", "before": "1.5", "after": "0.5", "unit": "quote", "reason": "little cash",
    }  # fmt: skip
