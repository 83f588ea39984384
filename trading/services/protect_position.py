"""Put a stop and a target under an open position; have sold what cannot be protected (order-safety.md 2.4, A2).

Never speaks for more than is held: live orders, those in doubt too, count at their worst. A position without a stop
for more than five seconds, or whose stop was refused, is sold. Under HALTED the stop is still placed (it guards what
was bought before), but nothing is sold.
"""

from enum import StrEnum

from django.db import transaction

from trading.domain.order import OrderState, Purpose, Side, Submission
from trading.models import OrderRow, PositionRow
from trading.selectors.live_orders import in_doubt, protective
from trading.services.acquire_lease import require_lease
from trading.services.exit_unprotected import entry_intent, exit_unprotected
from trading.services.order_desk import OrderDesk
from trading.services.position_need import PositionNeed, locked_need
from trading.services.transmit import SendOutcome, transmit
from trading.services.write_sending import protective_legs, write_sending


class Protection(StrEnum):
    """FLAT: nothing to protect. COVERED: stops stand or it is being sold by a known order. PENDING: an order in doubt
    speaks for it. PLACED: stop and target were just accepted. EXITING: it was just sent to be sold. HELD_BACK: it
    should be sold, but not now (halted, or too soon after the last try)."""

    FLAT = "FLAT"
    COVERED = "COVERED"
    PENDING = "PENDING"
    PLACED = "PLACED"
    EXITING = "EXITING"
    HELD_BACK = "HELD_BACK"


def protect_position(*, desk: OrderDesk, position_id: int) -> Protection:
    """Bring one position's protection in order. Raises LeaseLost."""
    started = desk.runtime.clock.monotonic()
    with transaction.atomic():
        require_lease(runtime=desk.runtime, grip=desk.grip, timing=desk.timing)
        need = locked_need(desk, position_id)
        settled = _settle(desk, need)
        if settled is not None:
            return settled
        submission = _stop(desk, need)
    outcome = SendOutcome.REJECTED
    if submission is not None:
        outcome = transmit(desk=desk, submission=submission, started=started)
    if outcome is SendOutcome.REJECTED:
        return _sold(exit_unprotected(desk=desk, position_id=position_id))
    if outcome is not SendOutcome.ACCEPTED:
        return Protection.PENDING
    PositionRow.objects.filter(pk=position_id).update(unprotected_since=None)
    return Protection.PLACED


def _settle(desk: OrderDesk, need: PositionNeed) -> Protection | None:
    """The answer when there is nothing to send, None when there is. Keeps `unprotected_since` true to the facts."""
    position = need.position
    if position.opened_at is None:
        return Protection.FLAT
    if need.quantity:
        if position.unprotected_since is None:
            _set_unprotected_since(position, desk)
        return None
    selling = [order for order in need.orders if order.side == Side.SELL.value]
    if in_doubt(selling) and position.unprotected_since is not None:
        return Protection.PENDING
    if position.unprotected_since is not None:
        PositionRow.objects.filter(pk=position.pk).update(unprotected_since=None)
    return Protection.COVERED if protective(selling) or selling else Protection.FLAT


def _set_unprotected_since(position: PositionRow, desk: OrderDesk) -> None:
    position.unprotected_since = desk.runtime.clock.now()
    PositionRow.objects.filter(pk=position.pk).update(unprotected_since=position.unprotected_since)


def _stop(desk: OrderDesk, need: PositionNeed) -> Submission | None:
    """The stop and target to send; None when a stop is not (or no longer) the answer."""
    position = need.position
    if position.stop_loss is None or position.take_profit is None or _is_too_late(desk, position):
        return None
    return write_sending(
        desk=desk,
        instrument=position.instrument,
        intent=entry_intent(desk, position),
        legs=protective_legs(need.quantity, position.stop_loss, position.take_profit),
        ulid=desk.runtime.ids.ulid(),
        cause=f"protection, fence {desk.grip.fence}",
    )


def _is_too_late(desk: OrderDesk, position: PositionRow) -> bool:
    """Whether time is up, or the venue has refused a stop for this position since it lost its protection."""
    since = position.unprotected_since
    if since is None or desk.runtime.clock.now() - since > desk.timing.unprotected_limit:
        return True
    refused = OrderRow.objects.filter(
        account=desk.account,
        instrument=position.instrument,
        purpose=Purpose.STOP_LOSS.value,
        state=OrderState.REJECTED.value,
        sent_at__gte=since,
    )
    return refused.exists()


def _sold(outcome: SendOutcome) -> Protection:
    if outcome is SendOutcome.REFUSED:
        return Protection.HELD_BACK
    return Protection.EXITING
