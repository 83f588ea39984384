"""The one contract every venue adapter must keep, as numbered cases that run against each of them.

An adapter's test class inherits `VenueContract` and gives a `desk` fixture: a `VenueDesk` that moves the exchange
behind the adapter. What a venue cannot do at all it says in `VenueDesk.cannot`, with the reason; nothing else skips.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

import pytest

from trading.domain.order import (
    TERMINAL_STATES,
    Contingency,
    OrderRequest,
    OrderState,
    OrderType,
    Side,
    Submission,
    TimeInForce,
)
from trading.ports import OrderOutcomeUnknown, OrderRejected, Venue, VenueUnavailable


class Exchange(Protocol):
    """The far side of an adapter, in the hands of the test. Prices in quote units."""

    def trade_at(self, price: Decimal, volume: Decimal) -> None:
        """The market trades `volume` at `price`: resting orders that it reaches fill, up to that volume."""

    def lose_request(self) -> None:
        """The next submission never arrives; the adapter gets no answer."""

    def lose_reply(self) -> None:
        """The next submission arrives and is accepted; the adapter gets no answer."""

    def cut_line(self) -> None:
        """Nothing gets through from now on."""

    def mend_line(self) -> None:
        """Everything gets through again."""

    def restart(self) -> Venue:
        """The platform's process dies; a new adapter to the same exchange."""

    def foreign_order(self, client_order_id: str, price: Decimal, quantity: Decimal) -> None:
        """Somebody else places a resting buy order on the account."""

    def refuse_next(self) -> None:
        """The exchange says no to the next submission for a reason of its own."""


@dataclass
class VenueDesk:
    """An adapter, its exchange, and an instrument to trade at a price of about `price` with lots of `lot`."""

    venue: Venue
    exchange: Exchange
    symbol: str
    base: str
    price: Decimal
    lot: Decimal
    tick: Decimal
    cannot: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def able(self, what: str) -> None:
        if what in self.cannot:
            pytest.skip(f"this venue cannot {what}: {self.cannot[what]}")

    def cid(self, letter: str = "E") -> str:
        """A new client order id in the platform's form."""
        self.count += 1
        return f"atp{self.count:026d}{letter}"

    def at(self, percent: int) -> Decimal:
        """The price `percent` away from the starting one, on the grid."""
        raw = self.price * (100 + percent) / 100
        return (raw / self.tick).to_integral_value() * self.tick

    def order(self, side: Side = Side.BUY, lots: int = 10, **changes: object) -> Submission:
        """A single order of `lots` lots: a market order unless `changes` say otherwise."""
        values = {"order_type": OrderType.MARKET, "time_in_force": TimeInForce.GTC, **changes}
        request = OrderRequest(
            client_order_id=self.cid(), symbol=self.symbol, side=side, quantity=self.lot * lots, **values
        )
        return Submission(list_id="", contingency=Contingency.SINGLE, legs=(request,))

    def resting(self, percent: int = -5, lots: int = 10, side: Side = Side.BUY) -> Submission:
        return self.order(side, lots, order_type=OrderType.LIMIT, limit_price=self.at(percent))

    def exits(self, lots: int = 10) -> tuple[OrderRequest, OrderRequest]:
        common = {
            "symbol": self.symbol,
            "side": Side.SELL,
            "time_in_force": TimeInForce.GTC,
            "quantity": self.lot * lots,
        }
        stop = OrderRequest(
            client_order_id=self.cid("S"), order_type=OrderType.STOP_LOSS, stop_price=self.at(-5), **common
        )
        target = OrderRequest(
            client_order_id=self.cid("T"), order_type=OrderType.TAKE_PROFIT, limit_price=self.at(3), **common
        )
        return stop, target

    def oco(self, lots: int = 10) -> Submission:
        return Submission(list_id=self.cid("L"), contingency=Contingency.OCO, legs=self.exits(lots))

    def bracket(self, lots: int = 10) -> Submission:
        entry = self.order(
            lots=lots, order_type=OrderType.LIMIT, time_in_force=TimeInForce.IOC, limit_price=self.at(1)
        ).legs[0]
        return Submission(list_id=self.cid("L"), contingency=Contingency.BRACKET, legs=(entry, *self.exits(lots)))

    def hold(self, lots: int = 10) -> None:
        """Own `lots` lots, bought at the market, with what they cost out of the way."""
        self.venue.submit(self.order(lots=lots))

    def state(self, submission: Submission, leg: int = 0) -> OrderState:
        report = self.venue.order(submission.legs[leg].client_order_id)
        assert report is not None
        return report.state

    def filled(self, submission: Submission, leg: int = 0) -> Decimal:
        """What executions say was filled, which must be what the order's report says."""
        cid = submission.legs[leg].client_order_id
        fills, _ = self.venue.fills_after("")
        total = sum((fill.quantity for fill in fills if fill.client_order_id == cid), Decimal(0))
        report = self.venue.order(cid)
        assert report is not None
        assert report.filled_quantity == total
        return total


