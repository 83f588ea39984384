"""What every act of one account's order gateway needs, in one frozen object."""

from collections.abc import Callable
from dataclasses import dataclass

from autotrader.lib.runtime import Runtime
from trading.domain.order_timing import ORDER_TIMING, OrderTiming
from trading.models import Account, Intent
from trading.ports import Venue
from trading.services.acquire_lease import LeaseGrip

IntentReview = Callable[[Runtime, Account, Intent], str]
"""The limits once more, on a fresh context, inside the sending transaction: "" lets pass, else the reason."""


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """One account at one venue, and the proof of being its only sender."""

    runtime: Runtime
    account: Account
    venue: Venue
    grip: LeaseGrip
    review: IntentReview
    timing: OrderTiming = ORDER_TIMING
