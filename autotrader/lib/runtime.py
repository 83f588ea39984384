"""What every service may ask of the world besides its own partners: the time and new ids."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from autotrader.lib.clock import Clock, ScaledClock, SystemClock
from autotrader.lib.ids import IdSource, SeededIds, SystemIds


@dataclass(frozen=True)
class Runtime:
    """The clock and the ids of one running platform: the machine's, or virtual ones in a replay."""

    clock: Clock
    ids: IdSource


@cache
def system_runtime() -> Runtime:
    """The runtime of paper and live: the machine's clock (faster where SIMULATION_SPEED says so), unguessable ids."""
    clock = _configured_clock(settings.AUTOTRADER.simulation_speed, settings.AUTOTRADER.var_dir)
    return Runtime(clock=clock, ids=SystemIds(clock))


def seeded_runtime(clock: Clock, seed: int) -> Runtime:
    """A runtime that is the same twice: for replay, simulation and tests."""
    return Runtime(clock=clock, ids=SeededIds(clock, seed))


def _configured_clock(speed: int, var_dir: Path) -> Clock:
    if speed == 1:
        return SystemClock()
    return ScaledClock(_stored_anchor(var_dir / "simulation_anchor"), speed)


def _stored_anchor(path: Path) -> datetime:
    """The moment from which time runs faster, the same for every process and after every restart."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(SystemClock().now().isoformat(), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return datetime.fromisoformat(path.read_text(encoding="ascii"))
