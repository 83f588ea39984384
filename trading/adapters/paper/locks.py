"""What open orders hold back of the balances, so that no balance can ever fall below zero."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.adapters.paper.books import LIVE, Books
from trading.adapters.paper.matching import Execution
from trading.adapters.paper.rules import PaperRules
from trading.domain.instrument import Instrument
from trading.domain.order import OrderType, Side
from trading.models import PaperOrder
from trading.ports import OrderRejected, Quote


def locked(books: Books, asset: str, rules: PaperRules, *, without: Iterable[PaperOrder] = ()) -> Decimal:
    """How much of `asset` open orders hold. Legs that share a quantity hold it once."""
    left_out = {order.client_order_id for order in without}
    held: dict[tuple[str, str], Decimal] = {}
    for order in books.working():
        if order.client_order_id in left_out:
            continue
        wanted, amount = _holding(order, rules)
        if wanted == asset:
            group = _group(books, order)
            held[group] = max(held.get(group, ZERO), amount)
    return sum(held.values(), ZERO)


def require_funds(books: Books, orders: Sequence[PaperOrder], rules: PaperRules, quote: Quote | None) -> None:
    """Raises OrderRejected unless the free balance covers the dearest live leg of a submission."""
    for order in orders:
        if order.state not in LIVE:
            continue
        asset, amount = _holding(order, rules, quote)
        free = books.balances.get(asset, ZERO) - locked(books, asset, rules)
        if amount > free:
            raise OrderRejected(
                f"insufficient balance: {amount} {asset} needed, {free} free", code="insufficient_balance"
            )


def affordable(
    books: Books, order: PaperOrder, execution: Execution, instrument: Instrument, rules: PaperRules
) -> Decimal:
    """The part of an execution that the balance covers, on the lot grid."""
    own = [order, *books.siblings(order)]
    if order.side == Side.SELL:
        free = books.balances.get(instrument.base, ZERO) - locked(books, instrument.base, rules, without=own)
        return min(execution.quantity, max(ZERO, instrument.floor_quantity(free)))
    free = books.balances.get(instrument.quote, ZERO) - locked(books, instrument.quote, rules, without=own)
    quantity = execution.quantity
    while quantity > 0 and _cost(quantity, execution.price, instrument, rules) > free:
        excess = _cost(quantity, execution.price, instrument, rules) - free
        quantity -= max(instrument.lot_size, instrument.floor_quantity(excess / execution.price))
    return max(quantity, ZERO)


def _holding(order: PaperOrder, rules: PaperRules, quote: Quote | None = None) -> tuple[str, Decimal]:
    """The asset and the amount one order needs."""
    instrument = rules.instruments[order.symbol]
    remaining = order.quantity - order.filled_quantity
    if order.side == Side.SELL:
        return instrument.base, remaining
    price = order.stop_price if order.order_type == OrderType.STOP_LOSS else order.limit_price
    if price is None:
        price = quote.ask if quote is not None else ZERO
    return instrument.quote, _cost(remaining, price, instrument, rules)


def _cost(quantity: Decimal, price: Decimal, instrument: Instrument, rules: PaperRules) -> Decimal:
    """What a buy takes from the quote balance, commission included where it is taken there."""
    commission = rules.fees.commission(
        instrument=instrument, side=Side.BUY, quantity=quantity, price=price, is_maker=False
    )
    own = commission.amount if commission.asset == instrument.quote else ZERO
    return quantity * price + own


def _group(books: Books, order: PaperOrder) -> tuple[str, str]:
    if books.siblings(order):
        return (order.list_id, order.parent_client_order_id)
    return ("", order.client_order_id)
