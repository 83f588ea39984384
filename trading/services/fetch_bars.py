"""Download the history of one instrument from a feed.

Asks only for what is missing, so an interrupted download goes on where it stopped and a second one asks for holes
alone. A bar that does not pass the gate is left out and counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autotrader.lib.runtime import Runtime
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import BarGate
from trading.domain.gaps import Gap, missing_gaps, total_missing, windows
from trading.models import InstrumentRow
from trading.ports import DataUnavailable, Feed, SessionCalendar
from trading.selectors.bars import open_times
from trading.services.store_bars import store_bars

BARS_A_WINDOW = 1000
ATTEMPTS = 3
PAUSE_SECONDS = 3.0

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class FetchReport:
    """`expected` bars by the calendar in the span, of which `known` were there before, `stored` are new."""

    symbol: str
    interval: Interval
    expected: int
    known: int
    stored: int
    refused: int
    gaps: tuple[Gap, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "symbol": self.symbol,
            "interval": self.interval.value,
            "expected": self.expected,
            "known": self.known,
            "stored": self.stored,
            "refused": self.refused,
            "missing": total_missing(self.gaps),
            "gaps": [gap.as_dict() for gap in self.gaps],
        }


def fetch_bars(
    *,
    runtime: Runtime,
    feed: Feed,
    row: InstrumentRow,
    calendar: SessionCalendar,
    gate: BarGate,
    interval: Interval,
    start: datetime,
    end: datetime,
    progress: Progress,
) -> FetchReport:
    """Fetch and store the bars that open in [start, end) and are closed now.

    `progress` is told how many expected bars were dealt with. Raises DataUnavailable when the source does not answer
    after three attempts; what was stored until then stays.
    """
    expected = calendar.expected_open_times(interval, start, end)
    known = stored = refused = 0
    for begin, stop in windows(start, end, interval.duration * BARS_A_WINDOW):
        present = open_times(row, interval, begin, stop)
        known += len(present)
        missing = missing_gaps(present, interval, calendar, begin, stop)
        if missing:
            bars = _ask(runtime, feed, row.symbol, interval, missing)
            good = [bar for bar in bars if not gate.shape_problem(bar, runtime.clock.now())]
            refused += len(bars) - len(good)
            stored += store_bars(rows_by_symbol={row.symbol: row}, bars=good, source=feed.label)
        progress(len(calendar.expected_open_times(interval, begin, stop)))
    gaps = missing_gaps(open_times(row, interval, start, end), interval, calendar, start, end)
    return FetchReport(row.symbol, interval, len(expected), known, stored, refused, tuple(gaps))


def _ask(runtime: Runtime, feed: Feed, symbol: str, interval: Interval, missing: Sequence[Gap]) -> Sequence[Bar]:
    """The bars from the first missing one to the last, with patience."""
    start, end = missing[0].first, missing[-1].last + interval.duration
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return feed.closed_bars(symbol, interval, start, end)
        except DataUnavailable:
            if attempt == ATTEMPTS:
                raise
            runtime.clock.sleep(PAUSE_SECONDS * attempt)
    return []
