"""Run every check of an account. A check that cannot run is itself a finding, so one failure hides no other."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError

from autotrader.lib.runtime import Runtime
from health.checks import audit_head, data_freshness, database, disk, gateway, loop, protection
from health.domain.check_result import CheckResult, HealthReport, Level
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Interval
from trading.models import Account

Check = Callable[[], CheckResult]


def run_checks(*, runtime: Runtime, account: Account | None) -> HealthReport:
    """The findings about the platform, and about `account` when there is one. Eight queries at most."""
    now = runtime.clock.now()
    checks: list[tuple[str, Check]] = [
        (database.NAME, database.check_database),
        (disk.NAME, lambda: disk.check_disk(settings.VAR_DIR)),
        (audit_head.NAME, audit_head.check_audit_head),
    ]
    if account is not None:
        environment = settings.AUTOTRADER
        interval = Interval(environment.bar_interval)
        pause = timedelta(seconds=environment.check_interval_seconds)
        checks += [
            (gateway.NAME, lambda: gateway.check_gateway(account, now)),
            (loop.NAME, lambda: loop.check_loop(account, now, pause)),
            (data_freshness.NAME, lambda: data_freshness.check_data_freshness(account, now, interval, calendar_for)),
            (protection.NAME, lambda: protection.check_protection(account, now)),
        ]
    return HealthReport(tuple(_run(name, check) for name, check in checks))


def _run(name: str, check: Check) -> CheckResult:
    try:
        return check()
    except DatabaseError as error:
        return CheckResult(name, Level.DOWN, f"could not be checked: {type(error).__name__}")
