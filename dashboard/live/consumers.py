"""The switchboard of one socket: who may listen, since when, and nothing else. It takes no orders.

The right to listen is asked at the start and again every minute, against the stored session, so that a logout,
a disabled user or a changed password ends the stream.
"""

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from autotrader.lib.clock import SystemClock
from dashboard.live import event_source, messages
from dashboard.live.broadcaster import TooManySockets, broadcaster
from dashboard.live.listeners import Listener, find_listener
from dashboard.live.seat import Seat

RECHECK_SECONDS = 60.0
NOT_ALLOWED, BAD_ADDRESS, TOO_MANY, NO_TALKING = 4401, 4400, 4429, 4405
LONGEST_NUMBER = 18


class LiveConsumer(AsyncWebsocketConsumer):
    """`/ws/live/?account=ID&after=EVENT`: a `hello` with what went stale since `after`, then `changed` as it comes."""

    seat: Seat | None = None

    async def connect(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        address = _address(self.scope["query_string"])
        listener = await self._listener()
        if listener is None:
            await self.close()  # before accept: the handshake itself is refused
            return
        await self.accept()
        if address is None:
            await self.close(BAD_ADDRESS)
            return
        await self._sit_down(listener, *address)

    async def _sit_down(self, listener: Listener, account_id: int, after: int) -> None:
        seat = Seat(user_id=listener.user_id, account_id=account_id)
        try:
            covered = await broadcaster().join(seat)
        except TooManySockets:
            await self.close(TOO_MANY)
            return
        self.seat = seat
        await self._say_hello(account_id, after, covered)
        self._tasks = [
            asyncio.create_task(seat.run(self._send_text)),
            asyncio.create_task(self._recheck()),
        ]

    async def _say_hello(self, account_id: int, after: int, covered: int) -> None:
        now = SystemClock().now()
        missed = await database_sync_to_async(event_source.missed_topics, thread_sensitive=False)(
            account_id, after, now
        )
        await self._send_text(messages.encode(messages.HELLO, last_id=covered, ts=now, topics=missed))

    async def _send_text(self, text: str) -> None:
        await self.send(text_data=text)

    async def _recheck(self) -> None:
        await asyncio.sleep(RECHECK_SECONDS)
        while await self._listener() is not None:
            await asyncio.sleep(RECHECK_SECONDS)
        await self.close(NOT_ALLOWED)

    async def _listener(self) -> Listener | None:
        key = await _session_key(self.scope.get("session"))
        listener: Listener | None = await database_sync_to_async(find_listener, thread_sensitive=False)(key)
        return listener

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages have nothing to say here."""
        await self.close(NO_TALKING)

    async def disconnect(self, code: int) -> None:
        if self.seat is not None:
            broadcaster().leave(self.seat)
            self.seat = None
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        for task in self._tasks:
            if task is not asyncio.current_task():
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def _address(query_string: bytes) -> tuple[int, int] | None:
    """(account id, last event id) from the query; None when it is not two whole numbers."""
    values = parse_qs(query_string.decode("latin-1"))
    account, after = values.get("account", [""])[0], values.get("after", ["0"])[0]
    numbers = (account, after)
    if all(number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER for number in numbers):
        return int(account), int(after)
    return None


async def _session_key(session: Any) -> str | None:
    """The session's key; it is lazy and may read the database on the first touch."""
    key: str | None = await database_sync_to_async(getattr)(session, "session_key", None)
    return key
