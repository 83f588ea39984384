"""Trade statistics against numbers worked by hand."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from evaluation.domain.trade_statistics import exposure, pnl_by_symbol, trade_statistics
from tests.evaluation.facts import START, trade

FOUR = [trade("6"), trade("-4"), trade("-2", symbol="ETHUSDT"), trade("3", symbol="ETHUSDT", hold_hours=3)]


def test_four_trades_give_the_figures_worked_by_hand() -> None:
    found = trade_statistics(FOUR)
    assert (found.trades, found.wins, found.losses) == (4, 2, 2)
    assert found.total_pnl == Decimal(3)
    assert (found.gross_profit, found.gross_loss) == (Decimal(9), Decimal(6))
    assert found.win_rate == Decimal("0.5")
    assert found.profit_factor == Decimal("1.5")
    assert found.expectancy == Decimal("0.75")
    assert (found.average_win, found.average_loss) == (Decimal("4.5"), Decimal(3))
    assert found.break_even_win_rate == Decimal("0.4")
    assert found.average_hold == timedelta(hours=1, minutes=30)
    assert found.costs == Decimal("1.60")
    assert found.longest_losing_run == 2


def test_the_best_and_the_worst_symbol_are_by_result() -> None:
    found = trade_statistics(FOUR)
    assert pnl_by_symbol(FOUR) == {"BTCUSDT": Decimal(2), "ETHUSDT": Decimal(1)}
    assert (found.best_symbol, found.worst_symbol) == ("BTCUSDT", "ETHUSDT")


def test_turnover_counts_both_sides() -> None:
    assert trade_statistics([trade("-0.40")]).turnover == Decimal(400)


def test_without_trades_nothing_is_made_up() -> None:
    found = trade_statistics([])
    assert found.trades == 0
    assert found.total_pnl == 0
    assert (found.win_rate, found.profit_factor, found.expectancy, found.average_hold) == (None, None, None, None)
    assert found.best_symbol == ""


def test_without_losses_there_is_no_profit_factor() -> None:
    assert trade_statistics([trade("1")]).profit_factor is None


def test_a_trade_at_exactly_zero_neither_wins_nor_loses() -> None:
    found = trade_statistics([trade("0"), trade("1")])
    assert (found.wins, found.losses, found.win_rate) == (1, 0, Decimal("0.5"))


def test_a_thirds_win_rate_is_rounded_to_six_places() -> None:
    assert trade_statistics([trade("1"), trade("-1"), trade("-1")]).win_rate == Decimal("0.333333")


def test_exposure_counts_overlapping_trades_once() -> None:
    trades = [trade("1", opened_hours=0, hold_hours=2), trade("1", opened_hours=1, hold_hours=2)]
    assert exposure(trades, START, START + timedelta(hours=6)) == 0.5


def test_exposure_is_cut_at_the_ends_of_the_period() -> None:
    trades = [trade("1", opened_hours=-5, hold_hours=6), trade("1", opened_hours=3, hold_hours=9)]
    assert exposure(trades, START, START + timedelta(hours=4)) == 0.5


def test_exposure_of_no_time_is_zero() -> None:
    assert exposure([trade("1")], START, START) == 0.0


@given(st.lists(st.integers(-10_000, 10_000), max_size=40))
def test_profit_less_loss_is_the_result_to_the_last_digit(cents: list[int]) -> None:
    found = trade_statistics([trade(str(Decimal(cent) / 100)) for cent in cents])
    assert found.gross_profit - found.gross_loss == found.total_pnl == Decimal(sum(cents)) / 100
    assert found.wins + found.losses <= found.trades
