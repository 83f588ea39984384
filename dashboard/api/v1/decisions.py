"""`/api/v1/decisions/`: what was concluded and why; the detail has every phase. `analyse` asks for one now."""

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.models import DecisionRow
from dashboard.access.roles import Act
from dashboard.api.autonomous_views import ACCOUNT, checked
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
from dashboard.api.v1 import requests
from dashboard.api.v1.decision_serializers import DecisionDetailSerializer, DecisionSerializer
from trading.domain.decision import Action, DecisionStatus
from trading.models.choices import choices_of


class DecisionFilter(SymbolFilter):
    """By symbol, action, status, decider, time; `is_acting=true` leaves the HOLDs out."""

    action = django_filters.ChoiceFilter(choices=choices_of(Action))
    status = django_filters.ChoiceFilter(choices=choices_of(DecisionStatus))
    decided_by = django_filters.CharFilter()
    cycle = django_filters.CharFilter(field_name="cycle_id", label="Id of the cycle.")
    is_acting = django_filters.BooleanFilter(method="acting", label="true: BUY and SELL only; false: HOLD only.")
    after = django_filters.IsoDateTimeFilter(field_name="decided_at", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="decided_at", lookup_expr="lt")

    def acting(self, rows: QuerySet[DecisionRow], name: str, value: bool) -> QuerySet[DecisionRow]:
        return rows.exclude(action=Action.HOLD) if value else rows.filter(action=Action.HOLD)


class DecisionViewSet(AccountRowDetailViewSet):
    """Decisions, newest first."""

    queryset = DecisionRow.objects.select_related("instrument")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    acts = {"analyse": Act.ANALYSE}

    @extend_schema(
        parameters=[ACCOUNT],
        request=requests.AnalyseSerializer,
        responses={201: DecisionDetailSerializer},
        filters=False,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def analyse(self, request: Request) -> Response:
        """Decide on one instrument now and place nothing: all four phases, stored as ANALYSIS_ONLY (or HOLD)."""
        return requests.analyse(request, checked(requests.AnalyseSerializer, request))

    def get_serializer_class(self) -> type[serializers.BaseSerializer[DecisionRow]]:
        return DecisionDetailSerializer if self.action == "retrieve" else DecisionSerializer
