"""`/api/v1/intents/`: approved and denied plans, with the risk verdict on each."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dashboard.access.roles import Act
from dashboard.api.autonomous_views import ACCOUNT, checked
from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
from dashboard.api.v1 import requests
from dashboard.api.v1.decision_serializers import DecisionDetailSerializer
from trading.domain.order import Purpose, Side
from trading.models import Intent
from trading.models.choices import choices_of


class IntentSerializer(RowSerializer):
    """A plan. `clamps` are the limits that shrank it, each with before and after; `reason` says why it was denied."""

    symbol = SymbolOfRow()

    class Meta:
        model = Intent
        exclude = ["account", "instrument"]


class IntentFilter(SymbolFilter):
    """By symbol, state, side, purpose, decision and time of creation."""

    state = django_filters.ChoiceFilter(choices=Intent.State.choices)
    side = django_filters.ChoiceFilter(choices=choices_of(Side))
    purpose = django_filters.ChoiceFilter(choices=choices_of(Purpose))
    decision = django_filters.CharFilter(field_name="decision_id", label="Id of the decision.")
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")


class IntentViewSet(AccountRowDetailViewSet):
    """Intents, newest first."""

    queryset = Intent.objects.select_related("instrument")
    serializer_class = IntentSerializer
    filterset_class = IntentFilter
    acts = {"create": Act.REQUEST_PAPER_INTENTS}

    @extend_schema(
        parameters=[ACCOUNT], request=requests.TradeRequestSerializer, responses={201: DecisionDetailSerializer}
    )
    def create(self, request: Request) -> Response:
        """Ask for a trade on a paper account.

        It goes through the same phases, risk rules and gateway as every other one: the decision that comes back says
        SUBMITTED, AWAITING_APPROVAL, or DENIED with the rule's name. A buy may come out smaller, never larger.
        """
        body = checked(requests.TradeRequestSerializer, request)
        return requests.trade(request, symbol=body["symbol"], side=Side(body["side"]), quantity=body["quantity"])
