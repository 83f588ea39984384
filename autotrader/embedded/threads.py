"""Threads of the embedded process: each knows how to start, how to end, and whether it is alive."""

import threading
from collections.abc import Callable

import structlog
from django.db import close_old_connections, connection

log = structlog.get_logger(__name__)


class ServiceThread:
    """Runs `work(stop_event)` in a thread, starts it again after a fault, and ends it within a given time."""

    def __init__(self, name: str, work: Callable[[threading.Event], None], restart_seconds: float = 1.0) -> None:
        self.name = name
        self._work = work
        self._restart_seconds = restart_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        self._stop.set()

    def join(self, timeout_seconds: float) -> bool:
        """Wait for the end; False when the thread is still busy after `timeout_seconds`."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work(self._stop)
            except Exception:
                # The order gateway lives here and protects positions: whatever failed, it must come back.
                log.exception("service thread failed, starting it again", thread=self.name)
                self._stop.wait(self._restart_seconds)
            finally:
                close_old_connections()
        connection.close()
