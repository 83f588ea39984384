"""What the books must say after a kill (at once) and after the platform came back and settled."""

from collections import Counter

from evaluation.selectors.invariants import (
    audit_verifies,
    balances_are_the_ledger,
    cash_adds_up,
    check_all,
    fills_make_the_orders,
    fills_make_the_positions,
    ledger_sums_to_zero,
)
from trading.domain.order import OrderState, Purpose
from trading.models import Account, FillRow, Intent, OrderRow, PaperFill, PaperOrder
from trading.services.repair_audit_file import repair_audit_file

# True in the middle of everything: each of these is one transaction of ours.
AT_ONCE = (
    ledger_sums_to_zero,
    balances_are_the_ledger,
    fills_make_the_positions,
    fills_make_the_orders,
    cash_adds_up,
)
IN_FLIGHT = [OrderState.SENDING, OrderState.UNKNOWN, OrderState.QUARANTINED]


def faults_at_once(account: Account) -> list[str]:
    """What is wrong right after a kill, before anything was repaired."""
    checks = [rule(account) for rule in AT_ONCE]
    return [f"{check.name}: {check.detail}" for check in checks if not check.is_kept] + doubled(account)


def faults_when_settled(account: Account) -> list[str]:
    """What is wrong after a restart had time to recover."""
    repair_audit_file()
    checks = [*check_all(account), audit_verifies()]
    faults = [f"{check.name}: {check.detail}" for check in checks if not check.is_kept]
    return faults + doubled(account) + _lost(account) + _in_flight(account)


def doubled(account: Account) -> list[str]:
    """Intents for which the venue, by its own books, accepted more than one entry order."""
    known = dict(
        OrderRow.objects.filter(account=account, purpose=Purpose.ENTRY).values_list("client_order_id", "intent_id")
    )
    accepted = PaperOrder.objects.filter(account_id=account.pk).exclude(state=OrderState.REJECTED)
    strangers = [cid for cid in accepted.values_list("client_order_id", flat=True) if not _is_ours(cid)]
    entries = Counter(known[cid] for cid in accepted.values_list("client_order_id", flat=True) if cid in known)
    twice = [f"intent {intent} has {count} accepted entries" for intent, count in entries.items() if count > 1]
    return twice + [f"the venue has {cid}, the platform does not" for cid in strangers]


def _is_ours(client_order_id: str) -> bool:
    return OrderRow.objects.filter(client_order_id=client_order_id).exists()


def _lost(account: Account) -> list[str]:
    """Executions of the venue that the platform did not apply, and intents nobody finished."""
    theirs = PaperFill.objects.filter(account_id=account.pk).count()
    ours = FillRow.objects.filter(account=account).count()
    open_intents = Intent.objects.filter(account=account, state="APPROVED").count()
    faults = [] if theirs == ours else [f"the venue made {theirs} fills, {ours} were applied"]
    return faults + ([f"{open_intents} approved intents were never finished"] if open_intents else [])


def _in_flight(account: Account) -> list[str]:
    orders = OrderRow.objects.filter(account=account, state__in=IN_FLIGHT)
    return [f"order {order.client_order_id} is still {order.state}" for order in orders]
