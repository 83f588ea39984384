"""Calendars of exchanges with sessions, holidays, half days and lunch breaks, out of exchange_calendars.

Only this file imports the library (it brings pandas), and only when a stock is in the universe. The sessions are
copied into plain arrays once, so that a look-up costs a bisection. Daylight saving needs no rule here: sessions are
moments in UTC.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from autotrader.lib.clock import require_utc
from autotrader.lib.errors import BadInput
from trading.domain.bar import Interval

FIRST_DAY = "1990-01-01"
LAST_DAY = "2049-12-31"


class _Sessions(NamedTuple):
    """Parallel columns, one entry a session, seconds since 1970. `midnights` is the session date at 00:00 UTC.

    A session without a lunch break has break_start = break_end = its close.
    """

    midnights: Sequence[int]
    opens: Sequence[int]
    break_starts: Sequence[int]
    break_ends: Sequence[int]
    closes: Sequence[int]


class ExchangeCalendar:
    """The sessions of one exchange from 1990 (or the first the library knows) to 2049.

    Outside sessions `session_date` is the date of the next session: what happens after the close counts for the next
    trading day. Bars up to 4h lie on the UTC grid of their interval (the first one of a session may begin before the
    opening bell, as brokers' clock-hour bars do); daily bars begin at 00:00 UTC of their session date.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._sessions = _load_sessions(name)

    def is_open(self, moment: datetime) -> bool:
        seconds = _seconds(moment)
        index = self._index_of_session(seconds)
        if index is None:
            return False
        return not self._sessions.break_starts[index] <= seconds < self._sessions.break_ends[index]

    def session_close(self, moment: datetime) -> datetime | None:
        index = self._index_of_session(_seconds(moment))
        return None if index is None else _moment(self._sessions.closes[index])

    def session_date(self, moment: datetime) -> date:
        """The date of the session that `moment` lies in, else of the next one. BadInput past the calendar's end."""
        index = bisect_right(self._sessions.closes, _seconds(moment))
        if index == len(self._sessions.closes):
            raise BadInput(f"{moment.isoformat()} lies after the end of calendar {self.name} ({LAST_DAY})")
        return _moment(self._sessions.midnights[index]).date()

    def expected_open_times(self, interval: Interval, start: datetime, end: datetime) -> Sequence[datetime]:
        low, high = _ceiling(start), _ceiling(end)
        if interval is Interval.D1:
            days = self._sessions.midnights
            return [_moment(day) for day in days[bisect_left(days, low) : bisect_left(days, high)]]
        step = int(interval.duration.total_seconds())
        return [_moment(opening) for opening in self._intraday_opens(step, low, high)]

    def _intraday_opens(self, step: int, low: int, high: int) -> Iterator[int]:
        """Grid moments in [low, high) whose bar overlaps trading time."""
        sessions = self._sessions
        for index in range(bisect_right(sessions.closes, low), len(sessions.closes)):
            if sessions.opens[index] - step >= high:
                return
            first = max(_grid_floor(sessions.opens[index], step), _grid_ceiling(low, step))
            for opening in range(first, min(sessions.closes[index], high), step):
                in_break = sessions.break_starts[index] <= opening and opening + step <= sessions.break_ends[index]
                if not in_break:
                    yield opening

    def _index_of_session(self, seconds: float) -> int | None:
        index = bisect_right(self._sessions.opens, seconds) - 1
        return index if index >= 0 and seconds < self._sessions.closes[index] else None


def _load_sessions(name: str) -> _Sessions:
    import exchange_calendars

    try:
        known = exchange_calendars.get_calendar(name)
    except exchange_calendars.errors.CalendarError as error:
        raise BadInput(
            f"there is no exchange calendar {name!r}; accepted are 24/7 and exchange codes such as XNYS or XNAS"
        ) from error
    first, last = _inside(known.bound_min(), known.bound_max())
    schedule = exchange_calendars.get_calendar(name, start=first, end=last).schedule
    closes = _column(schedule["close"])
    return _Sessions(
        midnights=_column(schedule.index),
        opens=_column(schedule["open"]),
        break_starts=_column(schedule["break_start"].fillna(schedule["close"])),
        break_ends=_column(schedule["break_end"].fillna(schedule["close"])),
        closes=closes,
    )


def _inside(earliest: Any, latest: Any) -> tuple[str, str]:
    """The wished range cut to what the library knows of this exchange (None is no bound)."""
    first = FIRST_DAY if earliest is None else max(FIRST_DAY, str(earliest.date()))
    last = LAST_DAY if latest is None else min(LAST_DAY, str(latest.date()))
    return first, last


def _column(moments: Any) -> Sequence[int]:
    """Moments of pandas as whole seconds since 1970, whatever unit they are kept in."""
    import pandas

    naive = pandas.DatetimeIndex(moments.array).tz_localize(None)
    return array("q", naive.to_numpy().astype("datetime64[s]").astype("int64").tolist())


def _seconds(moment: datetime) -> float:
    return require_utc(moment).timestamp()


def _ceiling(moment: datetime) -> int:
    whole = require_utc(moment).replace(microsecond=0)
    return int((whole if whole == moment else whole + timedelta(seconds=1)).timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _grid_floor(seconds: int, step: int) -> int:
    return seconds - seconds % step


def _grid_ceiling(seconds: int, step: int) -> int:
    return seconds + -seconds % step
