"""Ids rise with time, are unique, and are the same twice where a replay needs it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.clock import SystemClock, VirtualClock
from autotrader.lib.ids import ULID_LENGTH, SeededIds, SystemIds, ulid_floor

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CROCKFORD = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_an_id_is_26_characters_of_crockfords_alphabet() -> None:
    for key in (SystemIds(SystemClock()).ulid(), SeededIds(VirtualClock(START), 1).ulid()):
        assert len(key) == ULID_LENGTH
        assert set(key) <= CROCKFORD


def test_the_time_part_is_that_of_the_ulid_specification() -> None:
    """The specification's own example: 1469918176385 ms is 01ARYZ6S41."""
    moment = datetime(2016, 7, 30, 22, 36, 16, 385000, tzinfo=UTC)
    assert SeededIds(VirtualClock(moment), 1).ulid()[:10] == "01ARYZ6S41"
    assert ulid_floor(moment) == "01ARYZ6S41" + "0" * 16


@given(moments, st.timedeltas(timedelta(milliseconds=1), timedelta(days=900)))
def test_a_later_millisecond_has_a_higher_id(moment: datetime, step: timedelta) -> None:
    clock = VirtualClock(moment)
    ids = SeededIds(clock, 7)
    first = ids.ulid()
    clock.advance(step)
    assert ids.ulid() > first


@given(moments)
def test_no_id_of_a_moment_is_below_its_floor(moment: datetime) -> None:
    assert SeededIds(VirtualClock(moment), 3).ulid() >= ulid_floor(moment)


@given(st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_ids_and_numbers(seed: int) -> None:
    first, second = (SeededIds(VirtualClock(START), seed) for _ in range(2))
    assert [first.ulid() for _ in range(5)] == [second.ulid() for _ in range(5)]
    assert first.rng("slippage").random() == second.rng("slippage").random()
    assert first.rng("slippage").random() != first.rng("latency").random()


def test_other_seeds_give_other_ids() -> None:
    assert len({SeededIds(VirtualClock(START), seed).ulid() for seed in range(200)}) == 200


def test_threads_never_get_the_same_id() -> None:
    for ids in (SystemIds(SystemClock()), SeededIds(VirtualClock(START), 1)):
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _, ids=ids: ids.ulid(), range(4000)))
        assert len(set(made)) == 4000
