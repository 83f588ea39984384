"""The moments a replay stops at: whenever a bar of a session closes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from trading.ports import SessionCalendar

_INSTANT = timedelta(microseconds=1)


def session_slots(closes: Iterable[datetime], calendars: Sequence[SessionCalendar]) -> Iterator[datetime]:
    """Those of `closes` (rising) whose bar ended inside a session of one of `calendars`, the closing bell included.

    The bell itself is a slot: what was still resting is filled by the last bar, and equity is marked at the close.
    """
    for moment in closes:
        if any(calendar.is_open(moment - _INSTANT) for calendar in calendars):
            yield moment
