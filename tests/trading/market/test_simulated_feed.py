"""The simulated exchange: the same for the same seed whatever is asked first, and like a market in its figures."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autotrader.lib.clock import VirtualClock
from autotrader.lib.errors import BadInput
from tests.trading.market.makers import utc
from trading.adapters.calendars import calendar_for
from trading.adapters.simulated import SimulatedFeed
from trading.adapters.simulated.noise import normals, uniforms
from trading.adapters.simulated.regimes import TRANSITIONS, Regime
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.ports import DataUnavailable

NOW = utc(2026, 11, 20, 14, 3, 20)
SYMBOLS = ["BTCUSDT", "ETHUSDT", "DOGEUSDT"]


def _feed(now: datetime = NOW, seed: int = 7, symbols: list[str] | None = None) -> SimulatedFeed:
    return SimulatedFeed(seed, symbols or SYMBOLS, VirtualClock(now))


def _returns(bars: list[Bar]) -> np.ndarray:
    return np.diff(np.log([float(bar.close) for bar in bars]))


def test_it_is_labelled() -> None:
    assert _feed().label == "SIMULATED"


def test_the_order_of_questions_does_not_matter() -> None:
    start = NOW - timedelta(days=3)
    first, second = _feed(), _feed()
    alone = first.closed_bars("ETHUSDT", Interval.M1, start, NOW)
    second.closed_bars("BTCUSDT", Interval.D1, NOW - timedelta(days=900), NOW)
    assert second.quote("DOGEUSDT") is not None
    later_first = second.closed_bars("ETHUSDT", Interval.M1, NOW - timedelta(hours=1), NOW)
    assert list(second.closed_bars("ETHUSDT", Interval.M1, start, NOW)) == list(alone)
    assert list(alone)[-len(later_first) :] == list(later_first)


def test_what_was_history_stays_when_years_pass() -> None:
    start, end = NOW - timedelta(hours=4), NOW
    later = _feed(NOW + timedelta(days=2000))
    assert later.closed_bars("BTCUSDT", Interval.M5, start, end) == _feed().closed_bars(
        "BTCUSDT", Interval.M5, start, end
    )


def test_another_process_with_another_hash_seed_makes_the_same_bars() -> None:
    script = (
        "from datetime import *\n"
        "from autotrader.lib.clock import VirtualClock\n"
        "from trading.adapters.simulated import SimulatedFeed\n"
        "from trading.domain.bar import Interval\n"
        f"now = datetime.fromisoformat({NOW.isoformat()!r})\n"
        "bars = SimulatedFeed(7, ['BTCUSDT'], VirtualClock(now)).closed_bars("
        "'BTCUSDT', Interval.M1, now - timedelta(hours=1), now)\n"
        "print([str(bar.close) for bar in bars])\n"
    )
    root = Path(__file__).resolve().parents[3]
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    here = [str(bar.close) for bar in _feed().closed_bars("BTCUSDT", Interval.M1, NOW - timedelta(hours=1), NOW)]
    assert answers == {str(here)}


def test_another_seed_is_another_market() -> None:
    start = NOW - timedelta(hours=1)
    one, other = (_feed(seed=seed).closed_bars("BTCUSDT", Interval.M1, start, NOW) for seed in (7, 8))
    assert [bar.close for bar in one] != [bar.close for bar in other]


@pytest.mark.parametrize("interval", [Interval.M5, Interval.M15, Interval.H1, Interval.H4, Interval.D1])
def test_coarse_bars_are_the_minutes_added_up(interval: Interval) -> None:
    feed = _feed()
    start = utc(2026, 11, 17)
    minutes = feed.closed_bars("ETHUSDT", Interval.M1, start, utc(2026, 11, 19))
    for coarse in feed.closed_bars("ETHUSDT", interval, start, utc(2026, 11, 19)):
        inside = [bar for bar in minutes if coarse.open_time <= bar.open_time < coarse.close_time]
        assert (coarse.open, coarse.close) == (inside[0].open, inside[-1].close)
        assert coarse.high == max(bar.high for bar in inside)
        assert coarse.low == min(bar.low for bar in inside)
        assert coarse.volume == sum(bar.volume for bar in inside)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3 * 86_400), st.integers(0, 86_400), st.sampled_from(list(Interval)))
def test_only_closed_bars_inside_the_span_are_shown(back: int, length: int, interval: Interval) -> None:
    start = NOW - timedelta(seconds=back)
    end = start + timedelta(seconds=length)
    shown = _feed().closed_bars("BTCUSDT", interval, start, end)
    assert all(start <= bar.open_time and bar.close_time <= min(end, NOW) for bar in shown)
    assert all(earlier.open_time < later.open_time for earlier, later in pairwise(shown))


def test_every_bar_passes_the_gate_but_for_missing_ones() -> None:
    gate = BarGate(Interval.M1, calendar_for("24/7"))
    shown = _feed().closed_bars("DOGEUSDT", Interval.M1, NOW - timedelta(days=10), NOW)
    assert all(gate.shape_problem(bar, NOW) == "" for bar in shown)
    assert all(gate.jump(bar, earlier) == "" for earlier, bar in pairwise(shown))


def test_prices_and_volumes_lie_on_the_grid() -> None:
    feed = _feed()
    grids = {instrument.symbol: instrument for instrument in feed.instruments()}
    for symbol in SYMBOLS:
        for bar in feed.closed_bars(symbol, Interval.M1, NOW - timedelta(hours=2), NOW):
            assert bar.close % grids[symbol].tick_size == 0
            assert bar.volume % grids[symbol].lot_size == 0


def test_some_bars_are_missing_but_few() -> None:
    shown = _feed().closed_bars("BTCUSDT", Interval.M1, NOW - timedelta(days=30), NOW)
    missing = 30 * 1440 - len(shown)
    assert 5 <= missing <= 300


def test_a_day_moves_as_much_as_crypto_does() -> None:
    for symbol in SYMBOLS:
        days = _feed().closed_bars(symbol, Interval.D1, NOW - timedelta(days=365), NOW)
        ranges = [float((bar.high - bar.low) / bar.close) * 100 for bar in days]
        assert 2 <= np.mean(ranges) <= 6


def test_volatility_comes_in_waves_and_tails_are_fat() -> None:
    moves = _returns(list(_feed().closed_bars("BTCUSDT", Interval.M15, NOW - timedelta(days=120), NOW)))
    sizes = np.abs(moves)
    assert np.corrcoef(sizes[:-1], sizes[1:])[0, 1] > 0.1
    assert np.mean(((moves - moves.mean()) / moves.std()) ** 4) > 4


def test_volume_follows_volatility() -> None:
    shown = _feed().closed_bars("BTCUSDT", Interval.M15, NOW - timedelta(days=30), NOW)
    ranges = [float(bar.high / bar.low) - 1 for bar in shown]
    assert np.corrcoef(ranges, [float(bar.volume) for bar in shown])[0, 1] > 0.4


def test_symbols_move_together_but_not_alike() -> None:
    feed = _feed()
    btc, eth = (
        {bar.open_time: bar for bar in feed.closed_bars(symbol, Interval.H1, NOW - timedelta(days=120), NOW)}
        for symbol in ("BTCUSDT", "ETHUSDT")
    )
    shared = sorted(btc.keys() & eth.keys())
    moves = [_returns([side[moment] for moment in shared]) for side in (btc, eth)]
    assert 0.3 < np.corrcoef(moves)[0, 1] < 0.9


def test_all_regimes_come_and_last() -> None:
    feed = _feed()
    seen = [feed.regime(NOW - timedelta(hours=6 * back)) for back in range(2000)]
    assert set(seen) == set(Regime)
    changes = sum(earlier is not later for earlier, later in pairwise(seen))
    assert changes < len(seen) * 0.2
    assert np.allclose(TRANSITIONS.sum(axis=1), 1)


def test_a_quote_lies_inside_its_minute_with_a_spread() -> None:
    quote = _feed().quote("BTCUSDT")
    afterwards, minute = NOW + timedelta(minutes=2), NOW.replace(second=0)
    later = _feed(afterwards).closed_bars("BTCUSDT", Interval.M1, minute, afterwards)[0]
    assert quote is not None
    assert quote.bid < quote.last < quote.ask
    assert later.low <= quote.last <= later.high
    assert (quote.ask - quote.bid) / quote.last < 0.003
    assert quote.ts_event == NOW


def test_there_is_no_quote_while_a_bar_is_missing() -> None:
    shown = {bar.open_time for bar in _feed().closed_bars("BTCUSDT", Interval.M1, NOW - timedelta(days=30), NOW)}
    expected = calendar_for("24/7").expected_open_times(Interval.M1, NOW - timedelta(days=29), NOW - timedelta(days=1))
    hole = next(moment for moment in expected if moment not in shown)
    assert _feed(hole).quote("BTCUSDT") is None


def test_a_stock_trades_in_its_session_only() -> None:
    feed = _feed(utc(2026, 11, 28), symbols=["SPY"])
    (instrument,) = feed.instruments()
    assert (instrument.calendar, instrument.quote) == ("XNYS", "USD")
    shown = feed.closed_bars("SPY", Interval.M5, utc(2026, 11, 26), utc(2026, 11, 28))
    expected = calendar_for("XNYS").expected_open_times(Interval.M5, utc(2026, 11, 26), utc(2026, 11, 28))
    assert {bar.open_time for bar in shown} <= set(expected)
    assert len(shown) >= len(expected) - 4
    assert feed.quote("SPY") is None


def test_before_the_first_day_there_is_nothing() -> None:
    feed = _feed(utc(2017, 6, 1))
    assert feed.closed_bars("BTCUSDT", Interval.M1, utc(2017, 5, 1), utc(2017, 6, 1)) == []
    assert feed.quote("BTCUSDT") is None


def test_an_unknown_symbol_is_unavailable_and_no_symbols_are_refused() -> None:
    with pytest.raises(DataUnavailable, match="NOPE is not in the simulated market"):
        _feed().closed_bars("NOPE", Interval.M1, NOW, NOW)
    with pytest.raises(BadInput, match="at least one symbol"):
        SimulatedFeed(7, [], VirtualClock(NOW))


def test_longer_noise_begins_with_the_shorter_one() -> None:
    assert (normals(500, "key")[:20] == normals(20, "key")).all()
    assert (uniforms(500, "key")[:20] == uniforms(20, "key")).all()
    many = normals(200_000, "shape")
    assert abs(many.mean()) < 0.01
    assert abs(many.std() - 1) < 0.01
