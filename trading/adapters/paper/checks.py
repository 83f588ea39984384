"""What the paper venue refuses at the door, as real venues do. Every refusal is final: nothing of it lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autotrader.lib.money import is_multiple
from trading.adapters.paper.rules import PaperRules
from trading.domain.instrument import Instrument, InstrumentStatus
from trading.domain.order import Contingency, OrderRequest, OrderType, Side, Submission, TimeInForce
from trading.ports import OrderRejected, Quote

IMMEDIATE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_LEGS = {Contingency.SINGLE: 1, Contingency.OCO: 2, Contingency.BRACKET: 3}


@dataclass(frozen=True, slots=True)
class Door:
    """What the venue looks at when a submission arrives."""

    rules: PaperRules
    now: datetime
    quotes: Mapping[str, Quote | None]

    def check(self, submission: Submission) -> None:
        """Raises OrderRejected for the first thing that is not accepted."""
        self._check_shape(submission)
        for leg in submission.legs:
            self._check_leg(leg, self._instrument(leg.symbol))
        if submission.contingency is Contingency.BRACKET:
            _check_bracket_prices(submission, self.quotes[submission.legs[0].symbol])
        else:
            for leg in submission.legs:
                self._check_trigger(leg)

    def _check_shape(self, submission: Submission) -> None:
        wanted = _LEGS[submission.contingency]
        if len(submission.legs) != wanted:
            raise OrderRejected(
                f"{submission.contingency} needs {wanted} legs, not {len(submission.legs)}", code="bad_list"
            )
        ids = [leg.client_order_id for leg in submission.legs]
        if len(set(ids)) != len(ids):
            raise OrderRejected("Duplicate order sent.", code="duplicate_order")
        if len({leg.symbol for leg in submission.legs}) != 1:
            raise OrderRejected("all legs of a list must be in one symbol", code="bad_list")
        exits = exit_legs(submission)
        if exits and [leg.order_type for leg in exits] != [OrderType.STOP_LOSS, OrderType.TAKE_PROFIT]:
            raise OrderRejected("a list needs its stop, then its target", code="bad_list")
        if exits and (exits[0].side is not exits[1].side or exits[0].quantity != exits[1].quantity):
            raise OrderRejected("stop and target must have the same side and quantity", code="bad_list")
        if any(is_immediate(leg) for leg in exits):
            raise OrderRejected("stop and target must be able to rest", code="bad_list")

    def _instrument(self, symbol: str) -> Instrument:
        instrument = self.rules.instruments.get(symbol)
        if instrument is None:
            raise OrderRejected(f"unknown symbol {symbol!r}", code="unknown_symbol")
        if instrument.status is not InstrumentStatus.TRADING:
            raise OrderRejected(f"{symbol} does not trade now: {instrument.status}", code="trading_halted")
        return instrument

    def _check_leg(self, leg: OrderRequest, instrument: Instrument) -> None:
        price = _price_of(leg, self.quotes[leg.symbol])
        for given in (leg.limit_price, leg.stop_price):
            if given is not None and (given <= 0 or not is_multiple(given, instrument.tick_size)):
                raise OrderRejected(f"price {given} is not on the grid of {instrument.tick_size}", code="bad_price")
        if leg.quantity < instrument.min_quantity or not is_multiple(leg.quantity, instrument.lot_size):
            raise OrderRejected(
                f"quantity {leg.quantity} is not on the grid of {instrument.lot_size} "
                f"from {instrument.min_quantity} up",
                code="bad_quantity",
            )
        if leg.quantity * price < instrument.min_notional:
            raise OrderRejected(
                f"{leg.quantity} at {price} is below the least value of {instrument.min_notional}",
                code="below_min_notional",
            )
        self._check_session(leg, instrument)

    def _check_session(self, leg: OrderRequest, instrument: Instrument) -> None:
        """Resting orders may wait through a closed market; what must trade now, or today, may not."""
        tif = leg.time_in_force
        if tif is TimeInForce.DAY and self.rules.session_close(instrument, self.now) is None:
            raise OrderRejected(
                f"{leg.symbol} has no session now that a DAY order could end with", code="market_closed"
            )
        if is_immediate(leg) and not self.rules.is_open(instrument, self.now):
            raise OrderRejected(f"the market of {leg.symbol} is closed", code="market_closed")

    def _check_trigger(self, leg: OrderRequest) -> None:
        quote, stop = self.quotes[leg.symbol], leg.stop_price
        if quote is None or stop is None or leg.order_type is not OrderType.STOP_LOSS:
            return
        if quote.ask >= stop if leg.side is Side.BUY else quote.bid <= stop:
            raise OrderRejected("Order would trigger immediately.", code="would_trigger")


def exit_legs(submission: Submission) -> tuple[OrderRequest, ...]:
    """The stop and the target of a list; none for a single order."""
    if submission.contingency is Contingency.SINGLE:
        return ()
    return submission.legs[-2:]


def is_immediate(leg: OrderRequest) -> bool:
    """Whether the leg trades at once or not at all."""
    return leg.order_type is OrderType.MARKET or leg.time_in_force in IMMEDIATE


def _price_of(leg: OrderRequest, quote: Quote | None) -> Decimal:
    """The price an order is valued at. Raises OrderRejected when it lacks the price its type needs."""
    if leg.order_type is OrderType.STOP_LOSS:
        return _needed(leg.stop_price, "a stop order needs its stop price")
    if leg.order_type in (OrderType.LIMIT, OrderType.TAKE_PROFIT):
        return _needed(leg.limit_price or leg.stop_price, "a limit order needs its limit price")
    if quote is None:
        raise OrderRejected(f"there is no price for {leg.symbol} now", code="no_price")
    return quote.ask if leg.side is Side.BUY else quote.bid


def _needed(price: Decimal | None, complaint: str) -> Decimal:
    if price is None:
        raise OrderRejected(complaint, code="bad_price")
    return price


def _check_bracket_prices(submission: Submission, quote: Quote | None) -> None:
    entry, stop, target = submission.legs
    if stop.side is not entry.side.opposite:
        raise OrderRejected("stop and target must be on the other side of the entry", code="bad_list")
    if stop.quantity > entry.quantity:
        raise OrderRejected("stop and target must not be larger than the entry", code="bad_list")
    price = _price_of(entry, quote)
    low, high = _price_of(stop, quote), _price_of(target, quote)
    if entry.side is Side.SELL:
        low, high = high, low
    if not low < price < high:
        raise OrderRejected(f"the entry at {price} must lie between {low} and {high}", code="would_trigger")
