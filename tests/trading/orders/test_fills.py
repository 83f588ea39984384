"""Fills as a venue may bring them: late, doubled, shuffled, foreign, impossible. Nothing is lost or guessed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.trading.orders.books import assert_books_agree_with_themselves, assert_books_are_true, assert_protected
from trading.domain.order import OrderReport, OrderState, Side
from trading.models import AuditLine, FillRow, LedgerTransaction, OrderRow, QuarantinedFill, Trade
from trading.services.apply_fill import FillOutcome, apply_fill
from trading.services.apply_report import ReportOutcome, apply_report


@pytest.fixture
def gateway(desk):
    return desk.started()


def report_of(desk, letter="E", **changes):
    """The venue's newest fill of a leg, changed as wished."""
    fills = [fill for fill in desk.venue.fills if fill.client_order_id.endswith(letter)]
    return replace(fills[-1], **changes)


def book(desk, report):
    return apply_fill(runtime=desk.runtime, account=desk.account, report=report)


def tell(desk, letter, state, filled="0", **changes):
    order = desk.order(letter)
    report = OrderReport(
        order.client_order_id, order.venue_order_id, "BTCUSDT", OrderState(state), Decimal(filled), desk.clock.now()
    )
    return apply_report(runtime=desk.runtime, account=desk.account, report=replace(report, **changes), cause="test")


def test_a_fill_is_one_of_each_row_in_one_transaction(desk, gateway):
    desk.entry()
    gateway.process()
    fill = FillRow.objects.get()
    assert fill.slippage_bps == 0
    assert LedgerTransaction.objects.filter(kind="fill").count() == 1
    assert AuditLine.objects.filter(kind="fill").count() == 1


def test_a_fill_worse_than_the_decisions_price_has_positive_slippage(desk, gateway):
    desk.venue.prices["BTCUSDT"] = Decimal(50100)
    desk.entry()
    gateway.process()
    assert FillRow.objects.get().slippage_bps == Decimal(20)


def test_the_same_fill_again_changes_nothing(desk, gateway):
    desk.entry()
    gateway.process()
    assert book(desk, report_of(desk)) is FillOutcome.DUPLICATE
    assert_books_are_true(desk)


def test_a_late_fill_reopens_the_order_is_counted_alarmed_and_protected(desk, gateway):
    desk.venue.liquidity = Decimal("0.005")
    desk.entry()
    gateway.process()
    entry = desk.order("E")
    assert entry.state == OrderState.EXPIRED.value
    desk.venue.late_fill(entry.client_order_id, "0.005", "50010")
    desk.run_for(gateway, 5)
    entry.refresh_from_db()
    assert (entry.late_fill_count, entry.filled_quantity) == (1, Decimal("0.010"))
    assert entry.state == OrderState.EXPIRED.value, "the venue's status closed it again"
    assert "late_fill" in desk.incidents()
    assert_protected(desk)
    assert_books_are_true(desk)


def test_a_sale_reported_before_its_purchase_waits_and_is_booked_after_it(desk, gateway):
    desk.entry()
    gateway.process()
    desk.venue.move_price("BTCUSDT", "47000")
    bought, sold = desk.venue.fills
    fresh = _world_without_fills(desk)
    assert book(fresh, sold) is FillOutcome.QUARANTINED
    assert book(fresh, bought) is FillOutcome.APPLIED
    assert QuarantinedFill.objects.get().resolved_at is not None
    assert fresh.fill_count() == 2
    assert Trade.objects.count() == 1
    assert_books_agree_with_themselves(fresh)


def _world_without_fills(desk):
    """The same orders as the venue has them, before any fill reached us."""
    from trading.models import Balance, LedgerEntry, PositionRow

    LedgerEntry.objects.filter(transaction__kind="fill").delete()
    LedgerTransaction.objects.filter(kind="fill").delete()
    FillRow.objects.all().delete()
    PositionRow.objects.all().delete()
    Balance.objects.exclude(asset="USDT").delete()
    Balance.objects.update(total=Decimal(10000))
    OrderRow.objects.update(filled_quantity=0, average_fill_price=None, state="WORKING")
    return desk


def test_a_fill_larger_than_its_order_sets_order_and_fill_aside(desk, gateway):
    desk.venue.rests_entries = True
    desk.entry()
    gateway.process()
    desk.venue._fill(desk.venue.accepted("E")[0], Decimal("0.01"), Decimal(50000))
    impossible = report_of(desk, quantity=Decimal("0.03"), venue_fill_id="f9")
    assert book(desk, impossible) is FillOutcome.QUARANTINED
    assert desk.states("E") == [OrderState.QUARANTINED]
    assert {"fill_quarantined", "order_quarantined"} <= set(desk.incidents())
    kept = QuarantinedFill.objects.get()
    assert kept.report["quantity"] == "0.03"
    assert desk.fill_count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"side": Side.SELL},
        {"symbol": "ETHUSDT"},
        {"quantity": Decimal(0)},
        {"price": Decimal(-1)},
        {"commission": Decimal(9)},
    ],
    ids=["side", "symbol", "no quantity", "negative price", "commission above the purchase"],
)
def test_a_fill_that_contradicts_its_order_is_kept_aside_whole(desk, gateway, changes):
    desk.venue.rests_entries = True
    desk.entry()
    gateway.process()
    desk.venue._fill(desk.venue.accepted("E")[0], Decimal("0.01"), Decimal(50000))
    assert book(desk, report_of(desk, **changes)) is FillOutcome.QUARANTINED
    assert QuarantinedFill.objects.count() == 1
    assert desk.fill_count() == 0
    assert desk.position() is None or desk.position().quantity == 0


