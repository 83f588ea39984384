"""The Celery worker and beat as parts of this process. The thread pool ignores time limits: calls bring their own."""

import threading
from typing import Any

from celery import Celery, beat
from celery.worker import WorkController
from celery.worker import state as worker_state

QUEUES = ("default", "cycle", "evaluation")


class EmbeddedQueue:
    """One worker with a pool of threads, and one beat with the database's schedule."""

    def __init__(self, app: Celery, concurrency: int = 3) -> None:
        self._app = app
        app.set_current()
        app.finalize()
        self._worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=concurrency,
            queues=",".join(QUEUES),
            quiet=True,
            loglevel="WARNING",
        )
        self._worker_thread = threading.Thread(target=self._worker.start, name="celery-worker", daemon=True)
        # Without the scheduler class the file scheduler would be used in silence, and nothing would fire.
        self._beat: Any = beat.EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)

    def start(self) -> None:
        self._worker_thread.start()
        self._beat.start()

    def stop(self, timeout_seconds: float) -> bool:
        """End beat first, then the worker, which finishes its running tasks. False when it did not end in time."""
        self._beat.stop()
        worker_state.should_stop = 0
        self._worker_thread.join(timeout_seconds)
        return not self._worker_thread.is_alive()
