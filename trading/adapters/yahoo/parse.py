"""Yahoo's tables -> bars. Pure but for the table's own type.

Yahoo keeps prices as 32-bit floats, so 581.49 arrives as 581.489990234375: a stock is read to the cent (below one
dollar to the hundredth of a cent), anything else to seven significant digits, which is all such a float holds.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from decimal import Decimal

from autotrader.lib.money import tidy
from trading.domain.bar import Bar, Interval
from trading.domain.bar_gate import value_problem

Row = tuple[datetime, float, float, float, float, float]
"""Open time with a zone, open, high, low, close, volume."""


def parse_rows(symbol: str, interval: Interval, is_stock: bool, rows: Iterable[Row]) -> list[Bar]:
    """Bars of the rows that hold sound numbers; Yahoo fills rows without trades with NaN, they are left out."""
    bars = [_bar(symbol, interval, is_stock, row) for row in rows]
    return [bar for bar in bars if not value_problem(bar)]


def _bar(symbol: str, interval: Interval, is_stock: bool, row: Row) -> Bar:
    moment, *prices, volume = row
    opening, high, low, close = (_price(price, is_stock) for price in prices)
    return Bar(symbol, interval, _open_time(interval, moment), opening, high, low, close, _volume(volume))


def _open_time(interval: Interval, moment: datetime) -> datetime:
    """Daily bars carry their session date at 00:00 UTC; Yahoo stamps them with midnight of the exchange."""
    if interval is Interval.D1:
        return datetime.combine(moment.date(), time(0), UTC)
    return moment.astimezone(UTC)


def _price(value: float, is_stock: bool) -> Decimal:
    if not is_stock:
        return Decimal(f"{value:.7g}")
    return tidy_number(f"{value:.2f}" if value >= 1 else f"{value:.4f}")


def _volume(value: float) -> Decimal:
    return tidy_number(f"{value:.8f}")


def tidy_number(text: str) -> Decimal:
    """A decimal without trailing zeros; NaN and infinities pass through for the gate to refuse."""
    number = Decimal(text)
    return tidy(number) if number.is_finite() else number
