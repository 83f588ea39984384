"""Every open position has a stop at the venue, or is alarmed and sold (order-safety.md 2.4, A2, I7, I8)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.trading.orders.books import assert_books_are_true, assert_protected
from trading.domain.order import OrderState
from trading.models import OrderRow, Trade


def refuse_stops(leg):
    return "stop would trigger immediately" if leg.stop_price else ""


def test_a_refused_stop_sells_the_position_at_once_with_an_alarm(desk):
    gateway = desk.started()
    desk.venue.reject = refuse_stops
    desk.entry()
    gateway.process()
    assert desk.states("S") == [OrderState.REJECTED]
    assert Trade.objects.get().exit_reason == "unprotected"
    assert "unprotected_exit" in desk.incidents()
    assert_books_are_true(desk)


def test_a_stop_that_cannot_be_sent_for_five_seconds_sells_the_position(desk):
    gateway = desk.started()
    desk.entry()
    desk.venue.on_call = lambda moment: desk.venue.unavailable.add("submit") if moment == "submit:after" else None
    gateway.process()
    assert desk.position().unprotected_since is not None
    desk.run_for(gateway, 8)
    desk.venue.unavailable = set()
    desk.venue.on_call = lambda moment: None
    desk.run_for(gateway, 30)
    assert Trade.objects.get().exit_reason == "unprotected"
    assert_books_are_true(desk)


def test_a_stop_in_doubt_is_alarmed_and_never_doubled(desk):
    gateway = desk.started()
    desk.entry()
    desk.venue.on_call = lambda moment: setattr(desk.venue, "lose_replies", 1) if moment == "submit:after" else None
    desk.venue.unavailable = {"order"}
    gateway.process()
    assert desk.states("S") == [OrderState.UNKNOWN]
    desk.run_for(gateway, 9)
    assert "position_unprotected" in desk.incidents()
    assert desk.states("X") == []
    desk.venue.unavailable = set()
    desk.run_for(gateway, 31)
    assert desk.states("S") == [OrderState.WORKING]
    assert desk.position().unprotected_since is None
    assert_protected(desk)


def test_a_lost_stop_ends_in_a_sale_after_its_fence_and_not_before(desk):
    gateway = desk.started()
    desk.entry()
    desk.venue.on_call = lambda moment: setattr(desk.venue, "lose_requests", 1) if moment == "submit:after" else None
    gateway.process()
    desk.venue.on_call = lambda moment: None
    desk.run_for(gateway, 29)
    assert desk.states("X") == []
    desk.run_for(gateway, 3)
    assert desk.states("S") == [OrderState.NOT_ACCEPTED]
    assert desk.states("X") == [OrderState.FILLED]
    assert_books_are_true(desk)


def test_a_refused_sale_is_tried_again_ever_more_slowly_hummingbot_462(desk):
    gateway = desk.started()
    desk.venue.reject = lambda leg: "" if leg.side == "BUY" else "market closed"
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 4, step=1)
    assert len(desk.states("S")) == 1, "a refused stop is not tried again"
    desk.run_for(gateway, 1200, step=5)
    tries = OrderRow.objects.filter(purpose="EXIT").count()
    assert 10 < tries < 30
    desk.venue.reject = lambda leg: ""
    desk.run_for(gateway, 61)
    assert Trade.objects.count() == 1
    assert_books_are_true(desk)


def test_a_lost_sale_is_sent_again_under_the_same_id(desk):
    gateway = desk.started()
    desk.venue.reject = refuse_stops
    desk.entry()

    def lose_the_sale(moment):
        if moment == "submit:before" and len(desk.venue.submissions) == 2:
            desk.venue.lose_requests = 1
            desk.venue.on_call = lambda other: None

    desk.venue.on_call = lose_the_sale
    gateway.process()
    assert desk.states("X") == [OrderState.UNKNOWN]
    desk.run_for(gateway, 45)
    assert desk.states("X") == [OrderState.FILLED]
    sent = [s.legs[0].client_order_id for s in desk.venue.submissions if s.legs[0].client_order_id.endswith("X")]
    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert_books_are_true(desk)


def test_a_sale_that_turns_out_to_live_is_adopted_when_the_venue_refuses_the_double(desk):
    """order-safety.md 2.2: -2010 "Duplicate order sent." means that an earlier attempt is alive."""
    gateway = desk.started()
    desk.venue.reject = refuse_stops
    desk.entry()

    def hide_the_sale(moment):
        if moment == "submit:before" and len(desk.venue.submissions) == 2:
            desk.venue.lose_replies = 1
            desk.venue.hide_new_orders = timedelta(seconds=34)
            desk.venue.holds_fills = True

    desk.venue.on_call = hide_the_sale
    gateway.process()
    desk.run_for(gateway, 33)
    sent = [s.legs[0].client_order_id for s in desk.venue.submissions if s.legs[0].client_order_id.endswith("X")]
    assert len(sent) == 2
    assert len(set(sent)) == 1
    desk.venue.holds_fills = False
    desk.run_for(gateway, 10)
    assert desk.states("X") == [OrderState.FILLED]
    assert len(desk.venue.accepted("X")) == 1
    assert "late_fill" not in desk.incidents()
    assert_books_are_true(desk)


def test_a_stop_that_the_venue_ended_by_itself_is_put_back(desk):
    gateway = desk.started()
    desk.entry()
    gateway.process()
    for order in desk.venue.accepted():
        if order.is_alive:
            order.state = OrderState.EXPIRED
    desk.run_for(gateway, 12)
    assert desk.venue.alive() == ["S", "T"]
    assert_protected(desk)
    assert_books_are_true(desk)


def test_a_second_fill_is_protected_by_a_stop_of_its_own(desk):
    desk.venue.liquidity = Decimal("0.01")
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    entry = desk.venue.accepted("E")[0]
    for _ in range(2):
        desk.venue._fill(entry, Decimal("0.01"), Decimal(50000))
        gateway.process()
        assert_protected(desk)
    assert desk.venue.alive() == ["S", "S", "T", "T"]
    assert_books_are_true(desk)


def test_a_position_of_dust_is_neither_protected_nor_sold(desk):
    desk.venue.liquidity = Decimal("0.00005")
    gateway = desk.started()
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 30)
    assert len(desk.venue.submissions) == 1
    assert desk.position().quantity == Decimal("0.00004995")
    assert desk.position().opened_at is None
    assert Trade.objects.count() == 0
    assert_books_are_true(desk)


def test_an_exit_waits_while_a_stop_is_in_doubt_and_nothing_is_sold_twice(desk):
    gateway = desk.started()
    desk.entry()
    desk.venue.on_call = lambda moment: setattr(desk.venue, "lose_replies", 1) if moment == "submit:after" else None
    desk.venue.unavailable = {"order"}
    gateway.process()
    desk.venue.on_call = lambda moment: None
    way_out = desk.exit()
    desk.run_for(gateway, 6)
    assert desk.states("X") == []
    desk.venue.unavailable = set()
    desk.run_for(gateway, 12)
    way_out.refresh_from_db()
    assert way_out.state == "DONE"
    assert_books_are_true(desk)


@pytest.mark.parametrize("atomic_bracket", [False, True])
def test_dust_that_the_lot_leaves_over_stays_in_the_books_and_closes_the_trade(desk, atomic_bracket):
    """order-safety.md 2.5: buy 0.02, fee 0.1 % in base, step 0.001: sell 0.019, dust 0.00098."""
    desk.instrument.lot_size = desk.instrument.min_quantity = Decimal("0.001")
    desk.instrument.min_notional = Decimal(50)
    desk.instrument.save()
    desk.venue.instruments["BTCUSDT"] = desk.instrument.to_domain()
    desk.venue.atomic_bracket = atomic_bracket
    gateway = desk.started()
    desk.entry()
    gateway.process()
    desk.venue.move_price("BTCUSDT", "52000")
    gateway.process()
    assert desk.position().quantity == Decimal("0.00098")
    assert desk.position().opened_at is None
    assert Trade.objects.get().quantity == Decimal("0.019")
    assert_books_are_true(desk)


def test_an_exit_waits_until_the_cancels_are_confirmed(desk):
    gateway = desk.started()
    desk.entry()
    gateway.process()
    desk.venue.unavailable = {"cancel"}
    way_out = desk.exit()
    desk.run_for(gateway, 3)
    way_out.refresh_from_db()
    assert way_out.state == "APPROVED"
    assert desk.venue.alive() == ["S", "T"]
    desk.venue.unavailable = set()
    desk.run_for(gateway, 5)
    way_out.refresh_from_db()
    assert way_out.state == "DONE"
    assert_books_are_true(desk)


def test_an_exit_lifts_no_stop_while_another_order_is_in_doubt(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    entry = desk.venue.accepted("E")[0]
    desk.venue._fill(entry, Decimal("0.01"), Decimal(50000))
    gateway.process()
    desk.venue.lose_replies = 1
    desk.venue.unavailable = {"order"}
    desk.venue._fill(entry, Decimal("0.01"), Decimal(50000))
    gateway.process()
    assert desk.states("S") == [OrderState.WORKING, OrderState.UNKNOWN]
    desk.exit()
    desk.run_for(gateway, 3)
    assert desk.states("S") == [OrderState.WORKING, OrderState.UNKNOWN]
    assert desk.venue.alive() == ["S", "S", "T", "T"]


def test_an_unsent_sale_of_less_than_is_needed_now_is_not_sent_again_but_replaced(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    entry = desk.venue.accepted("E")[0]
    desk.venue.reject = refuse_stops
    desk.venue.on_call = lambda moment: desk.venue.unavailable.add("submit") if moment == "submit:before" else None
    desk.venue._fill(entry, Decimal("0.01"), Decimal(50000))
    desk.run_for(gateway, 8)
    assert set(desk.states("X")) == {OrderState.NOT_ACCEPTED}
    desk.venue.on_call = lambda moment: None
    desk.venue.unavailable = set()
    desk.venue._fill(entry, Decimal("0.01"), Decimal(50000))
    desk.run_for(gateway, 40)
    assert [order.request.quantity for order in desk.venue.accepted("X")] == [Decimal("0.01998")]
    assert_books_are_true(desk)
