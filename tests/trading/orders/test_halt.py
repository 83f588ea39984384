"""HALTED: entries end, stops stay, nothing new goes out; the file and the environment stop as well as the row."""

import pytest

from tests.trading.orders.books import assert_books_are_true, assert_protected
from trading.domain.order import OrderState
from trading.models import Intent, OrderRow
from trading.services import send_order
from trading.services.set_trading_state import set_trading_state


def halt(desk):
    set_trading_state(runtime=desk.runtime, account=desk.account, state="HALTED", reason="test", by="me")


def test_an_entry_still_alive_when_trading_halts_is_cancelled(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    assert desk.states("E") == [OrderState.WORKING]
    halt(desk)
    gateway.process()
    assert desk.states("E") == [OrderState.CANCELED]
    assert desk.venue.alive() == []


def test_the_children_of_a_cancelled_bracket_are_known_to_have_ended_at_once(desk):
    desk.venue.rests_entries = desk.venue.atomic_bracket = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    assert desk.states("S") == [OrderState.WORKING]
    halt(desk)
    gateway.process()
    assert desk.states("S") == desk.states("T") == [OrderState.CANCELED]


def test_a_cancel_without_an_answer_is_asked_for_and_asked_again(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    halt(desk)
    desk.venue.unavailable = {"cancel"}
    gateway.process()
    assert desk.states("E") == [OrderState.CANCEL_UNKNOWN]
    desk.venue.unavailable = set()
    desk.run_for(gateway, 5)
    assert desk.states("E") == [OrderState.CANCELED]


def test_an_entry_that_fills_while_it_is_being_cancelled_is_protected(desk):
    desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()

    def fill_first(moment):
        if moment == "cancel:before":
            desk.venue.fill_entries()

    desk.venue.on_call = fill_first
    halt(desk)
    desk.run_for(gateway, 5)
    assert desk.states("E") == [OrderState.FILLED]
    assert_protected(desk)
    assert_books_are_true(desk)


def test_protective_stops_stay_while_halted(desk):
    gateway = desk.started()
    desk.entry()
    gateway.process()
    halt(desk)
    desk.run_for(gateway, 60)
    assert desk.venue.alive() == ["S", "T"]
    assert_protected(desk)


def test_the_halt_file_stops_as_well_as_the_row(desk, var_dir):
    gateway = desk.started()
    intent = desk.entry()
    (var_dir / "HALT").touch()
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DENIED
    assert desk.venue.submissions == []


def test_a_halt_survives_a_restart_hummingbot_720(desk):
    desk.started().stop()
    halt(desk)
    desk.entry()
    desk.started()
    assert desk.venue.submissions == []


def test_nothing_is_sold_while_halted_even_without_a_stop_and_a_person_is_called(desk):
    gateway = desk.started()
    desk.venue.reject = lambda leg: "no stops today" if leg.stop_price else ""
    desk.venue.on_call = lambda moment: halt(desk) if moment == "submit:after" else None
    desk.entry()
    gateway.process()
    desk.run_for(gateway, 30)
    assert desk.position().quantity > 0
    assert desk.states("X") == []
    assert "position_unprotected" in desk.incidents()


def test_an_exit_is_refused_while_halted_and_the_protection_was_not_touched(desk):
    gateway = desk.started()
    desk.entry()
    gateway.process()
    set_trading_state(runtime=desk.runtime, account=desk.account, state="HALTED", reason="test", by="me")
    way_out = desk.exit()
    gateway.process()
    way_out.refresh_from_db()
    assert way_out.state == Intent.State.DENIED
    assert desk.venue.alive() == ["S", "T"]
    assert OrderRow.objects.filter(state=OrderState.CANCELED.value).count() == 0


@pytest.mark.parametrize("state", ["HALTED", "REDUCING"])
def test_a_stop_between_the_commit_and_the_wire_holds_the_entry_back(desk, monkeypatch, state):
    honest = send_order.write_sending

    def stopped_meanwhile(**arguments):
        submission = honest(**arguments)
        set_trading_state(runtime=desk.runtime, account=desk.account, state=state, reason="test", by="me")
        return submission

    monkeypatch.setattr(send_order, "write_sending", stopped_meanwhile)
    gateway = desk.started()
    desk.entry()
    gateway.process()
    assert desk.venue.submissions == []
    assert desk.states("E") == [OrderState.NOT_ACCEPTED]
