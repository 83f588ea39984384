"""The last closed price of instruments, as the bar table knows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery

from trading.domain.bar import Interval
from trading.models import Account, BarRow, InstrumentRow


@dataclass(frozen=True, slots=True)
class LastPrice:
    """The close of the newest bar, in quote units; `open_time` is that bar's."""

    price: Decimal
    open_time: datetime


def universe_of(account: Account) -> QuerySet[InstrumentRow]:
    """The instruments an account may trade, in the order they were registered."""
    return InstrumentRow.objects.filter(venue=account.venue, is_in_universe=True).order_by("id")


def last_prices(instrument_ids: Iterable[int], interval: Interval) -> dict[int, LastPrice]:
    """The newest close by instrument id, one query; an instrument without bars is left out."""
    newest = BarRow.objects.filter(instrument=OuterRef("pk"), interval=interval.value).order_by("-open_time")
    rows = InstrumentRow.objects.filter(id__in=list(instrument_ids)).annotate(bar_id=Subquery(newest.values("id")[:1]))
    bars = BarRow.objects.filter(id__in=rows.values("bar_id")).values_list(F("instrument_id"), "close", "open_time")
    return {instrument_id: LastPrice(close, open_time) for instrument_id, close, open_time in bars}
