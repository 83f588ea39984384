"""Book one execution: order, position, trade, ledger, balance, audit and event in one transaction, exactly once.

Everything is checked before anything is written. What does not fit is kept whole and alarmed (`quarantine_fill`), and
tried again after each fill that is booked; nothing is ever lost and nothing is guessed.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from django.db import transaction

from autotrader.lib.money import MONEY_CONTEXT, ZERO, divide
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import Select, SelectRows, fetch, insert_new, update_row
from trading.domain.audit_chain import AuditEntry
from trading.domain.order import FillReport, OrderState, Purpose, Side
from trading.domain.order_states import IllegalTransition, OrderEvent, is_late_fill, next_state
from trading.domain.position import FillEffect, MisfitFill, PositionBook, apply_fill_to_position
from trading.domain.round_trip import slippage_bps
from trading.models import Account, FillRow, OrderRow, PositionRow
from trading.selectors.asset_price import last_asset_price
from trading.selectors.live_orders import OWN_ORDER
from trading.services.append_audit import append_audit
from trading.services.close_trade import close_trade_if_flat
from trading.services.move_order import move_order, quarantine_order
from trading.services.post_fill import WalletChange, check_wallet, post_fill
from trading.services.quarantine_fill import quarantine_fill, resolve_quarantined, waiting_fills
from trading.services.record_event import record_event
from trading.services.report_incident import WARNING, report_incident

_FILLED = Select(FillRow, ("quantity", "price"), "WHERE t.order_id = %s ORDER BY t.id")
_KNOWN = (
    "SELECT 1 FROM trading_fillrow t JOIN trading_instrumentrow named ON named.id = t.instrument_id"
    " WHERE t.account_id = %s AND named.symbol = %s AND t.venue_fill_id = %s LIMIT 1"
)
_POSITION = SelectRows(PositionRow, "WHERE t.account_id = %s AND t.instrument_id = %s")
_BOOKED = tuple(field.attname for field in PositionRow._meta.concrete_fields if not field.primary_key)


class FillOutcome(StrEnum):
    """APPLIED: booked now. DUPLICATE: was booked before. QUARANTINED: kept aside. FOREIGN: not an order of ours."""

    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    QUARANTINED = "QUARANTINED"
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True)
class _Booking:
    """All that was worked out and checked before the first write."""

    event: OrderEvent
    effect: FillEffect
    wallet: WalletChange
    is_late: bool


def apply_fill(*, runtime: Runtime, account: Account, report: FillReport) -> FillOutcome:
    """What became of `report`. Fills that were waiting for this one are booked with it."""
    with transaction.atomic():
        outcome = _apply_one(runtime, account, report, is_retry=False)
        if outcome is FillOutcome.APPLIED:
            _apply_waiting(runtime, account, report.symbol)
    return outcome


def _apply_waiting(runtime: Runtime, account: Account, symbol: str) -> None:
    """Try the symbol's set-aside fills again until none fits any more."""
    progress = True
    while progress:
        progress = False
        for row, waiting in waiting_fills(account, symbol):
            if _apply_one(runtime, account, waiting, is_retry=True) is FillOutcome.APPLIED:
                resolve_quarantined(runtime=runtime, row=row)
                progress = True


def _apply_one(runtime: Runtime, account: Account, report: FillReport, *, is_retry: bool) -> FillOutcome:
    order = _locked_order(account, report.client_order_id)
    if order is None:
        return _foreign(runtime, account, report, is_retry=is_retry)
    if fetch(_KNOWN, (account.pk, report.symbol, report.venue_fill_id)):
        return FillOutcome.DUPLICATE
    position = _locked_position(runtime, account, order)
    try:
        booking = _work_out(account, order, position, report)
    except (MisfitFill, IllegalTransition) as error:
        if not is_retry:
            _set_aside(runtime, account, order, report, error)
        return FillOutcome.QUARANTINED
    _book(runtime, account, order, position, report, booking)
    return FillOutcome.APPLIED


def _locked_order(account: Account, client_order_id: str) -> OrderRow | None:
    return OWN_ORDER.first((account.pk, client_order_id), lock=True)


