"""The seconds that order safety is built on (order-safety.md 2.3, 2.4, 5, 6), in one place."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class OrderTiming:
    """Durations of the submission protocol.

    `fence`: after it a request can no longer reach the engine (receive window 5 s + backend 10 s + margin 15 s).
    `ask_after_seconds`: when an UNKNOWN order is asked for, counted from `sent_at`.
    `unprotected_limit`: a position without a stop for longer is sold.
    """

    lease_ttl: timedelta = timedelta(seconds=15)
    lease_renew: timedelta = timedelta(seconds=5)
    fence: timedelta = timedelta(seconds=30)
    approval_ttl: timedelta = timedelta(seconds=30)
    ask_after_seconds: tuple[float, ...] = (0.5, 1, 2, 4, 8, 16, 30)
    ask_again_seconds: float = 5.0
    unprotected_limit: timedelta = timedelta(seconds=5)
    unknown_alarm: timedelta = timedelta(seconds=60)
    reconcile_orders: timedelta = timedelta(seconds=10)
    reconcile_balances: timedelta = timedelta(seconds=30)

    @property
    def longest_pause_before_send_seconds(self) -> float:
        """How long after the lease was read a message may still be sent: a third of its life."""
        return self.lease_ttl.total_seconds() / 3


ORDER_TIMING = OrderTiming()
