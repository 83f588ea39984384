"""One instrument of the universe inside the fetcher: its place in the indicator bank, its calendar, its bars."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.bar import Interval
from trading.domain.bar_series import BarSeries
from trading.domain.market_snapshot import HeldPosition, IndicatorValues, InstrumentSnapshot
from trading.ports import SessionCalendar

_INSTANT = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)

Session = tuple[bool, int | None]
"""Whether the market is open, and the whole minutes to its close (None where there is none)."""


@dataclass(slots=True)
class Member:
    """`is_warm` turns true when the look-back was read."""

    index: int
    calendar: SessionCalendar
    series: BarSeries
    is_warm: bool = False

    @property
    def symbol(self) -> str:
        return self.series.instrument.symbol

    def is_due(self, interval: Interval, now: datetime) -> bool:
        """Whether something should be fetched: the look-back, or a bar the calendar says is closed by `now`."""
        newest = self.series.newest
        if not self.is_warm or newest is None:
            return True
        last_open = now - interval.duration
        if newest.close_time > last_open:
            return False
        if self.series.gate.is_expected(newest.close_time):
            return True
        return bool(self.calendar.expected_open_times(interval, newest.close_time, last_open + _INSTANT))

    def picture(
        self,
        now: datetime,
        values: IndicatorValues,
        median_volume: float | None,
        position: HeldPosition | None,
        session: Session,
    ) -> InstrumentSnapshot:
        """The instrument as a decider sees it at `now`."""
        series = self.series
        return InstrumentSnapshot(
            instrument=series.instrument,
            bar=series.last,
            indicators=None if series.last is None else values,
            position=position,
            is_session_open=session[0],
            minutes_to_close=session[1],
            median_volume=None if median_volume is None else Decimal(repr(median_volume)),
            data_problem=series.problem(now),
        )


def session_at(calendar: SessionCalendar, now: datetime) -> Session:
    """The state of the market's session at `now`."""
    close = calendar.session_close(now)
    return calendar.is_open(now), None if close is None else int((close - now) / _MINUTE)
