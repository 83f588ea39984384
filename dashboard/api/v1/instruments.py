"""`/api/v1/instruments/`: what can be traded, with its venue's grid."""

import django_filters
from rest_framework.mixins import RetrieveModelMixin

from dashboard.api.fields import RowSerializer
from dashboard.api.rows import NUMBER, RowViewSet
from trading.models import InstrumentRow


class InstrumentSerializer(RowSerializer):
    """An instrument: steps of price and quantity, least size, status, calendar."""

    class Meta:
        model = InstrumentRow
        fields = "__all__"


class InstrumentFilter(django_filters.FilterSet):
    """By venue, symbol, kind, and whether it is in the universe."""

    class Meta:
        model = InstrumentRow
        fields = ["venue", "symbol", "asset_class", "is_in_universe", "status"]


class InstrumentViewSet(RetrieveModelMixin, RowViewSet):
    """Instruments in the order they were registered."""

    queryset = InstrumentRow.objects.all()
    serializer_class = InstrumentSerializer
    filterset_class = InstrumentFilter
    ordering = ("id",)
    lookup_value_regex = NUMBER
