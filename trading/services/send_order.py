"""Send one approved intent: every check again inside the transaction that writes SENDING, then the wire, once.

Lease and fence, kill switch, approval (age, payload hash, single use) and limits are read in that transaction; an
exception in any of them means no order (fail closed). Entries are never sent a second time.
"""

import logging
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from autotrader.lib.statements import SelectRows, fetch_locked, update_row
from trading.domain.audit_chain import AuditEntry
from trading.domain.order import Purpose
from trading.domain.trading_state import TradingState
from trading.models import Intent, PositionRow
from trading.selectors.intent_payload import is_as_approved, is_used
from trading.selectors.live_orders import live_orders, reserved_for_sale
from trading.selectors.trading_state import effective_state
from trading.services.acquire_lease import require_lease
from trading.services.append_audit import append_audit
from trading.services.order_desk import OrderDesk
from trading.services.record_event import record_event
from trading.services.transmit import SendOutcome, transmit
from trading.services.write_sending import LegDraft, decided_leg, protective_legs, write_sending

logger = logging.getLogger(__name__)

_INTENT = SelectRows(Intent, "WHERE t.id = %s", related=("instrument", "account"))
_CONTROL = "SELECT account_id FROM trading_accountcontrol WHERE account_id = %s"
_POSITION = SelectRows(PositionRow, "WHERE t.account_id = %s AND t.instrument_id = %s")


def send_intent(*, desk: OrderDesk, intent_id: str) -> SendOutcome:
    """Send the intent when everything still allows it. Raises LeaseLost when another gateway took over."""
    started = desk.runtime.clock.monotonic()
    with transaction.atomic():
        require_lease(runtime=desk.runtime, grip=desk.grip, timing=desk.timing)
        intent = _locked_intent(intent_id)
        if intent.state != Intent.State.APPROVED:
            return SendOutcome.REFUSED
        problem = refusal(desk, intent, is_locked=True)
        legs = () if problem else _legs(desk, intent)
        if not legs:
            _refuse(desk, intent, problem or ("", "nothing is left to sell"))
            return SendOutcome.REFUSED
        submission = write_sending(
            desk=desk,
            instrument=intent.instrument,
            intent=intent,
            legs=legs,
            ulid=intent.id,
            cause=f"intent {intent.id}, approval {intent.risk_approval_id}, fence {desk.grip.fence}",
        )
        intent.state = Intent.State.SUBMITTED
        update_row(intent, "state")
    return transmit(desk=desk, submission=submission, started=started)


def refusal(desk: OrderDesk, intent: Intent, *, is_locked: bool) -> tuple[str, str] | None:
    """Why this intent must not be sent now, as (intent state, reason); None when it may.

    `is_locked` holds the kill switch's row until the caller's transaction ends, so that a stop comes either before
    this order or after it.
    """
    if is_locked:
        fetch_locked(_CONTROL, (desk.account.pk,))
    state = effective_state(desk.account.pk)
    if state is TradingState.HALTED:
        return Intent.State.DENIED, "trading is halted"
    if state is not TradingState.ACTIVE and intent.purpose == Purpose.ENTRY.value:
        return Intent.State.DENIED, "only orders that make a position smaller are allowed now"
    return _approval_problem(desk, intent) or _limit_problem(desk, intent)


def _approval_problem(desk: OrderDesk, intent: Intent) -> tuple[str, str] | None:
    now = desk.runtime.clock.now()
    if not intent.risk_approval_id or intent.approved_at is None:
        return Intent.State.DENIED, "it has no approval"
    if now - intent.approved_at > desk.timing.approval_ttl:
        return Intent.State.EXPIRED, f"its approval is older than {desk.timing.approval_ttl.total_seconds():.0f} s"
    if not is_as_approved(intent):
        return Intent.State.DENIED, "it differs from what was approved"
    if is_used(intent):
        return Intent.State.DENIED, "its approval was used before"
    return None


def _limit_problem(desk: OrderDesk, intent: Intent) -> tuple[str, str] | None:
    """Fails closed: limits that cannot be checked have denied."""
    try:
        with transaction.atomic():
            reason = desk.review(desk.runtime, desk.account, intent)
    except Exception as error:  # fail closed: whatever breaks in a limit, nothing may be sent
        logger.exception("the limits of intent %s could not be checked", intent.id)
        reason = f"the limits could not be checked ({type(error).__name__})"
    return (Intent.State.DENIED, reason) if reason else None


def _locked_intent(intent_id: str) -> Intent:
    return _INTENT.one((intent_id,), lock=True)


def _legs(desk: OrderDesk, intent: Intent) -> Sequence[LegDraft]:
    if intent.purpose == Purpose.EXIT.value:
        quantity = min(intent.quantity, sellable_quantity(desk, intent))
        return (decided_leg(intent, quantity),) if quantity > 0 else ()
    entry = decided_leg(intent, intent.quantity)
    if not desk.venue.capabilities.atomic_bracket or intent.stop_loss is None or intent.take_profit is None:
        return (entry,)
    return (entry, *protective_legs(intent.quantity, intent.stop_loss, intent.take_profit))


def sellable_quantity(desk: OrderDesk, intent: Intent) -> Decimal:
    """What an exit may sell at most: the position less everything that live orders may still sell (I8), on the lot
    grid; 0 when that is dust."""
    instrument = intent.instrument.to_domain()
    position = _POSITION.first((desk.account.pk, intent.instrument_id), lock=True)
    if position is None:
        return Decimal(0)
    free = position.quantity - reserved_for_sale(live_orders(desk.account.pk, intent.instrument_id))
    quantity = instrument.floor_quantity(free) if free > 0 else Decimal(0)
    return quantity if instrument.is_tradable_size(quantity, intent.limit_price) else Decimal(0)


def _refuse(desk: OrderDesk, intent: Intent, problem: tuple[str, str]) -> None:
    state, reason = problem
    intent.state = state or Intent.State.FAILED
    intent.reason = f"Not sent: {reason}."
    update_row(intent, "state", "reason")
    body = {
        "intent_id": intent.id,
        "decision_id": intent.decision_id,
        "symbol": intent.instrument.symbol,
        "intent_state": intent.state,
        "reason": intent.reason,
    }
    append_audit(runtime=desk.runtime, entries=[AuditEntry("intent_refused", intent.id, body)])
    record_event(runtime=desk.runtime, account_id=desk.account.pk, topic="order", payload=body)


def refuse_intent(*, desk: OrderDesk, intent_id: str, problem: tuple[str, str]) -> None:
    """End an approved intent that will not be sent, as (intent state, reason)."""
    with transaction.atomic():
        intent = _locked_intent(intent_id)
        if intent.state == Intent.State.APPROVED:
            _refuse(desk, intent, problem)
