"""An entry, its protection, and the three ways a position ends, through one gateway against one exchange."""

from decimal import Decimal

import pytest

from tests.trading.orders.books import assert_books_are_true
from trading.domain.order import OrderState
from trading.models import Intent, Trade


@pytest.fixture(params=[False, True], ids=["entry then OCO", "atomic bracket"])
def gateway(desk, request):
    desk.venue.atomic_bracket = request.param
    return desk.started()


def test_an_entry_is_sent_filled_and_protected_in_one_pump(desk, gateway):
    intent = desk.entry()
    gateway.process()
    intent.refresh_from_db()
    assert intent.state == Intent.State.DONE
    assert desk.states("E") == [OrderState.FILLED]
    assert desk.venue.alive() == ["S", "T"]
    position = desk.position()
    assert position.quantity == Decimal("0.01998")
    assert position.average_entry_price == Decimal(50000)
    assert position.unprotected_since is None
    assert desk.incidents() == []
    assert_books_are_true(desk)


def test_the_stop_ends_the_position_and_makes_a_trade(desk, gateway):
    desk.entry()
    gateway.process()
    desk.venue.move_price("BTCUSDT", "47000")
    gateway.process()
    trade = Trade.objects.get()
    assert trade.exit_reason == "stop_loss"
    assert trade.exit_price == Decimal(47000)
    assert trade.pnl < 0
    assert desk.states("S") == [OrderState.FILLED]
    assert desk.states("T") == [OrderState.CANCELED]
    assert desk.position().opened_at is None
    assert_books_are_true(desk)


def test_the_target_ends_the_position_with_a_gain(desk, gateway):
    desk.entry()
    gateway.process()
    desk.venue.move_price("BTCUSDT", "52000")
    gateway.process()
    trade = Trade.objects.get()
    assert (trade.exit_reason, trade.exit_price) == ("take_profit", Decimal(51500))
    assert trade.pnl > 0
    assert desk.states("S") == [OrderState.CANCELED]
    assert_books_are_true(desk)


def test_a_decided_exit_cancels_the_protection_first_and_then_sells_once(desk, gateway):
    desk.entry()
    gateway.process()
    desk.exit()
    gateway.process()
    assert Trade.objects.get().exit_reason == "decision"
    assert desk.venue.alive() == []
    assert desk.states("X") == [OrderState.FILLED]
    assert_books_are_true(desk)


def test_an_exit_that_nobody_takes_puts_the_protection_back(desk, gateway):
    desk.entry()
    gateway.process()
    desk.exit(limit="60000")
    gateway.process()
    assert desk.states("X") == [OrderState.EXPIRED]
    assert desk.venue.alive() == ["S", "T"]
    assert desk.position().unprotected_since is None
    assert_books_are_true(desk)


def test_a_part_filled_entry_is_protected_for_what_was_bought_net_of_commission(desk, gateway):
    desk.venue.liquidity = Decimal("0.005")
    desk.entry()
    gateway.process()
    assert desk.states("E") == [OrderState.EXPIRED]
    assert desk.position().quantity == Decimal("0.004995")
    stops = [order for order in desk.venue.accepted("S") if order.is_alive]
    assert [order.request.quantity for order in stops] == [Decimal("0.00499")]
    assert_books_are_true(desk)


def test_an_entry_that_finds_no_seller_ends_without_a_position(desk, gateway):
    desk.entry(limit="49000")
    gateway.process()
    assert Intent.objects.get().state == Intent.State.FAILED
    assert desk.fill_count() == 0
    assert set(desk.states("S")) <= {OrderState.CANCELED}, "a bracket's children end with it, and we know it at once"
    assert desk.venue.alive() == []
    assert_books_are_true(desk)


def test_two_rounds_trip_one_after_the_other(desk, gateway):
    for _ in range(2):
        desk.entry()
        gateway.process()
        desk.venue.move_price("BTCUSDT", "52000")
        gateway.process()
        desk.venue.move_price("BTCUSDT", "50000")
    assert Trade.objects.count() == 2
    assert_books_are_true(desk)


def test_an_idle_pump_asks_the_database_three_times_at_most(desk, gateway, django_assert_max_num_queries):
    desk.pass_time(1)
    gateway.process()
    with django_assert_max_num_queries(3):
        desk.pass_time(0.5)
        gateway.process()


def test_the_children_of_a_bracket_whose_entry_ended_empty_are_known_to_have_ended_at_once(desk):
    desk.venue.atomic_bracket = desk.venue.rests_entries = True
    gateway = desk.started()
    desk.entry()
    gateway.process()
    desk.venue.liquidity = Decimal(0)
    desk.venue.fill_entries()
    desk.pass_time(1)
    gateway.process()
    assert desk.states("E") == [OrderState.EXPIRED]
    assert desk.states("S") == desk.states("T") == [OrderState.CANCELED]
