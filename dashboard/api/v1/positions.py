"""`/api/v1/positions/`: what is held, at which cost, and where its stop and target lie."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from dashboard.access.roles import Act
from dashboard.api.autonomous_views import ACCOUNT, checked
from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import SYMBOL, AccountRowViewSet, SymbolFilter
from dashboard.api.v1 import requests
from dashboard.api.v1.decision_serializers import DecisionDetailSerializer
from trading.domain.order import Side
from trading.models import PositionRow


class PositionSerializer(RowSerializer):
    """A position in base units; prices and money in quote units. `opened_at` is null when nothing is open."""

    symbol = SymbolOfRow()

    class Meta:
        model = PositionRow
        exclude = ["id", "account", "instrument", "opening_fill_id"]


class PositionFilter(SymbolFilter):
    """By symbol and strategy; `is_open=true` leaves out what is closed."""

    strategy = django_filters.CharFilter()
    is_open = django_filters.BooleanFilter(
        field_name="opened_at", lookup_expr="isnull", exclude=True, label="Only open or only closed ones."
    )


class PositionViewSet(RetrieveModelMixin, AccountRowViewSet):
    """Positions in the order of their first fill; one by its symbol."""

    queryset = PositionRow.objects.select_related("instrument")
    serializer_class = PositionSerializer
    filterset_class = PositionFilter
    ordering = ("id",)
    lookup_field = "symbol"
    lookup_value_regex = SYMBOL
    acts = {"close": Act.REQUEST_PAPER_INTENTS}

    @extend_schema(parameters=[ACCOUNT], request=requests.NothingSerializer, responses={201: DecisionDetailSerializer})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, symbol: str) -> Response:
        """Sell all that is held of the instrument, through the same rules and gateway as every exit."""
        checked(requests.NothingSerializer, request)
        return requests.trade(request, symbol=symbol, side=Side.SELL, quantity=None)

    def get_object(self) -> Any:
        rows: QuerySet[PositionRow] = self.queryset.filter(account=self.account)
        found = rows.filter(instrument__symbol=self.kwargs["symbol"].upper()).first()
        if found is None:
            raise Http404
        return found
