"""The matching engine of the paper venue: what an order, a bar, a cancel and a session's end do to the books.

Works on `Books` in memory and knows no database. Promises: no balance below zero, never both legs of an OCO, children
never more than their entry brought, and the same input always gives the same output.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import ZERO
from trading.adapters.paper.books import DORMANT, LIVE, OPEN, PARTIAL, WORKING, Books
from trading.adapters.paper.checks import is_immediate
from trading.adapters.paper.locks import affordable, require_funds
from trading.adapters.paper.matching import Execution, RestingOrder, match_bar, match_now
from trading.adapters.paper.rules import PaperRules
from trading.domain.bar import Bar
from trading.domain.instrument import Instrument
from trading.domain.order import (
    Contingency,
    OrderRequest,
    OrderState,
    OrderType,
    Side,
    Submission,
    TimeInForce,
)
from trading.models import PaperFill, PaperOrder
from trading.ports import Quote


@dataclass(frozen=True, slots=True)
class Market:
    """What is known at the moment of a submission: the last price and the usual volume of a bar."""

    quote: Quote | None
    volume: Decimal | None


@dataclass(frozen=True, slots=True)
class MatchingEngine:
    """The venue's behaviour, without its books."""

    rules: PaperRules

    def accept(self, books: Books, submission: Submission, market: Market, now: datetime) -> list[PaperOrder]:
        """Enter a checked submission and trade at once what can. Raises OrderRejected for lack of funds."""
        orders = new_orders(books.account_id, submission, now)
        require_funds(books, orders, self.rules, market.quote)
        for order in orders:
            books.add(order)
        for order, leg in zip(orders, submission.legs, strict=True):
            if order.state in LIVE:
                self._trade_now(books, order, leg, market, now)
        return orders

    def play(self, books: Books, bar: Bar) -> None:
        """Let one closed bar pass over the book: stops first, then in the order of arrival."""
        instrument = self.rules.instruments[bar.symbol]
        self.expire(books, bar.open_time)
        candidates = [order for order in books.working() if order.symbol == bar.symbol]
        for order in sorted(candidates, key=lambda order: order.order_type != OrderType.STOP_LOSS):
            if order.state not in LIVE:
                continue
            execution = match_bar(resting(order), bar, instrument, self.rules.liquidity)
            if execution is not None:
                self._execute(books, order, execution, bar.close_time)
                self._play_children(books, order, bar)

    def would_touch(self, order: PaperOrder, bar: Bar) -> bool:
        """Whether a bar trades an order: the cheap look before the books are opened."""
        if order.symbol != bar.symbol or order.state == DORMANT:
            return False
        return match_bar(resting(order), bar, self.rules.instruments[bar.symbol], self.rules.liquidity) is not None

    def cancel(self, books: Books, order: PaperOrder, now: datetime) -> None:
        """Take an open order out; an OCO's other leg goes with it, an unfilled entry takes its children along."""
        for other in books.siblings(order):
            self._end(books, other, OrderState.CANCELED, "the other leg was cancelled", now)
        self._end(books, order, OrderState.CANCELED, "cancelled on request", now)

    def expire(self, books: Books, now: datetime) -> None:
        """End the DAY orders whose session is over."""
        for order in books.open_orders():
            close = self.expiry(order)
            if close is not None and close <= now:
                self._end(books, order, OrderState.EXPIRED, "the session ended", close)

    def expiry(self, order: PaperOrder) -> datetime | None:
        """When a DAY order ends; None for every other order."""
        if order.time_in_force != TimeInForce.DAY:
            return None
        return self.rules.session_close(self._instrument(order), order.accepted_at)

    def _instrument(self, order: PaperOrder) -> Instrument:
        return self.rules.instruments[order.symbol]

    def _trade_now(self, books: Books, order: PaperOrder, leg: OrderRequest, market: Market, now: datetime) -> None:
        execution = self._execution_now(order, leg, market, now)
        if execution is not None:
            self._execute(books, order, execution, now)
        if order.state in OPEN and is_immediate(leg):
            reason = (
                "only a part was to be had within its price" if order.filled_quantity else "nothing within its price"
            )
            self._end(books, order, OrderState.EXPIRED, reason, now)

    def _execution_now(self, order: PaperOrder, leg: OrderRequest, market: Market, now: datetime) -> Execution | None:
        if market.quote is None or leg.order_type is OrderType.STOP_LOSS:
            return None
        if not self.rules.is_open(self._instrument(order), now):
            return None
        execution = match_now(
            resting(order),
            seen_price=market.quote.ask if leg.side is Side.BUY else market.quote.bid,
            has_book=market.quote.ask > market.quote.bid,
            volume=market.volume,
            instrument=self._instrument(order),
            liquidity=self.rules.liquidity,
            limit=None if leg.order_type is OrderType.MARKET else price_of(order),
        )
        is_too_little = execution is not None and execution.quantity < order.quantity
        return None if leg.time_in_force is TimeInForce.FOK and is_too_little else execution

    def _play_children(self, books: Books, entry: PaperOrder, bar: Bar) -> None:
        """A limit entry reached inside a bar whose far end lies beyond its stop saw that stop too: it counts."""
        if entry.order_type != OrderType.LIMIT:
            return
        for child in books.children(entry):
            if child.order_type != OrderType.STOP_LOSS or child.state not in LIVE:
                continue
            stop = replace(resting(child), since=bar.open_time)
            execution = match_bar(stop, bar, self._instrument(child), self.rules.liquidity)
            if execution is not None:
                self._execute(books, child, execution, bar.close_time)

    def _execute(self, books: Books, order: PaperOrder, execution: Execution, moment: datetime) -> None:
        """One trade: fill, balances, and what it does to the orders that hang together with this one."""
        instrument, side = self._instrument(order), Side(order.side)
        quantity = affordable(books, order, execution, instrument, self.rules)
        if quantity <= 0:
            self._end(books, order, OrderState.EXPIRED, "insufficient balance", moment)
            return
        commission = self.rules.fees.commission(
            instrument=instrument, side=side, quantity=quantity, price=execution.price, is_maker=execution.is_maker
        )
        sign = 1 if side is Side.BUY else -1
        books.move(instrument.base, sign * quantity)
        books.move(instrument.quote, -sign * quantity * execution.price)
        books.move(commission.asset, -commission.amount)
        books.fills.append(
            PaperFill(
                account_id=books.account_id,
                order=order,
                quantity=quantity,
                price=execution.price,
                commission=commission.amount,
                commission_asset=commission.asset,
                is_maker=execution.is_maker,
                ts_event=moment,
            )
        )
        order.filled_quantity += quantity
        net = quantity - commission.amount if commission.asset == instrument.base else quantity
        books.received[order.client_order_id] = books.received.get(order.client_order_id, ZERO) + net
        self._after_fill(books, order, quantity, moment)

    def _after_fill(self, books: Books, order: PaperOrder, quantity: Decimal, moment: datetime) -> None:
        books.mark(order, moment)
        is_done = order.filled_quantity >= order.quantity
        order.state = OrderState.FILLED.value if is_done else PARTIAL
        for child in books.children(order):
            self._wake(books, order, child, moment)
        for other in books.siblings(order):
            if is_done:
                self._end(books, other, OrderState.CANCELED, "the other leg was filled", moment)
            else:
                other.quantity -= quantity
                books.mark(other, other.updated_at)
        parent = books.orders.get(order.parent_client_order_id)
        if is_done and parent is not None:
            self._end(books, parent, OrderState.CANCELED, "its position was closed", moment)

    def _wake(self, books: Books, entry: PaperOrder, child: PaperOrder, moment: datetime) -> None:
        """A child works on what its entry brought, net of commissions, on the grid, less what its sibling sold."""
        brought = self._instrument(child).floor_quantity(books.received[entry.client_order_id])
        if child.state != DORMANT:
            child.quantity = brought - sum((other.filled_quantity for other in books.siblings(child)), ZERO)
            books.mark(child, child.updated_at)
        elif brought > 0:
            child.quantity = min(child.quantity, brought)
            child.state = WORKING
            books.mark(child, moment)

    def _end(self, books: Books, order: PaperOrder, state: OrderState, reason: str, moment: datetime) -> None:
        """Close an order; the children of an entry that brought nothing go with it."""
        if order.state not in OPEN:
            return
        order.state = state.value
        order.reason = reason
        books.mark(order, moment)
        for child in books.children(order):
            if child.state == DORMANT:
                self._end(books, child, OrderState.CANCELED, "its entry brought nothing to protect", moment)


