"""How a cycle reaches its order gateway: one that runs here and now, or one that has its own thread or process."""

import logging
from typing import Protocol

from autotrader.lib import events
from trading.services.acquire_lease import LeaseHeld, LeaseLost

logger = logging.getLogger(__name__)


class StartableGateway(Protocol):
    """An `OrderGateway`: `start` takes the lease where it is not held, then takes a step."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class GatewayHere:
    """Steps in the caller's thread. While another gateway holds the lease, that one does the work."""

    def __init__(self, gateway: StartableGateway) -> None:
        self._gateway = gateway

    def pump(self) -> None:
        try:
            self._gateway.start()
        except (LeaseHeld, LeaseLost) as error:
            logger.info("another order gateway works for this account: %s", error.message)
            events.wake()

    def stop(self) -> None:
        self._gateway.stop()


class GatewayElsewhere:
    """A gateway with a thread or process of its own: it looks by itself, and is woken when it lives in this process."""

    def pump(self) -> None:
        events.wake()

    def stop(self) -> None:
        """There is nothing to stop here."""
