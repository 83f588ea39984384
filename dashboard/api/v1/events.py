"""`/api/v1/events/`: what happened, in order; a follower asks with the last id it saw."""

import django_filters
from django.db.models import Q, QuerySet

from dashboard.api.account_choice import chosen_account
from dashboard.api.fields import RowSerializer
from dashboard.api.rows import AccountFilter, RowViewSet
from trading.models import LiveEvent


class EventSerializer(RowSerializer):
    """One thing that changed."""

    class Meta:
        model = LiveEvent
        fields = ["id", "account_id", "topic", "payload", "ts"]


class EventFilter(AccountFilter):
    """By topic, and everything after an id."""

    topic = django_filters.CharFilter()
    after_id = django_filters.NumberFilter(field_name="id", lookup_expr="gt", label="Only ids above this one.")


class EventViewSet(RowViewSet):
    """Events of the account and of the platform as a whole, oldest first."""

    queryset = LiveEvent.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[LiveEvent]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.filter(Q(account_id=chosen_account(self.request).pk) | Q(account_id=None))
