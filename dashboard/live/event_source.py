"""Reads the event table for the live pages. Never writes.

Ids are given out before commit, so an event may become visible after one with a higher id. Every read therefore
looks `LOOK_BACK` ids behind the last one; the follower drops what it has seen already.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dashboard.live.messages import Event
from trading.models import LiveEvent

LOOK_BACK = 64
MOST_REPLAYED = 1000
COMMITTED_WITHIN = timedelta(seconds=10)


def last_event_id() -> int:
    """The highest id in the table, 0 when it is empty."""
    return LiveEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def events_after(last_id: int) -> list[Event]:
    """Events after `last_id` and the `LOOK_BACK` ids before it, oldest first, at most MOST_REPLAYED of them."""
    rows = LiveEvent.objects.filter(id__gt=max(0, last_id - LOOK_BACK)).order_by("id")[:MOST_REPLAYED]
    return [Event(*row) for row in rows.values_list("id", "account_id", "topic", "ts")]


def missed_topics(account_id: int, after: int, now: datetime) -> list[str] | None:
    """What went stale for an account's page since event `after`; None when that is too long ago to say.

    Behind `after` only events of the last seconds count: older ones were committed when the page was made.
    """
    newest = last_event_id()
    if after > newest or newest - after > MOST_REPLAYED:
        return None
    is_news = Q(id__gt=after) | Q(id__gt=max(0, after - LOOK_BACK), ts__gte=now - COMMITTED_WITHIN)
    concerned = LiveEvent.objects.filter(is_news, Q(account_id=account_id) | Q(account_id=None)).order_by("id")
    return list(dict.fromkeys(concerned.values_list("topic", flat=True)))
