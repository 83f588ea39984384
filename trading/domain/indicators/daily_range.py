"""The true range of completed trading days, for the universe screen (M03), over the instrument axis.

The first day a bank sees counts as completed when the next one begins, even if it was seen only in part: its range
is then too small, which makes the screen stricter, never looser.
"""

import numpy as np
from numpy.typing import NDArray

DAYS = 14

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class DailyRange:
    """High and low of the running day, and the true ranges of up to the last 14 completed ones."""

    def __init__(self, size: int) -> None:
        self._high = np.full(size, -np.inf)
        self._low = np.full(size, np.inf)
        self._previous_close = np.full(size, np.nan)
        self._ranges = np.zeros((size, DAYS))
        self._completed = np.zeros(size, dtype=np.int64)
        self._mean: list[float | None] = [None] * size

    def start_day(self, indices: Integers, last_close: Floats) -> None:
        """Complete the running day of `indices` (if there was one) and begin another."""
        for index, close in zip(indices.tolist(), last_close.tolist(), strict=True):
            if self._high[index] >= self._low[index]:
                self._complete(index, close)
            self._high[index], self._low[index] = -np.inf, np.inf

    def widen(self, which: slice | Integers, high: Floats, low: Floats) -> None:
        """Take a bar into the running day."""
        self._high[which] = np.maximum(self._high[which], high)
        self._low[which] = np.minimum(self._low[which], low)

    def mean(self, index: int) -> float | None:
        """Mean true range of the completed days in price units; None before one day is complete."""
        return self._mean[index]

    def reset(self, index: int) -> None:
        self._high[index], self._low[index] = -np.inf, np.inf
        self._previous_close[index] = np.nan
        self._ranges[index] = 0.0
        self._completed[index] = 0
        self._mean[index] = None

    def _complete(self, index: int, close: float) -> None:
        before = self._previous_close[index]
        high = np.fmax(self._high[index], before)
        low = np.fmin(self._low[index], before)
        self._ranges[index, self._completed[index] % DAYS] = high - low
        self._completed[index] += 1
        self._previous_close[index] = close
        known = min(int(self._completed[index]), DAYS)
        self._mean[index] = float(self._ranges[index, :known].mean())
