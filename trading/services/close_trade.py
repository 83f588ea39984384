"""Finish a round trip: when a position is flat (dust left out), its fills become one `Trade`."""

from decimal import Decimal

from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows, fetch, insert_new, update_row
from trading.domain.audit_chain import AuditEntry
from trading.domain.order import TERMINAL_STATES, OrderState, Purpose, Side
from trading.domain.round_trip import RoundTrip, TripFill, is_dust, round_trip
from trading.models import FillRow, OrderRow, PositionRow, Trade
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event

_POSITION = SelectRows(PositionRow, "WHERE t.account_id = %s AND t.instrument_id = %s")
_FILLS = SelectRows(FillRow, "WHERE t.account_id = %s AND t.instrument_id = %s AND t.id >= %s ORDER BY t.id")
_ORDER = SelectRows(OrderRow, "WHERE t.id = %s", related=("intent",))
_ACTIVE = (
    "SELECT id FROM trading_parameterset WHERE account_id = %s AND strategy = %s AND activated_at <= %s"
    " ORDER BY activated_at DESC, id DESC LIMIT 1"
)
_ROUND_TRIP = (
    "opened_at",
    "opening_fill_id",
    "unprotected_since",
    "stop_loss",
    "take_profit",
    "entry_decision_id",
    "updated_at",
)


def close_trade_if_flat(*, runtime: Runtime, order: OrderRow) -> Trade | None:
    """The finished trade when `order` left the position flat, else None. Inside the caller's transaction.

    Flat is nothing left, or dust left by an order that has ended. A position that never grew beyond dust is closed
    without a trade.
    """
    position = _POSITION.first((order.account_id, order.instrument_id), lock=True)
    if position is None or position.opened_at is None or not _is_flat(position, order):
        return None
    trade = _trade(runtime, position, order)
    _reset(runtime, position)
    if trade is not None:
        _announce(runtime, order, trade)
    return trade


def _is_flat(position: PositionRow, order: OrderRow) -> bool:
    if position.quantity == 0:
        return True
    if OrderState(order.state) not in TERMINAL_STATES:
        return False
    price = order.average_fill_price or position.average_entry_price
    return is_dust(position.quantity, price, order.instrument.to_domain())


def _trade(runtime: Runtime, position: PositionRow, order: OrderRow) -> Trade | None:
    fills = _FILLS.all((order.account_id, order.instrument_id, position.opening_fill_id or 0))
    trip = round_trip(
        TripFill(Side(fill.side), fill.quantity, fill.price, fill.realised_pnl, fill.commission_value) for fill in fills
    )
    if trip is None:
        return None
    return _write(runtime, position, order, trip, fills)


def _write(runtime: Runtime, position: PositionRow, order: OrderRow, trip: RoundTrip, fills: list[FillRow]) -> Trade:
    opened_at = min(fill.ts_event for fill in fills)
    last_sale = max((fill for fill in fills if fill.side == Side.SELL.value), key=lambda fill: (fill.ts_event, fill.id))
    trade = Trade(
        id=runtime.ids.ulid(),
        account_id=order.account_id,
        instrument=order.instrument,
        strategy=position.strategy,
        parameter_set_id=_parameter_set_at(position),
        entry_decision_id=position.entry_decision_id,
        quantity=trip.quantity,
        entry_price=trip.entry_price,
        exit_price=trip.exit_price,
        commissions=trip.commissions,
        pnl=trip.pnl,
        pnl_fraction=trip.pnl_fraction,
        exit_reason=exit_reason(_ORDER.one((last_sale.order_id,))),
        opened_at=opened_at,
        closed_at=last_sale.ts_event,
    )
    insert_new([trade])
    return trade


def exit_reason(order: OrderRow) -> str:
    """Why the last sale happened: stop_loss, take_profit, decision, or unprotected (sold since no stop stood)."""
    if order.purpose != Purpose.EXIT.value:
        return order.purpose.lower()
    is_decided = order.intent is not None and order.intent.purpose == Purpose.EXIT.value
    return "decision" if is_decided else "unprotected"


def _parameter_set_at(position: PositionRow) -> str:
    """The set that was active when the position was opened."""
    found = fetch(_ACTIVE, (position.account_id, position.strategy, position.opened_at))
    return str(found[0][0]) if found else ""


def _reset(runtime: Runtime, position: PositionRow) -> None:
    position.opened_at = None
    position.opening_fill_id = None
    position.unprotected_since = None
    position.stop_loss = None
    position.take_profit = None
    position.entry_decision_id = ""
    position.updated_at = runtime.clock.now()
    update_row(position, *_ROUND_TRIP)


def _announce(runtime: Runtime, order: OrderRow, trade: Trade) -> None:
    body: dict[str, str | Decimal] = {
        "trade_id": trade.id,
        "symbol": order.instrument.symbol,
        "strategy": trade.strategy,
        "entry_decision_id": trade.entry_decision_id,
        "quantity": trade.quantity,
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "commissions": trade.commissions,
        "pnl": trade.pnl,
        "exit_reason": trade.exit_reason,
    }
    append_audit(runtime=runtime, entries=[AuditEntry("trade_closed", trade.id, body)])
    record_event(runtime=runtime, account_id=order.account_id, topic="position", payload={**body, "is_open": False})
