"""Equity statistics against numbers worked by hand."""

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.domain.equity_statistics import (
    cagr,
    daily_returns,
    drawdown_curve,
    equity_statistics,
    max_drawdown,
    sharpe,
    sortino,
    total_return,
    volatility,
)
from tests.evaluation.facts import START, marks

RETURNS = [0.01, -0.02, 0.03, 0.0, -0.01]


def test_total_return_is_exact() -> None:
    assert total_return(marks("10000", "10123.45")) == Decimal("0.012345")


def test_a_drawdown_is_a_positive_fraction_of_the_peak() -> None:
    found = max_drawdown(marks("100", "120", "90", "130", "117"))
    assert found.fraction == Decimal("0.25")
    assert (found.peak_at, found.trough_at) == (START + timedelta(days=1), START + timedelta(days=2))
    assert found.longest == timedelta(days=2)


def test_time_under_water_counts_until_the_end_when_the_peak_was_not_reached_again() -> None:
    assert max_drawdown(marks("100", "90", "95", "99")).longest == timedelta(days=3)


def test_a_curve_that_only_rises_has_no_drawdown() -> None:
    found = max_drawdown(marks("100", "100", "101"))
    assert (found.fraction, found.longest) == (Decimal(0), timedelta(0))


def test_the_drawdown_curve_is_worked_by_hand() -> None:
    assert drawdown_curve(marks("100", "80", "100", "50")) == [Decimal(0), Decimal("0.2"), Decimal(0), Decimal("0.5")]


def test_volatility_is_the_sample_deviation_scaled_to_a_year() -> None:
    # mean 0.002; squared deviations .000064 .000484 .000784 .000004 .000144 sum .00148; / 4 = .00037
    assert volatility(RETURNS, 365) == pytest.approx(math.sqrt(0.00037 * 365))


def test_sharpe_is_mean_over_deviation() -> None:
    assert sharpe(RETURNS, 252) == pytest.approx(0.002 / math.sqrt(0.00037) * math.sqrt(252))


def test_sortino_looks_at_the_losing_days_only() -> None:
    # squares of the losses .0004 and .0001, mean over five days .0001, root .01
    assert sortino(RETURNS, 365) == pytest.approx(0.002 / 0.01 * math.sqrt(365))


def test_ratios_without_spread_are_none() -> None:
    assert sharpe([0.01] * 5, 365) is None
    assert sortino([0.01] * 5, 365) is None


def test_daily_returns_use_the_last_mark_of_each_day() -> None:
    curve = marks("100", "50", "110", "121", step=timedelta(hours=8))  # 12:00, 20:00 | 04:00, 12:00
    assert daily_returns(curve) == pytest.approx([-0.5, 1.42])


def test_a_short_curve_has_no_yearly_figures() -> None:
    found = equity_statistics(marks("100", "101", "102"))
    assert (found.cagr, found.volatility, found.sharpe, found.sortino) == (None, None, None, None)


def test_growth_over_one_year_is_its_own_yearly_rate() -> None:
    assert cagr(marks("100", "110", step=timedelta(days=365.25))) == pytest.approx(0.10)
    assert cagr(marks("100", "110", step=timedelta(days=89))) is None


@pytest.mark.parametrize("curve", [[], marks("0", "1")])
def test_a_curve_of_nothing_is_refused(curve: list) -> None:
    with pytest.raises(ValueError, match="equity curve"):
        equity_statistics(curve)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=60))
def test_a_drawdown_lies_between_nothing_and_everything(values: list[int]) -> None:
    found = max_drawdown(marks(*map(str, values)))
    assert 0 <= found.fraction < 1
    assert found.peak_at <= found.trough_at
    assert found.fraction == max(drawdown_curve(marks(*map(str, values))))