def _locked_position(runtime: Runtime, account: Account, order: OrderRow) -> PositionRow:
    key = (account.pk, order.instrument_id)
    found = _POSITION.first(key, lock=True)
    if found is not None:
        return found
    PositionRow.objects.get_or_create(
        account=account, instrument=order.instrument, defaults={"updated_at": runtime.clock.now()}
    )
    return _POSITION.one(key, lock=True)


def _work_out(account: Account, order: OrderRow, position: PositionRow, report: FillReport) -> _Booking:
    """The booking of `report`. Raises MisfitFill or IllegalTransition; writes nothing."""
    _require_order_fits(order, report)
    instrument = order.instrument
    book = PositionBook(position.quantity, position.cost, position.realised_pnl, position.commissions)
    effect = apply_fill_to_position(
        book,
        report,
        base=instrument.base,
        quote=instrument.quote,
        asset_price=last_asset_price(instrument, report.commission_asset),
    )
    state = OrderState(order.state)
    is_complete = order.filled_quantity + report.quantity == order.quantity
    event = OrderEvent.LAST_FILL if is_complete else OrderEvent.FILL
    next_state(state, event)
    wallet = check_wallet(account=account, report=report, base=instrument.base, quote=instrument.quote)
    return _Booking(event, effect, wallet, is_late_fill(state, event))


class _OrderMisfit(MisfitFill):
    """The fill contradicts the order itself, so the order is set aside too."""


def _require_order_fits(order: OrderRow, report: FillReport) -> None:
    if report.symbol != order.instrument.symbol:
        raise _OrderMisfit(f"fill {report.venue_fill_id} is in {report.symbol}, the order in {order.instrument.symbol}")
    if report.side.value != order.side:
        raise _OrderMisfit(f"fill {report.venue_fill_id} is a {report.side}, the order a {order.side}")
    if report.quantity.is_finite() and order.filled_quantity + report.quantity > order.quantity:
        left = order.quantity - order.filled_quantity
        raise _OrderMisfit(
            f"fill {report.venue_fill_id} of {report.quantity} is more than the {left} left of the order"
        )


def _set_aside(
    runtime: Runtime, account: Account, order: OrderRow, report: FillReport, error: MisfitFill | IllegalTransition
) -> None:
    is_new = quarantine_fill(runtime=runtime, account=account, report=report, reason=error.message)
    if is_new and isinstance(error, _OrderMisfit | IllegalTransition):
        quarantine_order(runtime=runtime, order=order, problem=error.message, cause=f"fill {report.venue_fill_id}")


def _foreign(runtime: Runtime, account: Account, report: FillReport, *, is_retry: bool) -> FillOutcome:
    if not is_retry:
        quarantine_fill(
            runtime=runtime, account=account, report=report, reason="it belongs to an order this account never sent"
        )
    return FillOutcome.FOREIGN


def _book(
    runtime: Runtime,
    account: Account,
    order: OrderRow,
    position: PositionRow,
    report: FillReport,
    booking: _Booking,
) -> None:
    fill = _write_fill(runtime, account, order, report, booking.effect)
    _advance_order(order, report, is_late=booking.is_late)
    move_order(runtime=runtime, order=order, event=booking.event, cause=f"fill {report.venue_fill_id}")
    _advance_position(runtime, position, order, fill, booking.effect)
    post_fill(runtime=runtime, account=account, fill=fill, change=booking.wallet)
    _tell(runtime, account, order, fill, position)
    if booking.is_late:
        _alarm_late(runtime, account, order, fill)
    close_trade_if_flat(runtime=runtime, order=order)


def _write_fill(runtime: Runtime, account: Account, order: OrderRow, report: FillReport, effect: FillEffect) -> FillRow:
    reference = _reference_price(order)
    fill = FillRow(
        account=account,
        instrument=order.instrument,
        order=order,
        venue_fill_id=report.venue_fill_id,
        side=report.side.value,
        quantity=report.quantity,
        price=report.price,
        commission=report.commission,
        commission_asset=report.commission_asset,
        slippage_bps=None if reference is None else slippage_bps(report.side, reference, report.price),
        realised_pnl=effect.realised_pnl,
        commission_value=effect.commission_value,
        is_maker=report.is_maker,
        ts_event=report.ts_event,
        ts_received=runtime.clock.now(),
    )
    insert_new([fill])
    return fill


