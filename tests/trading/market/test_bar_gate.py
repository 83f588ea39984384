"""The gate: every kind of bad bar is named, and good ones pass."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trading.market.makers import START, bar, utc
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.instrument import AssetClass

CRYPTO = BarGate(Interval.M1, calendar_for("24/7"))
STOCK = BarGate(Interval.M5, calendar_for("XNYS"), AssetClass.STOCK)


def _stock(moment: object, close: str = "100") -> Bar:
    return bar(0, close, symbol="SPY", interval=Interval.M5, start=moment)  # type: ignore[arg-type]


def test_a_good_bar_passes() -> None:
    assert CRYPTO.problem(bar(1), bar(0), bar(1).close_time) == ""


def test_the_first_bar_passes_without_one_before_it() -> None:
    assert CRYPTO.problem(bar(0), None, bar(0).close_time) == ""


@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "0", "-1"])
def test_a_price_that_is_no_price_is_named(name: str, value: str) -> None:
    problem = CRYPTO.problem(bar(1, **{name: value}), bar(0), bar(1).close_time)
    assert name in problem
    assert "not a price above zero" in problem


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1"])
def test_a_volume_that_is_no_volume_is_named(value: str) -> None:
    assert "volume" in CRYPTO.problem(bar(1, volume=value), bar(0), bar(1).close_time)


def test_a_bar_without_trades_is_good() -> None:
    assert CRYPTO.problem(bar(1, volume="0"), bar(0), bar(1).close_time) == ""


@pytest.mark.parametrize("changes", [{"high": "99.5"}, {"low": "100.5"}, {"open": "102"}, {"close": "98"}])
def test_prices_that_do_not_fit_together_are_named(changes: dict[str, str]) -> None:
    assert "inconsistent" in CRYPTO.problem(bar(1, **changes), bar(0), bar(1).close_time)


def test_a_bar_that_is_still_open_is_refused() -> None:
    assert "not closed yet" in CRYPTO.problem(bar(1), bar(0), bar(1).close_time - timedelta(microseconds=1))


@pytest.mark.parametrize("number", [0, -3])
def test_a_bar_that_does_not_move_forward_is_refused(number: int) -> None:
    assert "does not come after" in CRYPTO.problem(bar(number), bar(0), bar(1).close_time)


def test_missing_bars_are_counted() -> None:
    assert CRYPTO.problem(bar(4), bar(0), bar(4).close_time).startswith("3 bars are missing before 2026-03-02 00:04")


def test_one_missing_bar_is_named_in_the_singular() -> None:
    assert CRYPTO.gap(bar(2), bar(0)).startswith("1 bar is missing")


def test_a_bar_off_the_grid_is_refused() -> None:
    crooked = bar(0, start=START + timedelta(seconds=30))
    assert "off the 1m grid" in CRYPTO.problem(crooked, None, crooked.close_time)


def test_another_interval_is_refused() -> None:
    assert "5m bar where 1m" in CRYPTO.problem(bar(0, interval=Interval.M5), None, bar(9).close_time)


def test_two_intervals_of_age_are_fresh_and_more_is_stale() -> None:
    last = bar(0)
    assert CRYPTO.staleness(last, last.close_time + timedelta(minutes=2)) == ""
    assert "more than 2 bars ago" in CRYPTO.staleness(last, last.close_time + timedelta(minutes=2, microseconds=1))


def test_a_night_is_neither_a_gap_nor_stale() -> None:
    evening, morning = _stock(utc(2026, 3, 5, 20, 55)), _stock(utc(2026, 3, 6, 14, 30))
    assert STOCK.gap(morning, evening) == ""
    assert STOCK.staleness(evening, utc(2026, 3, 6, 14, 40)) == ""
    assert "more than 2 bars ago" in STOCK.staleness(evening, utc(2026, 3, 6, 14, 40, 1))


def test_the_weekend_of_the_clock_change_is_no_gap() -> None:
    assert STOCK.gap(_stock(utc(2026, 3, 9, 13, 30)), _stock(utc(2026, 3, 6, 20, 55))) == ""


def test_after_a_half_day_nothing_is_missing() -> None:
    assert STOCK.gap(_stock(utc(2026, 11, 30, 14, 30)), _stock(utc(2026, 11, 27, 17, 55))) == ""


def test_a_bar_outside_the_session_is_refused() -> None:
    late = _stock(utc(2026, 11, 27, 18, 0))
    assert "outside the session" in STOCK.problem(late, None, late.close_time)


@pytest.mark.parametrize(("close", "is_quarantined"), [("125", False), ("126", True), ("75", False), ("74", True)])
def test_crypto_may_move_a_quarter_in_one_bar(close: str, is_quarantined: bool) -> None:
    assert ("quarantined" in CRYPTO.jump(bar(1, close), bar(0))) is is_quarantined


@pytest.mark.parametrize(("close", "is_quarantined"), [("115", False), ("115.01", True), ("84.99", True)])
def test_a_stock_may_move_fifteen_percent_in_one_bar(close: str, is_quarantined: bool) -> None:
    first, second = _stock(utc(2026, 3, 6, 14, 30)), _stock(utc(2026, 3, 6, 14, 35), close)
    assert ("quarantined" in STOCK.jump(second, first)) is is_quarantined


@pytest.mark.parametrize(("close", "ratio"), [("50", "2:1"), ("25.3", "4:1"), ("10.1", "10:1"), ("303", "1:3")])
def test_an_overnight_move_near_a_simple_fraction_looks_like_a_split(close: str, ratio: str) -> None:
    evening, morning = _stock(utc(2026, 3, 5, 20, 55)), _stock(utc(2026, 3, 6, 14, 30), close)
    assert f"looks like a split ({ratio})" in STOCK.jump(morning, evening)


def test_the_same_move_within_a_day_is_no_split() -> None:
    first, second = _stock(utc(2026, 3, 6, 14, 30)), _stock(utc(2026, 3, 6, 14, 35), "50")
    assert "split" not in STOCK.jump(second, first)


def test_crypto_has_no_splits() -> None:
    assert "split" not in CRYPTO.jump(bar(1440, "50"), bar(1439))


@given(
    st.lists(st.decimals(Decimal("0.01"), Decimal(1000), places=2), min_size=4, max_size=4),
    st.decimals(0, 10**6, places=3),
)
def test_only_consistent_bars_pass(prices: list[Decimal], volume: Decimal) -> None:
    first, second, third, fourth = prices
    candidate = Bar("X", Interval.M1, START, first, second, third, fourth, volume)
    is_sound = third <= min(first, fourth) and second >= max(first, fourth)
    assert (CRYPTO.shape_problem(candidate, candidate.close_time) == "") is is_sound
