"""The last price known from stored bars, as a quote without a spread."""

from trading.models import BarRow, InstrumentRow
from trading.ports import Quote


def last_bar_quote(instrument: InstrumentRow) -> Quote | None:
    """The newest stored close, stamped with its bar's close time; None when no bar is stored."""
    row = BarRow.objects.filter(instrument=instrument).order_by("-open_time").first()
    if row is None:
        return None
    bar = row.to_domain(instrument.symbol)
    return Quote(instrument.symbol, bid=bar.close, ask=bar.close, last=bar.close, ts_event=bar.close_time)
