"""The trading floor's door for the queue."""

from celery import shared_task

from autotrader.lib.runtime import system_runtime
from trading.services.prune_events import prune_events


@shared_task(name="trading.tasks.prune_live_events", ignore_result=True)
def prune_live_events() -> int:
    """Forget live events that no page replays any more. Harmless when doubled."""
    return prune_events(runtime=system_runtime())
