"""Whether and at what price a resting order trades inside one bar. Pure; knows no books and no clock.

Never looks ahead: limits and targets use only bars that opened when the order was already there, stops any bar that
closed after it. A stop that is jumped over fills at the open (worse), a limit that is jumped over at the open (better).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.adapters.paper.slippage import SlippageModel, worsened
from trading.domain.bar import Bar
from trading.domain.instrument import Instrument
from trading.domain.order import OrderType, Side


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """An order in the book. `price` is its stop or its limit, `since` the moment from which the market may touch it."""

    side: Side
    order_type: OrderType
    quantity: Decimal
    price: Decimal
    since: datetime

    @property
    def is_stop(self) -> bool:
        return self.order_type is OrderType.STOP_LOSS


@dataclass(frozen=True, slots=True)
class Execution:
    """One trade: price in quote units, quantity in base units."""

    price: Decimal
    quantity: Decimal
    is_maker: bool


@dataclass(frozen=True, slots=True)
class Liquidity:
    """How much of a bar's volume one order may take (None: all it wants), and what taking costs."""

    participation: Decimal | None
    slippage: SlippageModel

    def available(self, instrument: Instrument, wanted: Decimal, volume: Decimal | None) -> Decimal:
        """`wanted` cut to the share of `volume`, on the lot grid."""
        if self.participation is None or volume is None:
            return wanted
        return min(wanted, instrument.floor_quantity(volume * self.participation))


def match_bar(order: RestingOrder, bar: Bar, instrument: Instrument, liquidity: Liquidity) -> Execution | None:
    """What of `order` trades in `bar`; None when it is not reached."""
    if order.is_stop:
        return _match_stop(order, bar, instrument, liquidity)
    return _match_limit(order, bar, instrument, liquidity)


def _match_stop(order: RestingOrder, bar: Bar, instrument: Instrument, liquidity: Liquidity) -> Execution | None:
    """A triggered stop is a market order and fills whole: protection that stays half open would be none."""
    if bar.close_time <= order.since or not _stop_is_reached(order, bar):
        return None
    price = order.price
    if bar.open_time >= order.since:
        price = max(price, bar.open) if order.side is Side.BUY else min(price, bar.open)
    bps = liquidity.slippage.bps(quantity=order.quantity, volume=bar.volume, has_book=False)
    return Execution(worsened(price, order.side, bps, instrument), order.quantity, is_maker=False)


def _stop_is_reached(order: RestingOrder, bar: Bar) -> bool:
    return bar.high >= order.price if order.side is Side.BUY else bar.low <= order.price


def _match_limit(order: RestingOrder, bar: Bar, instrument: Instrument, liquidity: Liquidity) -> Execution | None:
    if bar.open_time < order.since:
        return None
    if order.side is Side.BUY:
        is_reached, price = bar.low <= order.price, min(order.price, bar.open)
    else:
        is_reached, price = bar.high >= order.price, max(order.price, bar.open)
    quantity = liquidity.available(instrument, order.quantity, bar.volume)
    if not is_reached or quantity <= 0:
        return None
    return Execution(price, quantity, is_maker=True)


def match_now(
    order: RestingOrder,
    *,
    seen_price: Decimal,
    has_book: bool,
    volume: Decimal | None,
    instrument: Instrument,
    liquidity: Liquidity,
    limit: Decimal | None,
) -> Execution | None:
    """What of an order trades at once at the last known price; None when its `limit` is beyond reach."""
    quantity = liquidity.available(instrument, order.quantity, volume)
    if quantity <= 0:
        return None
    bps = liquidity.slippage.bps(quantity=quantity, volume=volume, has_book=has_book)
    price = worsened(seen_price, order.side, bps, instrument)
    if limit is not None and (price > limit if order.side is Side.BUY else price < limit):
        return None
    return Execution(price, quantity, is_maker=False)
