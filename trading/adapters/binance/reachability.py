"""Whether Binance answers from here, for MARKET=auto. Says yes or no within the time it is given and never raises."""

import threading
from urllib.request import urlopen

from trading.adapters.binance.client import PUBLIC_URL

DEFAULT_TIMEOUT_SECONDS = 2.5
_OK = 200


def is_reachable(base_url: str = "", timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> bool:
    """Whether the public interface answers a ping in time.

    The question runs in a thread of its own: a name server that keeps silent ignores every time-out of the socket.
    """
    answers: list[bool] = []
    url = f"{(base_url or PUBLIC_URL).rstrip('/')}/api/v3/ping"
    thread = threading.Thread(target=_ping, args=(url, timeout_seconds, answers), daemon=True, name="binance-probe")
    thread.start()
    thread.join(timeout_seconds)
    return answers == [True]


def _ping(url: str, timeout_seconds: float, answers: list[bool]) -> None:
    try:
        # The scheme was checked when the environment was read.
        with urlopen(url, timeout=timeout_seconds) as response:  # noqa: S310
            answers.append(response.status == _OK)
    except Exception:  # noqa: BLE001 - whatever keeps a probe from its answer means: not reachable
        answers.append(False)
