"""The bars of one instrument as they come in: which are taken, and why the instrument may not be traded now.

Pure. After a gap the instrument holds until its whole look-back is unbroken again; a bar that jumps too far waits in
quarantine until a second source or the bars that follow confirm the new price.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from trading.domain.bar import Bar
from trading.domain.bar_gate import BarGate
from trading.domain.instrument import Instrument

BARS_TO_CONFIRM = 3
"""So many bars in a row at the new price make a jump believed without a second source."""

Confirm = Callable[[Bar], bool]


def _nobody_confirms(bar: Bar) -> bool:
    return False


class BarSeries:
    """State of one instrument. `look_back` is how many unbroken bars a decision needs."""

    def __init__(self, instrument: Instrument, gate: BarGate, look_back: int) -> None:
        self.instrument = instrument
        self.gate = gate
        self.last: Bar | None = None
        self.source_problem = ""
        self.split_at: datetime | None = None
        self._look_back = look_back
        self._unbroken = 0
        self._break = ""
        self._rejected = ""
        self._suspects: list[Bar] = []

    @property
    def newest(self) -> Bar | None:
        """The newest bar seen, believed or still in quarantine."""
        return self._suspects[-1] if self._suspects else self.last

    def take(self, bars: Sequence[Bar], now: datetime, confirm: Confirm = _nobody_confirms) -> list[Bar]:
        """Judge `bars` in order; returns those that are good, to be stored and given to the indicators.

        `confirm(bar)` asks a second source about a bar that jumps. Bars outside the session are left out silently.
        After a split `split_at` is its first bar's open time: what was computed from older bars is worthless.
        """
        self.split_at = None
        accepted: list[Bar] = []
        for bar in bars:
            if self.gate.is_expected(bar.open_time):
                accepted.extend(self._judge(bar, now, confirm))
        return accepted

    def problem(self, now: datetime) -> str:
        """Why the instrument must not be traded on at `now`; "" when all is well."""
        return (
            self.source_problem
            or self._rejected
            or self._quarantine()
            or self._broken()
            or (self.gate.staleness(self.last, now) if self.last else "there are no bars yet")
        )

    def _judge(self, bar: Bar, now: datetime, confirm: Confirm) -> list[Bar]:
        problem = self.gate.shape_problem(bar, now) or self.gate.order_problem(bar, self.newest)
        if problem:
            self._rejected = problem
            return []
        if self.gate.jump(bar, self.last):
            return self._quarantined(bar, confirm)
        self._suspects.clear()
        return [self._accept(bar)]

    def _quarantined(self, bar: Bar, confirm: Confirm) -> list[Bar]:
        if self._suspects and self.gate.jump(bar, self._suspects[-1]):
            self._suspects.clear()
        self._suspects.append(bar)
        if len(self._suspects) < BARS_TO_CONFIRM and not confirm(bar):
            return []
        believed, self._suspects = self._suspects, []
        if self.last is not None and self.gate.split_ratio(believed[0], self.last):
            self._start_again(believed[0], self.gate.jump(believed[0], self.last))
        return [self._accept(suspect) for suspect in believed]

    def _accept(self, bar: Bar) -> Bar:
        gap = self.gate.gap(bar, self.last)
        if gap:
            self._break, self._unbroken = gap, 0
        self._rejected = ""
        self.last = bar
        self._unbroken += 1
        return bar

    def _start_again(self, first: Bar, reason: str) -> None:
        self.last = None
        self.split_at = first.open_time
        self._break, self._unbroken = reason, 0

    def _quarantine(self) -> str:
        return self.gate.jump(self._suspects[0], self.last) if self._suspects else ""

    def _broken(self) -> str:
        if self._unbroken >= self._look_back:
            return ""
        seen = f"{self._unbroken} of {self._look_back} bars"
        return f"{self._break}; {seen} seen since" if self._break else f"warming up: {seen} seen"
