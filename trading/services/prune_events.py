"""Forget old live events: pages only replay the recent ones, and everything that matters is kept elsewhere."""

from datetime import timedelta

from autotrader.lib.runtime import Runtime
from trading.models import LiveEvent

KEEP = timedelta(days=2)
AT_ONCE = 5000


def prune_events(*, runtime: Runtime, keep: timedelta = KEEP) -> int:
    """Delete events older than `keep`, a few thousand for each transaction so that writers need not wait. How many."""
    newest = LiveEvent.objects.filter(ts__lt=runtime.clock.now() - keep).order_by("-id").values_list("id", flat=True)
    last = newest.first()
    deleted = 0
    while last is not None:
        batch = list(LiveEvent.objects.filter(id__lte=last).order_by("id").values_list("id", flat=True)[:AT_ONCE])
        if not batch:
            break
        deleted += LiveEvent.objects.filter(id__lte=batch[-1]).delete()[0]
    return deleted
