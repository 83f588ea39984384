"""Is the platform well? A few lines a person can act on, from rows every part leaves behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from ai.models import CycleRow
from dashboard.selectors.prices import universe_of
from trading.domain.bar import Interval
from trading.domain.order import OrderState
from trading.models import Account, AccountControl, AuditHead, BarRow, Lease, OrderRow, PositionRow

GOOD, WARN, BAD, IDLE = "good", "warn", "bad", "idle"
LATE_AFTER_SLOTS = 3
NEEDS_A_LOOK = (OrderState.UNKNOWN.value, OrderState.CANCEL_UNKNOWN.value, OrderState.QUARANTINED.value)


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One check. `level` is good, warn, bad or idle; `words` say what is so; `at` is the moment it speaks of."""

    name: str
    level: str
    words: str
    at: datetime | None = None


def health_lines(account: Account, now: datetime, interval: Interval) -> list[HealthLine]:
    """All checks of an account, always the same ones in the same order: seven queries."""
    return [
        _loop(account, now),
        _market_data(account, now, interval),
        _gateway(account, now),
        _orders(account),
        _protection(account),
        _audit(),
    ]


def worst_level(lines: list[HealthLine]) -> str:
    """The level that stands for all of them."""
    levels = {line.level for line in lines}
    return next((level for level in (BAD, WARN, GOOD) if level in levels), IDLE)


def _loop(account: Account, now: datetime) -> HealthLine:
    control = AccountControl.objects.get(account=account)
    cycle = CycleRow.objects.filter(account=account).order_by("-slot").first()
    if not control.is_enabled:
        return HealthLine("Trading loop", IDLE, "stopped", control.changed_at)
    if cycle is None:
        return HealthLine("Trading loop", WARN, "no cycle yet")
    if cycle.state == CycleRow.State.FAILED:
        return HealthLine("Trading loop", BAD, f"last cycle failed: {cycle.error[:120]}", cycle.slot)
    late = timedelta(seconds=LATE_AFTER_SLOTS * settings.AUTOTRADER.check_interval_seconds)
    if now - cycle.slot > late:
        return HealthLine("Trading loop", WARN, "last cycle is late", cycle.slot)
    return HealthLine("Trading loop", GOOD, f"{cycle.instruments_analysed} instruments analysed", cycle.slot)


def _market_data(account: Account, now: datetime, interval: Interval) -> HealthLine:
    instruments = universe_of(account).values("id")
    bars = BarRow.objects.filter(instrument__in=instruments, interval=interval.value)
    newest = bars.order_by("-open_time").values_list("open_time", flat=True).first()
    if newest is None:
        return HealthLine("Market data", WARN, "no bar yet")
    closed = newest + interval.duration
    if now - closed > LATE_AFTER_SLOTS * interval.duration:
        return HealthLine("Market data", WARN, "no fresh bar", closed)
    return HealthLine("Market data", GOOD, f"fresh {interval.value} bars", closed)


def _gateway(account: Account, now: datetime) -> HealthLine:
    lease = Lease.objects.filter(name__in=[f"gateway:{account.id}", f"gateway-{account.id}"]).first()
    if lease is None:
        return HealthLine("Order gateway", WARN, "not started")
    if lease.expires_at <= now:
        return HealthLine("Order gateway", BAD, "no heartbeat", lease.heartbeat_at)
    return HealthLine("Order gateway", GOOD, "connected", lease.heartbeat_at)


def _orders(account: Account) -> HealthLine:
    count = OrderRow.objects.filter(account=account, state__in=NEEDS_A_LOOK).count()
    if count:
        return HealthLine("Orders", BAD, f"{count} with an unknown outcome: the venue is being asked")
    return HealthLine("Orders", GOOD, "every outcome known")


def _protection(account: Account) -> HealthLine:
    bare = PositionRow.objects.filter(account=account, unprotected_since__isnull=False).select_related("instrument")
    symbols = sorted(row.instrument.symbol for row in bare)
    if symbols:
        return HealthLine("Protection", BAD, f"without a stop: {', '.join(symbols)}")
    return HealthLine("Protection", GOOD, "every position has its stop")


def _audit() -> HealthLine:
    seq = AuditHead.objects.order_by("name").values_list("seq", flat=True).first()
    if seq is None:
        return HealthLine("Audit trail", IDLE, "no line yet")
    return HealthLine("Audit trail", GOOD, f"{seq:,} chained lines")
