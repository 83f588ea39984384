"""News that travels up the floors: after a commit, whoever subscribed is woken. The event table holds the content.

A wake-up carries no data and may be lost or doubled; the follower reads the table from the last id it saw.
"""

import threading
from collections.abc import Callable

Listener = Callable[[], None]

_listeners: list[Listener] = []
_lock = threading.Lock()


def subscribe(listener: Listener) -> Callable[[], None]:
    """Call `listener` after every committed event of this process; the answer ends the subscription."""
    with _lock:
        _listeners.append(listener)

    def unsubscribe() -> None:
        with _lock:
            if listener in _listeners:
                _listeners.remove(listener)

    return unsubscribe


def wake() -> None:
    """Tell every follower that there is something new. Listeners must be quick and must not raise."""
    for listener in tuple(_listeners):
        listener()
