"""The write-ahead step: the rows of a submission in SENDING, inside the sending transaction, before any byte leaves.

After this commit a crash at any moment is harmless: recovery finds the rows and asks the venue by their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.statements import insert_new, insert_rows
from trading.domain.audit_chain import AuditEntry
from trading.domain.order import (
    Contingency,
    OrderRequest,
    OrderState,
    OrderType,
    Purpose,
    Side,
    Submission,
    TimeInForce,
)
from trading.domain.payload import client_order_id, list_id
from trading.domain.trading_state import Environment
from trading.models import InstrumentRow, Intent, OrderRow, OrderTransition
from trading.services.append_audit import append_audit
from trading.services.move_order import TRANSITION_COLUMNS, order_payload
from trading.services.order_desk import OrderDesk
from trading.services.record_event import record_event


@dataclass(frozen=True, slots=True)
class LegDraft:
    """One order before it has an id. Prices in quote units."""

    purpose: Purpose
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


def write_sending(
    *,
    desk: OrderDesk,
    instrument: InstrumentRow,
    intent: Intent | None,
    legs: Sequence[LegDraft],
    ulid: str,
    cause: str,
) -> Submission:
    """Rows for `legs` in SENDING and the submission they stand for; ids follow from `ulid`.

    Must run in a transaction that holds the lease.
    """
    environment = Environment(desk.account.environment)
    group = list_id(environment, ulid) if len(legs) > 1 else ""
    orders = [
        _row(desk, instrument, intent, leg, client_order_id(environment, ulid, leg.purpose), group) for leg in legs
    ]
    insert_new(orders)
    before, after = OrderState.APPROVED.value, OrderState.SENDING.value
    steps = [(order.pk, before, after, cause[:200], order.created_at) for order in orders]
    insert_rows(OrderTransition, TRANSITION_COLUMNS, steps)
    _tell(desk, orders, cause)
    return submission_of(orders)


def submission_of(orders: Sequence[OrderRow]) -> Submission:
    """The wire form of rows that go out together."""
    return Submission(
        list_id=orders[0].list_id,
        contingency=_contingency(orders),
        legs=tuple(_request(order) for order in orders),
    )


def decided_leg(intent: Intent, quantity: Decimal) -> LegDraft:
    """LIMIT IOC at the collar: bounded price, and the venue's duplicate guard works (order-safety.md 2.3)."""
    purpose = Purpose(intent.purpose)
    return LegDraft(
        purpose, Side(intent.side), OrderType.LIMIT, TimeInForce.IOC, quantity, limit_price=intent.limit_price
    )


def market_exit_leg(quantity: Decimal) -> LegDraft:
    """Sell now, at whatever the market pays: only for a position that nothing protects."""
    return LegDraft(Purpose.EXIT, Side.SELL, OrderType.MARKET, TimeInForce.IOC, quantity)


def protective_legs(quantity: Decimal, stop_loss: Decimal, take_profit: Decimal) -> tuple[LegDraft, LegDraft]:
    """Stop and target of a long position; good till cancelled."""
    stop = LegDraft(Purpose.STOP_LOSS, Side.SELL, OrderType.STOP_LOSS, TimeInForce.GTC, quantity, stop_price=stop_loss)
    target = LegDraft(
        Purpose.TAKE_PROFIT, Side.SELL, OrderType.TAKE_PROFIT, TimeInForce.GTC, quantity, limit_price=take_profit
    )
    return stop, target


def _row(
    desk: OrderDesk, instrument: InstrumentRow, intent: Intent | None, leg: LegDraft, cid: str, group: str
) -> OrderRow:
    now = desk.runtime.clock.now()
    return OrderRow(
        id=desk.runtime.ids.ulid(),
        account=desk.account,
        instrument=instrument,
        intent=intent,
        client_order_id=cid,
        list_id=group,
        purpose=leg.purpose.value,
        side=leg.side.value,
        order_type=leg.order_type.value,
        time_in_force=leg.time_in_force.value,
        quantity=leg.quantity,
        limit_price=leg.limit_price,
        stop_price=leg.stop_price,
        state=OrderState.SENDING.value,
        created_at=now,
        sent_at=now,
        fence_at=now + desk.timing.fence,
    )


def _contingency(orders: Sequence[OrderRow]) -> Contingency:
    if len(orders) == 1:
        return Contingency.SINGLE
    has_entry = any(order.purpose == Purpose.ENTRY.value for order in orders)
    return Contingency.BRACKET if has_entry else Contingency.OCO


def _request(order: OrderRow) -> OrderRequest:
    return OrderRequest(
        client_order_id=order.client_order_id,
        symbol=order.instrument.symbol,
        side=Side(order.side),
        order_type=OrderType(order.order_type),
        time_in_force=TimeInForce(order.time_in_force),
        quantity=order.quantity,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
    )


def _tell(desk: OrderDesk, orders: Sequence[OrderRow], cause: str) -> None:
    bodies = [
        {
            "client_order_id": order.client_order_id,
            "list_id": order.list_id,
            "symbol": order.instrument.symbol,
            "purpose": order.purpose,
            "side": order.side,
            "order_type": order.order_type,
            "quantity": order.quantity,
            "limit_price": order.limit_price,
            "stop_price": order.stop_price,
            "intent_id": order.intent_id or "",
            "fence": desk.grip.fence,
            "cause": cause,
        }
        for order in orders
    ]
    append_audit(
        runtime=desk.runtime,
        entries=[AuditEntry("order_sent", order.id, body) for order, body in zip(orders, bodies, strict=True)],
    )
    record_event(runtime=desk.runtime, account_id=desk.account.pk, topic="order", payload=order_payload(orders[0]))
