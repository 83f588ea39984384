"""The weather of the simulated market: a Markov chain over bull, bear, quiet and wild, one step every six hours."""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from trading.adapters.simulated.noise import Floats, uniforms

BLOCKS_PER_DAY = 4


class Regime(IntEnum):
    BULL = 0
    BEAR = 1
    QUIET = 2
    WILD = 3


DAILY_DRIFT = np.array([0.012, -0.014, 0.0, 0.0])
VOLATILITY_FACTOR = np.array([0.95, 1.15, 0.6, 1.8])

# Probability of the next block's regime (columns) after this block's (rows). A regime lasts two to four days.
TRANSITIONS = np.array(
    [
        [0.92, 0.02, 0.05, 0.01],
        [0.03, 0.90, 0.03, 0.04],
        [0.04, 0.03, 0.92, 0.01],
        [0.06, 0.08, 0.02, 0.84],
    ]
)


def regime_chain(seed: int, days: int) -> NDArray[np.int64]:
    """The regime of every block of the first `days` days; a longer chain begins with the shorter one."""
    chances: Sequence[float] = uniforms(days * BLOCKS_PER_DAY, seed, "regimes").tolist()
    ladders: list[list[float]] = np.cumsum(TRANSITIONS, axis=1).tolist()
    chain: list[int] = []
    state = int(Regime.QUIET)
    for chance in chances:
        ladder = ladders[state]
        state = next((regime for regime in Regime if chance < ladder[regime]), Regime.WILD)
        chain.append(int(state))
    return np.array(chain, dtype=np.int64)


def day_drift(chain: NDArray[np.int64]) -> Floats:
    """The expected log return of each day."""
    return np.asarray(DAILY_DRIFT[chain].reshape(-1, BLOCKS_PER_DAY).mean(axis=1))


def day_volatility(chain: NDArray[np.int64]) -> Floats:
    """The factor on each day's volatility: the root of the mean variance of its blocks."""
    factors = VOLATILITY_FACTOR[chain].reshape(-1, BLOCKS_PER_DAY)
    return np.asarray(np.sqrt((factors**2).mean(axis=1)))
