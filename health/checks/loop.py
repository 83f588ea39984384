"""Does the trading loop run its slots? A loop that a person stopped is well."""

from datetime import datetime, timedelta

from ai.models import CycleRow
from ai.selectors.status import LATE_AFTER_SLOTS
from health.domain.check_result import CheckResult, Level
from trading.models import Account, AccountControl

NAME = "loop"


def check_loop(account: Account, now: datetime, check_interval: timedelta) -> CheckResult:
    """DOWN when the last cycle failed, DEGRADED when no slot was run for three intervals."""
    control = AccountControl.objects.filter(pk=account.pk).first()
    if control is None:
        return CheckResult(NAME, Level.DOWN, "the account has no control row, so nothing is traded")
    if not control.is_enabled:
        return CheckResult(NAME, Level.OK, "stopped by a person")
    last = CycleRow.objects.filter(account=account).order_by("-slot").first()
    if last is not None and last.state == CycleRow.State.FAILED:
        return CheckResult(NAME, Level.DOWN, f"the last cycle failed: {last.error[:200]}")
    seen = max(moment for moment in (control.changed_at, control.last_slot) if moment is not None)
    if now - seen > LATE_AFTER_SLOTS * check_interval:
        return CheckResult(NAME, Level.DEGRADED, f"no cycle for {int((now - seen).total_seconds())} s")
    return CheckResult(NAME, Level.OK, "runs")
