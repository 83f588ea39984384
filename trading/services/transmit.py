"""The wire, once: send a submission whose rows are committed as SENDING, and write down the answer.

Whatever is not a clear answer leaves the order UNKNOWN: it is then asked for, never sent again.
"""

import logging
from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction

from autotrader.lib.errors import AutotraderError
from autotrader.lib.statements import SelectRows, fetch
from trading.domain.order import OrderReport, OrderState, Purpose, Submission
from trading.domain.order_states import OrderEvent
from trading.domain.trading_state import TradingState
from trading.models import OrderRow
from trading.ports import OrderOutcomeUnknown, OrderRejected, VenueUnavailable
from trading.selectors.trading_state import effective_state
from trading.services.apply_report import apply_report
from trading.services.move_order import move_order
from trading.services.order_desk import OrderDesk
from trading.services.report_incident import report_incident

logger = logging.getLogger(__name__)

_PURPOSE = "SELECT purpose FROM trading_orderrow WHERE client_order_id = %s"
_UNANSWERED = SelectRows(
    OrderRow, "WHERE t.client_order_id = %s AND t.state = 'SENDING'", related=("instrument", "intent")
)

DUPLICATE_ORDER = "duplicate_order"
"""The code of a refusal that says: an earlier attempt lives (order-safety.md 2.2, -2010). It is then asked for."""


class SendOutcome(StrEnum):
    """What is known right after sending. REFUSED: by us, before any row was written."""

    REFUSED = "REFUSED"
    NOT_SENT = "NOT_SENT"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


def transmit(*, desk: OrderDesk, submission: Submission, started: float) -> SendOutcome:
    """Send once. `started` is the monotonic time before the lease was read: a long pause since then forbids sending,
    because somebody else may own the lease by now."""
    obstacle = _obstacle(desk, submission, started)
    if obstacle:
        return _record(desk, submission, OrderEvent.NOT_SENT, obstacle, SendOutcome.NOT_SENT)
    try:
        reports = desk.venue.submit(submission)
    except OrderRejected as error:
        if error.code == DUPLICATE_ORDER:
            return _record(desk, submission, OrderEvent.OUTCOME_UNKNOWN, error.message, SendOutcome.UNKNOWN)
        return _record(desk, submission, OrderEvent.SAYS_REJECTED, error.message, SendOutcome.REJECTED)
    except VenueUnavailable as error:
        return _record(desk, submission, OrderEvent.NOT_SENT, error.message, SendOutcome.NOT_SENT)
    except OrderOutcomeUnknown as error:
        return _record(desk, submission, OrderEvent.OUTCOME_UNKNOWN, error.message, SendOutcome.UNKNOWN)
    except Exception as error:  # noqa: BLE001  bytes may have left: any fault of an adapter means "unknown", never "failed"
        return _record_fault(desk, submission, error)
    return _record_reports(desk, submission, reports)


def _obstacle(desk: OrderDesk, submission: Submission, started: float) -> str:
    """Why the message must not leave now; empty when it may. The kill switch is read a last time for entries."""
    paused = desk.runtime.clock.monotonic() - started
    if paused >= desk.timing.longest_pause_before_send_seconds:
        return f"not sent: {paused:.1f} s passed since the lease was read"
    if _is_entry(submission) and effective_state(desk.account.pk) is not TradingState.ACTIVE:
        return "not sent: trading was stopped in the meantime"
    return ""


def _is_entry(submission: Submission) -> bool:
    return any((Purpose.ENTRY.value,) in fetch(_PURPOSE, (leg.client_order_id,)) for leg in submission.legs)


def _record(
    desk: OrderDesk, submission: Submission, event: OrderEvent, reason: str, outcome: SendOutcome
) -> SendOutcome:
    with transaction.atomic():
        for order in _unanswered(submission):
            move_order(runtime=desk.runtime, order=order, event=event, cause="answer to sending", reason=reason)
    return outcome


def _record_fault(desk: OrderDesk, submission: Submission, error: Exception) -> SendOutcome:
    logger.exception("the venue adapter failed while sending %s", submission.legs[0].client_order_id)
    reason = error.message if isinstance(error, AutotraderError) else f"{type(error).__name__} in the venue adapter"
    outcome = _record(desk, submission, OrderEvent.OUTCOME_UNKNOWN, reason, SendOutcome.UNKNOWN)
    report_incident(
        runtime=desk.runtime,
        account_id=desk.account.pk,
        kind="venue_adapter_failed",
        message=f"Sending {submission.legs[0].client_order_id} ended in a fault of the program: {reason}.",
    )
    return outcome


def _record_reports(desk: OrderDesk, submission: Submission, reports: Sequence[OrderReport]) -> SendOutcome:
    """One transaction for all legs; a leg without a report is UNKNOWN."""
    wanted = {leg.client_order_id for leg in submission.legs}
    with transaction.atomic():
        for report in reports:
            if report.client_order_id in wanted:
                apply_report(runtime=desk.runtime, account=desk.account, report=report, cause="answer to sending")
        silent = _unanswered(submission)
        for order in silent:
            move_order(
                runtime=desk.runtime, order=order, event=OrderEvent.OUTCOME_UNKNOWN, cause="no report for this leg"
            )
    if silent:
        return SendOutcome.UNKNOWN
    first = next((r for r in reports if r.client_order_id == submission.legs[0].client_order_id), None)
    is_rejected = first is not None and first.state is OrderState.REJECTED
    return SendOutcome.REJECTED if is_rejected else SendOutcome.ACCEPTED


def _unanswered(submission: Submission) -> list[OrderRow]:
    """The legs that are still SENDING, locked, oldest first."""
    rows = [row for leg in submission.legs for row in _UNANSWERED.all((leg.client_order_id,), lock=True)]
    return sorted(rows, key=lambda row: row.id)
