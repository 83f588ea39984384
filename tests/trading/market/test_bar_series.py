"""A series of bars: gaps hold the instrument and heal, jumps wait for a second word, splits begin anew."""

from datetime import timedelta

from tests.trading.market.makers import bar, bars, crypto, utc
from trading.adapters.calendars import calendar_for
from trading.adapters.symbols import us_stock
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.bar_series import BarSeries
from trading.domain.instrument import AssetClass

LOOK_BACK = 5


def _series() -> BarSeries:
    return BarSeries(crypto(), BarGate(Interval.M1, calendar_for("24/7")), LOOK_BACK)


def _warm() -> BarSeries:
    series = _series()
    series.take(bars(LOOK_BACK), bar(LOOK_BACK).open_time)
    return series


def test_it_warms_up_before_it_is_traded() -> None:
    series = _series()
    assert series.problem(bar(0).open_time) == "warming up: 0 of 5 bars seen"
    series.take(bars(4), bar(4).open_time)
    assert series.problem(bar(4).open_time) == "warming up: 4 of 5 bars seen"
    series.take(bars(1, 4), bar(5).open_time)
    assert series.problem(bar(5).open_time) == ""


def test_a_gap_holds_until_the_look_back_is_whole_again() -> None:
    series = _warm()
    taken = series.take(bars(4, 7), bar(11).open_time)
    assert len(taken) == 4
    assert series.problem(bar(11).open_time).startswith("2 bars are missing before 2026-03-02 00:07")
    assert series.problem(bar(11).open_time).endswith("4 of 5 bars seen since")
    series.take(bars(1, 11), bar(12).open_time)
    assert series.problem(bar(12).open_time) == ""


def test_a_bad_bar_is_left_out_and_named_until_good_ones_heal_the_hole() -> None:
    series = _warm()
    assert series.take([bar(5, volume="NaN")], bar(6).open_time) == []
    assert "volume NaN" in series.problem(bar(6).open_time)
    assert series.take(bars(1, 6), bar(7).open_time) == [bar(6, "106")]
    assert "1 bar is missing" in series.problem(bar(7).open_time)
    series.take(bars(4, 7), bar(11).open_time)
    assert series.problem(bar(11).open_time) == ""


def test_the_same_bar_again_is_not_taken_twice() -> None:
    series = _warm()
    assert series.take([bar(4, "104")], bar(6).open_time) == []
    assert "does not come after" in series.problem(bar(6).open_time)


def test_a_silent_instrument_becomes_stale() -> None:
    series = _warm()
    assert series.problem(bar(7).open_time) == ""
    assert "more than 2 bars ago" in series.problem(bar(7).open_time + timedelta(seconds=1))


def test_a_jump_waits_in_quarantine_and_a_bad_print_is_dropped() -> None:
    series = _warm()
    assert series.take([bar(5, "200")], bar(6).open_time) == []
    assert "quarantined" in series.problem(bar(6).open_time)
    assert series.take([bar(6, "104")], bar(7).open_time) == [bar(6, "104")]
    assert "1 bar is missing" in series.problem(bar(7).open_time)


def test_a_jump_is_believed_when_the_following_bars_stay_there() -> None:
    series = _warm()
    level = [bar(5, "200"), bar(6, "202"), bar(7, "199")]
    assert series.take(level[:2], bar(7).open_time) == []
    assert series.newest == level[1]
    assert series.take(level[2:], bar(8).open_time) == level
    assert series.problem(bar(8).open_time) == ""


def test_a_jump_is_believed_at_once_when_a_second_source_confirms_it() -> None:
    series = _warm()
    assert series.take([bar(5, "200")], bar(6).open_time, lambda suspect: True) == [bar(5, "200")]
    assert series.problem(bar(6).open_time) == ""


def test_prices_that_jump_about_are_never_believed() -> None:
    series = _warm()
    assert series.take([bar(5, "200"), bar(6, "400"), bar(7, "200"), bar(8, "400")], bar(9).open_time) == []
    assert "quarantined" in series.problem(bar(9).open_time)


def test_bars_outside_the_session_are_left_out_without_a_word() -> None:
    series = _stock()
    night = _stock_bar(utc(2026, 3, 5, 22, 0))
    assert series.take([night], utc(2026, 3, 6, 14, 30)) == []
    assert "warming up" in series.problem(utc(2026, 3, 6, 14, 30))


def test_a_split_begins_the_series_anew() -> None:
    series = _stock()
    evening = [_stock_bar(utc(2026, 3, 5, 20, minute)) for minute in range(30, 60, 5)]
    morning = [_stock_bar(utc(2026, 3, 6, 14, minute), "25") for minute in range(30, 60, 5)]
    series.take(evening, utc(2026, 3, 5, 21))
    taken = series.take(morning[:3], utc(2026, 3, 6, 14, 45))
    assert taken == morning[:3]
    assert series.split_at == morning[0].open_time
    assert "looks like a split (4:1)" in series.problem(utc(2026, 3, 6, 14, 45))
    series.take(morning[3:], utc(2026, 3, 6, 15))
    assert series.problem(utc(2026, 3, 6, 15)) == ""


def _stock() -> BarSeries:
    gate = BarGate(Interval.M5, calendar_for("XNYS"), AssetClass.STOCK)
    return BarSeries(us_stock("SPY"), gate, LOOK_BACK)


def _stock_bar(moment: object, level: str = "100") -> Bar:
    return bar(0, level, symbol="SPY", interval=Interval.M5, start=moment)  # type: ignore[arg-type]
