"""Exact arithmetic: steps, plain text, quotients."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.money import (
    ceil_to_step,
    divide,
    floor_to_step,
    is_multiple,
    nearest_step,
    plain,
    round_money,
    tidy,
)

amounts = st.decimals("-1e15", "1e15", allow_nan=False, allow_infinity=False, places=8)
steps = st.sampled_from([Decimal(text) for text in ("0.00000001", "0.01", "0.05", "0.25", "1", "5", "100", "0.3")])


@given(amounts, steps)
def test_a_floor_is_the_largest_multiple_not_above(value: Decimal, step: Decimal) -> None:
    floor = floor_to_step(value, step)
    assert is_multiple(floor, step)
    assert floor <= value < floor + step


@given(amounts, steps)
def test_a_ceiling_is_the_smallest_multiple_not_below(value: Decimal, step: Decimal) -> None:
    ceiling = ceil_to_step(value, step)
    assert is_multiple(ceiling, step)
    assert ceiling - step < value <= ceiling


@given(amounts, steps)
def test_the_nearest_multiple_is_at_most_half_a_step_away(value: Decimal, step: Decimal) -> None:
    assert abs(nearest_step(value, step) - value) * 2 <= step


def test_halves_go_to_the_even_multiple() -> None:
    assert nearest_step(Decimal("0.125"), Decimal("0.05")) == Decimal("0.1")
    assert nearest_step(Decimal("0.175"), Decimal("0.05")) == Decimal("0.2")


@pytest.mark.parametrize("step", ["0", "-1"])
def test_a_step_must_be_positive(step: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        floor_to_step(Decimal(1), Decimal(step))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_plain_text_is_the_same_number_without_exponent(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text.upper()
    assert not ("." in text and text.endswith(("0", ".")))


@given(amounts, st.integers(0, 6))
def test_one_number_has_one_text(value: Decimal, zeros: int) -> None:
    padded = value.quantize(Decimal(1).scaleb(-8 - zeros)) if abs(value) < 10**12 else value
    assert plain(padded) == plain(value)
    assert tidy(padded).as_tuple() == tidy(value).as_tuple()


@pytest.mark.parametrize(
    ("value", "text"), [("-0.00", "0"), ("1E+3", "1000"), ("1E-8", "0.00000001"), ("10.50", "10.5")]
)
def test_plain_text_in_examples(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(amounts, amounts.filter(bool))
def test_a_quotient_is_right_to_half_a_unit_of_its_last_place(numerator: Decimal, denominator: Decimal) -> None:
    error = abs(divide(numerator, denominator, 6) * denominator - numerator)
    assert error <= abs(denominator) * Decimal("0.0000005")


def test_dividing_by_nothing_is_an_error() -> None:
    with pytest.raises(ArithmeticError):
        divide(Decimal(1), Decimal(0))


def test_rounding_is_half_even() -> None:
    assert [plain(round_money(Decimal(text), 2)) for text in ("0.125", "0.135", "-0.125")] == ["0.12", "0.14", "-0.12"]
