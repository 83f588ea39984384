"""One day of one symbol, minute by minute, drawn between its two midnights.

Volatility follows the weather, the hour and its own slow waves; jumps are rare; volume follows volatility; some bars
are missing, as they are on real exchanges. Everything is vectorised and a pure function of (seed, symbol, day).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trading.adapters.simulated.assets import SimulatedAsset
from trading.adapters.simulated.levels import Levels, shares
from trading.adapters.simulated.noise import Floats, normals, uniforms
from trading.adapters.simulated.regimes import BLOCKS_PER_DAY, VOLATILITY_FACTOR

MINUTES = 1440
WAVE_MEMORY = 0.995
WAVE_SIZE = 0.35
DRIFT_MEMORY = 0.985
DRIFT_SIZE = 0.12
JUMPS_PER_DAY = 1.0
JUMP_IN_DAILY_VOLATILITIES = 0.35
OPEN_GAP = 0.15
SINGLE_MISSING_PER_DAY = 0.4
OUTAGE_CHANCE = 0.12
MARKET_OUTAGE_CHANCE = 0.03
LONGEST_OUTAGE = 15
VOLUME_SCATTER = 0.55

_LARGEST_MOVE = 0.2

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """The bars of a day that exist: minute of the day, prices in ticks, volume in lots, volatility of the minute."""

    minute: Integers
    open: Integers
    high: Integers
    low: Integers
    close: Integers
    volume: Integers
    volatility: Floats

    def only(self, keep: NDArray[np.bool_]) -> "SimulatedDay":
        """The bars for which `keep` (one entry a bar) is true."""
        return SimulatedDay(
            minute=self.minute[keep],
            open=self.open[keep],
            high=self.high[keep],
            low=self.low[keep],
            close=self.close[keep],
            volume=self.volume[keep],
            volatility=self.volatility[keep],
        )


@dataclass(frozen=True, slots=True)
class _Weather:
    """What all symbols share in a day: shocks and volatility factor for each minute, and the minutes nobody sees."""

    shocks: Floats
    volatility: Floats
    outage: NDArray[np.bool_]


@lru_cache(maxsize=64)
def _weather(seed: int, levels: Levels, day: int) -> _Weather:
    blocks = np.repeat(VOLATILITY_FACTOR[levels.regimes(day)], MINUTES // BLOCKS_PER_DAY)
    waves = np.exp(WAVE_SIZE * _smooth(normals(MINUTES, seed, "waves", day), WAVE_MEMORY))
    hours = 1.0 + 0.3 * np.sin(2.0 * np.pi * (np.arange(MINUTES) / MINUTES - 0.35))
    shocks = normals(MINUTES, seed, "market", day) + DRIFT_SIZE * _smooth(
        normals(MINUTES, seed, "market drift", day), DRIFT_MEMORY
    )
    return _Weather(shocks, blocks * waves * hours, _outage(MARKET_OUTAGE_CHANCE, seed, "market outage", day))


def simulate_day(seed: int, levels: Levels, asset: SimulatedAsset, day: int) -> SimulatedDay:
    """All bars of `asset` on a day (counted from FIRST_DAY)."""
    weather = _weather(seed, levels, day)
    key = (seed, asset.instrument.symbol, day)
    volatility = asset.daily_volatility / math.sqrt(MINUTES) * weather.volatility
    changes, jumps = _changes(asset, weather, volatility, key)
    start, end = levels.ends(asset, day)
    changes += (end - start - changes.sum()) * volatility**2 / (volatility**2).sum()
    closes = start + np.cumsum(changes)
    opens = np.concatenate(([start], closes[:-1])) + OPEN_GAP * volatility * normals(MINUTES, *key, "open")
    there = ~(weather.outage | _missing(key))
    return _bars(asset, opens, closes, volatility, _volume(asset, weather, jumps, closes, key), there, key)


def _changes(
    asset: SimulatedAsset, weather: _Weather, volatility: Floats, key: tuple[object, ...]
) -> tuple[Floats, Floats]:
    """The log returns of the minutes, and the jumps among them."""
    market, own = shares(asset)
    drift = DRIFT_SIZE * _smooth(normals(MINUTES, *key, "drift"), DRIFT_MEMORY)
    changes = volatility * (market * weather.shocks + own * (normals(MINUTES, *key, "own") + drift))
    is_jump = uniforms(MINUTES, *key, "jump") < JUMPS_PER_DAY / MINUTES
    sizes = JUMP_IN_DAILY_VOLATILITIES * asset.daily_volatility * normals(MINUTES, *key, "jump size")
    jumps = np.clip(np.where(is_jump, sizes, 0.0), -_LARGEST_MOVE, _LARGEST_MOVE)
    return changes + jumps, jumps


def _volume(asset: SimulatedAsset, weather: _Weather, jumps: Floats, closes: Floats, key: tuple[object, ...]) -> Floats:
    """Base units for each minute: more when prices move more."""
    usual = asset.turnover / MINUTES / asset.base_price
    activity = weather.volatility**1.2 * (1.0 + 8.0 * np.abs(jumps) / asset.daily_volatility)
    return np.asarray(usual * activity * np.exp(VOLUME_SCATTER * normals(MINUTES, *key, "volume")))


def _bars(
    asset: SimulatedAsset,
    opens: Floats,
    closes: Floats,
    volatility: Floats,
    volume: Floats,
    there: NDArray[np.bool_],
    key: tuple[object, ...],
) -> SimulatedDay:
    highs, lows = _extremes(opens, closes, volatility, key)
    ticks = 10.0**asset.price_places
    opening = np.rint(np.exp(opens) * ticks).astype(np.int64)
    closing = np.rint(np.exp(closes) * ticks).astype(np.int64)
    high = np.maximum(np.maximum(opening, closing), np.floor(np.exp(highs) * ticks).astype(np.int64))
    low = np.minimum(np.minimum(opening, closing), np.ceil(np.exp(lows) * ticks).astype(np.int64))
    lots = np.maximum(np.rint(volume * 10.0**asset.lot_places).astype(np.int64), 1)
    whole = SimulatedDay(np.arange(MINUTES), opening, high, low, closing, lots, volatility)
    return whole.only(there)


def _extremes(opens: Floats, closes: Floats, volatility: Floats, key: tuple[object, ...]) -> tuple[Floats, Floats]:
    """The highest and lowest point of a Brownian path between open and close, drawn from their exact law."""
    moves, variance = closes - opens, volatility**2
    up, down = uniforms(2 * MINUTES, *key, "extremes").reshape(2, MINUTES)
    highs = opens + 0.5 * (moves + np.sqrt(moves**2 - 2.0 * variance * np.log(up)))
    lows = opens + 0.5 * (moves - np.sqrt(moves**2 - 2.0 * variance * np.log(down)))
    return highs, lows


def _missing(key: tuple[object, ...]) -> NDArray[np.bool_]:
    single = uniforms(MINUTES, *key, "missing") < SINGLE_MISSING_PER_DAY / MINUTES
    return single | _outage(OUTAGE_CHANCE, *key, "outage")


def _outage(chance: float, *key: object) -> NDArray[np.bool_]:
    """At most one outage a day, from 2 to `LONGEST_OUTAGE` minutes long."""
    happens, begin, length = uniforms(3, *key).tolist()
    mask = np.zeros(MINUTES, dtype=np.bool_)
    if happens < chance:
        first = int(begin * MINUTES)
        mask[first : first + 2 + int(length * (LONGEST_OUTAGE - 1))] = True
    return mask


def _smooth(shocks: Floats, memory: float) -> Floats:
    """A first-order autoregression with variance one: x[t] = memory x[t-1] + shock, as one cumulative sum."""
    powers = memory ** np.arange(len(shocks))
    return np.asarray(powers * np.cumsum(shocks / powers) * math.sqrt(1.0 - memory**2))