def test_a_quarantined_order_still_books_the_fills_that_fit(desk, gateway):
    desk.venue.rests_entries = True
    desk.entry()
    gateway.process()
    assert tell(desk, "E", "WORKING", venue_order_id="another") is ReportOutcome.QUARANTINED
    desk.venue._fill(desk.venue.accepted("E")[0], Decimal("0.01"), Decimal(50000))
    gateway.process()
    assert desk.fill_count() == 1
    assert desk.states("E") == [OrderState.QUARANTINED]
    assert_protected(desk)


def test_a_fill_of_somebody_elses_order_is_kept_and_not_booked(desk, gateway):
    desk.entry()
    gateway.process()
    foreign = report_of(desk, client_order_id="web_123", venue_fill_id="f77")
    assert book(desk, foreign) is FillOutcome.FOREIGN
    assert book(desk, foreign) is FillOutcome.FOREIGN
    assert QuarantinedFill.objects.count() == 1
    assert desk.incidents().count("fill_quarantined") == 1
    assert desk.fill_count() == 1


def test_a_commission_in_an_asset_we_do_not_own_is_kept_aside(desk, gateway):
    desk.venue.rests_entries = True
    desk.entry()
    gateway.process()
    desk.venue._fill(desk.venue.accepted("E")[0], Decimal("0.01"), Decimal(50000))
    assert book(desk, report_of(desk, commission_asset="BNB", commission=Decimal("0.01"))) is FillOutcome.QUARANTINED
    assert "would leave -0.01 BNB" in QuarantinedFill.objects.get().reason


def test_a_status_that_knows_of_more_fills_than_we_do_waits_for_them(desk, gateway):
    desk.venue.holds_fills = True
    desk.entry()
    gateway.process()
    assert desk.states("E") == [OrderState.WORKING]
    assert tell(desk, "E", "FILLED", "0.02") is ReportOutcome.BEHIND
    assert desk.states("E") == [OrderState.WORKING]
    desk.venue.holds_fills = False
    desk.run_for(gateway, 2)
    assert desk.states("E") == [OrderState.FILLED]
    assert_protected(desk)


def test_filled_quantity_never_falls_and_a_stale_status_changes_nothing(desk, gateway):
    desk.entry()
    gateway.process()
    assert tell(desk, "E", "WORKING", "0.01") is ReportOutcome.STALE
    assert tell(desk, "E", "WORKING", "0.02") is ReportOutcome.APPLIED
    assert desk.states("E") == [OrderState.FILLED]
    assert desk.order("E").filled_quantity == Decimal("0.02")


def test_a_status_that_contradicts_an_ended_order_sets_it_aside(desk, gateway):
    desk.venue.liquidity = 0
    desk.entry()
    gateway.process()
    assert desk.states("E") == [OrderState.EXPIRED]
    assert tell(desk, "E", "REJECTED") is ReportOutcome.QUARANTINED
    assert desk.states("E") == [OrderState.QUARANTINED]


@pytest.mark.parametrize(
    ("changes", "state", "filled"),
    [
        ({"symbol": "ETHUSDT"}, "WORKING", "0"),
        ({"venue_order_id": "4711"}, "WORKING", "0"),
        ({}, "PARTIAL", "99"),
        ({}, "PARTIAL", "-1"),
        ({}, "SENDING", "0"),
    ],
    ids=["other symbol", "other venue id nautilus 4247", "more than ordered", "negative", "not a venue's state"],
)
def test_a_status_that_cannot_be_about_this_order_sets_it_aside(desk, gateway, changes, state, filled):
    desk.venue.rests_entries = True
    desk.entry()
    gateway.process()
    assert tell(desk, "E", state, filled, **changes) is ReportOutcome.QUARANTINED


def test_a_status_of_an_order_we_never_sent_is_left_alone(desk, gateway):
    report = OrderReport("web_1", "9", "BTCUSDT", OrderState.WORKING, Decimal(0), desk.clock.now())
    outcome = apply_report(runtime=desk.runtime, account=desk.account, report=report, cause="test")
    assert outcome is ReportOutcome.FOREIGN
    assert OrderRow.objects.count() == 0
