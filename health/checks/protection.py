"""Has every open position its stop at the venue? (order-safety.md I7: an exit must have started within 30 s)"""

from datetime import datetime, timedelta

from health.domain.check_result import CheckResult, Level
from trading.models import Account, PositionRow

NAME = "protection"
TOO_LONG = timedelta(seconds=30)


def check_protection(account: Account, now: datetime) -> CheckResult:
    """DEGRADED while a position waits for its stop, DOWN after 30 s."""
    bare = PositionRow.objects.filter(account=account, quantity__gt=0, unprotected_since__isnull=False)
    waiting = [(row.instrument.symbol, row.unprotected_since) for row in bare.select_related("instrument")]
    if not waiting:
        return CheckResult(NAME, Level.OK, "every open position has its stop")
    symbols = ", ".join(sorted(symbol for symbol, _ in waiting))
    is_too_long = any(since is not None and now - since > TOO_LONG for _, since in waiting)
    return CheckResult(NAME, Level.DOWN if is_too_long else Level.DEGRADED, f"without a stop: {symbols}")
