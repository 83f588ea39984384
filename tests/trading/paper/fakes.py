"""A market under the test's thumb: bars and quotes that appear when the test says so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autotrader.lib.clock import VirtualClock
from trading.domain.bar import Bar, Interval
from trading.domain.instrument import AssetClass, Instrument
from trading.domain.order import Contingency, OrderRequest, OrderType, Side, Submission, TimeInForce
from trading.ports import Quote

START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BTC = Instrument(
    symbol="BTCUSDT",
    asset_class=AssetClass.CRYPTO,
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal("5"),
)
SPY = Instrument(
    symbol="SPY",
    asset_class=AssetClass.STOCK,
    base="SPY",
    quote="USD",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("1"),
    min_quantity=Decimal("1"),
    min_notional=Decimal("1"),
    calendar="XNYS",
)


def d(value: str | int) -> Decimal:
    return Decimal(str(value))


class FakePrices:
    """A `PriceSource`: the clock moves with every bar, and the quote is the last close."""

    interval = Interval.M1

    def __init__(self, clock: VirtualClock, volume: Decimal | None = None) -> None:
        self.clock = clock
        self.bars: list[Bar] = []
        self.quotes: dict[str, Quote] = {}
        self.volume = volume
        self.questions = 0

    def price(self, symbol: str, price: object, ask: object = None) -> None:
        """The last known price is now this; with `ask` it is a book."""
        bid = d(price)
        self.quotes[symbol] = Quote(symbol, bid, d(ask or price), bid, self.clock.now())

    def bar(self, symbol: str, open: object, high: object, low: object, close: object, volume: object = 1000) -> Bar:  # noqa: A002
        """One minute passes and leaves this bar."""
        bar = Bar(symbol, Interval.M1, self.clock.now(), d(open), d(high), d(low), d(close), d(volume))
        self.clock.advance(MINUTE)
        self.bars.append(bar)
        self.price(symbol, bar.close)
        return bar

    def bars_after(self, cursors: Mapping[str, datetime], until: datetime) -> Sequence[Bar]:
        self.questions += 1
        found = [b for b in self.bars if b.symbol in cursors and cursors[b.symbol] < b.close_time <= until]
        return sorted(found, key=lambda bar: (bar.close_time, bar.symbol))

    def quote(self, symbol: str) -> Quote | None:
        return self.quotes.get(symbol)

    def typical_volume(self, symbol: str, until: datetime) -> Decimal | None:
        return self.volume


class Session:
    """A calendar open from 14:30 to 21:00 UTC every day."""

    def is_open(self, moment: datetime) -> bool:
        return moment.replace(hour=14, minute=30) <= moment < moment.replace(hour=21, minute=0)

    def session_close(self, moment: datetime) -> datetime | None:
        return moment.replace(hour=21, minute=0, second=0, microsecond=0) if self.is_open(moment) else None


def leg(
    cid: str,
    side: Side,
    quantity: object,
    *,
    kind: OrderType = OrderType.MARKET,
    tif: TimeInForce = TimeInForce.GTC,
    limit: object = None,
    stop: object = None,
    symbol: str = "BTCUSDT",
) -> OrderRequest:
    return OrderRequest(
        client_order_id=cid,
        symbol=symbol,
        side=side,
        order_type=kind,
        time_in_force=tif,
        quantity=d(quantity),
        limit_price=None if limit is None else d(limit),
        stop_price=None if stop is None else d(stop),
    )


def single(*args: object, **kwargs: object) -> Submission:
    only = leg(*args, **kwargs)
    return Submission(list_id="", contingency=Contingency.SINGLE, legs=(only,))


def exits(quantity: object, stop: object, target: object, *, name: str = "x", symbol: str = "BTCUSDT") -> tuple:
    return (
        leg(f"{name}S", Side.SELL, quantity, kind=OrderType.STOP_LOSS, stop=stop, symbol=symbol),
        leg(f"{name}T", Side.SELL, quantity, kind=OrderType.TAKE_PROFIT, limit=target, symbol=symbol),
    )


def oco(quantity: object, stop: object, target: object, *, name: str = "x") -> Submission:
    return Submission(list_id=f"{name}L", contingency=Contingency.OCO, legs=exits(quantity, stop, target, name=name))


def bracket(
    quantity: object, limit: object, stop: object, target: object, *, name: str = "b", **entry: object
) -> Submission:
    values = {"kind": OrderType.LIMIT, "tif": TimeInForce.IOC, "limit": limit, **entry}
    first = leg(f"{name}E", Side.BUY, quantity, **values)
    legs = (first, *exits(quantity, stop, target, name=name, symbol=first.symbol))
    return Submission(list_id=f"{name}L", contingency=Contingency.BRACKET, legs=legs)
