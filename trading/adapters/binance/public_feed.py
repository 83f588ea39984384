"""Public bars and quotes of Binance's spot market behind the `Feed` port."""

from collections.abc import Sequence
from datetime import datetime

from autotrader.lib.clock import Clock
from trading.adapters.binance.client import MOST_KLINES, BinancePublicClient
from trading.adapters.binance.parse import parse_instruments, parse_klines, parse_quote, to_milliseconds
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import Instrument
from trading.ports import DataUnavailable, Quote, VenueUnavailable

LABEL = "Binance (public)"


class BinancePublicFeed:
    """Market data without a key for `symbols`. `base_url` is BINANCE_REST_URL; empty is Binance's own address."""

    def __init__(self, clock: Clock, symbols: Sequence[str], base_url: str = "") -> None:
        self._symbols = list(symbols)
        self._clock = clock
        self._client = BinancePublicClient(clock, base_url)

    @property
    def label(self) -> str:
        return LABEL

    def instruments(self) -> Sequence[Instrument]:
        """The grid as it is now. Raises DataUnavailable, also when Binance does not have one of the symbols."""
        try:
            return parse_instruments(self._client.exchange_info(self._symbols))
        except VenueUnavailable as error:
            raise DataUnavailable(error.message) from error

    def closed_bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        bars: list[Bar] = []
        cursor = start
        while cursor + interval.duration <= end:
            page = self._page(symbol, interval, cursor, end)
            bars.extend(bar for bar in page if bar.close_time <= self._closed_until(end))
            if len(page) < MOST_KLINES:
                break
            cursor = page[-1].close_time
        return bars

    def quote(self, symbol: str) -> Quote | None:
        try:
            return parse_quote(self._client.ticker(symbol))
        except VenueUnavailable as error:
            raise DataUnavailable(error.message) from error

    def _page(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> Sequence[Bar]:
        last_open = to_milliseconds(end - interval.duration)
        try:
            payload = self._client.klines(symbol, interval.value, to_milliseconds(start), last_open)
        except VenueUnavailable as error:
            raise DataUnavailable(error.message) from error
        return parse_klines(symbol, interval, payload)

    def _closed_until(self, end: datetime) -> datetime:
        """The exchange's clock decides what is closed: ours may run ahead, and a running bar looks closed then."""
        server = self._client.server_time
        own = min(end, self._clock.now())
        return own if server is None else min(own, server)
