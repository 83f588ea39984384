"""Calendars with the port's face, worked out by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from trading.domain.bar import Interval


class AlwaysOpen:
    """Crypto's calendar."""

    def is_open(self, moment: datetime) -> bool:
        return True

    def session_close(self, moment: datetime) -> datetime | None:
        return None

    def session_date(self, moment: datetime) -> date:
        return moment.astimezone(UTC).date()

    def expected_open_times(self, interval: Interval, start: datetime, end: datetime) -> Sequence[datetime]:
        return []


class LateSession(AlwaysOpen):
    """Weekdays 22:00 to 04:00 UTC; the session has the date of the day it ends on."""

    def is_open(self, moment: datetime) -> bool:
        return self.session_date(moment).weekday() < 5 and (moment.hour >= 22 or moment.hour < 4)

    def session_date(self, moment: datetime) -> date:
        return (moment + timedelta(hours=2)).date()


def calendar_of(name: str) -> AlwaysOpen:
    return AlwaysOpen() if name == "24/7" else LateSession()
