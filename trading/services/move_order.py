"""Move one order along the transition table, inside the caller's transaction, and keep why.

A move that the table does not know puts the order into QUARANTINED with an alarm: it is never guessed.
"""

from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import insert_rows, update_row
from trading.domain.audit_chain import AuditEntry
from trading.domain.order import TERMINAL_STATES, OrderState
from trading.domain.order_states import IllegalTransition, OrderEvent, next_state
from trading.models import Intent, OrderRow, OrderTransition
from trading.services.append_audit import append_audit
from trading.services.record_event import record_event
from trading.services.report_incident import report_incident

_AUDITED_STATES = TERMINAL_STATES | {OrderState.UNKNOWN, OrderState.QUARANTINED}
_LONGEST_CAUSE = 200
TRANSITION_COLUMNS = ("order_id", "from_state", "to_state", "cause", "ts")


def move_order(*, runtime: Runtime, order: OrderRow, event: OrderEvent, cause: str, reason: str = "") -> bool:
    """Whether the table allowed it. `order` must be locked by the caller; its fields are saved.

    `cause` names what brought the event (a fill id, a query, an answer); `reason` is the venue's word for a person.
    """
    before = OrderState(order.state)
    try:
        after = next_state(before, event)
    except IllegalTransition as error:
        quarantine_order(runtime=runtime, order=order, problem=error.message, cause=cause)
        return False
    if reason:
        order.reason = reason
    if after is not before:
        _write_move(runtime, order, before, after, cause)
    return True


def quarantine_order(*, runtime: Runtime, order: OrderRow, problem: str, cause: str) -> None:
    """Take `order` out of every automatic path and page a person. Fills are still booked when they fit."""
    before = OrderState(order.state)
    order.reason = problem
    if before is not OrderState.QUARANTINED:
        _write_move(runtime, order, before, OrderState.QUARANTINED, cause)
    report_incident(
        runtime=runtime,
        account_id=order.account_id,
        kind="order_quarantined",
        message=f"Order {order.client_order_id} is set aside: {problem}.",
        subject_id=order.id,
        details={"client_order_id": order.client_order_id, "state": before.value, "cause": cause},
    )


def _write_move(runtime: Runtime, order: OrderRow, before: OrderState, after: OrderState, cause: str) -> None:
    now = runtime.clock.now()
    order.state = after.value
    order.closed_at = now if after in TERMINAL_STATES else None
    update_row(order, "state", "closed_at", "reason")
    step = (order.pk, before.value, after.value, cause[:_LONGEST_CAUSE], now)
    insert_rows(OrderTransition, TRANSITION_COLUMNS, [step])
    if after in _AUDITED_STATES:
        append_audit(runtime=runtime, entries=[AuditEntry("order_state", order.id, _audit_body(order, before, cause))])
    record_event(runtime=runtime, account_id=order.account_id, topic="order", payload=order_payload(order))
    if after in TERMINAL_STATES:
        _settle_intent(runtime, order)


def _audit_body(order: OrderRow, before: OrderState, cause: str) -> dict[str, object]:
    return {
        "client_order_id": order.client_order_id,
        "from": before.value,
        "to": order.state,
        "filled_quantity": order.filled_quantity,
        "cause": cause,
        "reason": order.reason,
    }


def order_payload(order: OrderRow) -> dict[str, object]:
    """What an event says of an order; `decision_id` lets the floor above find its decision."""
    intent = order.intent
    return {
        "order_id": order.id,
        "client_order_id": order.client_order_id,
        "symbol": order.instrument.symbol,
        "side": order.side,
        "purpose": order.purpose,
        "state": order.state,
        "quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "reason": order.reason,
        "intent_id": order.intent_id or "",
        "decision_id": intent.decision_id if intent else "",
    }


def _settle_intent(runtime: Runtime, order: OrderRow) -> None:
    """An intent ends with the order that was sent for it: DONE when something was filled, else FAILED."""
    intent = order.intent
    if intent is None or order.purpose != intent.purpose or intent.state == Intent.State.DONE:
        return
    intent.state = Intent.State.DONE if order.filled_quantity else Intent.State.FAILED
    if intent.state == Intent.State.FAILED:
        intent.reason = order.reason or f"The order ended as {order.state} without a fill."
    update_row(intent, "state", "reason")
    record_event(
        runtime=runtime,
        account_id=order.account_id,
        topic="order",
        payload={"intent_id": intent.id, "decision_id": intent.decision_id, "intent_state": intent.state},
    )
