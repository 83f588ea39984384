"""`/api/v1/decisions/`: what was concluded and why; the detail has every phase."""

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from ai.models import DecisionPhase, DecisionRow
from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
from trading.domain.decision import Action, DecisionStatus
from trading.models.choices import choices_of

LIST_FIELDS = [
    "id",
    "cycle",
    "symbol",
    "action",
    "confidence",
    "status",
    "hold_cause",
    "reasoning",
    "denied_by",
    "decided_by",
    "model",
    "fallback_depth",
    "is_repaired",
    "market",
    "execution",
    "decided_at",
]


class PhaseSerializer(RowSerializer):
    """One phase as it was seen and said."""

    class Meta:
        model = DecisionPhase
        fields = ["number", "phase", "action", "confidence", "text", "details"]


class DecisionSerializer(RowSerializer):
    """A decision; `market` is what was seen, `execution` what came of it."""

    symbol = SymbolOfRow()

    class Meta:
        model = DecisionRow
        fields = LIST_FIELDS


class DecisionDetailSerializer(DecisionSerializer):
    """A decision with its phases (a HOLD is kept narrow and has none)."""

    phases = PhaseSerializer(many=True, read_only=True)

    class Meta:
        model = DecisionRow
        fields = [*LIST_FIELDS, "phases"]


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

    def get_serializer_class(self) -> type[serializers.BaseSerializer[DecisionRow]]:
        return DecisionDetailSerializer if self.action == "retrieve" else DecisionSerializer
