"""Keep closed bars: many in one statement, straight to the driver, because the loop does it every cycle.

A bar that is already there stays as it is: history is never overwritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction

from autotrader.lib.money import plain, tidy
from trading.domain.bar import Bar
from trading.models import BarRow, InstrumentRow

CHUNK = 5000
_COLUMNS = ("instrument_id", "interval", "open_time", "open", "high", "low", "close", "volume", "source")


def store_bars(*, rows_by_symbol: Mapping[str, InstrumentRow], bars: Iterable[Bar], source: str) -> int:
    """Insert `bars`, one transaction for every 5,000; returns how many were new. The bars must have passed the gate.

    Raises KeyError for a bar whose symbol has no row.
    """
    ids = {symbol: row.pk for symbol, row in rows_by_symbol.items()}
    label = source[: BarRow._meta.get_field("source").max_length]
    remaining = iter(bars)
    stored = 0
    while chunk := list(islice(remaining, CHUNK)):
        stored += _insert(ids, chunk, label)
    return stored


def _insert(ids: Mapping[str, int], bars: Sequence[Bar], source: str) -> int:
    number = plain if connection.vendor == "sqlite" else tidy
    stamps: dict[datetime, Any] = {}
    values = [
        (
            ids[bar.symbol],
            bar.interval.value,
            _stamp(stamps, bar.open_time),
            *_numbers(number, bar),
            source,
        )
        for bar in bars
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_statement(), values)
        return int(max(cursor.rowcount, 0))


def _numbers(number: Any, bar: Bar) -> tuple[str | Decimal, ...]:
    return (number(bar.open), number(bar.high), number(bar.low), number(bar.close), number(bar.volume))


def _stamp(known: dict[datetime, Any], moment: datetime) -> Any:
    """The moment as the database wants it; the bars of one cycle share theirs."""
    if moment not in known:
        known[moment] = connection.ops.adapt_datetimefield_value(moment)
    return known[moment]


def _statement() -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in _COLUMNS)
    holes = ", ".join(["%s"] * len(_COLUMNS))
    # Names are our own model's, every value is bound.
    return f"INSERT INTO {quote(BarRow._meta.db_table)} ({names}) VALUES ({holes}) ON CONFLICT DO NOTHING"  # noqa: S608
