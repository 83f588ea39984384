"""The clocks: the machine's, a virtual one, a paced one and a scaled one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.clock import PacedClock, ScaledClock, SystemClock, VirtualClock, require_utc

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_machines_clock_speaks_utc_and_never_runs_back() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    first = clock.monotonic()
    clock.sleep(0)
    assert clock.monotonic() >= first


def test_a_virtual_clock_stands_still_until_it_is_told_to_move() -> None:
    clock = VirtualClock(START)
    assert clock.now() == clock.now() == START
    clock.advance(timedelta(minutes=1))
    assert clock.now() == START + timedelta(minutes=1)
    assert clock.monotonic() == 60


def test_sleeping_on_a_virtual_clock_moves_it() -> None:
    clock = VirtualClock(START)
    clock.sleep(2.5)
    assert clock.now() == START + timedelta(seconds=2.5)


def test_a_virtual_clock_never_runs_back() -> None:
    clock = VirtualClock(START)
    with pytest.raises(ValueError, match="moved back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="moved back"):
        clock.move_to(START - timedelta(microseconds=1))
    assert clock.now() == START


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=20))
def test_a_virtual_clock_is_the_sum_of_its_steps(steps: list[timedelta]) -> None:
    clock = VirtualClock(START)
    for step in steps:
        clock.advance(step)
    assert clock.now() - START == sum(steps, timedelta(0))


def test_a_paced_clock_really_waits_but_faster() -> None:
    waits: list[float] = []
    clock = PacedClock(START, speed=60, wait=waits.append)
    clock.advance(timedelta(minutes=1))
    assert waits == [1.0]
    assert clock.now() == START + timedelta(minutes=1)


def test_two_scaled_clocks_with_one_anchor_agree() -> None:
    anchor = SystemClock().now() - timedelta(seconds=10)
    first, second = ScaledClock(anchor, 60), ScaledClock(anchor, 60)
    assert first.now() - anchor >= timedelta(minutes=10)
    assert abs(second.now() - first.now()) < timedelta(minutes=1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        require_utc(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(datetime(2026, 3, 2))  # noqa: DTZ001


def test_another_zone_becomes_utc() -> None:
    moment = require_utc(datetime(2026, 3, 2, 14, 0, tzinfo=timezone(timedelta(hours=2))))
    assert (moment.isoformat(), moment) == ("2026-03-02T12:00:00+00:00", START)
