"""Bring recorded bars into the database.

The whole file is read and judged before the first bar is stored; an interrupted import goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.gaps import Gap, GapFinder, total_missing
from trading.models import InstrumentRow
from trading.ports import SessionCalendar
from trading.selectors.bars import last_open_time
from trading.services.store_bars import store_bars

Read = Callable[[], Iterable[Bar]]
Progress = Callable[[int], object]
"""Told how many more bars were dealt with."""

JUMPS_NAMED = 20


def _silent(_: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Survey:
    """What a recording holds: counts, span, holes, and moves too large to be believed unseen."""

    symbol: str
    interval: Interval
    bars: int = 0
    outside_session: int = 0
    first: datetime | None = None
    last: datetime | None = None
    gaps: list[Gap] = field(default_factory=list)
    jumps: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "symbol": self.symbol,
            "interval": self.interval.value,
            "bars": self.bars,
            "outside_session": self.outside_session,
            "first": self.first,
            "last": self.last,
            "missing": total_missing(self.gaps),
            "gaps": [gap.as_dict() for gap in self.gaps],
            "jumps": self.jumps,
        }


def survey_bars(
    *, bars: Iterable[Bar], gate: BarGate, calendar: SessionCalendar, symbol: str, interval: Interval
) -> Survey:
    """Read everything once and store nothing. Raises whatever `bars` raises for a bad line."""
    survey = Survey(symbol, interval)
    finder = GapFinder(interval, calendar)
    previous: Bar | None = None
    for bar in bars:
        if not gate.is_expected(bar.open_time):
            survey.outside_session += 1
            continue
        jump = gate.jump(bar, previous)
        if jump and len(survey.jumps) < JUMPS_NAMED:
            survey.jumps.append(f"{bar.open_time:%Y-%m-%d %H:%M} UTC: {jump}")
        finder.see(bar.open_time)
        survey.bars += 1
        survey.first = survey.first or bar.open_time
        survey.last = bar.open_time
        previous = bar
    survey.gaps = finder.gaps
    return survey


def import_bars(
    *,
    row: InstrumentRow,
    interval: Interval,
    read: Read,
    gate: BarGate,
    source: str,
    resume: bool = False,
    progress: Progress = _silent,
) -> int:
    """Store the bars of a surveyed recording; returns how many were new. What is there already stays as it is.

    `resume` skips, unread by the database, what is not later than the newest stored bar.
    """
    newest = last_open_time(row, interval) if resume else None
    wanted = _counted(_wanted(read(), gate, newest), progress)
    return store_bars(rows_by_symbol={row.symbol: row}, bars=wanted, source=source)


def _wanted(bars: Iterable[Bar], gate: BarGate, newest: datetime | None) -> Iterator[Bar]:
    return (bar for bar in bars if (newest is None or bar.open_time > newest) and gate.is_expected(bar.open_time))


def _counted(bars: Iterator[Bar], progress: Progress) -> Iterator[Bar]:
    for bar in bars:
        progress(1)
        yield bar
