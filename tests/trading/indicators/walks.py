"""Random but repeatable bars for tests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Walk:
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session_ids: NDArray[np.int64]

    def first(self, bars: int) -> "Walk":
        return Walk(*(column[:bars] for column in self.columns))

    @property
    def columns(self) -> tuple[NDArray, ...]:
        return (self.open, self.high, self.low, self.close, self.volume, self.session_ids)

    def __len__(self) -> int:
        return len(self.close)


def walk(seed: int, bars: int, *, price: float = 100.0, bars_a_day: int = 50) -> Walk:
    """A random walk with some bars that do not move and some without volume."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 0.002, bars) * (rng.random(bars) > 0.1)
    close = price * np.exp(np.cumsum(steps))
    opens = np.concatenate(([price], close[:-1]))
    high = np.maximum(opens, close) * (1 + np.abs(rng.normal(0, 0.001, bars)))
    low = np.minimum(opens, close) * (1 - np.abs(rng.normal(0, 0.001, bars)))
    volume = rng.lognormal(3, 1, bars) * (rng.random(bars) > 0.05)
    return Walk(opens, high, low, close, volume, np.arange(bars, dtype=np.int64) // bars_a_day)
