"""The last price known from stored bars, as a quote without a spread."""

from trading.models import InstrumentRow
from trading.ports import Quote
from trading.selectors.last_bars import newest_closes


def last_bar_quote(instrument: InstrumentRow) -> Quote | None:
    """The close of the stored bar that began last, stamped with its close time; None when no bar is stored."""
    closes = newest_closes([instrument.pk])
    if not closes:
        return None
    newest = max(closes, key=lambda item: item.open_time)
    return Quote(instrument.symbol, bid=newest.close, ask=newest.close, last=newest.close, ts_event=newest.close_time)
