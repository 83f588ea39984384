"""Binance's JSON -> our nouns. Pure. What does not have the documented shape raises DataUnavailable, never a KeyError.

Shapes: "Kline/Candlestick data", "24hr ticker price change statistics" and "Exchange information" of Binance's spot
REST documentation.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from autotrader.lib.money import tidy
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import AssetClass, Instrument, InstrumentStatus
from trading.ports import DataUnavailable, Quote

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def _documented(parse: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Turn every way in which a payload can lack its documented shape into DataUnavailable."""

    @wraps(parse)
    def checked(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return parse(*args, **kwargs)
        except (KeyError, IndexError, TypeError, ValueError, InvalidOperation, OverflowError) as error:
            raise DataUnavailable(f"Binance's answer does not have the documented shape ({error!r})"[:300]) from error

    return checked


@_documented
def parse_klines(symbol: str, interval: Interval, payload: Sequence[Sequence[Any]]) -> list[Bar]:
    """Klines oldest first, the running one included if Binance sent it."""
    return [_kline(symbol, interval, row) for row in payload]


@_documented
def parse_quote(payload: Mapping[str, Any]) -> Quote | None:
    """The 24-hour ticker as a quote; None when one side of the book is empty (Binance sends zeros)."""
    bid, ask, last = (_number(payload[name]) for name in ("bidPrice", "askPrice", "lastPrice"))
    if min(bid, ask, last) <= 0:
        return None
    return Quote(str(payload["symbol"]), bid=bid, ask=ask, last=last, ts_event=to_moment(payload["closeTime"]))


@_documented
def parse_instruments(payload: Mapping[str, Any]) -> list[Instrument]:
    """The instruments of an exchangeInfo answer with their grid."""
    return [_instrument(item) for item in payload["symbols"]]


def to_moment(milliseconds: Any) -> datetime:
    return _EPOCH + int(milliseconds) * _MILLISECOND


def to_milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _kline(symbol: str, interval: Interval, row: Sequence[Any]) -> Bar:
    return Bar(
        symbol=symbol,
        interval=interval,
        open_time=to_moment(row[0]),
        open=_number(row[1]),
        high=_number(row[2]),
        low=_number(row[3]),
        close=_number(row[4]),
        volume=_number(row[5]),
    )


def _instrument(item: Mapping[str, Any]) -> Instrument:
    filters = {entry["filterType"]: entry for entry in item["filters"]}
    lot = filters["LOT_SIZE"]
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL") or {"minNotional": "0"}
    is_trading = item["status"] == InstrumentStatus.TRADING.value
    return Instrument(
        symbol=str(item["symbol"]),
        asset_class=AssetClass.CRYPTO,
        base=str(item["baseAsset"]),
        quote=str(item["quoteAsset"]),
        tick_size=_number(filters["PRICE_FILTER"]["tickSize"]),
        lot_size=_number(lot["stepSize"]),
        min_quantity=_number(lot["minQty"]),
        min_notional=_number(notional["minNotional"]),
        status=InstrumentStatus.TRADING if is_trading else InstrumentStatus.HALT,
    )


def _number(text: Any) -> Decimal:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a number in text")
    return tidy(Decimal(text))
