"""Drawings keep what matters: spikes, round ticks, order."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.reports.geometry import Scale, TimeAxis, area_path, line_path, round_ticks, scale_over, thin
from tests.evaluation.facts import START


def test_high_values_stand_at_the_top() -> None:
    scale = Scale(0.0, 10.0)
    assert (scale.y(10.0), scale.y(0.0), scale.percent(2.5)) == (0.0, 1000.0, 75.0)


@pytest.mark.parametrize(("low", "high", "ticks"), [(0, 10, [0, 2, 4, 6, 8, 10]), (9871, 10129, [9900, 10000, 10100])])
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert round_ticks(Scale(low, high)) == ticks


def test_a_flat_line_still_has_a_scale() -> None:
    scale = scale_over([100.0, 100.0])
    assert scale.low < 100 < scale.high
    assert scale_over([0.0]).low < 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_every_value_lies_inside_its_scale(values: list[float]) -> None:
    scale = scale_over(values)
    assert all(0 <= scale.y(value) <= 1000 for value in values)
    assert len(round_ticks(scale)) <= 6


def test_a_single_spike_in_a_long_line_is_kept() -> None:
    values = [1.0] * 50_000
    values[31_337] = 9.0
    values[40_001] = -9.0
    kept = thin(values)
    assert {0, 31_337, 40_001, 49_999} <= set(kept)
    assert len(kept) <= 2_800


def test_nights_take_no_room_on_the_axis() -> None:
    axis = TimeAxis([START, START + timedelta(minutes=5), START + timedelta(hours=20)])
    assert [axis.x(moment) for moment in axis.moments] == [0.0, 500.0, 1000.0]
    assert axis.x(START + timedelta(hours=19)) == 500.0


def test_paths_are_svg() -> None:
    assert line_path([(0, 1), (2, 3)]) == "M0.0 1.0L2.0 3.0"
    assert area_path([(0, 1), (2, 3)], 9) == "M0.0 1.0L2.0 3.0L2.0 9.0L0.0 9.0Z"
