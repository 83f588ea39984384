"""Follows the event table and fans news out to every open page of this process.

One registry for each event loop: a message is encoded once for each account and handed to all sockets directly,
past the channel layer. It is woken by `autotrader.lib.events` (from any thread) and polls slowly for events of other
processes. It never writes, and an error of the database only makes it late, never silent for good.
"""

import asyncio
import contextlib
import logging
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from autotrader.lib import events as wake_ups
from autotrader.lib.clock import Clock, SystemClock
from dashboard.live import event_source, messages
from dashboard.live.messages import Event
from dashboard.live.seat import Seat

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BEAT_SECONDS = 15.0
MOST_SOCKETS_PER_USER = 5

Answer = TypeVar("Answer")


class TooManySockets(Exception):
    """A user has as many open pages as one may have."""


class Broadcaster:
    """The registry of one event loop. The follower runs only while somebody is watching."""

    def __init__(self, clock: Clock, poll_seconds: float = POLL_SECONDS, beat_seconds: float = BEAT_SECONDS) -> None:
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._beat_seconds = beat_seconds
        self._seats: set[Seat] = set()
        self._woken = asyncio.Event()
        self._ready = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None
        self._last_id = 0
        self._seen: set[int] = set()

    async def join(self, seat: Seat) -> int:
        """Add a seat; from now on it gets everything after the returned event id. Raises TooManySockets."""
        if sum(other.user_id == seat.user_id for other in self._seats) >= MOST_SOCKETS_PER_USER:
            raise TooManySockets
        self._seats.add(seat)
        if self._follower is None:
            self._ready = asyncio.Event()
            self._follower = asyncio.create_task(self._follow())
            self._follower.add_done_callback(self._follower_ended)
        await self._ready.wait()
        return self._last_id

    def leave(self, seat: Seat) -> None:
        """Remove a seat; the last one out ends the follower."""
        self._seats.discard(seat)
        if not self._seats and self._follower is not None:
            self._follower.cancel()
            self._follower = None

    def _follower_ended(self, task: "asyncio.Task[None]") -> None:
        """Pages that hear no beat connect again, and their joining starts a new follower."""
        if not task.cancelled() and task.exception() is not None:
            logger.error("live updates: the follower ended", exc_info=task.exception())
        if self._follower is task:
            self._follower = None
        self._ready.set()

    async def _follow(self) -> None:
        unsubscribe = wake_ups.subscribe(_waker(asyncio.get_running_loop(), self._woken))
        try:
            await self._start()
            last_beat = self._clock.monotonic()
            while True:
                await self._pause()
                await self._publish_news()
                if self._clock.monotonic() - last_beat >= self._beat_seconds:
                    self._beat()
                    last_beat = self._clock.monotonic()
        finally:
            unsubscribe()

    async def _start(self) -> None:
        self._last_id = await _in_thread(event_source.last_event_id)
        self._seen = {event.id for event in await _in_thread(event_source.events_after, self._last_id)}
        self._ready.set()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self._poll_seconds)
        self._woken.clear()

    async def _publish_news(self) -> None:
        """Read what is new and hand it out."""
        try:
            found = await _in_thread(event_source.events_after, self._last_id)
        except DatabaseError:
            logger.warning("live updates: the event table could not be read, trying again", exc_info=True)
            return
        fresh = [event for event in found if event.id not in self._seen]
        if fresh:
            self._remember(found)
            self._fan_out(fresh)
        if len(found) == event_source.MOST_REPLAYED:
            self._woken.set()

    def _remember(self, found: Sequence[Event]) -> None:
        self._last_id = max(self._last_id, found[-1].id)
        oldest = self._last_id - event_source.LOOK_BACK
        self._seen = {number for number in self._seen if number > oldest} | {event.id for event in found}

    def _fan_out(self, fresh: Sequence[Event]) -> None:
        resync = messages.encode(messages.RESYNC, last_id=self._last_id, ts=fresh[-1].ts)
        for account_id, seats in _by_account(self._seats).items():
            concerned = [event for event in fresh if event.account_id in (None, account_id)]
            if not concerned:
                continue
            message = messages.encode_changed(concerned)
            for seat in seats:
                seat.offer(message, resync)

    def _beat(self) -> None:
        beat = messages.encode(messages.BEAT, last_id=self._last_id, ts=self._clock.now())
        for seat in self._seats:
            seat.keep_alive(beat)


def _by_account(seats: Iterable[Seat]) -> dict[int, list[Seat]]:
    groups: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        groups[seat.account_id].append(seat)
    return groups


def _waker(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> Callable[[], None]:
    """What a committing thread calls: a hand-over to the server's loop, which may be gone already."""

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to tell
            loop.call_soon_threadsafe(woken.set)

    return wake


async def _in_thread(function: Callable[..., Answer], *arguments: object) -> Answer:
    """What `function` answers, from a thread with a database connection of its own, never behind the views' one."""
    answer: Answer = await database_sync_to_async(function, thread_sensitive=False)(*arguments)
    return answer


_broadcasters: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Broadcaster]" = weakref.WeakKeyDictionary()


def broadcaster() -> Broadcaster:
    """The one broadcaster of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _broadcasters:
        _broadcasters[loop] = Broadcaster(SystemClock())
    return _broadcasters[loop]
