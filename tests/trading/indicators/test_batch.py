"""What holds for every indicator over arrays, whatever the prices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.indicators.walks import walk
from trading.domain.indicators import batch

EVERY = {
    "sma": lambda w: batch.sma(w.close, 5),
    "ema": lambda w: batch.ema(w.close, 5),
    "rsi": lambda w: batch.rsi(w.close, 5),
    "rsi_simple": lambda w: batch.rsi_simple(w.close, 5),
    "atr": lambda w: batch.atr(w.high, w.low, w.close, 5),
    "atr_simple": lambda w: batch.atr_simple(w.high, w.low, w.close, 5),
    "macd": lambda w: batch.macd(w.close, 3, 6, 4).histogram,
    "bollinger": lambda w: batch.bollinger(w.close, 5).upper,
    "percent_b": lambda w: batch.bollinger(w.close, 5).percent_b,
    "stochastic": lambda w: batch.stochastic(w.high, w.low, w.close, 5, 3, 3).d,
    "obv": lambda w: batch.obv(w.close, w.volume),
    "moving_vwap": lambda w: batch.moving_vwap(w.close, w.volume, 5),
    "session_vwap": lambda w: batch.session_vwap(w.high, w.low, w.close, w.volume, w.session_ids),
}


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), cut=st.integers(30, 119))
def test_an_indicator_knows_nothing_of_the_future(name: str, seed: int, cut: int) -> None:
    bars = walk(seed, 120)
    whole, part = EVERY[name](bars), EVERY[name](bars.first(cut))
    assert len(whole) == 120
    np.testing.assert_allclose(part, whole[:cut], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"obv", "session_vwap"}))
def test_too_few_bars_give_no_value(name: str) -> None:
    assert np.isnan(EVERY[name](walk(1, 4))).all()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_bounded_indicators_stay_in_their_bounds(seed: int) -> None:
    bars = walk(seed, 200)
    bounded = (
        batch.rsi(bars.close),
        batch.rsi_simple(bars.close),
        batch.stochastic(bars.high, bars.low, bars.close).k,
    )
    for values in bounded:
        known = values[~np.isnan(values)]
        assert ((known >= -1e-9) & (known <= 100 + 1e-9)).all()


def test_rsi_of_a_price_that_never_moves_is_neutral() -> None:
    flat = np.full(40, 5.0)
    assert batch.rsi(flat)[-1] == 50.0
    assert batch.rsi_simple(flat)[-1] == 50.0
    assert np.isnan(batch.rsi(flat)[13])


def test_rsi_of_a_tiny_price_is_that_of_a_large_one() -> None:
    """TA-Lib alone answers 0 for prices whose changes are below 1e-14."""
    close = walk(3, 100).close
    np.testing.assert_allclose(batch.rsi(close * 1e-17), batch.rsi(close), rtol=1e-9)


def test_rsi_worked_by_hand() -> None:
    close = np.array([10.0, 11.0, 10.5, 11.5])
    """Means of the first two changes: gain 0.5, loss 0.25; then gain (0.5 + 1)/2 = 0.75, loss 0.125."""
    np.testing.assert_allclose(batch.rsi(close, 2)[2:], [100 * 0.5 / 0.75, 100 * 0.75 / 0.875])
    np.testing.assert_allclose(batch.rsi_simple(close, 2)[2:], [100 * 0.5 / 0.75, 100 * 0.5 / 0.75])


def test_session_vwap_begins_anew_with_each_session() -> None:
    price, volume = np.array([10.0, 20.0, 30.0]), np.array([1.0, 3.0, 2.0])
    ours = batch.session_vwap(price, price, price, volume, np.array([1, 1, 2]))
    np.testing.assert_allclose(ours, [10.0, 17.5, 30.0])


def test_vwap_is_undefined_while_nothing_was_traded() -> None:
    price, volume = np.full(3, 10.0), np.array([0.0, 0.0, 1.0])
    ours = batch.session_vwap(price, price, price, volume, np.zeros(3, dtype=np.int64))
    assert np.isnan(ours[:2]).all()
    assert ours[2] == 10.0
    assert np.isnan(batch.moving_vwap(price, volume, 2)[1])


def test_an_empty_array_gives_an_empty_array() -> None:
    nothing = np.array([], dtype=np.float64)
    assert len(batch.rsi_simple(nothing)) == 0
    assert len(batch.session_vwap(nothing, nothing, nothing, nothing, np.array([], dtype=np.int64))) == 0


def test_bollinger_bands_meet_when_the_price_stands_still() -> None:
    bands = batch.bollinger(np.full(25, 7.0))
    assert bands.upper[-1] == bands.lower[-1] == 7.0
    assert bands.percent_b[-1] == 0.5
