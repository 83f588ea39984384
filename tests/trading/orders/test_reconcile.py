"""Books against the venue's word (T1): what differs stops entries and calls a person; what is foreign is left alone."""

from decimal import Decimal

import pytest

from tests.trading.orders.books import assert_protected
from trading.domain.order import Contingency, OrderRequest, OrderState, OrderType, Side, Submission, TimeInForce
from trading.domain.payload import client_order_id
from trading.domain.trading_state import Environment
from trading.models import AccountControl
from trading.services.set_trading_state import set_trading_state


@pytest.fixture
def gateway(desk):
    return desk.started()


def state(desk):
    return AccountControl.objects.get(pk=desk.account.pk).trading_state


def test_equal_books_change_nothing(desk, gateway):
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 120, step=5)
    assert state(desk) == "ACTIVE"
    assert desk.incidents() == []


def test_a_tampered_balance_stops_entries_within_thirty_seconds_and_is_alarmed_once(desk, gateway):
    desk.entry()
    gateway.process()
    desk.venue.holdings["BTC"] += Decimal("0.5")
    desk.run_for(gateway, 31)
    assert state(desk) == "REDUCING"
    desk.run_for(gateway, 120, step=5)
    assert desk.incidents() == ["reconciliation_mismatch"]


def test_a_difference_of_one_step_is_not_alarmed(desk, gateway):
    desk.venue.holdings["BTC"] = Decimal("0.00001")
    desk.run_for(gateway, 31)
    assert state(desk) == "ACTIVE"


def test_reconciliation_never_loosens_a_halt(desk, gateway):
    set_trading_state(runtime=desk.runtime, account=desk.account, state="HALTED", reason="test", by="me")
    desk.venue.holdings["USDT"] -= 100
    desk.run_for(gateway, 31)
    assert state(desk) == "HALTED"
    assert desk.incidents() == ["reconciliation_mismatch"]


def test_books_that_differ_at_a_start_stop_entries_before_anything_is_sent(desk):
    desk.entry()
    desk.venue.holdings["USDT"] -= 100
    desk.started()
    assert state(desk) == "REDUCING"
    assert desk.venue.submissions == []


def test_an_order_the_venue_does_not_know_any_more_is_set_aside_and_replaced(desk, gateway):
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 31)
    for cid in [cid for cid in desk.venue.orders if cid[-1] in "ST"]:
        del desk.venue.orders[cid]
    desk.run_for(gateway, 12)
    assert desk.states("S") == [OrderState.QUARANTINED, OrderState.WORKING]
    assert state(desk) == "REDUCING"
    assert_protected(desk)


def test_before_its_fence_an_order_the_venue_does_not_list_is_waited_for_ibx_116(desk, gateway):
    desk.entry()
    gateway.process()
    hidden = {cid: desk.venue.orders.pop(cid) for cid in list(desk.venue.orders) if cid[-1] in "ST"}
    desk.run_for(gateway, 20)
    desk.venue.orders |= hidden
    desk.run_for(gateway, 20)
    assert desk.states("S") == [OrderState.WORKING]
    assert desk.incidents() == []


def test_an_entry_that_lives_at_the_venue_though_it_ended_here_is_cancelled_there(desk, gateway):
    desk.venue.rests_entries = True
    desk.venue.lose_replies = 1
    desk.venue.hide_new_orders = desk.clock.now() - desk.clock.now()
    desk.entry()
    gateway.process()
    order = desk.order("E")
    order.state = OrderState.NOT_ACCEPTED.value
    order.save()
    desk.run_for(gateway, 12)
    assert desk.venue.accepted("E")[0].state is OrderState.CANCELED
    assert state(desk) == "REDUCING"


def test_an_order_of_ours_that_we_never_wrote_down_is_a_mismatch(desk, gateway):
    cid = client_order_id(Environment.PAPER, "0" * 26, "ENTRY")
    _place(desk, cid)
    desk.run_for(gateway, 12)
    assert state(desk) == "REDUCING"


def test_somebody_elses_order_is_neither_touched_nor_alarmed(desk, gateway):
    """I22, nautilus 3464."""
    _place(desk, "web_4711")
    desk.run_for(gateway, 60, step=5)
    assert desk.venue.orders["web_4711"].is_alive
    assert desk.incidents() == []


def _place(desk, cid):
    desk.venue.rests_entries = True
    leg = OrderRequest(cid, "BTCUSDT", Side.BUY, OrderType.LIMIT, TimeInForce.GTC, Decimal("0.001"), Decimal(40000))
    desk.venue.submit(Submission("", Contingency.SINGLE, (leg,)))
    desk.venue.submissions.clear()


def test_a_venue_that_cannot_be_reached_at_the_start_is_waited_for(desk):
    desk.venue.unavailable = {"fills_after"}
    gateway = desk.started()
    desk.entry()
    desk.run_for(gateway, 5)
    assert not gateway.is_synced
    assert desk.venue.submissions == []
    desk.venue.unavailable = set()
    desk.run_for(gateway, 3)
    assert gateway.is_synced
    assert desk.states("E") == [OrderState.FILLED]
    assert desk.incidents() == ["venue_unavailable"]


def test_after_an_interruption_books_are_compared_before_anything_is_sent(desk, gateway):
    desk.entry()
    gateway.process()
    desk.venue.unavailable = {"fills_after"}
    desk.run_for(gateway, 3)
    desk.venue.move_price("BTCUSDT", "47000")
    desk.venue.prices["BTCUSDT"] = Decimal(50000)
    desk.venue.unavailable = set()
    desk.entry()
    desk.run_for(gateway, 3)
    stopped = desk.venue.fills[1]
    assert stopped.client_order_id.endswith("S")
    assert len(desk.venue.accepted("E")) == 2
    assert_protected(desk)
