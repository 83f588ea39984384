"""Indicators over whole arrays of float64, by TA-Lib where it has them.

Promises: output as long as the input, NaN where a value is not defined yet, nothing of the future in any element. The
start conventions are those of the reference files: exponential and Wilder means start from a simple mean, the first
true range is the second bar's, Bollinger bands use the population standard deviation, OBV starts with the first volume.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import talib
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RSI_SCALE = 2.0**400
"""RSI does not depend on the price unit; TA-Lib calls averages below 1e-14 zero, so tiny prices are scaled up first."""


class Macd(NamedTuple):
    macd: Floats
    signal: Floats
    histogram: Floats


class Bollinger(NamedTuple):
    middle: Floats
    upper: Floats
    lower: Floats
    bandwidth: Floats
    percent_b: Floats


class Stochastic(NamedTuple):
    k: Floats
    d: Floats


def sma(values: Floats, period: int) -> Floats:
    """Simple moving average."""
    if period == 1:
        return values.copy()
    return np.asarray(talib.SMA(values, period))


def ema(values: Floats, period: int) -> Floats:
    """Exponential average with weight 2/(period+1), started from the simple mean of the first period."""
    if period == 1:
        return values.copy()
    return np.asarray(talib.EMA(values, period))


def rsi(close: Floats, period: int = 14) -> Floats:
    """Wilder's relative strength index, 0 to 100; 50 while the price has not moved at all."""
    if period == 1:
        return rsi_simple(close, 1)
    strength = np.asarray(talib.RSI(close * _RSI_SCALE, period))
    moved = np.maximum.accumulate(np.concatenate(([False], np.diff(close) != 0))) if len(close) else close != close
    return np.where(np.isnan(strength) | moved, strength, 50.0)


def rsi_simple(close: Floats, period: int = 14) -> Floats:
    """RSI over simple means of the last `period` gains and losses (Cutler); 50 when the price did not move."""
    change = np.diff(close, prepend=np.nan)
    gain = sma(np.maximum(change, 0.0), period)
    moves = sma(np.abs(change), period)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isnan(moves) | (moves > 0), np.clip(100.0 * gain / moves, 0.0, 100.0), 50.0)


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """The greatest of high - low and the gaps to the previous close; NaN for the first bar."""
    return np.asarray(talib.TRANGE(high, low, close))


def atr(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """Wilder's average true range, in price units."""
    if period == 1:
        return true_range(high, low, close)
    return np.asarray(talib.ATR(high, low, close, period))


def atr_simple(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """Simple mean of the true range, in price units."""
    return sma(true_range(high, low, close), period)


def macd(close: Floats, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Difference of two exponential averages, each started from its own simple mean, its signal line and the rest."""
    line = ema(close, fast) - ema(close, slow)
    smoothed = ema(line, signal)
    return Macd(line, smoothed, line - smoothed)


def bollinger(close: Floats, period: int = 20, width: float = 2.0) -> Bollinger:
    """Bands of `width` population standard deviations around the simple average.

    `bandwidth` is the bands' distance in percent of the middle; `percent_b` is 0 at the lower and 1 at the upper band,
    0.5 when the bands meet.
    """
    middle = sma(close, period)
    spread = width * _population_deviation(close, period)
    upper, lower = middle + spread, middle - spread
    with np.errstate(invalid="ignore", divide="ignore"):
        percent_b = np.where(np.isnan(spread) | (spread > 0), (close - lower) / (upper - lower), 0.5)
        return Bollinger(middle, upper, lower, 100.0 * (upper - lower) / middle, percent_b)


def stochastic(
    high: Floats, low: Floats, close: Floats, period: int = 12, slow_k: int = 3, slow_d: int = 5
) -> Stochastic:
    """Where the close lies in the range of the last `period` bars, 0 to 100, smoothed twice; 50 without a range."""
    highest = np.asarray(talib.MAX(high, period))
    lowest = np.asarray(talib.MIN(low, period))
    span = highest - lowest
    with np.errstate(invalid="ignore", divide="ignore"):
        fast = np.where(np.isnan(span) | (span > 0), 100.0 * (close - lowest) / span, 50.0)
    k = sma(fast, slow_k)
    return Stochastic(k, sma(k, slow_d))


def obv(close: Floats, volume: Floats) -> Floats:
    """On-balance volume, started with the first bar's volume."""
    return np.asarray(talib.OBV(close, volume))


def typical_price(high: Floats, low: Floats, close: Floats) -> Floats:
    return (high + low + close) / 3.0


def average_price(open_: Floats, high: Floats, low: Floats, close: Floats) -> Floats:
    """Mean of the four prices of a bar: what the reference file of the moving VWAP weighs with volume."""
    return (open_ + high + low + close) / 4.0


def moving_vwap(price: Floats, volume: Floats, period: int = 50) -> Floats:
    """Volume-weighted mean of `price` over the last `period` bars; NaN when nothing was traded in them."""
    traded = sma(volume, period)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(traded > 0, sma(price * volume, period) / traded, np.nan)


def session_vwap(high: Floats, low: Floats, close: Floats, volume: Floats, session_ids: NDArray[np.int64]) -> Floats:
    """Volume-weighted mean of the typical price since the session began; NaN before its first trade."""
    result = np.full(len(close), np.nan)
    worth = typical_price(high, low, close) * volume
    starts = np.flatnonzero(np.diff(session_ids, prepend=session_ids[:1] - 1))
    for start, stop in pairwise([*starts, len(close)]):
        traded = np.cumsum(volume[start:stop])
        with np.errstate(invalid="ignore", divide="ignore"):
            result[start:stop] = np.where(traded > 0, np.cumsum(worth[start:stop]) / traded, np.nan)
    return result


def _population_deviation(values: Floats, period: int) -> Floats:
    """TA-Lib subtracts two large sums, so the values are moved near zero before."""
    shift = values[0] if len(values) else 0.0
    return np.asarray(talib.STDDEV(values - shift, period, 1.0))
