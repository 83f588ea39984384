"""The figures of the loop, for `GET /api/autonomous-status` (M36) and of `FullyAutonomousTrader.get_status`."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ai.models import DecisionRow
from autotrader.lib.errors import NotFound
from trading.models import Account, AccountControl, PositionRow
from trading.selectors.trading_state import needs_approval

LATE_AFTER_SLOTS = 3


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """`enabled` is the switch; `is_running` tells that cycles really come. Confidence 0 to 1, None before the first.

    `mode` is "autonomous", or "manual" when every trade waits for an operator.
    """

    enabled: bool
    mode: str
    is_running: bool
    trades_executed: int
    last_decision_time: datetime | None
    current_confidence: Decimal | None
    active_positions: int
    loop_iterations: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def loop_status(account: Account, now: datetime, interval_seconds: int) -> LoopStatus:
    """The status in four queries. Raises NotFound for an account without switches."""
    control = AccountControl.objects.filter(pk=account.pk).first()
    if control is None:
        raise NotFound(f"account {account.name!r} has no switches: open it with open_account")
    last = DecisionRow.objects.filter(account=account).order_by("-id").values_list("decided_at", "confidence").first()
    return LoopStatus(
        enabled=control.is_enabled,
        mode="manual" if needs_approval(account.pk) else "autonomous",
        is_running=is_running(control, now, interval_seconds),
        trades_executed=control.trades_executed,
        last_decision_time=last[0] if last else None,
        current_confidence=last[1] if last else None,
        active_positions=PositionRow.objects.filter(account=account, opened_at__isnull=False).count(),
        loop_iterations=control.slots_run,
    )


def is_running(control: AccountControl, now: datetime, interval_seconds: int) -> bool:
    """Whether the loop is on and a slot was run within the last three intervals."""
    patience = timedelta(seconds=LATE_AFTER_SLOTS * interval_seconds)
    return control.is_enabled and control.last_slot is not None and now - control.last_slot <= patience
