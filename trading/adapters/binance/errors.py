"""Binance's refusals in our words: what the caller must do, not what the exchange calls it."""

from collections.abc import Mapping

from trading.ports import DataUnavailable, VenueUnavailable

TOO_MANY_REQUESTS = 429
BANNED = 418
DEFAULT_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 3 * 86_400.0
"""Binance bans for two minutes up to three days (rate limits in its REST documentation)."""

_UNKNOWN_SYMBOL = -1121


def data_error(status: int, code: int | None, message: str, headers: Mapping[str, str]) -> Exception:
    """The error for an HTTP answer of Binance that is not a success.

    429 and 418 become VenueUnavailable with the pause Binance asks for; everything else DataUnavailable.
    """
    if status in (TOO_MANY_REQUESTS, BANNED):
        pause = retry_after_seconds(headers)
        word = "has banned this address" if status == BANNED else "asks for fewer requests"
        return VenueUnavailable(f"Binance {word}: waiting {pause:.0f} s", retry_after_seconds=pause)
    if code == _UNKNOWN_SYMBOL:
        return DataUnavailable("Binance does not know this symbol")
    return DataUnavailable(f"Binance answered {status}: {message or 'without a message'}"[:300])


def retry_after_seconds(headers: Mapping[str, str]) -> float:
    """The pause asked for by Retry-After (whole seconds); 60 s where it is missing or makes no sense."""
    text = headers.get("Retry-After", "")
    if not text.isdigit():
        return DEFAULT_PAUSE_SECONDS
    return min(max(float(text), 1.0), LONGEST_PAUSE_SECONDS)
