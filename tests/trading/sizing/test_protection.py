"""Stops and targets: the written fractions, on the price grid, on the careful side."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.errors import BadInput
from tests.trading.risk.build import BTC
from trading.domain.parameters import StrategyParameters
from trading.domain.protection import plan_protection

D = Decimal
DEFAULTS = StrategyParameters()


def test_the_stop_lies_five_percent_below_and_the_target_three_above() -> None:
    plan = plan_protection(D("42500"), DEFAULTS, BTC)
    assert (plan.stop_loss, plan.take_profit) == (D("40375"), D("43775"))


def test_both_are_rounded_up_to_the_grid() -> None:
    plan = plan_protection(D("100.11"), DEFAULTS, BTC)
    assert (plan.stop_loss, plan.take_profit) == (D("95.11"), D("103.12"))


@given(price=st.decimals(min_value="1", max_value="1000000", places=2))
def test_the_planned_loss_is_never_larger_and_the_gain_never_smaller_than_written(price: D) -> None:
    plan = plan_protection(price, DEFAULTS, BTC)
    assert price * D("0.95") <= plan.stop_loss < price
    assert plan.take_profit >= price * D("1.03")
    assert plan.stop_loss % BTC.tick_size == plan.take_profit % BTC.tick_size == 0


@pytest.mark.parametrize("price", ["0", "-5", "NaN", "Infinity"])
def test_a_price_that_cannot_be_is_refused(price: str) -> None:
    with pytest.raises(BadInput, match="entry price"):
        plan_protection(D(price), DEFAULTS, BTC)


def test_a_grid_too_coarse_for_a_stop_is_refused() -> None:
    with pytest.raises(BadInput, match="price step"):
        plan_protection(D("3"), DEFAULTS, replace(BTC, tick_size=D("1")))
