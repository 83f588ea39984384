"""Cancel what stands in the way of a sale and see it confirmed: only then may the position be sold once (I8)."""

from autotrader.lib.statements import fetch
from trading.models import OrderRow
from trading.selectors.live_orders import in_doubt, live_orders
from trading.services.ask_order import ask_order
from trading.services.cancel_order import cancel_order
from trading.services.order_desk import OrderDesk

_STATE = "SELECT state FROM trading_orderrow WHERE id = %s"


def clear_the_way(*, desk: OrderDesk, instrument_id: int, cause: str) -> bool:
    """Whether no order of the instrument may be alive any more.

    False means: wait. An order in doubt, an unconfirmed cancel, or fills that were not fetched yet.
    """
    orders = live_orders(desk.account.pk, instrument_id)
    if in_doubt(orders):
        return False
    for order in orders:
        if _is_live(order):
            cancel_order(desk=desk, order_id=order.id, cause=cause)
            _ask_siblings(desk, orders, order)
    return not live_orders(desk.account.pk, instrument_id)


def _is_live(order: OrderRow) -> bool:
    """Whether an order is still alive after what its siblings' cancels did."""
    order.state = fetch(_STATE, (order.pk,))[0][0]
    return order.is_at_venue


def _ask_siblings(desk: OrderDesk, orders: list[OrderRow], canceled: OrderRow) -> None:
    """A list's other leg goes with the cancelled one at the venue: hear it from there."""
    for sibling in orders:
        if sibling.list_id and sibling.list_id == canceled.list_id and sibling.pk != canceled.pk:
            ask_order(desk=desk, order=sibling, cause="its list was cancelled")
