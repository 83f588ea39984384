"""What travels over the socket to a page, and how it is encoded: once for each group, never once for each browser.

Every message has `v` (schema version), `id` (the last event it covers), `topic` and `ts`:
`hello` answers a connection, `changed` names the stale topics, `resync` says that all
are stale, `beat` says "still here".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from autotrader.lib.canonical import iso_utc

SCHEMA_VERSION = 1
HELLO, CHANGED, RESYNC, BEAT = "hello", "changed", "resync", "beat"


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event table as the sockets need it. `account_id` None concerns every account."""

    id: int
    account_id: int | None
    topic: str
    ts: datetime


def encode(topic: str, *, last_id: int, ts: datetime, **more: Any) -> str:
    """One message as JSON text."""
    return orjson.dumps({"v": SCHEMA_VERSION, "id": last_id, "topic": topic, "ts": iso_utc(ts), **more}).decode()


def encode_changed(events: Sequence[Event]) -> str:
    """The one message for all of `events` (not empty, oldest first): each topic once, in the order it first came."""
    newest = events[-1]
    return encode(CHANGED, last_id=newest.id, ts=newest.ts, topics=topics_of(events))


def topics_of(events: Iterable[Event]) -> list[str]:
    """The topics of `events`, each once, in the order they first came."""
    return list(dict.fromkeys(event.topic for event in events))
