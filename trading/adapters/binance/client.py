"""Binance's public REST interface: bytes, time-outs and limits. One request at a time, no key, one policy of waiting.

After a 429 or 418 nothing is sent until the pause Binance asked for is over (a ban grows if one keeps asking).
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from autotrader.lib.clock import Clock
from trading.adapters.binance.errors import data_error
from trading.ports import DataUnavailable, VenueUnavailable

PUBLIC_URL = "https://data-api.binance.vision"
"""The address Binance documents for market data only; it asks for no key."""

CONNECT_TIMEOUT_SECONDS = 3.05
READ_TIMEOUT_SECONDS = 10.0
MOST_KLINES = 1000


class BinancePublicClient:
    """The few public calls we need. Raises VenueUnavailable (limits) or DataUnavailable (everything else)."""

    def __init__(self, clock: Clock, base_url: str = "") -> None:
        self._clock = clock
        self._base_url = (base_url or PUBLIC_URL).rstrip("/")
        self._lock = threading.Lock()
        self._client: Any = None
        self._resume_at = float("-inf")
        self.server_time: datetime | None = None
        """The exchange's clock at the last answer, to the second; None when it did not say."""

    def klines(self, symbol: str, interval: str, start_ms: int, end_ms: int) -> Any:
        """Up to 1,000 klines that open in [start_ms, end_ms]."""
        return self._ask(
            lambda client: client.get_klines(
                symbol=symbol, interval=interval, startTime=start_ms, endTime=end_ms, limit=MOST_KLINES
            )
        )

    def exchange_info(self, symbols: list[str]) -> Any:
        query = {"symbols": json.dumps(symbols, separators=(",", ":"))}
        return self._ask(lambda client: client._get("exchangeInfo", data=query))

    def ticker(self, symbol: str) -> Any:
        return self._ask(lambda client: client.get_ticker(symbol=symbol))

    def _ask(self, call: Callable[[Any], Any]) -> Any:
        from binance.exceptions import BinanceAPIException, BinanceRequestException
        from requests import RequestException

        with self._lock:
            self._wait_is_over()
            try:
                answer = call(self._connected())
            except BinanceAPIException as error:
                raise self._refused(error) from error
            except (BinanceRequestException, RequestException) as error:
                raise DataUnavailable(f"Binance could not be asked ({type(error).__name__})") from error
            self.server_time = _server_time(self._client.response.headers)
            return answer

    def _wait_is_over(self) -> None:
        left = self._resume_at - self._clock.monotonic()
        if left > 0:
            raise VenueUnavailable(f"waiting {left:.0f} s more, as Binance asked", retry_after_seconds=left)

    def _refused(self, error: Any) -> Exception:
        refusal = data_error(error.status_code, error.code, str(error.message), error.response.headers)
        if isinstance(refusal, VenueUnavailable):
            self._resume_at = self._clock.monotonic() + refusal.retry_after_seconds
        return refusal

    def _connected(self) -> Any:
        if self._client is None:
            self._client = _make_client(self._base_url)
        return self._client


def _make_client(base_url: str) -> Any:
    """python-binance takes no address: its class attribute is the only way. It must not ping while it is made."""
    from binance.client import Client

    class PublicClient(Client):  # type: ignore[misc]
        API_URL = f"{base_url}/api"

    return PublicClient(requests_params={"timeout": (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)}, ping=False)


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None
