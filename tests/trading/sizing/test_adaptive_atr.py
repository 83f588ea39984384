"""The ATR threshold that follows the last seven days (M23)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.errors import BadInput
from trading.domain.adaptive_atr import RecentTrading, suggest_atr_threshold
from trading.domain.parameters import PARAMETER_BOUNDS

D = Decimal
BOUNDS = PARAMETER_BOUNDS["atr_threshold"]


def test_under_two_trades_a_day_lower_the_threshold() -> None:
    suggestion = suggest_atr_threshold(D("1.5"), RecentTrading(trades=13, wins=8))
    assert (suggestion.threshold, suggestion.is_change) == (D("1.3500"), True)
    assert "under 2 trades a day" in suggestion.reason


def test_fourteen_trades_in_seven_days_are_enough() -> None:
    assert not suggest_atr_threshold(D("1.5"), RecentTrading(trades=14, wins=8)).is_change


def test_a_win_rate_under_45_percent_raises_it() -> None:
    suggestion = suggest_atr_threshold(D("1.5"), RecentTrading(trades=20, wins=8))
    assert suggestion.threshold == D("1.65")
    assert not suggest_atr_threshold(D("1.5"), RecentTrading(trades=20, wins=9)).is_change


def test_both_rules_may_apply() -> None:
    assert suggest_atr_threshold(D("2"), RecentTrading(trades=10, wins=1)).threshold == D("1.98")


def test_no_trades_at_all_lower_it_and_speak_of_no_win_rate() -> None:
    suggestion = suggest_atr_threshold(D("1.5"), RecentTrading(trades=0, wins=0))
    assert suggestion.threshold == D("1.35")
    assert "win rate" not in suggestion.reason


def test_the_hard_bounds_hold() -> None:
    low = suggest_atr_threshold(D("0.5"), RecentTrading(trades=0, wins=0))
    assert (low.threshold, low.is_change) == (D("0.5"), False)
    assert "bound" in low.reason
    assert suggest_atr_threshold(D("0.52"), RecentTrading(trades=0, wins=0)).threshold == D("0.5")
    assert suggest_atr_threshold(D("4.9"), RecentTrading(trades=50, wins=1)).threshold == D("5")


@pytest.mark.parametrize(("blocks", "changes"), [(None, True), (0, False), (19, False), (20, True), (21, True)])
def test_at_most_one_change_in_twenty_blocks(blocks: int | None, changes: bool) -> None:
    suggestion = suggest_atr_threshold(D("1.5"), RecentTrading(trades=0, wins=0), blocks_since_change=blocks)
    assert suggestion.is_change is changes
    assert suggestion.threshold == (D("1.35") if changes else D("1.5"))


@given(
    current=st.decimals(min_value=BOUNDS.low, max_value=BOUNDS.high, places=4),
    trades=st.integers(0, 500),
    share=st.floats(0, 1),
)
def test_the_suggestion_stays_within_the_bounds_and_near_the_present(current: D, trades: int, share: float) -> None:
    suggestion = suggest_atr_threshold(current, RecentTrading(trades, int(trades * share)))
    assert BOUNDS.low <= suggestion.threshold <= BOUNDS.high
    assert current * D("0.899") <= suggestion.threshold <= current * D("1.101")
    assert suggestion.is_change == (suggestion.threshold != current)


@pytest.mark.parametrize(("trades", "wins", "days"), [(3, 4, 7), (-1, 0, 7), (3, -1, 7), (3, 1, 0)])
def test_figures_that_cannot_be_are_refused(trades: int, wins: int, days: int) -> None:
    with pytest.raises(BadInput, match="cannot be"):
        RecentTrading(trades, wins, days)


@pytest.mark.parametrize("bad", ["0.4", "5.1"])
def test_a_threshold_outside_its_bounds_is_refused(bad: str) -> None:
    with pytest.raises(BadInput, match="atr_threshold"):
        suggest_atr_threshold(D(bad), RecentTrading(1, 1))
