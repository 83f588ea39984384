"""What a position still lacks: the part of it that no live sell order speaks for. The one sum that keeps I7 and I8."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import ZERO
from autotrader.lib.statements import SelectRows
from trading.models import OrderRow, PositionRow
from trading.selectors.live_orders import LiveOrder, live_orders, reserved_for_sale
from trading.services.order_desk import OrderDesk

_POSITION = SelectRows(PositionRow, "WHERE t.id = %s", related=("instrument",))


@dataclass(frozen=True, slots=True)
class PositionNeed:
    """`quantity` on the lot grid without any live sell order; 0 when that is nothing or dust."""

    position: PositionRow
    quantity: Decimal
    orders: Sequence[OrderRow]


def locked_need(desk: OrderDesk, position_id: int) -> PositionNeed:
    """The need of a position, which stays locked until the caller's transaction ends."""
    position = _POSITION.one((position_id,), lock=True)
    orders = live_orders(desk.account.pk, position.instrument_id)
    return PositionNeed(position, uncovered_quantity(position, orders), orders)


def uncovered_quantity(position: PositionRow, orders: Sequence[OrderRow | LiveOrder]) -> Decimal:
    """The quantity of an open position that its live orders (all of its instrument) leave uncovered."""
    if position.opened_at is None:
        return ZERO
    instrument = position.instrument.to_domain()
    free = position.quantity - reserved_for_sale(orders)
    quantity = instrument.floor_quantity(free) if free > 0 else ZERO
    price = position.stop_loss or position.average_entry_price
    return quantity if instrument.is_tradable_size(quantity, price) else ZERO
