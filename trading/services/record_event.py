"""Put one line into the list that live pages follow, and wake the followers once it is committed."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction

from autotrader.lib import events
from autotrader.lib.canonical import canonical_json
from autotrader.lib.runtime import Runtime
from autotrader.lib.statements import insert_rows
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


def record_event(*, runtime: Runtime, account_id: int | None, topic: str, payload: Mapping[str, Any]) -> None:
    """A `LiveEvent` row in the caller's transaction. Decimals and moments in `payload` become text.

    Raises ValueError for a topic that no page knows.
    """
    if topic not in TOPICS:
        raise ValueError(f"unknown topic {topic!r}; known are {', '.join(sorted(TOPICS))}")
    content = orjson.loads(canonical_json(payload))
    row = (account_id, topic, content, runtime.clock.now())
    insert_rows(LiveEvent, ("account_id", "topic", "payload", "ts"), [row])
    transaction.on_commit(events.wake, robust=True)
