"""The order gateway of one account: the only place from which orders leave (order-safety.md 5).

Crash-only: `start` is recovery, and `kill -9` at any moment loses nothing. It holds the account's lease; when another
gateway has taken it over, this one stops sending. It never resends an entry and never lifts a protective stop except
to sell the position.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.db import close_old_connections

from autotrader.lib import events
from autotrader.lib.errors import Conflict
from autotrader.lib.runtime import Runtime
from trading.domain.order_timing import ORDER_TIMING, OrderTiming
from trading.gateway.compare import compare_when_due
from trading.gateway.memory import PumpMemory
from trading.gateway.pump import pump
from trading.models import Account
from trading.ports import Venue, VenueUnavailable
from trading.services.acquire_lease import (
    LeaseGrip,
    LeaseHeld,
    LeaseLost,
    acquire_lease,
    release_lease,
    renew_lease,
)
from trading.services.order_desk import IntentReview, OrderDesk
from trading.services.recover import recover
from trading.services.report_incident import WARNING, report_incident
from trading.services.review_intent import review_intent

logger = logging.getLogger(__name__)

_MOST_ROUNDS = 6
_WAIT_SECONDS = 0.5
_WAIT_AFTER_FAULT_SECONDS = 2.0


def lease_name(account_id: int) -> str:
    return f"gateway:{account_id}"


class OrderGateway:
    """`process` may be called from any thread; calls follow one another."""

    def __init__(
        self,
        runtime: Runtime,
        account_id: int,
        venue: Venue,
        owner: str,
        *,
        review: IntentReview = review_intent,
        timing: OrderTiming = ORDER_TIMING,
    ) -> None:
        self._runtime = runtime
        self._account_id = account_id
        self._venue = venue
        self._owner = owner
        self._review = review
        self._timing = timing
        self._desk: OrderDesk | None = None
        self._memory = PumpMemory()
        self._is_synced = False
        self._renewed_at: datetime | None = None
        self._unavailable_until: datetime | None = None
        self._lock = threading.RLock()
        self._news = threading.Event()

    @property
    def is_synced(self) -> bool:
        """Whether it holds the lease and its books were compared with the venue since the last interruption."""
        return self._desk is not None and self._is_synced

    def start(self) -> None:
        """Take the lease and recover. Raises LeaseHeld while another gateway holds it, Account.DoesNotExist.

        A venue that cannot be reached does not stop the start: recovery then goes on with the next `process`.
        """
        with self._lock:
            if self._desk is None:
                self._desk = self._new_desk()
                self._memory = PumpMemory()
                self._is_synced = False
                self._renewed_at = self._runtime.clock.now()
            self.process()

    def process(self) -> None:
        """One pump, repeated while something moves. Raises LeaseLost, Conflict when it was not started."""
        with self._lock:
            desk = self._started()
            self._beat(desk)
            now = self._runtime.clock.now()
            if self._unavailable_until is not None and now < self._unavailable_until:
                return
            try:
                self._work(desk)
            except VenueUnavailable as error:
                self._note_unavailable(desk, error)
            except LeaseLost:
                self._desk = None
                raise

    def stop(self) -> None:
        """Let go of the lease; open orders stay at the venue. The next gateway may start at once."""
        with self._lock:
            if self._desk is not None:
                release_lease(runtime=self._runtime, grip=self._desk.grip)
            self._desk = None
            self._is_synced = False

    def wake(self) -> None:
        """Something may be waiting: do not sleep on."""
        self._news.set()

    def run_forever(self, stop_event: threading.Event) -> None:
        """Process until `stop_event` is set, through every fault: the database keeps the truth."""
        unsubscribe = events.subscribe(self.wake)
        try:
            while not stop_event.is_set():
                self._wait(self._one_turn())
        finally:
            unsubscribe()
            self.stop()
            close_old_connections()

    def _one_turn(self) -> float:
        """Start or process once; how long to wait for news afterwards, in seconds."""
        close_old_connections()
        try:
            if self._desk is None:
                self.start()
            else:
                self.process()
        except (LeaseHeld, LeaseLost) as error:
            logger.info("order gateway waits: %s", error.message)
            return _WAIT_AFTER_FAULT_SECONDS
        except Exception:
            # Crash-only: any fault is handled like a restart, by recovering from the database and the venue.
            logger.exception("order gateway fault; starting over from the database")
            self._is_synced = False
            return _WAIT_AFTER_FAULT_SECONDS
        return _WAIT_SECONDS

    def _wait(self, seconds: float) -> None:
        self._news.wait(seconds)
        self._news.clear()

    def _new_desk(self) -> OrderDesk:
        account = Account.objects.get(pk=self._account_id)
        grip: LeaseGrip = acquire_lease(
            runtime=self._runtime, name=lease_name(self._account_id), owner=self._owner, timing=self._timing
        )
        return OrderDesk(self._runtime, account, self._venue, grip, self._review, self._timing)

    def _started(self) -> OrderDesk:
        if self._desk is None:
            raise Conflict("the order gateway is not started, or has lost its lease: call start()")
        return self._desk

    def _beat(self, desk: OrderDesk) -> None:
        now = self._runtime.clock.now()
        if self._renewed_at is not None and now - self._renewed_at < self._timing.lease_renew:
            return
        try:
            renew_lease(runtime=self._runtime, grip=desk.grip, timing=self._timing)
        except LeaseLost:
            self._desk = None
            raise
        self._renewed_at = now

    def _work(self, desk: OrderDesk) -> None:
        if not self._is_synced:
            self._memory.cursor = recover(desk=desk)
            self._memory.orders_compared_at = self._memory.balances_compared_at = self._runtime.clock.now()
            self._is_synced = True
            self._unavailable_until = None
        for _ in range(_MOST_ROUNDS):
            if not pump(desk, self._memory):
                break
        compare_when_due(desk, self._memory)

    def _note_unavailable(self, desk: OrderDesk, error: VenueUnavailable) -> None:
        """Wait as told, then recover before anything new is sent: fills may have been missed."""
        self._is_synced = False
        first = self._unavailable_until is None
        self._unavailable_until = self._runtime.clock.now() + timedelta(seconds=error.retry_after_seconds)
        if first:
            report_incident(
                runtime=self._runtime,
                account_id=desk.account.pk,
                kind="venue_unavailable",
                severity=WARNING,
                message=f"The venue cannot be reached: {error.message}",
            )
