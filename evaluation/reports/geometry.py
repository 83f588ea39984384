"""The geometry of a drawing: scales, round tick values, thinning of long lines. Pure; a drawing is 1000 by 1000 units.

Drawings are stretched to their box by the browser and carry no text inside, so they fit a phone and a wide screen.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SIDE = 1000.0
MOST_COLUMNS = 700
_HEADROOM = 0.06
_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` laid from the bottom to the top of a drawing."""

    low: float
    high: float

    def y(self, value: float) -> float:
        """The distance from the top, 0 to 1000."""
        return SIDE * (self.high - value) / (self.high - self.low)

    def percent(self, value: float) -> float:
        return self.y(value) / SIDE * 100


def scale_over(values: Sequence[float], *, floor: float | None = None) -> Scale:
    """A scale that holds all `values` with some air; `floor` fixes the lower end."""
    low, high = min(values), max(values)
    air = (high - low) * _HEADROOM or abs(high) * _HEADROOM or 1.0
    return Scale(low - air if floor is None else floor, high + air)


def round_ticks(scale: Scale, most: int = 5) -> list[float]:
    """At most `most` + 1 round values inside the scale, 1-2-2.5-5 steps."""
    rough = (scale.high - scale.low) / most
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * part for part in _ROUND_STEPS if magnitude * part >= rough * (1 - 1e-9))
    first = math.ceil(scale.low / step)
    return [number * step for number in range(first, math.floor(scale.high / step) + 1)]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Moments side by side, evenly: nights and weekends of a stock take no room. `moments` rise."""

    moments: Sequence[datetime]

    def x_at(self, index: int) -> float:
        """The place of the moment with this number, 0 to 1000."""
        return SIDE * index / max(1, len(self.moments) - 1)

    def x(self, moment: datetime) -> float:
        """The place of the last moment that is not after `moment`."""
        return self.x_at(max(0, bisect_right(self.moments, moment) - 1))

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Places in percent and their labels, in the middle of equal parts of the axis."""
        count = min(most, len(self.moments))
        indices = [round((part + 0.5) / count * (len(self.moments) - 1)) for part in range(count)]
        pattern = tick_pattern(self.moments[0], self.moments[-1])
        return [(self.x_at(index) / 10, format(self.moments[index], pattern)) for index in indices]


def tick_pattern(first: datetime, last: datetime) -> str:
    """How to write a moment on an axis that reaches from `first` to `last`."""
    days = (last - first).total_seconds() / 86400
    if days <= 3:  # noqa: PLR2004 - up to three days the hour matters
        return "%-d %b %H:%M"
    return "%-d %b" if days <= 330 else "%b %Y"  # noqa: PLR2004 - about a year


def thin(values: Sequence[float], most_columns: int = MOST_COLUMNS) -> list[int]:
    """Numbers of the values worth drawing: of each column its first, lowest, highest and last, so no spike is lost."""
    if len(values) <= most_columns * 2:
        return list(range(len(values)))
    kept: set[int] = set()
    for column in range(most_columns):
        start, end = column * len(values) // most_columns, (column + 1) * len(values) // most_columns
        span = range(start, end)
        kept.update((start, end - 1, min(span, key=values.__getitem__), max(span, key=values.__getitem__)))
    return sorted(kept)


def line_path(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path through `points`."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def area_path(points: Sequence[tuple[float, float]], base: float) -> str:
    """As `line_path`, closed along the height `base`."""
    return f"{line_path(points)}L{points[-1][0]:.1f} {base:.1f}L{points[0][0]:.1f} {base:.1f}Z"
