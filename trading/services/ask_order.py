"""Ask the venue what became of one order, and bring the answer into our books."""

from enum import StrEnum

from trading.models import OrderRow
from trading.ports import VenueUnavailable
from trading.services.apply_report import ReportOutcome, apply_report
from trading.services.order_desk import OrderDesk


class Answer(StrEnum):
    """SETTLED: our books agree with the venue. BEHIND: fetch fills, then ask again. SILENT: it does not know the id
    (which proves nothing before the fence). UNREACHABLE: it could not be asked."""

    SETTLED = "SETTLED"
    BEHIND = "BEHIND"
    SILENT = "SILENT"
    UNREACHABLE = "UNREACHABLE"


def ask_order(*, desk: OrderDesk, order: OrderRow, cause: str) -> Answer:
    """The venue's answer about `order`, applied."""
    try:
        report = desk.venue.order(order.client_order_id)
    except VenueUnavailable:
        return Answer.UNREACHABLE
    if report is None:
        return Answer.SILENT
    outcome = apply_report(runtime=desk.runtime, account=desk.account, report=report, cause=cause)
    return Answer.BEHIND if outcome in (ReportOutcome.BEHIND, ReportOutcome.STALE) else Answer.SETTLED
