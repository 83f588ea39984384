"""Live indicators of many instruments: arrays over the instrument axis, a fixed amount of work for each new bar.

Promises the numbers of `batch.py` after any number of bars (running sums are rebuilt from their bars every
`REBUILD_EVERY` bars, so they cannot drift). Must never see a bar that did not pass the gate: one NaN would stay
in the averages for ever, so `update` refuses it and changes nothing.
"""

import math

import numpy as np
from numpy.typing import NDArray

from trading.domain.indicators.daily_range import DailyRange
from trading.domain.indicators.periods import IndicatorPeriods
from trading.domain.market_snapshot import IndicatorValues

__all__ = ["MEDIAN_VOLUME_BARS", "REBUILD_EVERY", "TREND_BAND_ATR", "IndicatorBank", "IndicatorPeriods"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Selection = slice | Integers

MEDIAN_VOLUME_BARS = 20
REBUILD_EVERY = 256
TREND_BAND_ATR = 0.25
"""The averages must lie this many ATRs apart before they are called a trend."""

_GAIN, _LOSS, _RANGE, _EMA_SHORT, _EMA_LONG = range(5)
_SMA_SHORT, _SMA_LONG, _VOLUME_MEAN = range(3)
_CLOSE, _VOLUME = range(2)
_PRICE_VOLUME, _SESSION_VOLUME = range(2)


class IndicatorBank:
    """State for `size` instruments, addressed by their index from 0.

    Means (rows gain, loss, true range, two EMAs): running mean over the first period, exponential after it, which
    is TA-Lib's start from a simple mean. Sums (rows short, long, volume): over ring buffers of the last bars.
    """

    def __init__(self, size: int, periods: IndicatorPeriods) -> None:
        if size < 1:
            raise ValueError(f"a bank needs at least one instrument, not {size}")
        self.size = size
        self.periods = periods
        self._everyone = np.arange(size, dtype=np.int64)
        self._weights, self._settled_weights = _mean_weights(periods)
        self._windows = np.array([[periods.short], [periods.long], [periods.volume]], dtype=np.int64)
        self._ring_size = _power_of_two(max(periods.short, periods.long, periods.volume, MEDIAN_VOLUME_BARS))
        self._rings = np.zeros((2, size, self._ring_size))
        self._flat_rings = self._rings.reshape(-1)
        self._ring_starts = _ring_starts(size, self._ring_size)
        self._count = np.zeros(size, dtype=np.int64)
        self._last = np.zeros((2, size))
        self._means = np.zeros((5, size))
        self._sums = np.zeros((3, size))
        self._session = np.full(size, np.iinfo(np.int64).min, dtype=np.int64)
        self._session_sums = np.zeros((2, size))
        self._daily = DailyRange(size)

    def update(
        self,
        indices: Integers,
        open: Floats,  # noqa: A002 - the five names of a bar
        high: Floats,
        low: Floats,
        close: Floats,
        volume: Floats,
        session_ids: Integers,
    ) -> None:
        """Take one closed bar for each of `indices` (each at most once); all arrays have their length.

        `session_ids` are ordinals of the trading day. Raises ValueError for a repeated or unknown index, a number
        that is not finite or arrays of unequal length; nothing has changed then.
        """
        self._refuse_bad_input(indices, open, high, low, close, volume, session_ids)
        if not len(indices):
            return
        which = self._selection(indices)
        count = self._count[which]
        self._update_means(which, count, high, low, close)
        self._update_sums(which, count, close, volume)
        self._update_session(which, high, low, close, volume, session_ids)
        self._last[_CLOSE, which] = close
        self._last[_VOLUME, which] = volume
        count += 1
        self._count[which] = count
        self._rebuild_sums(indices, count)

    def values(self, index: int) -> IndicatorValues:
        """What is known about one instrument after its last bar."""
        return _values(
            self.periods,
            self._count.item(index),
            self._last.item(_CLOSE, index),
            self._last.item(_VOLUME, index),
            self._means[:, index].tolist(),
            self._sums[:, index].tolist(),
            self._session_sums[:, index].tolist(),
            self._daily.mean(index),
        )

    def values_of_all(self) -> list[IndicatorValues]:
        """`values` of every instrument, in the order of the indices: quicker than asking one by one."""
        periods, daily = self.periods, self._daily
        columns = zip(
            self._count.tolist(),
            *self._last.tolist(),
            self._means.T.tolist(),
            self._sums.T.tolist(),
            self._session_sums.T.tolist(),
            [daily.mean(index) for index in range(self.size)],
            strict=True,
        )
        return [_values(periods, *column) for column in columns]

    def median_volume(self, index: int) -> float | None:
        """The median volume of the last 20 bars; None before there are 20."""
        count = self._count.item(index)
        if count < MEDIAN_VOLUME_BARS:
            return None
        slots = [(count - back) & (self._ring_size - 1) for back in range(1, MEDIAN_VOLUME_BARS + 1)]
        ordered = sorted(self._rings[_VOLUME, index].take(slots).tolist())
        middle = MEDIAN_VOLUME_BARS // 2
        return float(ordered[middle - 1] + ordered[middle]) / 2.0

    def bars_seen(self, index: int) -> int:
        return int(self._count.item(index))

    def reset(self, index: int) -> None:
        """Forget everything about one instrument (after a gap, or when its bars are played again)."""
        self._count[index] = 0
        self._rings[:, index] = 0.0
        self._last[:, index] = 0.0
        self._means[:, index] = 0.0
        self._sums[:, index] = 0.0
        self._session[index] = np.iinfo(np.int64).min
        self._session_sums[:, index] = 0.0
        self._daily.reset(index)

    def _refuse_bad_input(self, indices: Integers, *columns: NDArray[np.float64] | Integers) -> None:
        for column in columns:
            if column.shape != indices.shape:
                raise ValueError(f"arrays of a bar must have equal length: {column.shape} is not {indices.shape}")
        opens, highs, lows, closes, volumes, _ = columns
        if not math.isfinite((opens + highs + lows + closes + volumes).sum()):
            raise ValueError("a bar holds a number that is not finite; only bars that passed the gate belong here")
        seen = np.bincount(indices, minlength=self.size)
        if len(seen) > self.size or seen.max(initial=0) > 1:
            raise ValueError(f"indices must lie below {self.size} and stand there once: {indices.tolist()[:20]}")

    def _selection(self, indices: Integers) -> Selection:
        """A slice when the bars are for all instruments in order: numpy then works in place, without copies."""
        if len(indices) == self.size and bool((indices == self._everyone).all()):
            return slice(None)
        return indices

    def _update_means(self, which: Selection, count: Integers, high: Floats, low: Floats, close: Floats) -> None:
        samples = np.empty((5, len(close)))
        previous = np.where(count > 0, self._last[_CLOSE, which], close)
        change = close - previous
        np.maximum(change, 0.0, out=samples[_GAIN])
        np.subtract(samples[_GAIN], change, out=samples[_LOSS])
        np.subtract(np.maximum(high, previous), np.minimum(low, previous), out=samples[_RANGE])
        samples[_EMA_SHORT:] = close
        if count.min() >= self._weights.shape[1]:
            weights = self._settled_weights
        else:
            weights = self._weights.take(np.minimum(count, self._weights.shape[1] - 1), axis=1)
        means = self._means[:, which]
        samples -= means
        samples *= weights
        self._means[:, which] = means + samples

    def _update_sums(self, which: Selection, count: Integers, close: Floats, volume: Floats) -> None:
        mask = self._ring_size - 1
        starts = self._ring_starts[:, which]
        leaving = (count - self._windows) & mask
        leaving += starts
        change = self._flat_rings.take(leaving)
        np.subtract(close, change[:_VOLUME_MEAN], out=change[:_VOLUME_MEAN])
        np.subtract(volume, change[_VOLUME_MEAN], out=change[_VOLUME_MEAN])
        self._sums[:, which] += change
        entering = starts[_SMA_LONG:] + (count & mask)
        self._flat_rings[entering[0]] = close
        self._flat_rings[entering[1]] = volume

    def _update_session(
        self, which: Selection, high: Floats, low: Floats, close: Floats, volume: Floats, session_ids: Integers
    ) -> None:
        is_new = session_ids != self._session[which]
        if is_new.any():
            fresh = self._everyone[which][is_new]
            self._session_sums[:, fresh] = 0.0
            self._daily.start_day(fresh, self._last[_CLOSE, fresh])
            self._session[which] = session_ids
        typical = high + low
        typical += close
        typical /= 3.0
        typical *= volume
        self._session_sums[_PRICE_VOLUME, which] += typical
        self._session_sums[_SESSION_VOLUME, which] += volume
        self._daily.widen(which, high, low)

    def _rebuild_sums(self, indices: Integers, count: Integers) -> None:
        due = (count & (REBUILD_EVERY - 1)) == 0
        if not due.any():
            return
        chosen, mask = indices[due], self._ring_size - 1
        for row, ring in ((_SMA_SHORT, _CLOSE), (_SMA_LONG, _CLOSE), (_VOLUME_MEAN, _VOLUME)):
            back = np.arange(1, self._windows[row, 0] + 1)
            slots = (count[due][:, None] - back) & mask
            self._sums[row, chosen] = np.take_along_axis(self._rings[ring, chosen], slots, axis=1).sum(axis=1)


def _values(
    periods: IndicatorPeriods,
    count: int,
    close: float,
    volume: float,
    means: list[float],
    sums: list[float],
    session_sums: list[float],
    daily_range: float | None,
) -> IndicatorValues:
    short = sums[_SMA_SHORT] / periods.short if count >= periods.short else None
    long = sums[_SMA_LONG] / periods.long if count >= periods.long else None
    atr = means[_RANGE] if count > periods.atr else None
    session_volume = session_sums[_SESSION_VOLUME]
    return IndicatorValues(
        rsi=_rsi(means[_GAIN], means[_LOSS]) if count > periods.rsi else None,
        sma_short=short,
        sma_long=long,
        ema_short=means[_EMA_SHORT] if count >= periods.short else None,
        ema_long=means[_EMA_LONG] if count >= periods.long else None,
        vwap=session_sums[_PRICE_VOLUME] / session_volume if session_volume > 0 else None,
        atr=atr,
        atr_percent=_percent(atr, close),
        daily_atr_percent=_percent(daily_range, close),
        volume_ratio=_ratio(volume, sums[_VOLUME_MEAN] / periods.volume) if count >= periods.volume else None,
        trend=trend_of(short, long, atr),
    )


def trend_of(short: float | None, long: float | None, atr: float | None) -> str:
    """UP or DOWN when the averages lie at least `TREND_BAND_ATR` ATRs apart, else (or when unknown) FLAT."""
    if short is None or long is None or atr is None:
        return "FLAT"
    gap, band = short - long, TREND_BAND_ATR * atr
    if gap > band:
        return "UP"
    return "DOWN" if gap < -band else "FLAT"


def _rsi(gain: float, loss: float) -> float:
    moves = gain + loss
    return 100.0 * gain / moves if moves > 0 else 50.0


def _ratio(volume: float, mean_volume: float) -> float:
    """0 for a bar without trades; otherwise the mean is above zero, for it contains the bar itself."""
    return volume / mean_volume if volume > 0 else 0.0


def _percent(part: float | None, whole: float) -> float | None:
    return part / whole * 100.0 if part is not None and whole > 0 else None


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()


def _ring_starts(size: int, ring_size: int) -> Integers:
    """Where each instrument's ring begins in the flat buffer, for the rows short, long (closes) and volume."""
    closes = np.arange(size, dtype=np.int64) * ring_size
    return np.stack([closes, closes, closes + size * ring_size])


def _mean_weights(periods: IndicatorPeriods) -> tuple[Floats, Floats]:
    """Weights of a new sample by bars seen before it (columns), and those that hold ever after (one column).

    A sample number k within the first period weighs 1/k, so the mean is simple at the period's end. Gain, loss
    and true range need a bar before, so their first sample comes with the second bar.
    """
    wilder = [(length, 1.0 / length, 1) for length in (periods.rsi, periods.rsi, periods.atr)]
    exponential = [(length, 2.0 / (length + 1.0), 0) for length in (periods.short, periods.long)]
    rules = wilder + exponential
    columns = max(period + skipped for period, _, skipped in rules) + 1
    table = np.array(
        [[_weight(before + 1 - skipped, period, settled) for before in range(columns)]
         for period, settled, skipped in rules]
    )  # fmt: skip
    return table, table[:, -1:].copy()


def _weight(sample: int, period: int, settled: float) -> float:
    if sample < 1:
        return 0.0
    return 1.0 / sample if sample <= period else settled
