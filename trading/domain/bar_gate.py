"""The gate that every bar passes before anything decides on it (order-safety.md section 5, "Data gate").

Pure: it is told the time and the bar before. A problem is a short sentence for a person; "" means the bar is good.
It never repairs a bar.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.bar import Bar, Interval
from trading.domain.instrument import AssetClass

MAX_AGE_INTERVALS = 2
JUMP_LIMIT = {AssetClass.CRYPTO: Decimal("0.25"), AssetClass.STOCK: Decimal("0.15")}
SPLIT_RATIOS = (Decimal(2), Decimal(3), Decimal(4), Decimal(5), Decimal(10))
SPLIT_TOLERANCE = Decimal("0.02")


class OpenTimes(Protocol):
    """What the gate needs of a calendar: `trading.ports.SessionCalendar` has it."""

    def session_date(self, moment: datetime) -> date: ...

    def expected_open_times(self, interval: Interval, start: datetime, end: datetime) -> Sequence[datetime]: ...


class BarGate:
    """Judges bars, one after the other; instruments with the same calendar and asset class may share one.

    The last answer about a moment is kept: a thousand instruments ask the calendar about the same one.
    """

    def __init__(self, interval: Interval, calendar: OpenTimes, asset_class: AssetClass = AssetClass.CRYPTO) -> None:
        self._interval = interval
        self._calendar = calendar
        self._asset_class = asset_class
        self._last_expected: tuple[datetime | None, bool] = (None, False)

    def problem(self, bar: Bar, previous: Bar | None, now: datetime) -> str:
        """Why `bar`, the newest one, must not be traded on at `now` after `previous`; "" when all is well."""
        return self.history_problem(bar, previous, now) or self.staleness(bar, now)

    def history_problem(self, bar: Bar, previous: Bar | None, now: datetime) -> str:
        """The same without asking for freshness: for the bars of a look-back, which are old by nature."""
        return (
            self.shape_problem(bar, now)
            or self.order_problem(bar, previous)
            or self.gap(bar, previous)
            or self.jump(bar, previous)
        )

    def shape_problem(self, bar: Bar, now: datetime) -> str:
        """What is wrong with the bar by itself: numbers, OHLC, grid and whether it is closed."""
        if bar.interval != self._interval:
            return f"a {bar.interval} bar where {self._interval} is expected"
        return value_problem(bar) or self._time_problem(bar, now)

    def order_problem(self, bar: Bar, previous: Bar | None) -> str:
        if previous is None or bar.open_time > previous.open_time:
            return ""
        return f"bar of {_clock(bar.open_time)} does not come after the bar of {_clock(previous.open_time)}"

    def gap(self, bar: Bar, previous: Bar | None) -> str:
        """Names the bars that the calendar expects between the two and that are missing."""
        if previous is None or bar.open_time == previous.close_time:
            return ""
        missing = self._calendar.expected_open_times(self._interval, previous.close_time, bar.open_time)
        if not missing:
            return ""
        bars = "1 bar is" if len(missing) == 1 else f"{len(missing)} bars are"
        return f"{bars} missing before {_clock(bar.open_time)} (first {_clock(missing[0])})"

    def jump(self, bar: Bar, previous: Bar | None) -> str:
        """Names a move that is too large to be believed without a second source: quarantine."""
        if previous is None:
            return ""
        limit = JUMP_LIMIT[self._asset_class]
        room = previous.close * limit
        if abs(bar.open - previous.close) <= room and abs(bar.close - previous.close) <= room:
            return ""
        ratio = self.split_ratio(bar, previous)
        if ratio:
            return f"price went from {previous.close} to {bar.open} overnight: this looks like a split ({ratio})"
        worst = max(abs(bar.open - previous.close), abs(bar.close - previous.close)) / previous.close
        return f"price jumped by {worst:.1%} against the bar before (limit {limit:.0%}): quarantined"

    def split_ratio(self, bar: Bar, previous: Bar) -> str:
        """ "4:1" when a stock's overnight move is within 2 % of a simple fraction; "" otherwise."""
        if self._asset_class is not AssetClass.STOCK or not self._is_overnight(bar, previous):
            return ""
        for ratio in SPLIT_RATIOS:
            if abs(previous.close / bar.open / ratio - 1) <= SPLIT_TOLERANCE:
                return f"{ratio}:1"
            if abs(bar.open / previous.close / ratio - 1) <= SPLIT_TOLERANCE:
                return f"1:{ratio}"
        return ""

    def staleness(self, bar: Bar, now: datetime) -> str:
        """Names a missing successor: older than two intervals of trading time after the bar's close."""
        if now - bar.close_time <= MAX_AGE_INTERVALS * self._interval.duration:
            return ""
        oldest_allowed = now - MAX_AGE_INTERVALS * self._interval.duration
        if not self._calendar.expected_open_times(self._interval, bar.close_time, oldest_allowed):
            return ""
        return f"the last bar closed at {_clock(bar.close_time)}, more than {MAX_AGE_INTERVALS} bars ago"

    def is_expected(self, open_time: datetime) -> bool:
        """Whether the calendar has a bar at `open_time`: False outside sessions and off the grid."""
        moment, answer = self._last_expected
        if moment != open_time:
            end = open_time + self._interval.duration
            expected = self._calendar.expected_open_times(self._interval, open_time, end)
            answer = bool(expected) and expected[0] == open_time
            self._last_expected = (open_time, answer)
        return answer

    def _time_problem(self, bar: Bar, now: datetime) -> str:
        if bar.close_time > now:
            return f"bar of {_clock(bar.open_time)} is not closed yet at {_clock(now)}"
        if not self.is_expected(bar.open_time):
            return f"bar of {_clock(bar.open_time)} lies outside the session or off the {self._interval} grid"
        return ""

    def _is_overnight(self, bar: Bar, previous: Bar) -> bool:
        return self._calendar.session_date(bar.open_time) != self._calendar.session_date(previous.open_time)


def value_problem(bar: Bar) -> str:
    """Names a number that no market makes: NaN, infinite, zero or negative, or prices that do not fit together."""
    for name, number in (("open", bar.open), ("high", bar.high), ("low", bar.low), ("close", bar.close)):
        if not number.is_finite() or number <= 0:
            return f"{name} {number} of the bar of {_clock(bar.open_time)} is not a price above zero"
    if not bar.volume.is_finite() or bar.volume < 0:
        return f"volume {bar.volume} of the bar of {_clock(bar.open_time)} is not a number from zero up"
    if not (bar.low <= bar.open <= bar.high and bar.low <= bar.close <= bar.high):
        return (
            f"bar of {_clock(bar.open_time)} is inconsistent: "
            f"open {bar.open}, high {bar.high}, low {bar.low}, close {bar.close}"
        )
    return ""


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
