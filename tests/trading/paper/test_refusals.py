"""What the paper venue refuses at the door: a code for programs, a sentence for people, nothing left behind."""

from dataclasses import replace

import pytest

from tests.trading.paper.fakes import BTC, SPY, bracket, d, exits, leg, oco, single
from trading.domain.instrument import InstrumentStatus
from trading.domain.order import Contingency, OrderType, Side, Submission, TimeInForce
from trading.models import PaperOrder
from trading.ports import OrderRejected

pytestmark = pytest.mark.django_db
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP_LOSS
IOC, DAY = TimeInForce.IOC, TimeInForce.DAY


def refuse(venue, submission, code):
    before = venue.balances()
    count = PaperOrder.objects.count()
    with pytest.raises(OrderRejected) as refusal:
        venue.submit(submission)
    assert refusal.value.code == code, refusal.value.message
    assert (venue.balances(), PaperOrder.objects.count()) == (before, count)


@pytest.mark.parametrize(
    ("submission", "code"),
    [
        (single("a", Side.BUY, "1", symbol="DOGE"), "unknown_symbol"),
        (single("a", Side.BUY, "1", kind=LIMIT, limit="99.005"), "bad_price"),
        (single("a", Side.BUY, "1", kind=LIMIT, limit="-1"), "bad_price"),
        (single("a", Side.BUY, "1", kind=LIMIT), "bad_price"),
        (single("a", Side.BUY, "1", kind=STOP), "bad_price"),
        (single("a", Side.BUY, "0.0005"), "bad_quantity"),
        (single("a", Side.BUY, "1.0005"), "bad_quantity"),
        (single("a", Side.BUY, "0"), "bad_quantity"),
        (single("a", Side.BUY, "-1"), "bad_quantity"),
        (single("a", Side.BUY, "0.049"), "below_min_notional"),
        (single("a", Side.BUY, "101"), "insufficient_balance"),
        (single("a", Side.SELL, "1"), "insufficient_balance"),
        (single("a", Side.BUY, "1", kind=STOP, stop="100"), "would_trigger"),
        (single("a", Side.BUY, "1", kind=LIMIT, tif=DAY, limit="99"), "market_closed"),
        (oco("1", 100, 103), "would_trigger"),
        (oco("1", 95, 103), "insufficient_balance"),
        (bracket("1", 101, 102, 103), "would_trigger"),
        (bracket("1", 101, 95, 101), "would_trigger"),
        (Submission("L", Contingency.OCO, (leg("a", Side.SELL, "1", kind=STOP, stop="95"),)), "bad_list"),
        (Submission("L", Contingency.SINGLE, exits("1", 95, 103)), "bad_list"),
        (Submission("L", Contingency.SINGLE, ()), "bad_list"),
        (Submission("L", Contingency.OCO, tuple(reversed(exits("1", 95, 103)))), "bad_list"),
        (Submission("L", Contingency.OCO, (exits("1", 95, 103)[0], exits("2", 95, 103)[1])), "bad_list"),
        (Submission("L", Contingency.OCO, (exits("1", 95, 103)[0],) * 2), "duplicate_order"),
    ],
)
def test_what_is_not_accepted(venue, submission, code):
    refuse(venue, submission, code)


def test_legs_in_two_symbols(venue):
    stop, target = exits("1", 95, 103)
    refuse(venue, Submission("L", Contingency.OCO, (stop, replace(target, symbol="SPY"))), "bad_list")


def test_exits_on_the_side_of_the_entry(venue):
    entry, stop, target = bracket("1", 101, 95, 103).legs
    wrong = (entry, replace(stop, side=Side.BUY), replace(target, side=Side.BUY))
    refuse(venue, Submission("L", Contingency.BRACKET, wrong), "bad_list")


def test_exits_larger_than_the_entry(venue):
    entry = bracket("1", 101, 95, 103).legs[0]
    refuse(venue, Submission("L", Contingency.BRACKET, (entry, *exits("2", 95, 103))), "bad_list")


def test_exits_that_cannot_rest(venue):
    stop, target = exits("1", 95, 103)
    refuse(venue, Submission("L", Contingency.OCO, (stop, replace(target, time_in_force=IOC))), "bad_list")


def test_an_id_that_lives_or_has_lived(venue):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="90"))
    refuse(venue, single("a", Side.BUY, "1", kind=LIMIT, limit="90"), "duplicate_order")
    venue.cancel("a")
    refuse(venue, single("a", Side.BUY, "1"), "duplicate_order")


def test_no_price_to_trade_at(venue, prices):
    prices.quotes.clear()
    refuse(venue, single("a", Side.BUY, "1"), "no_price")


def test_an_instrument_that_does_not_trade(make_venue):
    venue = make_venue(instruments={"BTCUSDT": replace(BTC, status=InstrumentStatus.CANCEL_ONLY)})
    refuse(venue, single("a", Side.BUY, "1"), "trading_halted")


def test_a_closed_exchange(venue, clock, prices, state_of):
    clock.move_to(clock.now().replace(hour=22))
    refuse(venue, single("a", Side.BUY, "1", symbol="SPY"), "market_closed")
    refuse(venue, single("a", Side.BUY, "1", kind=LIMIT, tif=IOC, limit="501", symbol="SPY"), "market_closed")
    refuse(venue, single("a", Side.BUY, "1", kind=LIMIT, tif=DAY, limit="501", symbol="SPY"), "market_closed")
    venue.submit(single("rests", Side.BUY, "1", kind=LIMIT, limit="501", symbol="SPY"))
    assert state_of(venue, "rests") == ("WORKING", 0)


def test_a_balance_that_is_locked(venue):
    venue.submit(single("a", Side.BUY, "100", kind=LIMIT, limit="99"))
    refuse(venue, single("b", Side.BUY, "2"), "insufficient_balance")


def test_an_open_order_in_an_instrument_that_is_not_listed_any_more_stops_the_start(make_venue):
    make_venue().submit(single("a", Side.BUY, "1", kind=LIMIT, limit="90"))
    with pytest.raises(ValueError, match="open orders in BTCUSDT"):
        make_venue(instruments={"SPY": SPY})


def test_a_cursor_of_another_venue(venue):
    with pytest.raises(ValueError, match="invalid literal"):
        venue.fills_after("abc")
    assert d(1) == 1
