"""The newest stored bars of instruments, whatever the bar length: one query, an index look-up for each length.

Ordering an instrument's bars by time alone would read all of them, for the index leads with the bar length.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from autotrader.lib.statements import Select
from trading.domain.bar import Interval
from trading.models import BarRow

_INSTRUMENTS_A_QUERY = 50
"""SQLite takes at most 500 parts in one compound query; there are as many parts as bar lengths for each instrument."""


class StoredClose(NamedTuple):
    """One stored close and how long its bar was."""

    instrument_id: int
    interval: str
    open_time: datetime
    close: Decimal

    @property
    def close_time(self) -> datetime:
        return self.open_time + Interval(self.interval).duration


def newest_closes(instrument_ids: Iterable[int]) -> list[StoredClose]:
    """The newest close of each bar length that is stored for each instrument."""
    keys = sorted(set(instrument_ids))
    found: list[StoredClose] = []
    for start in range(0, len(keys), _INSTRUMENTS_A_QUERY):
        part = keys[start : start + _INSTRUMENTS_A_QUERY]
        wanted = [value for key in part for interval in Interval for value in (key, interval.value)]
        found += [StoredClose(*row) for row in _newest(len(part)).rows(wanted)]
    return found


def last_closes(instrument_ids: Iterable[int]) -> dict[int, Decimal]:
    """The close of the bar that ended last, by instrument id; an instrument without bars is left out."""
    rising = sorted(newest_closes(instrument_ids), key=lambda item: item.close_time)
    return {item.instrument_id: item.close for item in rising}


@lru_cache(maxsize=_INSTRUMENTS_A_QUERY)
def _newest(instruments: int) -> Select:
    """The statement for that many instruments."""
    one = (
        "SELECT id FROM (SELECT id FROM trading_barrow"
        ' WHERE instrument_id = %s AND "interval" = %s ORDER BY open_time DESC LIMIT 1) AS newest'
    )
    each = " UNION ALL ".join([one] * (instruments * len(Interval)))
    return Select(BarRow, StoredClose._fields, f"WHERE t.id IN ({each})")