class VenueContract:
    """The cases. Inherit and give `desk`."""

    def test_01_a_market_order_is_accepted_and_filled(self, desk: VenueDesk):
        order = desk.order()
        (report,) = desk.venue.submit(order)
        assert report.client_order_id == order.legs[0].client_order_id
        assert report.venue_order_id
        assert report.symbol == desk.symbol
        assert desk.state(order) is OrderState.FILLED
        assert desk.filled(order) == desk.lot * 10

    def test_02_a_resting_order_is_open_until_it_is_reached(self, desk: VenueDesk):
        order = desk.resting()
        (report,) = desk.venue.submit(order)
        assert report.state is OrderState.WORKING
        assert [item.client_order_id for item in desk.venue.open_orders()] == [order.legs[0].client_order_id]
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        assert desk.state(order) is OrderState.FILLED
        assert list(desk.venue.open_orders()) == []

    def test_03_a_partial_fill_is_cumulative_in_the_report_and_single_in_the_fills(self, desk: VenueDesk):
        desk.able("fill in parts")
        order = desk.resting()
        desk.venue.submit(order)
        desk.exchange.trade_at(desk.at(-5), desk.lot * 4)
        assert (desk.state(order), desk.filled(order)) == (OrderState.PARTIAL, desk.lot * 4)
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        assert (desk.state(order), desk.filled(order)) == (OrderState.FILLED, desk.lot * 10)

    def test_04_an_immediate_order_out_of_reach_expires_with_nothing(self, desk: VenueDesk):
        order = desk.order(order_type=OrderType.LIMIT, time_in_force=TimeInForce.IOC, limit_price=desk.at(-5))
        desk.venue.submit(order)
        assert (desk.state(order), desk.filled(order)) == (OrderState.EXPIRED, 0)

    def test_05_a_cancel_ends_an_open_order(self, desk: VenueDesk):
        order = desk.resting()
        desk.venue.submit(order)
        assert desk.venue.cancel(order.legs[0].client_order_id).state is OrderState.CANCELED
        assert desk.state(order) is OrderState.CANCELED
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        assert desk.filled(order) == 0

    def test_06_a_cancel_that_loses_the_race_reports_the_fill(self, desk: VenueDesk):
        order = desk.resting()
        desk.venue.submit(order)
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        assert desk.venue.cancel(order.legs[0].client_order_id).state is OrderState.FILLED
        assert desk.filled(order) == desk.lot * 10

    def test_07_a_cancel_between_two_fills_keeps_the_first(self, desk: VenueDesk):
        desk.able("fill in parts")
        order = desk.resting()
        desk.venue.submit(order)
        desk.exchange.trade_at(desk.at(-5), desk.lot * 4)
        report = desk.venue.cancel(order.legs[0].client_order_id)
        assert (report.state, report.filled_quantity) == (OrderState.CANCELED, desk.lot * 4)
        assert desk.filled(order) == desk.lot * 4

    def test_08_a_cancel_can_be_repeated(self, desk: VenueDesk):
        order = desk.resting()
        desk.venue.submit(order)
        for _ in range(2):
            assert desk.venue.cancel(order.legs[0].client_order_id).state is OrderState.CANCELED

    def test_09_a_cancel_of_an_unknown_id_is_no_word_about_an_order(self, desk: VenueDesk):
        with pytest.raises(VenueUnavailable):
            desk.venue.cancel(desk.cid())

    def test_10_an_unknown_id_is_none(self, desk: VenueDesk):
        assert desk.venue.order(desk.cid()) is None

    def test_11_fills_can_be_read_again_from_any_cursor(self, desk: VenueDesk):
        """Duplicates: what was read before comes again with the same ids."""
        desk.hold()
        first, cursor = desk.venue.fills_after("")
        desk.hold()
        again, _ = desk.venue.fills_after("")
        new, end = desk.venue.fills_after(cursor)
        assert [*first, *new] == list(again)
        assert len({fill.venue_fill_id for fill in again}) == len(again) == 2
        assert list(desk.venue.fills_after(end)[0]) == []

    def test_12_fills_come_oldest_first_whatever_the_order_of_the_news(self, desk: VenueDesk):
        orders = [desk.resting(percent) for percent in (-2, -4)]
        for order in orders:
            desk.venue.submit(order)
        desk.exchange.trade_at(desk.at(-2), desk.lot * 1000)
        desk.exchange.trade_at(desk.at(-4), desk.lot * 1000)
        fills, _ = desk.venue.fills_after("")
        assert [fill.client_order_id for fill in fills] == [order.legs[0].client_order_id for order in orders]
        assert [fill.ts_event for fill in fills] == sorted(fill.ts_event for fill in fills)

    def test_13_a_status_never_falls_back(self, desk: VenueDesk):
        order = desk.resting()
        desk.venue.submit(order)
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        for _ in range(3):
            assert desk.state(order) is OrderState.FILLED
            desk.venue.open_orders()

    def test_14_a_timeout_before_acceptance_leaves_nothing(self, desk: VenueDesk):
        order = desk.order()
        desk.exchange.lose_request()
        with pytest.raises((OrderOutcomeUnknown, VenueUnavailable)):
            desk.venue.submit(order)
        assert desk.venue.order(order.legs[0].client_order_id) is None
        assert list(desk.venue.fills_after("")[0]) == []

    def test_15_a_timeout_after_acceptance_is_found_by_its_id(self, desk: VenueDesk):
        """hummingbot 493: timeout though created."""
        order = desk.order()
        desk.exchange.lose_reply()
        with pytest.raises(OrderOutcomeUnknown):
            desk.venue.submit(order)
        assert desk.state(order) is OrderState.FILLED
        assert desk.filled(order) == desk.lot * 10

    def test_16_an_id_sent_again_while_alive_makes_no_second_order(self, desk: VenueDesk):
        """hummingbot 601: -2013 read as failure made duplicates."""
        order = desk.resting()
        desk.exchange.lose_reply()
        with pytest.raises(OrderOutcomeUnknown):
            desk.venue.submit(order)
        with pytest.raises(OrderRejected):
            desk.venue.submit(order)
        assert len(desk.venue.open_orders()) == 1

    def test_17_a_refusal_is_final_and_leaves_nothing(self, desk: VenueDesk):
        order = desk.order()
        desk.exchange.refuse_next()
        with pytest.raises(OrderRejected) as refusal:
            desk.venue.submit(order)
        assert refusal.value.message
        assert list(desk.venue.open_orders()) == []
        assert list(desk.venue.fills_after("")[0]) == []

    def test_18_more_than_the_balance_is_refused(self, desk: VenueDesk):
        with pytest.raises(OrderRejected):
            desk.venue.submit(desk.order(Side.SELL))

    def test_19_off_the_grid_is_refused(self, desk: VenueDesk):
        order = desk.order(order_type=OrderType.LIMIT, limit_price=desk.at(-5) + desk.tick / 2)
        with pytest.raises(OrderRejected):
            desk.venue.submit(order)

    def test_20_a_cut_line_is_unavailable_and_changes_nothing(self, desk: VenueDesk):
        desk.venue.submit(desk.resting())
        desk.exchange.cut_line()
        for call in (desk.venue.open_orders, desk.venue.balances, lambda: desk.venue.fills_after("")):
            with pytest.raises(VenueUnavailable):
                call()
        desk.exchange.mend_line()
        assert len(desk.venue.open_orders()) == 1

    def test_21_what_happened_while_the_line_was_cut_is_there_after_it(self, desk: VenueDesk):
        """LEAN 249: fills that arrived during the break were never asked for again."""
        order = desk.resting()
        desk.venue.submit(order)
        _, cursor = desk.venue.fills_after("")
        desk.exchange.cut_line()
        desk.exchange.trade_at(desk.at(-5), desk.lot * 1000)
        desk.exchange.mend_line()
        fills, _ = desk.venue.fills_after(cursor)
        assert [fill.client_order_id for fill in fills] == [order.legs[0].client_order_id]
        assert desk.state(order) is OrderState.FILLED

    def test_22_a_restart_finds_every_open_order_and_every_fill(self, desk: VenueDesk):
        """nautilus 5000: working orders dropped at restart; 3046: fills replayed at restart."""
        desk.hold()
        order = desk.resting()
        desk.venue.submit(order)
        before, cursor = desk.venue.fills_after("")
        desk.venue = desk.exchange.restart()
        assert [item.client_order_id for item in desk.venue.open_orders()] == [order.legs[0].client_order_id]
        assert list(desk.venue.fills_after("")[0]) == list(before)
        assert list(desk.venue.fills_after(cursor)[0]) == []

    def test_23_stops_work_on_after_a_restart(self, desk: VenueDesk):
        """ibx 119: stops not linked again after a restart."""
        desk.hold()
        oco = desk.oco()
        desk.venue.submit(oco)
        desk.venue = desk.exchange.restart()
        desk.exchange.trade_at(desk.at(-6), desk.lot * 1000)
        assert desk.state(oco, 0) is OrderState.FILLED
        assert desk.state(oco, 1) is OrderState.CANCELED

    def test_24_an_order_of_somebody_else_is_seen_and_left_alone(self, desk: VenueDesk):
        """nautilus 3464: such orders were lost."""
        desk.able("show orders of others")
        own = desk.resting(-4)
        desk.venue.submit(own)
        desk.exchange.foreign_order("web_1", desk.at(-5), desk.lot * 10)
        desk.venue.cancel(own.legs[0].client_order_id)
        assert [item.client_order_id for item in desk.venue.open_orders()] == ["web_1"]

    def test_25_an_oco_s_legs_are_both_open_and_one_ends_the_other(self, desk: VenueDesk):
        desk.hold()
        oco = desk.oco()
        reports = desk.venue.submit(oco)
        assert [report.client_order_id for report in reports] == [leg.client_order_id for leg in oco.legs]
        assert {report.state for report in reports} == {OrderState.WORKING}
        desk.exchange.trade_at(desk.at(4), desk.lot * 1000)
        assert desk.state(oco, 1) is OrderState.FILLED
        assert desk.state(oco, 0) is OrderState.CANCELED
        assert desk.filled(oco, 0) == 0

    def test_26_cancelling_one_leg_of_an_oco_takes_the_other_along(self, desk: VenueDesk):
        desk.hold()
        oco = desk.oco()
        desk.venue.submit(oco)
        desk.venue.cancel(oco.legs[1].client_order_id)
        assert desk.state(oco, 0) in TERMINAL_STATES
        assert list(desk.venue.open_orders()) == []

    def test_27_a_bracket_protects_what_its_entry_bought(self, desk: VenueDesk):
        if not desk.venue.capabilities.atomic_bracket:
            with pytest.raises(OrderRejected):
                desk.venue.submit(desk.bracket())
            return
        bracket = desk.bracket()
        reports = desk.venue.submit(bracket)
        assert [report.client_order_id for report in reports] == [leg.client_order_id for leg in bracket.legs]
        assert desk.state(bracket) is OrderState.FILLED
        desk.exchange.trade_at(desk.at(-6), desk.lot * 1000)
        assert desk.state(bracket, 1) is OrderState.FILLED
        assert desk.state(bracket, 2) is OrderState.CANCELED

    def test_28_balances_are_totals_with_what_is_locked(self, desk: VenueDesk):
        desk.hold()
        before = desk.venue.balances()
        desk.venue.submit(desk.oco())
        assert desk.venue.balances() == before
        assert before[desk.base] > 0

    def test_29_a_fill_names_its_order_its_commission_and_its_moment(self, desk: VenueDesk):
        order = desk.order()
        (report,) = desk.venue.submit(order)
        (fill,), _ = desk.venue.fills_after("")
        assert (fill.client_order_id, fill.venue_order_id) == (report.client_order_id, report.venue_order_id)
        assert (fill.symbol, fill.side) == (desk.symbol, Side.BUY)
        assert fill.commission >= 0
        assert fill.commission_asset
        assert fill.ts_event.tzinfo is not None

    def test_30_every_report_has_the_moment_and_a_reason_when_it_ended_unfilled(self, desk: VenueDesk):
        order = desk.order(order_type=OrderType.LIMIT, time_in_force=TimeInForce.IOC, limit_price=desk.at(-5))
        desk.venue.submit(order)
        report = desk.venue.order(order.legs[0].client_order_id)
        assert report.ts_event.tzinfo is not None
        assert report.reason
