"""Find out what became of orders in doubt: by asking at growing intervals, never by sending again.

Before the fence silence proves nothing (order-safety.md 2.1, 2.2). At the fence every source must answer, and all of
them must be silent, before an order counts as NOT_ACCEPTED (I12).
"""

from datetime import datetime

from django.db import transaction

from trading.domain.order import OrderState
from trading.domain.order_states import OrderEvent
from trading.domain.order_timing import OrderTiming
from trading.models import OrderRow
from trading.ports import VenueUnavailable
from trading.services.ask_order import Answer, ask_order
from trading.services.move_order import move_order
from trading.services.order_desk import OrderDesk


def is_due(timing: OrderTiming, sent_at: datetime, last_asked: datetime | None, now: datetime) -> bool:
    """Whether an order in doubt must be asked for now: at each moment of the schedule once, later every few seconds.

    `last_asked` is None when this process never asked (a restart asks at once).
    """
    if last_asked is None:
        return True
    before = (last_asked - sent_at).total_seconds()
    elapsed = (now - sent_at).total_seconds()
    if elapsed > timing.ask_after_seconds[-1]:
        return elapsed - before >= timing.ask_again_seconds or before < timing.ask_after_seconds[-1]
    return any(before < moment <= elapsed for moment in timing.ask_after_seconds)


def resolve_unknown(*, desk: OrderDesk, order: OrderRow) -> Answer:
    """Ask for one order in doubt; decide NOT_ACCEPTED only after the fence and with every source silent.

    The caller has fetched fills right before, so the executions are one of the sources.
    """
    answer = ask_order(desk=desk, order=order, cause="asked, since its outcome was unknown")
    if answer is not Answer.SILENT or order.fence_at is None or desk.runtime.clock.now() < order.fence_at:
        return answer
    if order.state == OrderState.CANCEL_UNKNOWN.value or not _is_nowhere(desk, order.client_order_id):
        return answer
    return Answer.SETTLED if _give_up(desk, order) else answer


def _is_nowhere(desk: OrderDesk, client_order_id: str) -> bool:
    """Whether open orders do not show it either. A venue that cannot be asked proves nothing."""
    try:
        return all(report.client_order_id != client_order_id for report in desk.venue.open_orders())
    except VenueUnavailable:
        return False


def _give_up(desk: OrderDesk, order: OrderRow) -> bool:
    with transaction.atomic():
        locked = (
            OrderRow.objects.select_for_update(of=("self",)).select_related("instrument", "intent").get(pk=order.pk)
        )
        if locked.state not in (OrderState.SENDING.value, OrderState.UNKNOWN.value) or locked.filled_quantity:
            return False
        if locked.state == OrderState.SENDING.value:
            move_order(
                runtime=desk.runtime, order=locked, event=OrderEvent.OUTCOME_UNKNOWN, cause="found after a restart"
            )
        return move_order(
            runtime=desk.runtime,
            order=locked,
            event=OrderEvent.NOT_FOUND,
            cause="fence passed, every source silent",
            reason="The venue never got the order.",
        )
