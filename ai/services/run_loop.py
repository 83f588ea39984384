"""The loop of one process without a scheduler: a cycle at every slot until it is told to end.

A cycle that fails is logged and recorded; the loop goes on with the next slot.
"""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from ai.domain.slots import seconds_to_next_slot
from ai.engine import Engine
from ai.services.run_slot import run_slot

logger = logging.getLogger(__name__)


def run_loop(
    *,
    engine: Engine,
    interval_seconds: int,
    stop_event: threading.Event,
    clock_speed: int = 1,
    on_cycle: Callable[[], None] = lambda: None,
) -> None:
    """Run the present slot at once, then each next one. `clock_speed`: how much faster than life the clock runs."""
    try:
        while not stop_event.is_set():
            _run_contained(engine, interval_seconds)
            on_cycle()
            seconds = seconds_to_next_slot(engine.runtime.clock.now(), interval_seconds)
            stop_event.wait(seconds / clock_speed)
    finally:
        connection.close()


def _run_contained(engine: Engine, interval_seconds: int) -> None:
    close_old_connections()
    try:
        run_slot(engine=engine, interval_seconds=interval_seconds)
    except Exception:
        # One broken cycle (market away, database busy) must not end the loop: its row says what happened.
        logger.exception("A cycle of account %s failed", engine.account.name)
