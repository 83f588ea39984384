"""Bars of many instruments as the arrays the indicator bank takes: the first new bar of each, then the second, …"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trading.domain.bar import Bar
from trading.domain.indicators.bank import IndicatorBank
from trading.ports import SessionCalendar

Batch = tuple[int, SessionCalendar, Sequence[Bar]]
"""Index in the bank, the instrument's calendar, and its new bars, oldest first."""


def feed_bank(bank: IndicatorBank, batches: Sequence[Batch]) -> None:
    """Give the bank all bars of `batches` in the order of each instrument."""
    waiting = [batch for batch in batches if batch[2]]
    depth = 0
    while waiting:
        _update(bank, [(index, calendar, bars[depth]) for index, calendar, bars in waiting])
        depth += 1
        waiting = [batch for batch in waiting if len(batch[2]) > depth]


def _update(bank: IndicatorBank, layer: Sequence[tuple[int, SessionCalendar, Bar]]) -> None:
    sessions = [calendar.session_date(bar.open_time).toordinal() for _, calendar, bar in layer]
    bank.update(
        np.array([index for index, _, _ in layer], dtype=np.int64),
        _floats([bar.open for _, _, bar in layer]),
        _floats([bar.high for _, _, bar in layer]),
        _floats([bar.low for _, _, bar in layer]),
        _floats([bar.close for _, _, bar in layer]),
        _floats([bar.volume for _, _, bar in layer]),
        np.array(sessions, dtype=np.int64),
    )


def _floats(numbers: Sequence[object]) -> NDArray[np.float64]:
    return np.array(numbers, dtype=np.float64)
