"""The newest stored bar of an instrument, whatever the bar length: one statement, an index look-up for each length.

Ordering an instrument's bars by time alone would read all of them, for the index leads with the bar length.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from autotrader.lib.statements import Select
from trading.domain.bar import Interval
from trading.models import BarRow


class StoredClose(NamedTuple):
    """One stored close and how long its bar was."""

    interval: str
    open_time: datetime
    close: Decimal

    @property
    def close_time(self) -> datetime:
        return self.open_time + Interval(self.interval).duration


def _newest(interval: Interval) -> str:
    # The values put into the text are the platform's own bar lengths.
    return (
        "SELECT id FROM (SELECT id FROM trading_barrow"  # noqa: S608
        f" WHERE instrument_id = %s AND \"interval\" = '{interval.value}' ORDER BY open_time DESC LIMIT 1)"
        f' AS "newest_{interval.value}"'
    )


_NEWEST = Select(
    BarRow, StoredClose._fields, f"WHERE t.id IN ({' UNION ALL '.join(_newest(item) for item in Interval)})"
)


def newest_closes(instrument_id: int) -> list[StoredClose]:
    """The newest close of each bar length that is stored for the instrument."""
    return [StoredClose(*row) for row in _NEWEST.rows([instrument_id] * len(Interval))]


def last_closes(instrument_ids: Iterable[int]) -> dict[int, Decimal]:
    """The close of the bar that ended last, by instrument id; an instrument without bars is left out."""
    found = {key: newest_closes(key) for key in sorted(set(instrument_ids))}
    return {key: max(closes, key=lambda item: item.close_time).close for key, closes in found.items() if closes}
