"""`/api/v1/cycles/`: the runs of the loop."""

import django_filters

from ai.models import CycleRow
from dashboard.api.fields import RowSerializer
from dashboard.api.rows import AccountFilter, AccountRowDetailViewSet


class CycleSerializer(RowSerializer):
    """One run of the loop: its slot, what it looked at, and its error if it failed."""

    class Meta:
        model = CycleRow
        exclude = ["account"]


class CycleFilter(AccountFilter):
    """By state and slot."""

    state = django_filters.ChoiceFilter(choices=CycleRow.State.choices)
    after = django_filters.IsoDateTimeFilter(field_name="slot", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="slot", lookup_expr="lt")


class CycleViewSet(AccountRowDetailViewSet):
    """Cycles, newest slot first (a slot stands there once for each account)."""

    queryset = CycleRow.objects.all()
    serializer_class = CycleSerializer
    filterset_class = CycleFilter
    ordering = ("-slot",)
