"""`/api/v1/fills/`: what happened, at which price and cost."""

import django_filters
from rest_framework import serializers

from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import NUMBER, AccountRowDetailViewSet, SymbolFilter
from trading.domain.order import Side
from trading.models import FillRow
from trading.models.choices import choices_of


class FillSerializer(RowSerializer):
    """One execution. `slippage_bps` is worse when positive."""

    symbol = SymbolOfRow()
    client_order_id = serializers.CharField(source="order.client_order_id", read_only=True)

    class Meta:
        model = FillRow
        fields = [
            "id",
            "symbol",
            "order",
            "client_order_id",
            "venue_fill_id",
            "side",
            "quantity",
            "price",
            "commission",
            "commission_asset",
            "slippage_bps",
            "is_maker",
            "ts_event",
            "ts_received",
        ]


class FillFilter(SymbolFilter):
    """By symbol, side, order and the venue's time."""

    side = django_filters.ChoiceFilter(choices=choices_of(Side))
    order = django_filters.CharFilter(field_name="order_id", label="Id of the order.")
    after = django_filters.IsoDateTimeFilter(field_name="ts_event", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="ts_event", lookup_expr="lt")


class FillViewSet(AccountRowDetailViewSet):
    """Fills, newest first."""

    queryset = FillRow.objects.select_related("instrument", "order")
    serializer_class = FillSerializer
    filterset_class = FillFilter
    lookup_value_regex = NUMBER