def _reference_price(order: OrderRow) -> Decimal | None:
    """The price the fill is measured against: the one seen at the decision, or the protective leg's own."""
    price: Decimal | None = None
    if order.purpose == Purpose.STOP_LOSS.value:
        price = order.stop_price
    elif order.purpose == Purpose.TAKE_PROFIT.value:
        price = order.limit_price
    elif order.intent is not None and order.intent.purpose == order.purpose:
        price = order.intent.reference_price
    return price


def _advance_order(order: OrderRow, report: FillReport, *, is_late: bool) -> None:
    """Cumulative quantity and average price (cumulative quote / cumulative base, order-safety.md 2.5)."""
    with localcontext(MONEY_CONTEXT):
        order.filled_quantity += report.quantity
        if order.filled_quantity == report.quantity:
            order.average_fill_price = report.price
        else:
            paid = sum((quantity * price for quantity, price in _FILLED.rows((order.pk,))), ZERO)
            order.average_fill_price = divide(paid, order.filled_quantity)
    order.late_fill_count += is_late
    if report.venue_order_id and not order.venue_order_id:
        order.venue_order_id = report.venue_order_id
    update_row(order, "filled_quantity", "average_fill_price", "late_fill_count", "venue_order_id")


def _advance_position(
    runtime: Runtime, position: PositionRow, order: OrderRow, fill: FillRow, effect: FillEffect
) -> None:
    book = effect.book
    position.quantity, position.cost = book.quantity, book.cost
    position.realised_pnl, position.commissions = book.realised_pnl, book.commissions
    position.average_entry_price = book.average_entry_price
    position.updated_at = runtime.clock.now()
    if fill.side == Side.BUY.value:
        _open_position(position, order, fill)
    update_row(position, *_BOOKED)


def _open_position(position: PositionRow, order: OrderRow, fill: FillRow) -> None:
    """What the first buy of a round trip settles: its decision, its stop and target. Until a stop stands at the
    venue the position counts as unprotected."""
    if position.unprotected_since is None:
        position.unprotected_since = position.updated_at
    if position.opened_at is not None:
        return
    position.opened_at = fill.ts_event
    position.opening_fill_id = fill.pk
    if order.intent is not None:
        position.strategy = order.intent.strategy
        position.entry_decision_id = order.intent.decision_id
        position.stop_loss = order.intent.stop_loss
        position.take_profit = order.intent.take_profit


def _tell(runtime: Runtime, account: Account, order: OrderRow, fill: FillRow, position: PositionRow) -> None:
    body = {
        "fill_id": fill.pk,
        "venue_fill_id": fill.venue_fill_id,
        "client_order_id": order.client_order_id,
        "symbol": order.instrument.symbol,
        "side": fill.side,
        "purpose": order.purpose,
        "quantity": fill.quantity,
        "price": fill.price,
        "commission": fill.commission,
        "commission_asset": fill.commission_asset,
        "slippage_bps": fill.slippage_bps,
        "decision_id": order.intent.decision_id if order.intent else "",
        "position_quantity": position.quantity,
    }
    append_audit(runtime=runtime, entries=[AuditEntry("fill", order.id, body)])
    record_event(runtime=runtime, account_id=account.pk, topic="fill", payload=body)


def _alarm_late(runtime: Runtime, account: Account, order: OrderRow, fill: FillRow) -> None:
    report_incident(
        runtime=runtime,
        account_id=account.pk,
        kind="late_fill",
        severity=WARNING,
        message=f"Order {order.client_order_id} had ended, yet {fill.quantity} was filled: it is open again.",
        subject_id=order.id,
        details={"venue_fill_id": fill.venue_fill_id, "late_fill_count": order.late_fill_count},
    )
