"""`/api/v1/equity/`: the equity curve of an account."""

import django_filters

from dashboard.api.fields import RowSerializer
from dashboard.api.rows import AccountFilter, AccountRowViewSet
from trading.models import EquityPoint


class EquitySerializer(RowSerializer):
    """Equity at one moment, in quote units."""

    class Meta:
        model = EquityPoint
        fields = ["ts", "equity", "cash"]


class EquityFilter(AccountFilter):
    """By time."""

    after = django_filters.IsoDateTimeFilter(field_name="ts", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="ts", lookup_expr="lt")


class EquityViewSet(AccountRowViewSet):
    """Points of the curve, newest first (a moment stands there once for each account)."""

    queryset = EquityPoint.objects.all()
    serializer_class = EquitySerializer
    filterset_class = EquityFilter
    ordering = ("-ts",)
