"""The whole performance of a run in one object."""

from datetime import timedelta
from decimal import Decimal

import pytest

from autotrader.lib.errors import BadInput
from evaluation.domain.daily_figures import daily_figures
from evaluation.domain.metrics import buy_and_hold, performance
from evaluation.domain.moments import day_or_moment
from tests.evaluation.facts import START, marks, trade


def test_buying_and_holding_splits_the_cash_equally() -> None:
    prices = {"A": (Decimal(100), Decimal(110)), "B": (Decimal(50), Decimal(40))}
    assert buy_and_hold(prices) == Decimal("-0.05")


def test_nothing_to_hold_has_no_return() -> None:
    assert buy_and_hold({}) is None


def test_performance_joins_trades_and_equity() -> None:
    found = performance([trade("-0.40", hold_hours=24)], marks("100", "300"), {"BTCUSDT": (Decimal(1), Decimal(2))})
    assert found.equity.total_return == 2
    assert found.turnover_ratio == 2  # 400 traded over a mean equity of 200
    assert found.exposure == 1.0
    assert found.buy_and_hold == 1


def test_a_days_figures_name_the_best_and_the_worst_instrument() -> None:
    found = daily_figures([trade("6"), trade("-4", symbol="ETHUSDT", hold_hours=2)])
    assert (found.best_symbol, found.best_pnl) == ("BTCUSDT", Decimal(6))
    assert (found.worst_symbol, found.worst_pnl) == ("ETHUSDT", Decimal(-4))
    assert (found.total_trades, found.profitable_trades, found.total_pnl) == (2, 1, Decimal(2))
    assert found.average_hold_seconds == 5400


def test_a_day_without_trades_has_no_rate() -> None:
    found = daily_figures([])
    assert (found.total_trades, found.win_rate, found.average_hold_seconds, found.best_pnl) == (0, None, None, None)


def test_a_day_is_its_first_moment_and_a_zone_is_respected() -> None:
    assert day_or_moment("2026-03-23") == START - timedelta(hours=12)
    assert day_or_moment("2026-03-23T14:00+02:00") == START
    assert day_or_moment(None) is None


def test_what_is_no_time_is_refused_with_the_accepted_form() -> None:
    with pytest.raises(BadInput, match="'yesterday' is not a time; accepted are 2026-03-23"):
        day_or_moment("yesterday")
