"""Holes in a series of bars: where the calendar expects bars and there are none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trading.domain.bar import Interval
from trading.domain.bar_gate import OpenTimes


@dataclass(frozen=True, slots=True)
class Gap:
    """`bars` missing in a row; the first and the last of them by open time."""

    first: datetime
    last: datetime
    bars: int

    def as_dict(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last, "bars": self.bars}


class GapFinder:
    """Finds the holes while bars pass by, in constant memory but for the holes themselves."""

    def __init__(self, interval: Interval, calendar: OpenTimes) -> None:
        self._interval = interval
        self._calendar = calendar
        self._previous: datetime | None = None
        self.gaps: list[Gap] = []

    def see(self, open_time: datetime) -> None:
        """Take the next bar's open time; they must rise."""
        if self._previous is not None:
            following = self._previous + self._interval.duration
            if open_time != following:
                self._note(following, open_time)
        self._previous = open_time

    def _note(self, start: datetime, end: datetime) -> None:
        missing = self._calendar.expected_open_times(self._interval, start, end)
        if missing:
            self.gaps.append(Gap(missing[0], missing[-1], len(missing)))


def missing_gaps(
    present: Iterable[datetime], interval: Interval, calendar: OpenTimes, start: datetime, end: datetime
) -> list[Gap]:
    """The holes in [start, end), the edges included, given the open times that are there."""
    known = set(present)
    run: list[datetime] = []
    gaps: list[Gap] = []
    for moment in calendar.expected_open_times(interval, start, end):
        if moment in known:
            gaps.extend(_closed(run))
            run = []
        else:
            run.append(moment)
    return [*gaps, *_closed(run)]


def _closed(run: list[datetime]) -> list[Gap]:
    return [Gap(run[0], run[-1], len(run))] if run else []


def total_missing(gaps: Iterable[Gap]) -> int:
    return sum(gap.bars for gap in gaps)


def windows(start: datetime, end: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """[start, end) in parts of `step`."""
    while start < end:
        stop = min(start + step, end)
        yield start, stop
        start = stop
