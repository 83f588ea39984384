"""When exchanges are open. `calendar_for` is the door; the heavy stock calendars are imported on first use only."""

from functools import lru_cache

from trading.adapters.calendars.around_the_clock import AroundTheClock
from trading.ports import SessionCalendar

ALWAYS_OPEN = "24/7"


@lru_cache(maxsize=32)
def calendar_for(name: str) -> SessionCalendar:
    """The calendar called `name`: "24/7", or an exchange by its market identifier code such as "XNYS".

    Raises BadInput for a name no calendar has.
    """
    if name == ALWAYS_OPEN:
        return AroundTheClock()
    from trading.adapters.calendars.exchange import ExchangeCalendar

    return ExchangeCalendar(name)


__all__ = ["ALWAYS_OPEN", "calendar_for"]
