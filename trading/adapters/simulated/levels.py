"""The prices at midnight: the long path of the simulated market, from which every day hangs by its two ends.

Daily returns share the market's; a slow pull towards the base price keeps a symbol in its range over the years. Days
are counted from `FIRST_DAY`; nothing exists before it.
"""

import math
import threading
from datetime import date

import numpy as np
from numpy.typing import NDArray

from trading.adapters.simulated.assets import SimulatedAsset
from trading.adapters.simulated.noise import Floats, normals
from trading.adapters.simulated.regimes import BLOCKS_PER_DAY, Regime, day_drift, day_volatility, regime_chain

FIRST_DAY = date(2018, 1, 1)
MARKET_SHARE = 0.7
"""The part of an asset's standard deviation that comes from the market, before its beta."""

_PULL = 0.012
_DAYS_AHEAD = 400


def day_number(day: date) -> int:
    return (day - FIRST_DAY).days


def shares(asset: SimulatedAsset) -> tuple[float, float]:
    """Weights of the market's and of the asset's own shocks; their squares add up to one."""
    market = min(MARKET_SHARE * asset.beta, 0.95)
    return market, math.sqrt(1.0 - market**2)


class Levels:
    """Log prices at midnight of all days, and the weather, for one seed. Grows when a later day is asked for."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._days = 0
        self._chain: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._levels: dict[str, Floats] = {}

    def regimes(self, day: int) -> NDArray[np.int64]:
        """The regimes of the blocks of a day."""
        with self._lock:
            self._reach(day)
            return self._chain[day * BLOCKS_PER_DAY : (day + 1) * BLOCKS_PER_DAY]

    def regime(self, day: int, second_of_day: int) -> Regime:
        return Regime(int(self.regimes(day)[second_of_day * BLOCKS_PER_DAY // 86_400]))

    def ends(self, asset: SimulatedAsset, day: int) -> tuple[float, float]:
        """The asset's log price at the beginning and at the end of a day."""
        symbol = asset.instrument.symbol
        with self._lock:
            self._reach(day)
            if symbol not in self._levels:
                self._levels[symbol] = self._path(asset)
            path = self._levels[symbol]
            return float(path[day]), float(path[day + 1])

    def _reach(self, day: int) -> None:
        if day < self._days:
            return
        self._days = day + _DAYS_AHEAD
        self._chain = regime_chain(self._seed, self._days)
        self._levels.clear()

    def _path(self, asset: SimulatedAsset) -> Floats:
        market, own = shares(asset)
        shocks = market * normals(self._days, self._seed, "market days")
        shocks += own * normals(self._days, self._seed, asset.instrument.symbol, "days")
        returns = asset.daily_volatility * day_volatility(self._chain) * shocks + asset.beta * day_drift(self._chain)
        base = math.log(asset.base_price)
        level, path = base, [base]
        for change in returns.tolist():
            level += change + _PULL * (base - level)
            path.append(level)
        return np.array(path)
