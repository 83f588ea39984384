"""The grid of the loop: slots of a fixed length, counted from 1970 in UTC, the same in every process. Pure."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot_of(moment: datetime, interval_seconds: int) -> datetime:
    """The beginning of the slot that `moment` lies in."""
    interval = timedelta(seconds=interval_seconds)
    return _EPOCH + (moment - _EPOCH) // interval * interval


def seconds_to_next_slot(moment: datetime, interval_seconds: int) -> float:
    """How long until the next slot begins; above 0, at most the interval."""
    following = slot_of(moment, interval_seconds) + timedelta(seconds=interval_seconds)
    return (following - moment).total_seconds()


def slots_between(earlier: datetime, later: datetime, interval_seconds: int) -> int:
    """How many slots begin after `earlier` and before `later`: those that were missed."""
    if later <= earlier:
        return 0
    first = slot_of(earlier, interval_seconds) + timedelta(seconds=interval_seconds)
    return max(0, -((first - later) // timedelta(seconds=interval_seconds)))
