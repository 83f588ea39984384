"""The last price the platform itself has stored: no network, no memory of a process, only bars that passed the gate."""

from trading.domain.bar import Interval
from trading.models import InstrumentRow
from trading.ports import Quote
from trading.selectors.bars import latest_bars


def last_stored_price(venue: str, symbol: str, interval: Interval) -> Quote | None:
    """The close of the newest stored bar, stamped with its close time; None when there is no bar."""
    row = InstrumentRow.objects.filter(venue=venue, symbol=symbol).first()
    bars = latest_bars(row, interval, 1) if row is not None else []
    if not bars:
        return None
    close = bars[0].close
    return Quote(symbol, bid=close, ask=close, last=close, ts_event=bars[0].close_time)
