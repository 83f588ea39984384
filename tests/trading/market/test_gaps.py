"""Holes in a series, found while reading and found by comparing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.trading.market.makers import START, bar, utc
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Interval
from trading.domain.gaps import Gap, GapFinder, missing_gaps, total_missing, windows

CRYPTO = calendar_for("24/7")


def _moment(number: int) -> object:
    return bar(number).open_time


def test_holes_are_named_by_their_first_and_last_bar() -> None:
    finder = GapFinder(Interval.M1, CRYPTO)
    for number in (0, 1, 4, 5, 7):
        finder.see(bar(number).open_time)
    assert finder.gaps == [Gap(_moment(2), _moment(3), 2), Gap(_moment(6), _moment(6), 1)]  # type: ignore[arg-type]


def test_a_weekend_is_no_hole() -> None:
    finder = GapFinder(Interval.M5, calendar_for("XNYS"))
    finder.see(utc(2026, 3, 6, 20, 55))
    finder.see(utc(2026, 3, 9, 13, 30))
    assert finder.gaps == []


def test_edges_count_when_a_span_is_asked_for() -> None:
    present = [bar(number).open_time for number in (2, 3, 5)]
    gaps = missing_gaps(present, Interval.M1, CRYPTO, START, bar(8).open_time)
    assert [gap.bars for gap in gaps] == [2, 1, 2]
    assert total_missing(gaps) == 5


@given(st.sets(st.integers(0, 60), min_size=1))
def test_both_ways_agree_inside_the_series(numbers: set[int]) -> None:
    present = [bar(number).open_time for number in sorted(numbers)]
    finder = GapFinder(Interval.M1, CRYPTO)
    for moment in present:
        finder.see(moment)
    assert finder.gaps == missing_gaps(present, Interval.M1, CRYPTO, present[0], present[-1] + timedelta(minutes=1))


def test_windows_cover_a_span_once() -> None:
    parts = list(windows(START, START + timedelta(minutes=25), timedelta(minutes=10)))
    assert [(stop - start) // timedelta(minutes=1) for start, stop in parts] == [10, 10, 5]
    assert list(windows(START, START, timedelta(minutes=1))) == []
