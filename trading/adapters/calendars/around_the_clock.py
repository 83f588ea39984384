"""The calendar of crypto: always open, days end at midnight UTC."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from autotrader.lib.clock import require_utc
from trading.domain.bar import Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class AroundTheClock:
    """A market that never closes. Bars lie on the grid of their interval, counted from midnight UTC."""

    def is_open(self, moment: datetime) -> bool:
        return True

    def session_close(self, moment: datetime) -> datetime | None:
        return None

    def session_date(self, moment: datetime) -> date:
        return require_utc(moment).date()

    def expected_open_times(self, interval: Interval, start: datetime, end: datetime) -> Sequence[datetime]:
        step = interval.duration
        first = -((_EPOCH - start) // step)
        last = -((_EPOCH - end) // step)
        return [_EPOCH + number * step for number in range(first, last)]
