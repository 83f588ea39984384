"""Bars of one recording in columns of 64-bit whole numbers: 48 bytes a bar instead of 700 as objects.

Exact: a price is kept as a count of its column's smallest decimal step.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from autotrader.lib.errors import BadInput
from trading.adapters.recording.rows import Row, from_ms, read_rows, to_ms, to_ms_up
from trading.adapters.recording.source import RecordingSource
from trading.domain.bar import Bar

_MOST_DIGITS = 18
_MS_PER_SECOND = 1000


class DecimalColumn:
    """Decimals that share one scale, which grows when a value needs more places."""

    def __init__(self) -> None:
        self.places = 0
        self._factor = Decimal(1)
        self._steps = array("q")

    def append(self, value: Decimal) -> None:
        """Raises OverflowError when the number does not fit 63 bits at the column's scale."""
        scaled = value * self._factor
        steps = int(scaled)
        while steps != scaled:
            self._widen()
            scaled = value * self._factor
            steps = int(scaled)
        self._steps.append(steps)

    def extend(self, other: "DecimalColumn") -> None:
        """Append all of `other`, exact. Raises OverflowError like `append`."""
        for index in range(len(other)):
            self.append(other[index])

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, index: int) -> Decimal:
        return Decimal(self._steps[index]).scaleb(-self.places)

    def _widen(self) -> None:
        self.places += 1
        self._factor *= 10
        self._steps = array("q", (steps * 10 for steps in self._steps))


class Recording:
    """All bars of one symbol and interval, checked, from one file or several that follow each other."""

    def __init__(self, source: RecordingSource) -> None:
        self.symbol = source.symbol
        self.interval = source.interval
        self.paths = [source.path]
        self.prices = tuple(DecimalColumn() for _ in range(4))
        self.volumes = DecimalColumn()
        self._opens_ms = array("q")
        self._step_ms = int(source.interval.duration.total_seconds()) * _MS_PER_SECOND
        self._fill(source, read_rows(source))

    def _fill(self, source: RecordingSource, rows: Iterable[Row]) -> None:
        for row in rows:
            try:
                for column, value in zip(self.prices, row[1:5], strict=True):
                    column.append(value)
                self.volumes.append(row.volume)
            except OverflowError as error:
                raise BadInput(
                    f"{source.path}: the bar of {from_ms(row.open_ms):%Y-%m-%d %H:%M} has a number with too many "
                    f"digits; accepted are up to {_MOST_DIGITS}"
                ) from error
            self._opens_ms.append(row.open_ms)

    def __len__(self) -> int:
        return len(self._opens_ms)

    @property
    def first_open(self) -> datetime:
        return from_ms(self._opens_ms[0])

    @property
    def last_close(self) -> datetime:
        return from_ms(self._opens_ms[-1] + self._step_ms)

    def join(self, later: "Recording") -> None:
        """Append a recording that follows this one. Raises BadInput when the two overlap."""
        if later.first_open < self.last_close:
            raise BadInput(
                f"{later.paths[0]} begins at {later.first_open:%Y-%m-%d %H:%M}, before {self.paths[-1]} ends "
                f"({self.last_close:%Y-%m-%d %H:%M}); files of one symbol and interval must follow each other"
            )
        for mine, theirs in zip((*self.prices, self.volumes), (*later.prices, later.volumes), strict=True):
            mine.extend(theirs)
        self._opens_ms.extend(later._opens_ms)
        self.paths.extend(later.paths)

    def bars(self, start: datetime, end: datetime) -> Sequence[Bar]:
        """Bars with start <= open_time and close_time <= end."""
        low = bisect_left(self._opens_ms, to_ms_up(start))
        high = bisect_right(self._opens_ms, to_ms(end) - self._step_ms)
        return [self.bar(index) for index in range(low, high)]

    def last_bar(self, moment: datetime) -> Bar | None:
        """The latest bar that is closed at `moment`."""
        index = bisect_right(self._opens_ms, to_ms(moment) - self._step_ms) - 1
        return self.bar(index) if index >= 0 else None

    def close_times(self, start: datetime, end: datetime) -> Sequence[datetime]:
        """The close times in (start, end]."""
        low = bisect_right(self._opens_ms, to_ms(start) - self._step_ms)
        high = bisect_right(self._opens_ms, to_ms(end) - self._step_ms)
        return [from_ms(opening + self._step_ms) for opening in self._opens_ms[low:high]]

    def bar(self, index: int) -> Bar:
        opening, high, low, close = (column[index] for column in self.prices)
        return Bar(
            self.symbol, self.interval, from_ms(self._opens_ms[index]), opening, high, low, close, self.volumes[index]
        )