def resting(order: PaperOrder) -> RestingOrder:
    """What of a row is still open, as the matching sees it."""
    return RestingOrder(
        side=Side(order.side),
        order_type=OrderType(order.order_type),
        quantity=order.quantity - order.filled_quantity,
        price=price_of(order),
        since=order.updated_at,
    )


def price_of(order: PaperOrder) -> Decimal:
    """The price a row rests at; zero for a market order, which never rests."""
    own = order.stop_price if order.order_type == OrderType.STOP_LOSS else order.limit_price
    return own or order.stop_price or ZERO


def new_orders(account_id: int, submission: Submission, now: datetime) -> list[PaperOrder]:
    """The rows of a submission. A bracket's children sleep until their entry has brought something."""
    is_bracket = submission.contingency is Contingency.BRACKET
    entry_id = submission.legs[0].client_order_id
    return [
        PaperOrder(
            account_id=account_id,
            client_order_id=leg.client_order_id,
            list_id=submission.list_id,
            contingency=submission.contingency.value,
            parent_client_order_id=entry_id if is_bracket and number > 0 else "",
            symbol=leg.symbol,
            side=leg.side.value,
            order_type=leg.order_type.value,
            time_in_force=leg.time_in_force.value,
            quantity=leg.quantity,
            filled_quantity=ZERO,
            limit_price=leg.limit_price,
            stop_price=leg.stop_price,
            state=DORMANT if is_bracket and number > 0 else WORKING,
            accepted_at=now,
            updated_at=now,
        )
        for number, leg in enumerate(submission.legs)
    ]
