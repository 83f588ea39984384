"""Bars of Yahoo Finance behind the `Feed` port. Free, without a key, late by up to 15 minutes, sometimes wrong.

Never the only source of a live trade. yfinance (and pandas with it) is imported when the first question is asked.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from autotrader.lib.clock import Clock
from trading.adapters.symbols import split_pair, us_stock
from trading.adapters.yahoo.parse import Row, parse_rows
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.ports import DataUnavailable, Quote

LABEL = "Yahoo Finance"
TIMEOUT_SECONDS = 10.0

YAHOO_INTERVALS = {Interval.M1: "1m", Interval.M5: "5m", Interval.M15: "15m", Interval.H1: "1h", Interval.D1: "1d"}
LONGEST_QUESTION = {
    Interval.M1: timedelta(days=7),
    Interval.M5: timedelta(days=59),
    Interval.M15: timedelta(days=59),
    Interval.H1: timedelta(days=729),
    Interval.D1: timedelta(days=36_500),
}
"""How long a span Yahoo answers at once; finer bars than daily are gone for ever after about as long (1m: 30 days)."""

History = Callable[[str, Interval, datetime, datetime], list[Row]]


class YahooFeed:
    """Bars for `symbols` in our spelling (BTCUSDT is asked for as BTC-USD). `history` is for tests."""

    def __init__(self, clock: Clock, symbols: Sequence[str], history: History | None = None) -> None:
        self._symbols = list(symbols)
        self._clock = clock
        self._history = history or download_history

    @property
    def label(self) -> str:
        return LABEL

    def instruments(self) -> Sequence[Instrument]:
        """Stocks only: Yahoo does not know the grid of a crypto exchange."""
        return [us_stock(symbol) for symbol in self._symbols if split_pair(symbol) is None]

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        _require_supported(symbol, interval)
        end = min(end, self._clock.now())
        is_stock = split_pair(symbol) is None
        found: dict[datetime, Bar] = {}
        cursor = start
        while cursor < end:
            stop = min(cursor + LONGEST_QUESTION[interval], end)
            rows = self._history(yahoo_symbol(symbol), interval, cursor, stop)
            found |= {bar.open_time: bar for bar in parse_rows(symbol, interval, is_stock, rows)}
            cursor = stop
        return [found[moment] for moment in sorted(found) if start <= moment and found[moment].close_time <= end]

    def quote(self, symbol: str) -> Quote | None:
        """None: Yahoo's prices are too late to judge an order by."""
        return None


def yahoo_symbol(symbol: str) -> str:
    """Yahoo's spelling: BTCUSDT is BTC-USD, BRK.B is BRK-B."""
    pair = split_pair(symbol)
    return symbol.replace(".", "-") if pair is None else f"{pair[0]}-USD"


def download_history(symbol: str, interval: Interval, start: datetime, end: datetime) -> list[Row]:
    """The rows Yahoo has for [start, end), prices as traded (not adjusted). Raises DataUnavailable."""
    import yfinance
    from yfinance.exceptions import YFPricesMissingError

    try:
        table = yfinance.Ticker(symbol).history(
            interval=YAHOO_INTERVALS[interval],
            start=start,
            end=end,
            auto_adjust=False,
            actions=False,
            prepost=False,
            raise_errors=True,
            timeout=TIMEOUT_SECONDS,
        )
    except YFPricesMissingError:
        return []
    except Exception as error:
        # The library raises whatever its web scraping meets; to us all of it means that the source cannot answer.
        raise DataUnavailable(f"Yahoo could not answer for {symbol} ({type(error).__name__})") from error
    return table_rows(table)


def table_rows(table: Any) -> list[Row]:
    """The rows of yfinance's table. Raises DataUnavailable when a column is missing."""
    try:
        columns = [table[name].tolist() for name in ("Open", "High", "Low", "Close", "Volume")]
    except KeyError as error:
        raise DataUnavailable(f"Yahoo's table has no column {error}") from error
    moments = [stamp.to_pydatetime() for stamp in table.index]
    return list(zip(moments, *columns, strict=True))


def _require_supported(symbol: str, interval: Interval) -> None:
    is_stock = split_pair(symbol) is None
    if interval not in YAHOO_INTERVALS or (is_stock and interval is Interval.H1):
        kind = "stocks" if is_stock else "crypto"
        # Yahoo's hourly stock bars begin at half past; they do not lie on the clock-hour grid of the others.
        accepted = [item.value for item in YAHOO_INTERVALS if not (is_stock and item is Interval.H1)]
        raise DataUnavailable(f"Yahoo has no {interval} bars of {kind} for us; accepted are {', '.join(accepted)}")
