"""The working parts of the embedded process beside the web server: order gateway, queue, scheduler."""

import threading

from ai.services.ensure_schedule import QUEUE, TASK
from autotrader.celery import app
from autotrader.embedded.queue import EmbeddedQueue
from autotrader.embedded.threads import ServiceThread
from trading.bootstrap import build_gateway
from trading.models import Account


class Parts:
    """Started together, stopped in order: first nothing new is decided, then the gateway lets go of its lease."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._gateway = ServiceThread("order-gateway", self._run_gateway)
        self._queue = EmbeddedQueue(app)

    def start(self) -> None:
        self._gateway.start()
        self._queue.start()

    def run_first_cycle(self) -> None:
        """Do not wait a whole interval for the first look at the market."""
        app.send_task(TASK, args=[self._account.pk], queue=QUEUE)

    def stop(self, timeout_seconds: float) -> list[str]:
        """End everything within `timeout_seconds`; the names of parts that were still busy then."""
        half = timeout_seconds / 2
        queue_ended = self._queue.stop(half)
        self._gateway.stop()
        gateway_ended = self._gateway.join(half)
        return [name for name, ended in (("queue", queue_ended), ("order gateway", gateway_ended)) if not ended]

    def _run_gateway(self, stop: threading.Event) -> None:
        build_gateway(self._account).run_forever(stop)
