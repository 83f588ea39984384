"""Ask the venue to cancel an order. Always allowed; an order is cancelled only when the venue says so."""

from django.db import transaction

from autotrader.lib.statements import SelectRows
from trading.domain.order import OrderState
from trading.domain.order_states import OrderEvent
from trading.models import OrderRow
from trading.ports import VenueUnavailable
from trading.services.apply_report import ReportOutcome, apply_report
from trading.services.move_order import move_order
from trading.services.order_desk import OrderDesk

_ORDER = SelectRows(OrderRow, "WHERE t.id = %s", related=("instrument", "intent"))
_CANCELLABLE = frozenset({OrderState.WORKING, OrderState.PARTIAL, OrderState.CANCEL_PENDING, OrderState.CANCEL_UNKNOWN})


def cancel_order(*, desk: OrderDesk, order_id: str, cause: str) -> ReportOutcome | None:
    """What the venue's answer came to; None when there was none or the order is not in a state to be cancelled.

    An order in doubt (SENDING, UNKNOWN) is resolved first: cancelling what may not exist proves nothing.
    """
    cid = _mark(desk, order_id, OrderEvent.CANCEL, cause)
    if cid is None:
        return None
    try:
        report = desk.venue.cancel(cid)
    except VenueUnavailable as error:
        _mark(desk, order_id, OrderEvent.CANCEL_OUTCOME_UNKNOWN, error.message)
        return None
    return apply_report(runtime=desk.runtime, account=desk.account, report=report, cause="answer to cancelling")


def _mark(desk: OrderDesk, order_id: str, event: OrderEvent, cause: str) -> str | None:
    with transaction.atomic():
        order = _ORDER.one((order_id,), lock=True)
        if OrderState(order.state) not in _CANCELLABLE:
            return None
        move_order(runtime=desk.runtime, order=order, event=event, cause=cause)
        return order.client_order_id
