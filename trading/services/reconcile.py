"""Compare our books with the venue's word: orders, then balances (order-safety.md T1).

What an order needs is asked; what stays different is never "corrected" silently: it stops entries (REDUCING) and
pages a person. Orders that are not ours are left untouched (I22).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from django.db import transaction

from autotrader.lib.money import MONEY_CONTEXT, ZERO
from autotrader.lib.statements import Select, SelectRows
from trading.domain.order import OrderReport, OrderState, Purpose
from trading.domain.payload import is_ours
from trading.domain.trading_state import TradingState
from trading.models import AccountControl, Balance, InstrumentRow, OrderRow
from trading.selectors.live_orders import live_order_facts
from trading.services.ask_order import Answer, ask_order
from trading.services.move_order import quarantine_order
from trading.services.order_desk import OrderDesk
from trading.services.report_incident import report_incident
from trading.services.set_trading_state import set_trading_state

QUOTE_STEP = Decimal("0.01")
BY = "reconciliation"
_ORDER = SelectRows(OrderRow, "WHERE t.id = %s", related=("instrument", "intent"))
_BALANCES = Select(Balance, ("asset", "total"), "WHERE account_id = %s ORDER BY id")
_STEPS = Select(InstrumentRow, ("base", "lot_size"), "WHERE venue = %s ORDER BY id")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing on which the venue and our books differ. `key` stays the same while the difference does."""

    key: str
    message: str
    details: dict[str, Decimal | str] = field(default_factory=dict)


def reconcile_orders(*, desk: OrderDesk) -> list[Mismatch]:
    """Bring open orders in step; what cannot be explained. Raises VenueUnavailable.

    An order the venue does not list is asked for by its id; after its fence an order that it does not know at all is
    set aside. An order of ours that we hold for ended, yet lives there, is a mismatch (an entry is also cancelled).
    """
    at_venue = {report.client_order_id: report for report in desk.venue.open_orders()}
    mismatches = []
    alive = live_order_facts(desk.account.pk)
    for fact in alive:
        if fact.client_order_id not in at_venue:
            order = _ORDER.one((fact.id,))
            if _is_unknown_there(desk, order):
                mismatches.append(_vanished(desk, order))
    unexplained = set(at_venue).difference(fact.client_order_id for fact in alive)
    mismatches += _undead(desk, [at_venue[cid] for cid in at_venue if cid in unexplained and is_ours(cid)])
    return mismatches


def reconcile_balances(*, desk: OrderDesk) -> list[Mismatch]:
    """Assets whose total differs by more than one step. Raises VenueUnavailable.

    Meaningful only when nothing is in flight and every fill was fetched: the caller sees to that.
    """
    theirs = desk.venue.balances()
    ours = dict(_BALANCES.rows((desk.account.pk,)))
    steps = _steps(desk.account.venue)
    found = []
    for asset in sorted({*theirs, *ours}):
        mine, other = ours.get(asset, ZERO), theirs.get(asset, ZERO)
        with localcontext(MONEY_CONTEXT):
            difference = other - mine
        if abs(difference) > steps.get(asset, QUOTE_STEP):
            found.append(
                Mismatch(
                    key=f"balance:{asset}:{difference}",
                    message=f"The venue holds {other} {asset}, our books say {mine}",
                    details={"asset": asset, "venue": other, "books": mine, "difference": difference},
                )
            )
    return found


def stop_entries_on(*, desk: OrderDesk, mismatches: Iterable[Mismatch]) -> None:
    """REDUCING (never looser than it is) and one incident for each mismatch."""
    mismatches = list(mismatches)
    if not mismatches:
        return
    with transaction.atomic():
        control = AccountControl.objects.select_for_update().get(pk=desk.account.pk)
        if control.trading_state == TradingState.ACTIVE.value:
            set_trading_state(
                runtime=desk.runtime,
                account=desk.account,
                state=TradingState.REDUCING,
                reason=f"Books and venue differ: {mismatches[0].message}.",
                by=BY,
            )
        for mismatch in mismatches:
            report_incident(
                runtime=desk.runtime,
                account_id=desk.account.pk,
                kind="reconciliation_mismatch",
                message=f"{mismatch.message}.",
                subject_id=mismatch.key[:40],
                details=mismatch.details,
            )


def _is_unknown_there(desk: OrderDesk, order: OrderRow) -> bool:
    if order.state in (OrderState.SENDING.value, OrderState.UNKNOWN.value):
        return False  # these are resolved by their own protocol, at their fence
    if ask_order(desk=desk, order=order, cause="not among the venue's open orders") is not Answer.SILENT:
        return False
    return order.fence_at is not None and desk.runtime.clock.now() >= order.fence_at


def _vanished(desk: OrderDesk, order: OrderRow) -> Mismatch:
    with transaction.atomic():
        locked = (
            OrderRow.objects.select_for_update(of=("self",)).select_related("instrument", "intent").get(pk=order.pk)
        )
        quarantine_order(
            runtime=desk.runtime, order=locked, problem="the venue does not know it any more", cause="reconciliation"
        )
    return Mismatch(
        f"vanished:{order.id}", f"Order {order.client_order_id} is {order.state} here and not known at the venue"
    )


def _undead(desk: OrderDesk, reports: list[OrderReport]) -> list[Mismatch]:
    """The orders of `reports`, which live there, that our books do not hold for alive."""
    if not reports:
        return []
    ids = [report.client_order_id for report in reports]
    rows = {row.client_order_id: row for row in OrderRow.objects.filter(client_order_id__in=ids)}
    found = []
    for report in reports:
        row = rows.get(report.client_order_id)
        if row is not None and row.account_id == desk.account.pk and row.is_at_venue:
            continue
        if row is not None and row.purpose == Purpose.ENTRY.value:
            desk.venue.cancel(report.client_order_id)
        state = row.state if row is not None else "not in our books"
        found.append(
            Mismatch(
                f"undead:{report.client_order_id}", f"Order {report.client_order_id} lives at the venue but is {state}"
            )
        )
    return found


def _steps(venue: str) -> dict[str, Decimal]:
    """The lot size for each base asset; other assets count in hundredths."""
    return dict(_STEPS.rows((venue,)))
