"""The submission protocol under each fault of the wire (order-safety.md 2.3), and the threads it was learnt from."""

from datetime import timedelta

import pytest

from tests.fakes.venue import Crash
from tests.trading.orders.books import assert_books_are_true, assert_protected
from trading.domain.order import OrderState
from trading.models import Intent
from trading.services.set_trading_state import set_trading_state


def test_a_lost_reply_leaves_the_order_unknown_and_asking_finds_it_hummingbot_493(desk):
    gateway = desk.started()
    desk.venue.lose_replies = 1
    desk.venue.hide_new_orders = timedelta(seconds=3)
    desk.venue.holds_fills = True
    desk.entry()
    gateway.process()
    assert desk.states("E") == [OrderState.UNKNOWN]
    desk.venue.holds_fills = False
    desk.run_for(gateway, 10, step=0.5)
    assert desk.states("E") == [OrderState.FILLED]
    assert len(desk.venue.accepted("E")) == 1
    assert_protected(desk)
    assert_books_are_true(desk)


def test_silence_before_the_fence_proves_nothing_hummingbot_601(desk):
    gateway = desk.started()
    desk.venue.lose_requests = 1
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 29, step=0.5)
    assert desk.states("E") == [OrderState.UNKNOWN]
    desk.run_for(gateway, 2, step=0.5)
    assert desk.states("E") == [OrderState.NOT_ACCEPTED]


def test_a_lost_entry_is_never_sent_again(desk):
    gateway = desk.started()
    desk.venue.lose_requests = 1
    intent = desk.entry()
    desk.run_for(gateway, 120, step=1)
    intent.refresh_from_db()
    assert intent.state == Intent.State.FAILED
    assert len(desk.venue.submissions) == 1
    assert desk.venue.accepted() == []


def test_an_order_seen_late_by_the_venues_own_queries_is_adopted_freqtrade_4403(desk):
    gateway = desk.started()
    desk.venue.lose_replies = 1
    desk.venue.hide_new_orders = timedelta(seconds=20)
    desk.venue.liquidity = 0
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 31)
    assert desk.states("E") == [OrderState.EXPIRED]
    assert len(desk.venue.submissions) == 1


def test_nothing_is_decided_while_one_source_cannot_be_asked(desk):
    gateway = desk.started()
    desk.venue.lose_requests = 1
    desk.entry()
    gateway.process()
    desk.venue.unavailable = {"open_orders"}
    desk.run_for(gateway, 50)
    assert desk.states("E") == [OrderState.UNKNOWN]
    desk.venue.unavailable = set()
    desk.run_for(gateway, 20)
    assert desk.states("E") == [OrderState.NOT_ACCEPTED]


def test_an_order_in_doubt_for_a_minute_pages_a_person_once(desk):
    gateway = desk.started()
    desk.venue.lose_requests = 1
    desk.entry()
    gateway.process()
    desk.venue.unavailable = {"order"}
    desk.run_for(gateway, 90)
    assert desk.incidents().count("order_in_doubt") == 1


def test_while_an_order_is_in_doubt_no_other_entry_goes_out_there(desk):
    gateway = desk.started()
    desk.venue.lose_requests = 1
    desk.entry()
    gateway.process()
    Intent.objects.update(strategy="another")
    desk.entry("0.01")
    desk.run_for(gateway, 20)
    assert len(desk.venue.submissions) == 1


def test_a_rejected_entry_ends_with_the_venues_reason_and_is_not_tried_again(desk):
    gateway = desk.started()
    desk.venue.reject = lambda leg: "price out of range"
    intent = desk.entry()
    desk.run_for(gateway, 60)
    intent.refresh_from_db()
    assert (intent.state, intent.reason) == (Intent.State.FAILED, "price out of range")
    assert len(desk.venue.submissions) == 1


def test_a_venue_that_cannot_be_reached_gets_nothing_and_the_intent_fails(desk):
    gateway = desk.started()
    desk.venue.unavailable = {"submit"}
    intent = desk.entry()
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.FAILED
    assert desk.states("E") == [OrderState.NOT_ACCEPTED]


def test_a_fault_in_the_adapter_is_unknown_and_never_failed(desk):
    gateway = desk.started()

    def break_after_sending(moment):
        if moment == "submit:after":
            raise KeyError("half a body")

    desk.venue.on_call = break_after_sending
    desk.entry()
    gateway.process()
    assert "venue_adapter_failed" in desk.incidents()
    desk.venue.on_call = lambda moment: None
    desk.run_for(gateway, 5)
    assert desk.states("E") == [OrderState.FILLED]
    assert len(desk.venue.accepted("E")) == 1
    assert_protected(desk)
    assert_books_are_true(desk)


