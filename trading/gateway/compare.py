"""When the gateway compares books with the venue (T1): orders every 10 s, balances every 30 s, only in quiet."""

from datetime import datetime, timedelta

from trading.gateway.memory import PumpMemory
from trading.gateway.pump import take_fills
from trading.selectors.live_orders import IN_DOUBT_STATES, live_order_facts
from trading.services.order_desk import OrderDesk
from trading.services.reconcile import Mismatch, reconcile_balances, reconcile_orders, stop_entries_on


def compare_when_due(desk: OrderDesk, memory: PumpMemory) -> bool:
    """Whether something was found. Each difference is alarmed once for as long as it stays the same."""
    now = desk.runtime.clock.now()
    mismatches: list[Mismatch] = []
    if _is_due(memory.orders_compared_at, now, desk.timing.reconcile_orders):
        memory.orders_compared_at = now
        mismatches += reconcile_orders(desk=desk)
    if _is_due(memory.balances_compared_at, now, desk.timing.reconcile_balances) and _is_quiet(desk, memory):
        memory.balances_compared_at = now
        mismatches += _settled_balances(desk, memory)
    fresh = [mismatch for mismatch in mismatches if memory.first_alarm(mismatch.key)]
    stop_entries_on(desk=desk, mismatches=fresh)
    return bool(fresh)


def _is_due(last: datetime | None, now: datetime, interval: timedelta) -> bool:
    return last is None or now - last >= interval


def _is_quiet(desk: OrderDesk, memory: PumpMemory) -> bool:
    """No order in doubt and no fill on its way: otherwise a difference means nothing."""
    if memory.behind_since:
        return False
    if any(fact.state in IN_DOUBT_STATES for fact in live_order_facts(desk.account.pk)):
        return False
    return not take_fills(desk, memory)


def _settled_balances(desk: OrderDesk, memory: PumpMemory) -> list[Mismatch]:
    """The differences, unless a fill arrived while the balances were read."""
    found = reconcile_balances(desk=desk)
    if found and take_fills(desk, memory):
        memory.balances_compared_at = None
        return []
    return found
