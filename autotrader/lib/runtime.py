"""What every service may ask of the world besides its own partners: the time and new ids."""

from dataclasses import dataclass

from autotrader.lib.clock import Clock, SystemClock
from autotrader.lib.ids import IdSource, SeededIds, SystemIds


@dataclass(frozen=True)
class Runtime:
    """The clock and the ids of one running platform: the machine's, or virtual ones in a replay."""

    clock: Clock
    ids: IdSource


def system_runtime() -> Runtime:
    """The runtime of paper and live: the machine's clock, unguessable ids."""
    clock = SystemClock()
    return Runtime(clock=clock, ids=SystemIds(clock))


def seeded_runtime(clock: Clock, seed: int) -> Runtime:
    """A runtime that is the same twice: for replay, simulation and tests."""
    return Runtime(clock=clock, ids=SeededIds(clock, seed))
