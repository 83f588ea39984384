"""Put one line into the list that live pages follow, and wake the followers once it is committed."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction

from autotrader.lib import events
from autotrader.lib.canonical import canonical_json
from autotrader.lib.fast_sql import fetch
from autotrader.lib.runtime import Runtime
from trading.models import LiveEvent

TOPICS = frozenset(
    {
        "cycle",
        "decision",
        "order",
        "fill",
        "position",
        "equity",
        "control",
        "incident",
        "approval",
        "parameters",
    }
)

_INSERT = "INSERT INTO trading_liveevent (account_id, topic, payload, ts) VALUES (%s, %s, %s, %s) RETURNING id"


def record_event(*, runtime: Runtime, account_id: int | None, topic: str, payload: Mapping[str, Any]) -> LiveEvent:
    """A `LiveEvent` row in the caller's transaction. Decimals and moments in `payload` become text.

    Raises ValueError for a topic that no page knows.
    """
    if topic not in TOPICS:
        raise ValueError(f"unknown topic {topic!r}; known are {', '.join(sorted(TOPICS))}")
    text, now = canonical_json(payload), runtime.clock.now()
    event_id = fetch(_INSERT, (account_id, topic, text.decode(), now))[0][0]
    transaction.on_commit(events.wake, robust=True)
    return LiveEvent(id=event_id, account_id=account_id, topic=topic, payload=orjson.loads(text), ts=now)
