"""Order by order: what each kind does at the paper venue, at which price and when."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.paper.fakes import BTC, bracket, d, leg, oco, single
from trading.adapters.paper.fees import PerShareFees, RateFees
from trading.adapters.paper.slippage import SpreadAndImpact
from trading.domain.bar import Bar, Interval
from trading.domain.order import OrderType, Side, TimeInForce
from trading.ports import OrderRejected

pytestmark = pytest.mark.django_db
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP_LOSS
IOC, FOK, DAY = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.DAY


def prices_of(venue):
    return [(fill.client_order_id, fill.quantity, fill.price) for fill in venue.fills_after("")[0]]


def buy(venue, quantity="1", cid="buy"):
    venue.submit(single(cid, Side.BUY, quantity))


def test_a_market_order_trades_at_the_last_known_price(venue, state_of):
    report = venue.submit(single("a", Side.BUY, "0.5"))[0]
    assert (report.state.value, report.filled_quantity) == ("FILLED", d("0.5"))
    assert prices_of(venue) == [("a", d("0.5"), d(100))]
    assert venue.balances() == {"BTC": d("0.5"), "USD": d(10000), "USDT": d(9950)}


def test_a_book_is_bought_at_the_ask_and_sold_at_the_bid(venue, prices):
    prices.price("BTCUSDT", 100, ask=101)
    buy(venue)
    venue.submit(single("sell", Side.SELL, "1"))
    assert [price for *_, price in prices_of(venue)] == [101, 100]


def test_slippage_is_half_the_spread_and_grows_with_the_share_of_the_volume(make_venue, prices):
    prices.volume = d(100)
    venue = make_venue(slippage=SpreadAndImpact(half_spread_bps=d(1), impact_bps=d(100)))
    buy(venue, "1")
    buy(venue, "10", cid="more")
    assert [price for *_, price in prices_of(venue)] == [d("100.02"), d("100.11")]


def test_an_ioc_trades_within_its_limit_only(make_venue, state_of):
    venue = make_venue(slippage=SpreadAndImpact(half_spread_bps=d(10)))
    venue.submit(single("far", Side.BUY, "1", kind=LIMIT, tif=IOC, limit="100.05"))
    venue.submit(single("near", Side.BUY, "1", kind=LIMIT, tif=IOC, limit="100.10"))
    assert state_of(venue, "far") == ("EXPIRED", 0)
    assert state_of(venue, "near") == ("FILLED", 1)


def test_an_ioc_takes_what_is_there_and_the_rest_expires(make_venue, prices, state_of):
    prices.volume = d(5)
    venue = make_venue(participation=d("0.1"))
    venue.submit(single("a", Side.BUY, "2", kind=LIMIT, tif=IOC, limit="101"))
    assert state_of(venue, "a") == ("EXPIRED", d("0.5"))
    assert venue.order("a").reason


def test_a_fok_takes_all_or_nothing(make_venue, prices, state_of):
    prices.volume = d(5)
    venue = make_venue(participation=d("0.1"))
    venue.submit(single("a", Side.BUY, "2", kind=LIMIT, tif=FOK, limit="101"))
    venue.submit(single("b", Side.BUY, "0.5", kind=LIMIT, tif=FOK, limit="101"))
    assert state_of(venue, "a") == ("EXPIRED", 0)
    assert state_of(venue, "b") == ("FILLED", d("0.5"))


def test_a_limit_order_rests_until_its_price_is_touched(venue, prices, state_of):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="99"))
    prices.bar("BTCUSDT", 100, 101, "99.01", 100)
    assert state_of(venue, "a") == ("WORKING", 0)
    prices.bar("BTCUSDT", 100, 101, 99, 100)
    assert state_of(venue, "a") == ("FILLED", 1)
    fill = venue.fills_after("")[0][0]
    assert (fill.price, fill.is_maker) == (d(99), True)


def test_a_limit_order_that_is_jumped_over_fills_at_the_better_open(venue, prices):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="99"))
    prices.bar("BTCUSDT", 97, 98, 96, 97)
    assert prices_of(venue) == [("a", 1, d(97))]


def test_a_limit_order_beyond_the_market_trades_at_once_as_a_taker(venue):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="105"))
    fill = venue.fills_after("")[0][0]
    assert (fill.price, fill.is_maker) == (d(100), False)


def test_a_limit_order_takes_only_its_share_of_each_bar(make_venue, prices, state_of):
    venue = make_venue(participation=d("0.1"))
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="99"))
    prices.bar("BTCUSDT", 100, 100, 98, 99, volume=6)
    assert state_of(venue, "a") == ("PARTIAL", d("0.6"))
    prices.bar("BTCUSDT", 99, 99, 98, 99, volume=6)
    assert state_of(venue, "a") == ("FILLED", 1)


def test_a_limit_ignores_the_bar_that_was_running_when_it_came(venue, prices, clock, state_of):
    """No look-ahead: part of that bar lies before the order."""
    running = clock.now()
    clock.advance(timedelta(seconds=20))
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, limit="99"))
    clock.advance(timedelta(seconds=40))
    prices.bars.append(Bar("BTCUSDT", Interval.M1, running, d(100), d(100), d(90), d(95), d(10)))
    assert state_of(venue, "a") == ("WORKING", 0)


def test_a_stop_uses_the_bar_that_was_running_but_not_its_open(venue, prices, clock, state_of):
    buy(venue)
    running = clock.now()
    clock.advance(timedelta(seconds=20))
    venue.submit(single("s", Side.SELL, "1", kind=STOP, stop="95"))
    clock.advance(timedelta(seconds=40))
    prices.bars.append(Bar("BTCUSDT", Interval.M1, running, d(90), d(100), d(90), d(95), d(10)))
    assert state_of(venue, "s") == ("FILLED", 1)
    assert prices_of(venue)[-1] == ("s", 1, d(95))


def test_a_stop_ignores_bars_that_closed_before_it(venue, prices, state_of):
    buy(venue)
    prices.bar("BTCUSDT", 100, 100, 80, 100)
    venue.submit(single("s", Side.SELL, "1", kind=STOP, stop="95"))
    assert state_of(venue, "s") == ("WORKING", 0)


def test_a_stop_fills_at_its_price_and_a_jumped_one_at_the_worse_open(venue, prices):
    buy(venue, "2")
    venue.submit(single("s1", Side.SELL, "1", kind=STOP, stop="95"))
    venue.submit(single("s2", Side.SELL, "1", kind=STOP, stop="90"))
    prices.bar("BTCUSDT", 98, 99, 94, 94)
    prices.bar("BTCUSDT", 85, 88, 84, 88)
    venue.open_orders()
    assert prices_of(venue)[1:] == [("s1", 1, d(95)), ("s2", 1, d(85))]


def test_a_triggered_stop_slips(make_venue, prices):
    venue = make_venue(slippage=SpreadAndImpact(half_spread_bps=d(10), impact_bps=d(0)))
    buy(venue)
    venue.submit(single("s", Side.SELL, "1", kind=STOP, stop="95"))
    prices.bar("BTCUSDT", 98, 99, 94, 94)
    venue.open_orders()
    assert prices_of(venue)[-1][2] == d("94.90")


def test_a_stop_that_buys_fills_above(venue, prices):
    venue.submit(single("s", Side.BUY, "1", kind=STOP, stop="105"))
    prices.bar("BTCUSDT", 107, 108, 104, 105)
    venue.open_orders()
    assert prices_of(venue) == [("s", 1, d(107))]


def test_the_stop_comes_first_when_a_bar_touches_stop_and_target(venue, prices, state_of):
    buy(venue)
    venue.submit(oco("1", 95, 103))
    prices.bar("BTCUSDT", 100, 104, 94, 100)
    assert state_of(venue, "xS") == ("FILLED", 1)
    assert state_of(venue, "xT") == ("CANCELED", 0)


def test_a_target_that_is_jumped_over_fills_at_the_better_open(venue, prices):
    buy(venue)
    venue.submit(oco("1", 95, 103))
    prices.bar("BTCUSDT", 106, 107, 105, 106)
    venue.open_orders()
    assert prices_of(venue)[-1] == ("xT", 1, d(106))


def test_a_partly_filled_target_leaves_the_rest_to_the_stop(make_venue, prices, state_of):
    venue = make_venue(participation=d("0.1"))
    buy(venue)
    venue.submit(oco("1", 95, 103))
    prices.bar("BTCUSDT", 100, 103, 99, 103, volume=4)
    assert state_of(venue, "xT") == ("PARTIAL", d("0.4"))
    prices.bar("BTCUSDT", 96, 97, 94, 95)
    assert state_of(venue, "xS") == ("FILLED", d("0.6"))
    assert state_of(venue, "xT") == ("CANCELED", d("0.4"))
    assert "BTC" not in venue.balances()


def test_cancelling_one_leg_takes_the_other_along(venue, state_of):
    buy(venue)
    venue.submit(oco("1", 95, 103))
    assert venue.cancel("xS").state == "CANCELED"
    assert state_of(venue, "xT") == ("CANCELED", 0)
    assert venue.open_orders() == []


def test_a_bracket_s_children_work_after_its_entry(venue, prices, state_of):
    reports = venue.submit(bracket("1", 101, 95, 103))
    assert [report.state.value for report in reports] == ["FILLED", "WORKING", "WORKING"]
    prices.bar("BTCUSDT", 100, 103, 99, 103)
    assert state_of(venue, "bT") == ("FILLED", 1)
    assert state_of(venue, "bS") == ("CANCELED", 0)


def test_a_bracket_that_waits_for_its_entry_cannot_be_hit(venue, prices, state_of):
    venue.submit(bracket("1", 90, 85, 95, tif=TimeInForce.GTC))
    prices.bar("BTCUSDT", 100, 110, 91, 100)
    assert state_of(venue, "bT") == ("WORKING", 0)
    assert venue.balances()["USDT"] == 10000


def test_a_bracket_whose_entry_brings_nothing_ends_whole(venue, state_of):
    venue.submit(bracket("1", 99, 95, 103))
    assert state_of(venue, "bE") == ("EXPIRED", 0)
    assert state_of(venue, "bS") == ("CANCELED", 0)
    assert venue.open_orders() == []


def test_children_are_cut_to_what_a_partial_entry_brought(make_venue, prices, state_of):
    prices.volume = d(4)
    venue = make_venue(participation=d("0.1"))
    venue.submit(bracket("1", 101, 95, 103))
    assert state_of(venue, "bE") == ("EXPIRED", d("0.4"))
    prices.bar("BTCUSDT", 96, 97, 94, 95)
    assert state_of(venue, "bS") == ("FILLED", d("0.4"))
    assert "BTC" not in venue.balances()


def test_children_grow_with_an_entry_that_fills_in_parts(make_venue, prices, state_of):
    venue = make_venue(participation=d("0.1"), fees=RateFees())
    venue.submit(bracket("1", 99, 90, 103, tif=TimeInForce.GTC))
    prices.bar("BTCUSDT", 100, 100, 98, 99, volume=4)
    assert state_of(venue, "bE") == ("PARTIAL", d("0.4"))
    prices.bar("BTCUSDT", 99, 99, 98, 99, volume=100)
    assert state_of(venue, "bE") == ("FILLED", 1)
    prices.bar("BTCUSDT", 89, 90, 88, 89)
    assert state_of(venue, "bS") == ("FILLED", d("0.999"))


def test_children_sell_what_arrived_after_commissions_in_base(make_venue, prices, state_of):
    """order-safety.md 2.5: 0.02 bought, 0.1 % taken in base, 0.019 on a step of 0.001, dust 0.00098."""
    venue = make_venue(fees=RateFees())
    venue.submit(bracket("0.2", 101, 95, 103))
    prices.bar("BTCUSDT", 100, 103, 99, 103)
    assert state_of(venue, "bT") == ("FILLED", d("0.199"))
    assert venue.balances()["BTC"] == d("0.0008")


def test_an_entry_and_its_stop_can_both_be_reached_in_one_bar(venue, prices, state_of):
    venue.submit(bracket("1", 98, 95, 103, tif=TimeInForce.GTC))
    prices.bar("BTCUSDT", 100, 104, 94, 96)
    assert state_of(venue, "bE") == ("FILLED", 1)
    assert state_of(venue, "bS") == ("FILLED", 1)
    assert state_of(venue, "bT") == ("CANCELED", 0)


def test_a_closed_child_ends_the_rest_of_its_entry(make_venue, prices, state_of):
    venue = make_venue(participation=d("0.1"))
    venue.submit(bracket("1", 99, 90, 103, tif=TimeInForce.GTC))
    prices.bar("BTCUSDT", 100, 100, 98, 99, volume=4)
    prices.bar("BTCUSDT", 89, 90, 88, 89, volume=0)
    assert state_of(venue, "bS") == ("FILLED", d("0.4"))
    assert state_of(venue, "bE") == ("CANCELED", d("0.4"))


def test_cancelling_an_entry_keeps_the_protection_of_what_it_brought(make_venue, prices, state_of):
    venue = make_venue(participation=d("0.1"))
    venue.submit(bracket("1", 99, 90, 103, tif=TimeInForce.GTC))
    prices.bar("BTCUSDT", 100, 100, 98, 99, volume=4)
    assert venue.cancel("bE").state == "CANCELED"
    assert state_of(venue, "bS") == ("WORKING", 0)
    prices.bar("BTCUSDT", 91, 92, 89, 90)
    assert state_of(venue, "bS") == ("FILLED", d("0.4"))


def test_commissions_are_taken_in_base_or_in_quote(make_venue):
    venue = make_venue(fees=RateFees(in_base=True))
    buy(venue, "0.2")
    assert venue.capabilities.commission_in_base
    assert venue.balances()["BTC"] == d("0.1998")
    fill = venue.fills_after("")[0][0]
    assert (fill.commission, fill.commission_asset) == (d("0.0002"), "BTC")
    venue.submit(single("sell", Side.SELL, "0.1"))
    fill = venue.fills_after("")[0][1]
    assert (fill.commission, fill.commission_asset) == (d("0.01"), "USDT")


def test_a_stock_pays_by_the_share(make_venue):
    venue = make_venue(fees=PerShareFees())
    venue.submit(single("a", Side.BUY, "4", symbol="SPY"))
    fill = venue.fills_after("")[0][0]
    assert (fill.commission, fill.commission_asset) == (d(1), "USD")
    assert venue.balances()["USD"] == d(10000 - 2000 - 1)


def test_a_day_order_ends_with_its_session(venue, prices, clock, state_of):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, tif=DAY, limit="400", symbol="SPY"))
    clock.move_to(clock.now().replace(hour=20, minute=59))
    assert state_of(venue, "a") == ("WORKING", 0)
    clock.move_to(clock.now().replace(hour=21, minute=0))
    assert state_of(venue, "a") == ("EXPIRED", 0)
    assert venue.order("a").ts_event.hour == 21


def test_a_day_order_does_not_see_the_next_morning(venue, prices, clock, state_of):
    venue.submit(single("a", Side.BUY, "1", kind=LIMIT, tif=DAY, limit="400", symbol="SPY"))
    clock.advance(timedelta(days=1))
    prices.bar("SPY", 390, 395, 380, 390)
    assert state_of(venue, "a") == ("EXPIRED", 0)


def test_a_stop_over_night_fills_at_the_open_of_the_next_session(venue, prices, clock):
    venue.submit(single("a", Side.BUY, "1", symbol="SPY"))
    venue.submit(single("s", Side.SELL, "1", kind=STOP, stop="490", symbol="SPY"))
    clock.advance(timedelta(hours=24))
    prices.bar("SPY", 470, 480, 465, 475)
    venue.open_orders()
    assert prices_of(venue)[-1] == ("s", 1, d(470))


def test_orders_hold_back_what_they_need(venue):
    venue.submit(single("a", Side.BUY, "60", kind=LIMIT, limit="90"))
    report = venue.submit(single("b", Side.BUY, "46", kind=LIMIT, limit="99"))[0]
    assert report.state == "WORKING"
    assert venue.balances()["USDT"] == 10000
    with pytest.raises(OrderRejected, match="insufficient balance"):
        venue.submit(single("c", Side.BUY, "1", kind=LIMIT, limit="99"))


def test_the_legs_of_an_oco_hold_their_quantity_once(venue):
    buy(venue)
    venue.submit(oco("1", 95, 103))
    with pytest.raises(OrderRejected, match="insufficient balance"):
        venue.submit(single("more", Side.SELL, "0.1", kind=LIMIT, limit="101"))


def test_a_buying_stop_that_jumps_is_cut_to_the_balance(venue, prices, state_of):
    venue.submit(single("s", Side.BUY, "95", kind=STOP, stop="105"))
    prices.bar("BTCUSDT", 110, 112, 109, 110)
    assert state_of(venue, "s") == ("PARTIAL", d("90.909"))
    assert venue.balances()["USDT"] >= 0


def test_reports_carry_ids_and_moments(venue, clock):
    report = venue.submit(single("a", Side.BUY, "1"))[0]
    assert report.venue_order_id.startswith("P")
    assert report.ts_event == clock.now()
    assert venue.fills_after("")[0][0].venue_order_id == report.venue_order_id


def test_an_instrument_can_be_listed_with_another_grid(make_venue):
    venue = make_venue(instruments={"BTCUSDT": replace(BTC, lot_size=Decimal("0.5"), min_quantity=Decimal("0.5"))})
    with pytest.raises(OrderRejected, match="not on the grid"):
        venue.submit(single("a", Side.BUY, "0.7"))
    assert leg("a", Side.BUY, "0.7").quantity == d("0.7")
