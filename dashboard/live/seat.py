"""One browser's place in the fan-out: a slot of depth one, in which the latest message wins.

A message that was not sent yet and would be overwritten is replaced by `resync`, so that a slow browser
gets fewer messages but never a wrong page.
"""

import asyncio
from collections.abc import Awaitable, Callable

Send = Callable[[str], Awaitable[None]]


class Seat:
    """Belongs to one socket and one event loop. `user_id` and `account_id` say who looks at what."""

    def __init__(self, *, user_id: int, account_id: int) -> None:
        self.user_id = user_id
        self.account_id = account_id
        self._slot: str | None = None
        self._filled = asyncio.Event()

    def offer(self, message: str, resync: str) -> None:
        """Put `message` in the slot; `resync` (the same moment, everything stale) when one is still waiting there."""
        self._slot = message if self._slot is None else resync
        self._filled.set()

    def keep_alive(self, beat: str) -> None:
        """Offer a sign of life; never in place of news."""
        if self._slot is None:
            self.offer(beat, beat)

    async def run(self, send: Send) -> None:
        """Send whatever comes into the slot, until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            message, self._slot = self._slot, None
            if message is not None:
                await send(message)
