"""Start-up and crash recovery, one and the same: fetch what was missed, ask for every order in doubt, compare books.

Nothing is sent here and nothing is sent again. Approved intents that were never sent go their ordinary way afterwards,
as long as their approval lives.
"""

from django.db import transaction

from trading.domain.order import OrderState
from trading.domain.order_states import OrderEvent
from trading.models import OrderRow
from trading.selectors.live_orders import live_orders
from trading.services.ask_order import Answer, ask_order
from trading.services.fetch_fills import fetch_fills, stored_cursor
from trading.services.move_order import move_order
from trading.services.order_desk import OrderDesk
from trading.services.reconcile import reconcile_balances, reconcile_orders, stop_entries_on
from trading.services.resolve_unknown import resolve_unknown


def recover(*, desk: OrderDesk) -> str:
    """The cursor of fills reached. Raises VenueUnavailable when the venue cannot be asked (try again later)."""
    _doubt_what_was_being_sent(desk)
    cursor = _catch_up(desk, stored_cursor(desk.account))
    behind = [order for order in live_orders(desk.account.pk) if _ask(desk, order) is Answer.BEHIND]
    cursor = _catch_up(desk, cursor)
    answers = [ask_order(desk=desk, order=order, cause="recovery, after its fills") for order in behind]
    mismatches = reconcile_orders(desk=desk)
    reached = _catch_up(desk, cursor)
    if reached == cursor and Answer.BEHIND not in answers:
        mismatches += reconcile_balances(desk=desk)
    stop_entries_on(desk=desk, mismatches=mismatches)
    return reached


def _doubt_what_was_being_sent(desk: OrderDesk) -> None:
    """An order found in SENDING was interrupted: nobody knows whether it left."""
    with transaction.atomic():
        rows = OrderRow.objects.select_for_update(of=("self",)).select_related("instrument", "intent")
        for order in rows.filter(account=desk.account, state=OrderState.SENDING.value).order_by("id"):
            move_order(
                runtime=desk.runtime, order=order, event=OrderEvent.OUTCOME_UNKNOWN, cause="interrupted while sending"
            )


def _ask(desk: OrderDesk, order: OrderRow) -> Answer:
    if order.state in (OrderState.UNKNOWN.value, OrderState.CANCEL_UNKNOWN.value):
        return resolve_unknown(desk=desk, order=order)
    return ask_order(desk=desk, order=order, cause="recovery")


def _catch_up(desk: OrderDesk, cursor: str) -> str:
    """Fetch until nothing new comes: a venue may hand out its executions page by page."""
    while True:
        reached, _ = fetch_fills(runtime=desk.runtime, account=desk.account, venue=desk.venue, cursor=cursor)
        if reached == cursor:
            return reached
        cursor = reached
