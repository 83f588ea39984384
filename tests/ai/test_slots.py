"""The grid of the loop."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.domain.slots import seconds_to_next_slot, slot_of, slots_between

MOMENTS = st.integers(10**15, 4 * 10**15).map(
    lambda micros: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)
INTERVALS = st.integers(1, 86400)


@given(MOMENTS, INTERVALS)
def test_a_moment_lies_in_its_slot(moment: datetime, interval: int) -> None:
    slot = slot_of(moment, interval)
    assert slot <= moment < slot + timedelta(seconds=interval)
    assert slot_of(slot, interval) == slot


@given(MOMENTS, INTERVALS)
def test_the_next_slot_begins_when_it_says(moment: datetime, interval: int) -> None:
    seconds = seconds_to_next_slot(moment, interval)
    assert 0 < seconds <= interval
    following = moment + timedelta(seconds=seconds)
    assert slot_of(following + timedelta(microseconds=5), interval) > slot_of(moment, interval)


@given(MOMENTS, INTERVALS, st.integers(0, 500))
def test_missed_slots_are_those_strictly_between(moment: datetime, interval: int, count: int) -> None:
    earlier = slot_of(moment, interval)
    later = earlier + timedelta(seconds=interval * (count + 1))
    assert slots_between(earlier, later, interval) == count


@pytest.mark.parametrize(("earlier", "later", "missed"), [(0, 0, 0), (0, 60, 0), (0, 61, 1), (5, 180, 2), (90, 30, 0)])
def test_missed_slots_by_hand(earlier: int, later: int, missed: int) -> None:
    base = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert slots_between(base + timedelta(seconds=earlier), base + timedelta(seconds=later), 60) == missed
