"""The newest stored close of instruments, whatever the bar length: one query, an index look-up for each length.

Ordering an instrument's bars by time alone would read all of them, for the index leads with the bar length.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from trading.domain.bar import Interval
from trading.models import BarRow

_NEWEST = (
    f'SELECT * FROM (SELECT id, instrument_id, "interval", open_time, close FROM {BarRow._meta.db_table} '  # noqa: S608
    'WHERE instrument_id = %s AND "interval" = %s ORDER BY open_time DESC LIMIT 1) AS newest'
)
"""The only thing put into the text is the table's own name."""

_INSTRUMENTS_A_QUERY = 50
"""SQLite takes at most 500 parts in one compound query; there are as many parts as bar lengths for each instrument."""


def last_closes(instrument_ids: Iterable[int]) -> dict[int, Decimal]:
    """The close of the bar that ended last, by instrument id; an instrument without bars is left out."""
    keys = sorted(set(instrument_ids))
    newest: dict[int, tuple[datetime, Decimal]] = {}
    for start in range(0, len(keys), _INSTRUMENTS_A_QUERY):
        for bar in _newest_of_each_length(keys[start : start + _INSTRUMENTS_A_QUERY]):
            closed_at = bar.open_time + Interval(bar.interval).duration
            if bar.instrument_id not in newest or closed_at > newest[bar.instrument_id][0]:
                newest[bar.instrument_id] = (closed_at, bar.close)
    return {key: close for key, (_, close) in newest.items()}


def _newest_of_each_length(keys: Sequence[int]) -> Iterable[BarRow]:
    wanted = [(key, interval.value) for key in keys for interval in Interval]
    query = " UNION ALL ".join([_NEWEST] * len(wanted))
    return BarRow.objects.raw(query, [part for pair in wanted for part in pair])
