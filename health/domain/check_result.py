"""What a check found, and what several of them come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """OK: as it should be. DEGRADED: works, somebody should look. DOWN: must not be relied on."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


_ORDER = [Level.OK, Level.DEGRADED, Level.DOWN]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One finding. `name` is stable and for programs, `words` say to a person what is so."""

    name: str
    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All findings of one run, always in the same order."""

    results: tuple[CheckResult, ...]

    @property
    def level(self) -> Level:
        """The worst of all; OK when nothing was checked."""
        return worst(result.level for result in self.results)

    @property
    def failing(self) -> tuple[CheckResult, ...]:
        return tuple(result for result in self.results if result.level is not Level.OK)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of `levels`; OK when there are none."""
    return max(levels, key=_ORDER.index, default=Level.OK)
