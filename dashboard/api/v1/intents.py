"""`/api/v1/intents/`: approved and denied plans, with the risk verdict on each."""

import django_filters

from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
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
