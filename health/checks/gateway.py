"""Is the order gateway of an account alive? It renews its lease every 5 s; 60 s without is dead (rule A4)."""

from datetime import datetime, timedelta

from health.domain.check_result import CheckResult, Level
from trading.gateway.order_gateway import lease_name
from trading.models import Account, Lease

NAME = "gateway"
DEAD_AFTER = timedelta(seconds=60)


def check_gateway(account: Account, now: datetime) -> CheckResult:
    """DOWN when the heartbeat stopped, DEGRADED when it is late or was never heard."""
    lease = Lease.objects.filter(name=lease_name(account.pk)).first()
    if lease is None:
        return CheckResult(NAME, Level.DEGRADED, "the order gateway has not started yet")
    silent = now - lease.heartbeat_at
    if silent > DEAD_AFTER:
        return CheckResult(NAME, Level.DOWN, f"no heartbeat for {int(silent.total_seconds())} s")
    if lease.expires_at <= now:
        return CheckResult(NAME, Level.DEGRADED, f"the heartbeat is late by {int(silent.total_seconds())} s")
    return CheckResult(NAME, Level.OK, "alive")
