"""Orders that may be alive at the venue, and how much of a position they already speak for."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from autotrader.lib.money import ZERO
from autotrader.lib.statements import Select, SelectRows
from trading.domain.order import AT_VENUE_STATES, OPEN_STATES, PROTECTIVE_PURPOSES, OrderState, Purpose, Side
from trading.models import OrderRow

IN_DOUBT_STATES = frozenset({OrderState.SENDING, OrderState.UNKNOWN, OrderState.CANCEL_UNKNOWN})


class LiveOrder(NamedTuple):
    """What the gateway's pump needs of an order, without the cost of a whole row."""

    id: str
    client_order_id: str
    list_id: str
    instrument_id: int
    purpose: str
    side: str
    time_in_force: str
    state: str
    quantity: Decimal
    filled_quantity: Decimal
    sent_at: datetime | None
    fence_at: datetime | None


# The states stand in the statement itself: SQLite uses the partial index "order_open" only when it can read them.
_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
_ALIVE = ", ".join(f"'{state}'" for state in sorted(AT_VENUE_STATES))
_FACTS = Select(
    OrderRow,
    LiveOrder._fields,
    f"WHERE account_id = %s AND state IN ({_STATES}) AND state IN ({_ALIVE}) ORDER BY id",
)
OWN_ORDER = SelectRows(OrderRow, "WHERE t.account_id = %s AND t.client_order_id = %s", related=("instrument", "intent"))
"""One order of an account by its client order id, with instrument and intent."""
_LIVE = f"WHERE t.account_id = %s AND t.state IN ({_STATES}) AND t.state IN ({_ALIVE})"
_OF_ACCOUNT = SelectRows(OrderRow, f"{_LIVE} ORDER BY t.id", related=("instrument", "intent"))
_OF_INSTRUMENT = SelectRows(
    OrderRow, f"{_LIVE} AND t.instrument_id = %s ORDER BY t.id", related=("instrument", "intent")
)


def live_orders(account_id: int, instrument_id: int | None = None) -> list[OrderRow]:
    """Every order that may be alive at the venue, oldest first, with instrument and intent; those in doubt count."""
    if instrument_id is None:
        return _OF_ACCOUNT.all((account_id,))
    return _OF_INSTRUMENT.all((account_id, instrument_id))


def live_order_facts(account_id: int) -> list[LiveOrder]:
    """The same orders of the whole account, as light tuples."""
    return [LiveOrder(*values) for values in _FACTS.rows([account_id])]


def protective(orders: Iterable[OrderRow]) -> list[OrderRow]:
    return [order for order in orders if Purpose(order.purpose) in PROTECTIVE_PURPOSES]


def in_doubt(orders: Iterable[OrderRow]) -> list[OrderRow]:
    """Those of which nobody knows whether they live."""
    return [order for order in orders if OrderState(order.state) in IN_DOUBT_STATES]


def reserved_for_sale(orders: Iterable[OrderRow | LiveOrder]) -> Decimal:
    """The most that live sell orders can still sell: of the linked legs of a list only the larger counts (I8)."""
    by_list: dict[str, Decimal] = {}
    for order in orders:
        if order.side == Side.SELL.value:
            key = order.list_id or order.client_order_id
            by_list[key] = max(by_list.get(key, ZERO), order.quantity - order.filled_quantity)
    return sum(by_list.values(), ZERO)
