"""CSV lines -> checked bars. Every line is checked before anything uses it; a bad one stops with file and line.

Accepted: a header with open_time, open, high, low, close, volume (any order, more columns are ignored), or no header
and the 12 columns of Binance's klines. open_time is milliseconds or microseconds since 1970, or ISO 8601 with a zone.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from autotrader.lib.errors import BadInput
from autotrader.lib.money import MAX_DECIMAL_PLACES, MAX_DIGITS
from trading.adapters.recording.lines import csv_lines
from trading.adapters.recording.source import RecordingSource
from trading.domain.bar import Bar, Interval

COLUMNS = ("open_time", "open", "high", "low", "close", "volume")
ACCEPTED_HEADER = f"accepted is a header with {','.join(COLUMNS)} (more columns may follow)"
ACCEPTED_TIME = "accepted are milliseconds or microseconds since 1970 in UTC, or text such as 2025-05-12T13:30:00Z"
BINANCE_COLUMN_COUNT = 12

_FIRST_MS = 946_684_800_000  # 2000 for numbers: smaller ones are seconds or not a time at all
_LAST_MS = 4_102_444_800_000  # 2100
_MICROSECONDS_PER_MS = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Row(NamedTuple):
    """One checked line: the open time in milliseconds since 1970, prices and volume exact."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class _Fault(Exception):
    """What is wrong with a line; the caller adds file and line."""


def read_rows(source: RecordingSource) -> Iterator[Row]:
    """All rows of a recording, oldest first, as a stream.

    Raises BadInput at the first line that is not an accepted bar, is not later than the one before, does not lie on
    the grid of the interval, and for a file without bars.
    """
    places: Sequence[int] | None = None
    previous_ms = -1
    step_ms = source.interval.duration // _MILLISECOND
    for number, fields in csv_lines(source.path):
        try:
            if places is None:
                places = _places(fields)
                if not fields[0].isdigit():
                    continue
            row = _row(fields, places)
            _check_order(row.open_ms, previous_ms, step_ms, source.interval)
        except _Fault as fault:
            raise BadInput(f"{source.path}, line {number}: {fault}") from fault
        previous_ms = row.open_ms
        yield row
    if previous_ms < 0:
        raise BadInput(f"{source.path}: no bars in this file; {ACCEPTED_HEADER} and one bar a line")


def read_bars(source: RecordingSource) -> Iterator[Bar]:
    """All bars of a recording, oldest first, as a stream. Raises BadInput as `read_rows` does."""
    for row in read_rows(source):
        yield Bar(source.symbol, source.interval, from_ms(row.open_ms), *row[1:])


def from_ms(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def to_ms_up(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded up."""
    return -((_EPOCH - moment) // _MILLISECOND)


def _places(fields: Sequence[str]) -> Sequence[int]:
    """Where the six columns stand, judged by the first line."""
    if fields[0].isdigit():
        if len(fields) != BINANCE_COLUMN_COUNT:
            raise _Fault(f"the header is missing; {ACCEPTED_HEADER}")
        return range(len(COLUMNS))
    names = [name.strip().lower() for name in fields]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise _Fault(f"the header {','.join(fields)[:120]!r} lacks {', '.join(missing)}; {ACCEPTED_HEADER}")
    return [names.index(name) for name in COLUMNS]


def _row(fields: Sequence[str], places: Sequence[int]) -> Row:
    try:
        time_text, *numbers = [fields[place] for place in places]
    except IndexError as error:
        raise _Fault(f"{len(fields)} fields are too few; {ACCEPTED_HEADER}") from error
    row = Row(_open_ms(time_text), *map(_number, COLUMNS[1:], numbers))
    if row.low <= 0 or row.volume < 0:
        raise _Fault(f"prices must be above zero and the volume not below it: {','.join(numbers)}")
    if not (row.low <= row.open <= row.high and row.low <= row.close <= row.high):
        raise _Fault(
            f"open {row.open}, high {row.high}, low {row.low}, close {row.close} do not fit together: "
            "high must be the largest and low the smallest"
        )
    return row


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _Fault(f"{name} {text!r} is not a number") from error
    if not number.is_finite():
        raise _Fault(f"{name} {text!r} is not a finite number")
    if (len(text) > MAX_DECIMAL_PLACES or "e" in text.lower()) and not _is_storable(number):
        raise _Fault(
            f"{name} {text[:60]!r} has too many digits (at most {MAX_DIGITS}, {MAX_DECIMAL_PLACES} after the point)"
        )
    return number


def _is_storable(number: Decimal) -> bool:
    exponent = number.normalize().as_tuple().exponent
    is_fine_enough = isinstance(exponent, int) and -exponent <= MAX_DECIMAL_PLACES
    return is_fine_enough and number.adjusted() < MAX_DIGITS - MAX_DECIMAL_PLACES


def _open_ms(text: str) -> int:
    if text.isdigit() and text.isascii():
        return _numeric_ms(text)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _Fault(f"open_time {text!r} is not a time; {ACCEPTED_TIME}") from error
    if moment.tzinfo is None:
        raise _Fault(f"open_time {text!r} has no time zone; {ACCEPTED_TIME}")
    return to_ms(moment)


def _numeric_ms(text: str) -> int:
    value = int(text)
    if value > _LAST_MS:
        value //= _MICROSECONDS_PER_MS
    if not _FIRST_MS <= value <= _LAST_MS:
        raise _Fault(f"open_time {text!r} is not between the years 2000 and 2100; {ACCEPTED_TIME}")
    return value


def _check_order(open_ms: int, previous_ms: int, step_ms: int, interval: Interval) -> None:
    if open_ms == previous_ms:
        raise _Fault(f"open_time {from_ms(open_ms):%Y-%m-%d %H:%M:%S} stands here twice; each bar may come once")
    if open_ms < previous_ms:
        raise _Fault(
            f"open_time {from_ms(open_ms):%Y-%m-%d %H:%M:%S} comes after {from_ms(previous_ms):%Y-%m-%d %H:%M:%S}: "
            "bars must be in the order of time, oldest first"
        )
    if open_ms % step_ms:
        raise _Fault(
            f"open_time {from_ms(open_ms):%Y-%m-%d %H:%M:%S} is not the beginning of a {interval} bar; "
            "is the interval of the file right?"
        )