def test_a_process_paused_after_the_commit_does_not_send(desk, monkeypatch):
    gateway = desk.started()
    from trading.services import send_order

    honest = send_order.write_sending

    def slow(**arguments):
        submission = honest(**arguments)
        desk.pass_time(6)
        return submission

    monkeypatch.setattr(send_order, "write_sending", slow)
    desk.entry()
    gateway.process()
    assert desk.venue.submissions == []
    assert desk.states("E") == [OrderState.NOT_ACCEPTED]


def test_an_order_interrupted_while_sending_is_in_doubt_from_the_next_start_on(desk):
    first = desk.started()
    desk.entry()

    def die(moment):
        if moment == "submit:before":
            raise Crash

    desk.venue.on_call = die
    with pytest.raises(Crash):
        first.process()
    assert desk.states("E") == [OrderState.SENDING]
    desk.venue.on_call = lambda moment: None
    desk.pass_time(16)
    desk.started()
    assert desk.states("E") == [OrderState.UNKNOWN]


def test_fills_that_come_twice_are_booked_once_nautilus_3046(desk):
    gateway = desk.started()
    desk.venue.doubles_fills = True
    desk.entry()
    gateway.process()
    assert desk.fill_count() == 1
    assert_books_are_true(desk)


def test_a_restart_reads_on_where_it_stopped_and_books_nothing_twice(desk):
    first = desk.started()
    desk.entry()
    first.process()
    first.stop()
    desk.venue.move_price("BTCUSDT", "47000")
    desk.started()
    assert desk.fill_count() == 2
    assert_books_are_true(desk)


def test_orders_that_work_at_a_restart_are_kept_nautilus_5000(desk):
    first = desk.started()
    desk.entry()
    first.process()
    first.stop()
    second = desk.started()
    desk.run_for(second, 60)
    assert desk.venue.alive() == ["S", "T"]
    assert len(desk.venue.submissions) == 2
    assert desk.incidents() == []


def test_an_approval_older_than_thirty_seconds_sends_nothing(desk):
    gateway = desk.started()
    intent = desk.entry()
    desk.pass_time(31)
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.EXPIRED
    assert desk.venue.submissions == []


def test_a_changed_intent_is_refused_field_by_field(desk):
    gateway = desk.started()
    changes = {
        "quantity": "0.03",
        "limit_price": "51000",
        "reference_price": "51000",
        "stop_loss": "40000",
        "take_profit": "60000",
        "side": "SELL",
        "strategy": "other",
        "decision_id": "9" * 26,
        "risk_approval_id": "1" * 26,
    }
    for name, value in changes.items():
        intent = desk.entry()
        Intent.objects.filter(pk=intent.pk).update(**{name: value})
        gateway.process()
        intent.refresh_from_db()
        assert intent.state == Intent.State.DENIED, name
        assert "differs from what was approved" in intent.reason
    assert desk.venue.submissions == []


def test_an_approval_is_good_for_one_order(desk):
    gateway = desk.started()
    desk.venue.liquidity = 0
    intent = desk.entry()
    gateway.process()
    Intent.objects.filter(pk=intent.pk).update(state=Intent.State.APPROVED)
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DENIED
    assert len(desk.venue.submissions) == 1


def test_an_intent_that_waits_for_a_person_is_not_sent(desk):
    gateway = desk.started()
    intent = desk.entry(requires_approval=True)
    desk.run_for(gateway, 60)
    intent.refresh_from_db()
    assert intent.state == Intent.State.AWAITING_APPROVAL
    assert desk.venue.submissions == []


def test_a_limit_broken_since_the_approval_sends_nothing(desk):
    desk.review = lambda *args: "p02: the position would be too large"
    gateway = desk.started()
    intent = desk.entry()
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DENIED
    assert "p02" in intent.reason
    assert desk.venue.submissions == []


def test_while_reducing_entries_are_refused_and_exits_go_out(desk):
    gateway = desk.started()
    desk.entry()
    gateway.process()
    set_trading_state(runtime=desk.runtime, account=desk.account, state="REDUCING", reason="test", by="me")
    entry, way_out = desk.entry(), desk.exit()
    gateway.process()
    entry.refresh_from_db()
    way_out.refresh_from_db()
    assert entry.state == Intent.State.DENIED
    assert way_out.state == Intent.State.DONE
    assert_books_are_true(desk)
