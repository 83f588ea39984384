"""The one place where time is read. Everything else asks a `Clock`, so the platform can run on a virtual one."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """UTC for stamps, monotonic for timeouts: the two must never be mixed."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences mean anything."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. A virtual clock moves instead of waiting."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ScaledClock:
    """The machine's clock running `speed` times faster since `anchor`: the simulated market in fast motion.

    Two processes with the same anchor and speed agree on the time, also after a restart.
    """

    def __init__(self, anchor: datetime, speed: float) -> None:
        self._anchor = require_utc(anchor)
        self._speed = speed

    def now(self) -> datetime:
        return self._anchor + (datetime.now(UTC) - self._anchor) * self._speed

    def monotonic(self) -> float:
        return time.monotonic() * self._speed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)


class VirtualClock:
    """A clock that stands still until it is told to move. It never runs backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = require_utc(start)
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`. Raises ValueError for a negative step."""
        if step < timedelta(0):
            raise ValueError(f"a clock cannot be moved back by {-step}")
        with self._lock:
            self._now += step
            self._elapsed += step.total_seconds()

    def move_to(self, moment: datetime) -> None:
        """Move forward to `moment` (UTC). Raises ValueError when it lies in the past."""
        self.advance(require_utc(moment) - self._now)


class PacedClock(VirtualClock):
    """A virtual clock that really waits, `speed` times faster than life: a replay somebody watches."""

    def __init__(self, start: datetime, speed: float, wait: Callable[[float], None] = time.sleep) -> None:
        super().__init__(start)
        self._speed = speed
        self._wait = wait

    def advance(self, step: timedelta) -> None:
        super().advance(step)
        self._wait(step.total_seconds() / self._speed)


def require_utc(moment: datetime) -> datetime:
    """`moment` in UTC. Raises ValueError for a naive datetime, which could mean any hour."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: a UTC time is needed")
    return moment.astimezone(UTC)
