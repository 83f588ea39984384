"""Carry what became of the orders back to the decisions that wanted them, inside the caller's transaction."""

from collections.abc import Sequence

from ai.domain.settlement import IntentStanding, settled_status
from ai.models import DecisionRow
from ai.services.change_status import StatusChange, change_status
from autotrader.lib.money import plain
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import SelectRows, execute
from trading.domain.decision import DecisionStatus
from trading.domain.order import OrderState
from trading.models import Account, Intent, OrderRow
from trading.services.expire_intents import expire_intents

_INTENTS = SelectRows(Intent, "WHERE t.decision_id = %s ORDER BY t.id")
_ORDERS = SelectRows(OrderRow, "WHERE t.intent_id = %s ORDER BY t.id", related=("intent",))
_COUNT = "UPDATE trading_accountcontrol SET trades_executed = trades_executed + %s WHERE account_id = %s"


def settle_decisions(*, runtime: Runtime, account: Account) -> int:
    """Bring every unsettled decision that has an intent up to date; how many changed."""
    rows = DecisionRow.objects.unsettled(account.pk)
    if not rows:
        return 0
    if any(row.status == DecisionStatus.AWAITING_APPROVAL for row in rows):
        expire_intents(runtime=runtime, account=account)
    changes = [change for change in _changes(rows) if change.status.value != change.row.status]
    change_status(runtime=runtime, changes=changes)
    _count_executed(account, changes)
    return len(changes)


def fail_orphaned_decisions(*, runtime: Runtime, cycle_id: str, reason: str) -> int:
    """Close the PENDING decisions of an ended cycle: those without an intent FAILED, the others by their intent."""
    rows = list(DecisionRow.objects.filter(cycle_id=cycle_id, status=DecisionStatus.PENDING).order_by("id"))
    changes = _changes(rows)
    known = {change.row.pk for change in changes}
    changes += [StatusChange(row, DecisionStatus.FAILED, reason) for row in rows if row.pk not in known]
    change_status(runtime=runtime, changes=changes)
    return len(changes)


def _changes(rows: Sequence[DecisionRow]) -> list[StatusChange]:
    intents = {item.decision_id: item for row in rows for item in _INTENTS.all((row.pk,))}
    orders = _main_orders(list(intents.values()))
    return [_change(row, intents[row.pk], orders.get(row.pk)) for row in rows if row.pk in intents]


def _main_orders(intents: Sequence[Intent]) -> dict[str, OrderRow]:
    """The order that does what each intent wants, by decision id; protective legs are left out."""
    rows = sorted((row for item in intents for row in _ORDERS.all((item.pk,))), key=lambda row: row.id)
    return {row.intent.decision_id: row for row in rows if row.intent is not None and row.purpose == row.intent.purpose}


def _change(row: DecisionRow, intent: Intent, order: OrderRow | None) -> StatusChange:
    if order is None:
        status, reason = settled_status(IntentStanding(intent.state, intent.reason))
        return StatusChange(row, status, reason, execution={"intent_id": intent.pk})
    standing = IntentStanding(intent.state, intent.reason, OrderState(order.state), order.filled_quantity, order.reason)
    status, reason = settled_status(standing)
    execution = {
        "intent_id": intent.pk,
        "client_order_id": order.client_order_id,
        "order_state": order.state,
        "filled_quantity": plain(order.filled_quantity),
        "average_fill_price": None if order.average_fill_price is None else plain(order.average_fill_price),
    }
    return StatusChange(row, status, reason, execution=execution)


def _count_executed(account: Account, changes: Sequence[StatusChange]) -> None:
    executed = sum(change.status is DecisionStatus.EXECUTED for change in changes)
    if executed:
        execute(_COUNT, (executed, account.pk))
