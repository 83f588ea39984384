"""A small exchange in memory with the `Venue` port's face. It keeps its own truth and can fail on demand.

Entries fill at once at the market price (up to `liquidity`), buys pay their commission in base, sells in quote.
Faults: `lose_requests`, `lose_replies`, `reject`, `unavailable`, `hide_new_orders`, held, doubled and shuffled
fills, and `on_call`, a hook at every boundary of the port, in which a test crashes the process or turns a switch.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.instrument import Instrument
from trading.domain.order import (
    Contingency,
    FillReport,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Side,
    Submission,
    TimeInForce,
)
from trading.ports import OrderOutcomeUnknown, OrderRejected, VenueCapabilities, VenueUnavailable

ALIVE = (OrderState.WORKING, OrderState.PARTIAL)
FEE = Decimal("0.001")


class Crash(BaseException):
    """The process dies here: nothing after this line runs. No `except Exception` may catch it."""


@dataclass
class VenueOrder:
    request: OrderRequest
    list_id: str
    contingency: Contingency
    venue_order_id: str
    accepted_at: datetime
    state: OrderState = OrderState.WORKING
    filled: Decimal = Decimal(0)
    reason: str = ""
    waits_for: str = ""

    @property
    def left(self) -> Decimal:
        return self.request.quantity - self.filled

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE or self.state is OrderState.INTENDED


@dataclass
class FakeVenue:
    now: Callable[[], datetime]
    instruments: dict[str, Instrument]
    holdings: dict[str, Decimal]
    prices: dict[str, Decimal]
    atomic_bracket: bool = False
    liquidity: Decimal = Decimal(10**9)
    orders: dict[str, VenueOrder] = field(default_factory=dict)
    fills: list[FillReport] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    lose_requests: int = 0
    lose_replies: int = 0
    reject: Callable[[OrderRequest], str] = lambda request: ""
    unavailable: set[str] = field(default_factory=set)
    hide_new_orders: timedelta = timedelta(0)
    holds_fills: bool = False
    doubles_fills: bool = False
    rests_entries: bool = False
    on_call: Callable[[str], None] = lambda moment: None
    calls: int = 0

    @property
    def capabilities(self) -> VenueCapabilities:
        return VenueCapabilities(name="fake", atomic_bracket=self.atomic_bracket, commission_in_base=True)

    # The port

    def submit(self, submission: Submission) -> list[OrderReport]:
        self._begin("submit")
        self.submissions.append(submission)
        if self.lose_requests:
            self.lose_requests -= 1
            raise OrderOutcomeUnknown("the request was lost")
        known = [self.orders[leg.client_order_id] for leg in submission.legs if leg.client_order_id in self.orders]
        if known:
            raise OrderRejected("Duplicate order sent.", code="duplicate_order")
        self._accept(submission)
        if self.lose_replies:
            self.lose_replies -= 1
            raise OrderOutcomeUnknown("the reply was lost")
        self.on_call("submit:after")
        return [self._report(self.orders[leg.client_order_id]) for leg in submission.legs]

    def cancel(self, client_order_id: str) -> OrderReport:
        self._begin("cancel")
        order = self.orders[client_order_id]
        if order.is_alive:
            for other in self._list_of(order):
                self._end(other, OrderState.CANCELED)
            self._release_children(order)
        self.on_call("cancel:after")
        return self._report(order)

    def order(self, client_order_id: str) -> OrderReport | None:
        self._begin("order")
        order = self.orders.get(client_order_id)
        return None if order is None or self._is_hidden(order) else self._report(order)

    def open_orders(self) -> list[OrderReport]:
        self._begin("open_orders")
        return [self._report(o) for o in self.orders.values() if o.is_alive and not self._is_hidden(o)]

    def fills_after(self, cursor: str) -> tuple[list[FillReport], str]:
        self._begin("fills_after")
        start = int(cursor or 0)
        if self.holds_fills:
            return [], cursor
        found = self.fills[start:]
        if self.doubles_fills:
            found = [fill for fill in found for _ in range(2)]
        return found, str(len(self.fills)) if self.fills else cursor

    def balances(self) -> dict[str, Decimal]:
        self._begin("balances")
        return dict(self.holdings)

    # What tests do to it

    def move_price(self, symbol: str, price: str) -> None:
        """The market moves: stops and targets that it touches fill, the stop first."""
        self.prices[symbol] = Decimal(price)
        waiting = [o for o in self.orders.values() if o.request.symbol == symbol and o.state in ALIVE]
        for order in sorted(waiting, key=lambda o: o.request.stop_price is None):
            if order.state in ALIVE and self._is_touched(order.request, self.prices[symbol]):
                self._fill(order, order.left, order.request.limit_price or self.prices[symbol])

    def late_fill(self, client_order_id: str, quantity: str, price: str) -> None:
        """An execution that the venue reports after the order had ended."""
        self._book(self.orders[client_order_id], Decimal(quantity), Decimal(price))

    def fill_entries(self) -> None:
        """The market comes to the entries that were resting."""
        for order in self.orders.values():
            if order.is_alive and order.request.side is Side.BUY:
                self._match_now(order)

    def accepted(self, purpose_letter: str = "") -> list[VenueOrder]:
        """Every order this exchange ever took, of one leg letter or of all."""
        return [order for cid, order in self.orders.items() if cid.endswith(purpose_letter)]

    def alive(self) -> list[str]:
        return sorted(cid[-1] for cid, order in self.orders.items() if order.is_alive)

    # The exchange itself

    def _begin(self, method: str) -> None:
        self.calls += 1
        self.on_call(f"{method}:before")
        if method in self.unavailable:
            raise VenueUnavailable(f"{method} is out of order", retry_after_seconds=1.0)

    def _accept(self, submission: Submission) -> None:
        for leg in submission.legs:
            problem = self.reject(leg)
            if problem:
                raise OrderRejected(problem)
        self._require_funds(submission)
        for leg in submission.legs:
            order = VenueOrder(leg, submission.list_id, submission.contingency, str(len(self.orders) + 1), self.now())
            self.orders[leg.client_order_id] = order
        if submission.contingency is Contingency.BRACKET:
            for leg in submission.legs[1:]:
                child = self.orders[leg.client_order_id]
                child.state, child.waits_for = OrderState.INTENDED, submission.legs[0].client_order_id
        for leg in submission.legs:
            is_held = self.rests_entries and leg.side is Side.BUY
            if leg.order_type in (OrderType.LIMIT, OrderType.MARKET) and not is_held:
                self._match_now(self.orders[leg.client_order_id])

    def _require_funds(self, submission: Submission) -> None:
        leg = submission.legs[0]
        instrument = self.instruments[leg.symbol]
        if leg.side is Side.SELL:
            locked = sum((o.left for o in self._alive_sells(leg.symbol)), Decimal(0))
            if leg.quantity > self.holdings.get(instrument.base, Decimal(0)) - locked:
                raise OrderRejected("insufficient balance")
        elif leg.quantity * (leg.limit_price or self.prices[leg.symbol]) > self.holdings[instrument.quote]:
            raise OrderRejected("insufficient balance")

    def _alive_sells(self, symbol: str) -> list[VenueOrder]:
        """One leg for each list: an exchange locks the quantity of an OCO once."""
        sells = [o for o in self.orders.values() if o.state in ALIVE and o.request.side is Side.SELL]
        return list({o.list_id or o.request.client_order_id: o for o in sells if o.request.symbol == symbol}.values())

    def _match_now(self, order: VenueOrder) -> None:
        leg, price = order.request, self.prices[order.request.symbol]
        is_marketable = leg.limit_price is None or (
            price <= leg.limit_price if leg.side is Side.BUY else price >= leg.limit_price
        )
        quantity = min(order.left, self.liquidity) if is_marketable else Decimal(0)
        if quantity:
            self._fill(order, quantity, price)
        if order.state in ALIVE and leg.time_in_force is TimeInForce.IOC:
            self._end(order, OrderState.EXPIRED)
            self._release_children(order)

    def _fill(self, order: VenueOrder, quantity: Decimal, price: Decimal) -> None:
        self._book(order, quantity, price)
        if not order.left:
            order.state = OrderState.FILLED
            for sibling in self._list_of(order):
                if sibling.is_alive and sibling.waits_for != order.request.client_order_id:
                    self._end(sibling, OrderState.CANCELED)
            self._release_children(order)
        elif order.is_alive:
            order.state = OrderState.PARTIAL

    def _book(self, order: VenueOrder, quantity: Decimal, price: Decimal) -> None:
        leg = order.request
        instrument = self.instruments[leg.symbol]
        is_buy = leg.side is Side.BUY
        asset = instrument.base if is_buy else instrument.quote
        commission = (quantity if is_buy else quantity * price) * FEE
        sign = 1 if is_buy else -1
        self._add(instrument.base, sign * quantity)
        self._add(instrument.quote, -sign * quantity * price)
        self._add(asset, -commission)
        order.filled += quantity
        self.fills.append(
            FillReport(
                venue_fill_id=f"f{len(self.fills) + 1}",
                venue_order_id=order.venue_order_id,
                client_order_id=leg.client_order_id,
                symbol=leg.symbol,
                side=leg.side,
                quantity=quantity,
                price=price,
                commission=commission,
                commission_asset=asset,
                ts_event=self.now(),
            )
        )

    def _release_children(self, parent: VenueOrder) -> None:
        """A bracket's children work for what the entry bought, net of commission; for nothing, they end."""
        for child in self.orders.values():
            if child.waits_for == parent.request.client_order_id and child.state is OrderState.INTENDED:
                instrument = self.instruments[child.request.symbol]
                net = instrument.floor_quantity(parent.filled * (1 - FEE))
                child.request = replace(child.request, quantity=net or child.request.quantity)
                child.state = OrderState.WORKING if net else OrderState.CANCELED

    def _end(self, order: VenueOrder, state: OrderState) -> None:
        if order.is_alive:
            order.state = state

    def _list_of(self, order: VenueOrder) -> list[VenueOrder]:
        if not order.list_id:
            return [order]
        members = [o for o in self.orders.values() if o.list_id == order.list_id]
        return [o for o in members if o is order or o.request.side is order.request.side]

    def _is_touched(self, leg: OrderRequest, price: Decimal) -> bool:
        if leg.stop_price is not None:
            return price <= leg.stop_price
        return leg.limit_price is not None and price >= leg.limit_price and leg.side is Side.SELL

    def _is_hidden(self, order: VenueOrder) -> bool:
        return self.now() < order.accepted_at + self.hide_new_orders

    def _add(self, asset: str, amount: Decimal) -> None:
        self.holdings[asset] = self.holdings.get(asset, Decimal(0)) + amount
        assert self.holdings[asset] >= 0, f"the exchange would owe {asset}"

    def _report(self, order: VenueOrder) -> OrderReport:
        return OrderReport(
            client_order_id=order.request.client_order_id,
            venue_order_id=order.venue_order_id,
            symbol=order.request.symbol,
            state=order.state,
            filled_quantity=order.filled,
            ts_event=self.now(),
            reason=order.reason,
        )
