"""Read the venue's executions from where we stopped, book them, and remember how far we came.

The cursor moves only after the fills are booked: a crash in between brings them again, and they are booked once.
"""

from django.db import transaction

from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import execute
from trading.models import Account, FillCursor
from trading.ports import Venue
from trading.services.apply_fill import FillOutcome, apply_fill

_REMEMBER = (
    "INSERT INTO trading_fillcursor (account_id, cursor, updated_at) VALUES (%s, %s, %s)"
    " ON CONFLICT (account_id) DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at"
)


def fetch_fills(*, runtime: Runtime, account: Account, venue: Venue, cursor: str) -> tuple[str, tuple[str, ...]]:
    """The new cursor and the client order ids that got a new fill. Raises VenueUnavailable."""
    reports, after = venue.fills_after(cursor)
    filled = [
        report.client_order_id
        for report in reports
        if apply_fill(runtime=runtime, account=account, report=report) is FillOutcome.APPLIED
    ]
    if after != cursor:
        with transaction.atomic():
            execute(_REMEMBER, (account.pk, after, runtime.clock.now()))
    return after, tuple(dict.fromkeys(filled))


def stored_cursor(account: Account) -> str:
    """Where the last fetch stopped; "" is the beginning."""
    return FillCursor.objects.filter(account=account).values_list("cursor", flat=True).first() or ""
