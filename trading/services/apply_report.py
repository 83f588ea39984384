"""Bring a venue's word on one order into our books, through the transition table and nothing else.

A status moves the state, never a quantity: quantities come from fills only. A final status that knows of more fills
than we do waits until they have been booked, so a state never runs ahead of the money.
"""

from enum import StrEnum

from django.db import transaction

from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import update_row
from trading.domain.order import TERMINAL_STATES, OrderReport, OrderState
from trading.domain.order_states import FINAL_STATUS_EVENTS, OrderEvent, status_event
from trading.models import Account, OrderRow
from trading.selectors.live_orders import OWN_ORDER
from trading.services.close_trade import close_trade_if_flat
from trading.services.move_order import move_order, quarantine_order


class ReportOutcome(StrEnum):
    """APPLIED: our books agree. BEHIND: fills are missing here, fetch them and apply again. STALE: older than what
    we know. FOREIGN: not an order of this account. QUARANTINED: set aside."""

    APPLIED = "APPLIED"
    BEHIND = "BEHIND"
    STALE = "STALE"
    FOREIGN = "FOREIGN"
    QUARANTINED = "QUARANTINED"


def apply_report(*, runtime: Runtime, account: Account, report: OrderReport, cause: str) -> ReportOutcome:
    """What became of `report`; `cause` says where it came from (answer, query, stream)."""
    with transaction.atomic():
        order = OWN_ORDER.first((account.pk, report.client_order_id), lock=True)
        if order is None:
            return ReportOutcome.FOREIGN
        return _apply(runtime, order, report, cause)


def _apply(runtime: Runtime, order: OrderRow, report: OrderReport, cause: str) -> ReportOutcome:
    problem = _contradiction(order, report)
    if problem:
        quarantine_order(runtime=runtime, order=order, problem=problem, cause=cause)
        return ReportOutcome.QUARANTINED
    if report.venue_order_id and not order.venue_order_id:
        order.venue_order_id = report.venue_order_id
        update_row(order, "venue_order_id")
    event = status_event(report.state)
    if report.filled_quantity < order.filled_quantity:
        return ReportOutcome.STALE
    if report.filled_quantity > order.filled_quantity:
        return _wait_for_fills(runtime, order, event, cause)
    if not move_order(runtime=runtime, order=order, event=event, cause=cause, reason=report.reason):
        return ReportOutcome.QUARANTINED
    if OrderState(order.state) in TERMINAL_STATES:
        close_trade_if_flat(runtime=runtime, order=order)
    return ReportOutcome.APPLIED


def _contradiction(order: OrderRow, report: OrderReport) -> str:
    """Why this report cannot be about this order; empty when it can."""
    if report.symbol != order.instrument.symbol:
        return f"the venue says it is an order in {report.symbol}"
    if order.venue_order_id and report.venue_order_id and report.venue_order_id != order.venue_order_id:
        return f"the venue now calls it {report.venue_order_id}, before it was {order.venue_order_id}"
    if report.filled_quantity < 0 or report.filled_quantity > order.quantity:
        return f"the venue says {report.filled_quantity} of {order.quantity} is filled"
    try:
        status_event(report.state)
    except ValueError as error:
        return str(error)
    return ""


def _wait_for_fills(runtime: Runtime, order: OrderRow, event: OrderEvent, cause: str) -> ReportOutcome:
    """The order is known to live (or to have lived); its end is applied when its fills are here."""
    if OrderState(order.state) in TERMINAL_STATES:
        return ReportOutcome.BEHIND
    alive = OrderEvent.SAYS_WORKING if event in FINAL_STATUS_EVENTS else event
    if not move_order(runtime=runtime, order=order, event=alive, cause=cause):
        return ReportOutcome.QUARANTINED
    return ReportOutcome.BEHIND
