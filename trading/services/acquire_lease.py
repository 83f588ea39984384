"""One sender for each account: a lease with a fence (order-safety.md 5).

A lease is taken over only after it expired, and every take-over raises the fence, so an owner that was paused finds
out before it sends. Whoever holds a `LeaseGrip` must show it inside every transaction that writes SENDING.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import execute, fetch_locked
from trading.domain.order_timing import ORDER_TIMING, OrderTiming
from trading.models import Lease

_OWNER = "SELECT fence, owner FROM trading_lease WHERE name = %s"
_RENEW = "UPDATE trading_lease SET heartbeat_at = %s, expires_at = %s WHERE name = %s AND fence = %s AND owner = %s"


class LeaseHeld(Conflict):
    """Another gateway holds the lease and has not let it expire."""

    code = "lease_held"


class LeaseLost(Conflict):
    """Another gateway took the lease over: this one must not send any more."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True)
class LeaseGrip:
    """Proof of holding the lease `name` under `fence`."""

    name: str
    owner: str
    fence: int


def acquire_lease(*, runtime: Runtime, name: str, owner: str, timing: OrderTiming = ORDER_TIMING) -> LeaseGrip:
    """Take the lease when it is free or expired. Raises LeaseHeld otherwise."""
    now = runtime.clock.now()
    try:
        with transaction.atomic():
            lease = Lease.objects.select_for_update().filter(name=name).first()
            if lease is None:
                lease = Lease(name=name, fence=0, expires_at=now)
            if lease.expires_at > now:
                raise LeaseHeld(f"{name} is held by {lease.owner} until {lease.expires_at:%H:%M:%S} UTC")
            lease.owner = owner
            lease.fence += 1
            lease.heartbeat_at = now
            lease.expires_at = now + timing.lease_ttl
            lease.save(force_insert=lease.fence == 1)
    except IntegrityError as error:
        raise LeaseHeld(f"{name} was taken by another gateway at the same moment") from error
    return LeaseGrip(name=name, owner=owner, fence=lease.fence)


def require_lease(*, runtime: Runtime, grip: LeaseGrip, timing: OrderTiming = ORDER_TIMING) -> None:
    """Lock the lease row until the caller's transaction ends, compare the fence, prolong it. Raises LeaseLost.

    An expired lease that nobody took is still ours: the lock keeps everybody else out until we are done.
    """
    now = runtime.clock.now()
    if fetch_locked(_OWNER, (grip.name,)) != [(grip.fence, grip.owner)]:
        raise LeaseLost(f"{grip.name} is no longer held by {grip.owner} (fence {grip.fence})")
    execute(_RENEW, (now, now + timing.lease_ttl, grip.name, grip.fence, grip.owner))


def renew_lease(*, runtime: Runtime, grip: LeaseGrip, timing: OrderTiming = ORDER_TIMING) -> None:
    """The heartbeat, in one statement. Raises LeaseLost when the fence has moved on."""
    now = runtime.clock.now()
    if not execute(_RENEW, (now, now + timing.lease_ttl, grip.name, grip.fence, grip.owner)):
        raise LeaseLost(f"{grip.name} is no longer held by {grip.owner} (fence {grip.fence})")


def release_lease(*, runtime: Runtime, grip: LeaseGrip) -> None:
    """Let the next gateway start at once. Does nothing when the lease is no longer ours."""
    now = runtime.clock.now()
    Lease.objects.filter(name=grip.name, fence=grip.fence, owner=grip.owner).update(expires_at=now)
