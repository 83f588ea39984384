"""`/api/v1/bars/`: closed bars of one instrument."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from autotrader.lib.errors import BadInput
from dashboard.api.account_choice import chosen_account
from dashboard.api.fields import RowSerializer
from dashboard.api.rows import AccountFilter, RowViewSet, known_instruments
from trading.domain.bar import Interval
from trading.models import BarRow
from trading.models.choices import choices_of


class BarSerializer(RowSerializer):
    """One closed bar; `open_time` in UTC, prices in quote units, volume in base units."""

    class Meta:
        model = BarRow
        fields = ["open_time", "open", "high", "low", "close", "volume", "source"]


class BarFilter(AccountFilter):
    """`symbol` and `interval` are needed; `start` is inclusive, `end` exclusive, both about the open time."""

    symbol = django_filters.CharFilter(method="leave", required=True, label="Symbol, such as BTCUSDT.")
    interval = django_filters.ChoiceFilter(choices=choices_of(Interval), required=True)
    start = django_filters.IsoDateTimeFilter(field_name="open_time", lookup_expr="gte")
    end = django_filters.IsoDateTimeFilter(field_name="open_time", lookup_expr="lt")


class BarViewSet(RowViewSet):
    """Bars, newest first."""

    queryset = BarRow.objects.all()
    serializer_class = BarSerializer
    filterset_class = BarFilter
    ordering = ("-open_time",)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        symbol = "" if getattr(self, "swagger_fake_view", False) else self.request.query_params.get("symbol", "")
        return rows.filter(instrument=self._instrument_id(symbol)) if symbol else rows

    def _instrument_id(self, symbol: str) -> int:
        venue = chosen_account(self.request).venue
        for row in known_instruments(symbol):
            if row.venue == venue:
                return row.pk
        raise BadInput(f"{symbol!r} is not traded at {venue}", code="unknown_symbol")
