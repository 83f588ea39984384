"""Sell at the market what no stop protects, with an alarm (order-safety.md 2.4 c).

Not while halted; ever more slowly when the venue keeps refusing (a reject loop gets accounts banned, hummingbot 462).
An exit that the venue never got is sent again under its old id, so that the venue itself can refuse a double.
"""

from datetime import timedelta

from django.db import transaction

from trading.domain.order import OrderState, Purpose, Submission
from trading.domain.order_states import OrderEvent
from trading.domain.trading_state import TradingState
from trading.models import Intent, OrderRow, PositionRow
from trading.selectors.trading_state import effective_state
from trading.services.acquire_lease import require_lease
from trading.services.move_order import move_order
from trading.services.order_desk import OrderDesk
from trading.services.position_need import PositionNeed, locked_need
from trading.services.report_incident import report_incident
from trading.services.transmit import SendOutcome, transmit
from trading.services.write_sending import market_exit_leg, submission_of, write_sending

_LONGEST_WAIT_BETWEEN_TRIES_SECONDS = 60


def exit_unprotected(*, desk: OrderDesk, position_id: int) -> SendOutcome:
    """REFUSED when nothing is uncovered any more, while halted, and too soon after the last try. Raises LeaseLost."""
    started = desk.runtime.clock.monotonic()
    with transaction.atomic():
        require_lease(runtime=desk.runtime, grip=desk.grip, timing=desk.timing)
        need = locked_need(desk, position_id)
        if not need.quantity or effective_state(desk.account.pk) is TradingState.HALTED:
            return SendOutcome.REFUSED
        tries = _tries(desk, need.position)
        if _is_too_soon(desk, tries):
            return SendOutcome.REFUSED
        submission = _again(desk, need, tries) or _new(desk, need)
        _alarm(desk, need)
    return transmit(desk=desk, submission=submission, started=started)


def entry_intent(desk: OrderDesk, position: PositionRow) -> Intent | None:
    """The approved intent that a position came from: its approval covers its stop, its target and its end (I1)."""
    intents = Intent.objects.filter(
        account=desk.account, instrument=position.instrument, purpose=Purpose.ENTRY.value, orders__isnull=False
    )
    decided = intents.filter(decision_id=position.entry_decision_id).first()
    return decided or intents.order_by("-id").first()


def _tries(desk: OrderDesk, position: PositionRow) -> list[OrderRow]:
    """The exits already tried since the position lost its protection, newest first."""
    rows = OrderRow.objects.select_for_update(of=("self",)).select_related("instrument", "intent")
    exits = rows.filter(
        account=desk.account,
        instrument=position.instrument,
        purpose=Purpose.EXIT.value,
        sent_at__gte=position.unprotected_since or desk.runtime.clock.now(),
    )
    decided = Intent.objects.filter(purpose=Purpose.EXIT.value)
    return list(exits.exclude(intent__in=decided).order_by("-sent_at", "-id"))


def _is_too_soon(desk: OrderDesk, tries: list[OrderRow]) -> bool:
    """After 5, 10, 20, 40, then every 60 seconds; at once when the last try sold something."""
    if not tries or tries[0].sent_at is None or tries[0].filled_quantity:
        return False
    wait = min(desk.timing.ask_again_seconds * 2 ** (len(tries) - 1), _LONGEST_WAIT_BETWEEN_TRIES_SECONDS)
    return desk.runtime.clock.now() - tries[0].sent_at < timedelta(seconds=wait)


def _again(desk: OrderDesk, need: PositionNeed, tries: list[OrderRow]) -> Submission | None:
    """The last try once more when it never reached the venue and is still exactly what is needed."""
    if not tries or tries[0].state != OrderState.NOT_ACCEPTED.value or tries[0].quantity != need.quantity:
        return None
    order = tries[0]
    order.sent_at = desk.runtime.clock.now()
    order.fence_at = order.sent_at + desk.timing.fence
    order.save(update_fields=["sent_at", "fence_at"])
    move_order(runtime=desk.runtime, order=order, event=OrderEvent.RESEND, cause="never accepted, still needed")
    return submission_of([order])


def _new(desk: OrderDesk, need: PositionNeed) -> Submission:
    return write_sending(
        desk=desk,
        instrument=need.position.instrument,
        intent=entry_intent(desk, need.position),
        legs=(market_exit_leg(need.quantity),),
        ulid=desk.runtime.ids.ulid(),
        cause=f"no stop stands, fence {desk.grip.fence}",
    )


def _alarm(desk: OrderDesk, need: PositionNeed) -> None:
    symbol = need.position.instrument.symbol
    report_incident(
        runtime=desk.runtime,
        account_id=desk.account.pk,
        kind="unprotected_exit",
        message=f"{need.quantity} {symbol} had no stop at the venue and is sold at the market.",
        subject_id=symbol,
        details={"unprotected_since": need.position.unprotected_since},
    )
