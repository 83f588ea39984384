"""`/api/v1/orders/`: instructions at the venue, with each step of their state in the detail."""

import django_filters

from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
from trading.domain.order import OrderState, OrderType, Purpose, Side
from trading.models import OrderRow, OrderTransition
from trading.models.choices import choices_of

LIST_FIELDS = [
    "id",
    "symbol",
    "intent",
    "client_order_id",
    "venue_order_id",
    "list_id",
    "origin",
    "purpose",
    "side",
    "order_type",
    "time_in_force",
    "quantity",
    "limit_price",
    "stop_price",
    "state",
    "filled_quantity",
    "average_fill_price",
    "reason",
    "created_at",
    "sent_at",
    "closed_at",
]


class TransitionSerializer(RowSerializer):
    """One step of an order's state."""

    class Meta:
        model = OrderTransition
        fields = ["from_state", "to_state", "cause", "ts"]


class OrderSerializer(RowSerializer):
    """An order."""

    symbol = SymbolOfRow()

    class Meta:
        model = OrderRow
        fields = LIST_FIELDS


class OrderDetailSerializer(OrderSerializer):
    """An order with its history."""

    transitions = TransitionSerializer(many=True, read_only=True)

    class Meta:
        model = OrderRow
        fields = [*LIST_FIELDS, "transitions"]


class OrderFilter(SymbolFilter):
    """By symbol, state, side, type, purpose and time of creation."""

    state = django_filters.ChoiceFilter(choices=choices_of(OrderState))
    side = django_filters.ChoiceFilter(choices=choices_of(Side))
    order_type = django_filters.ChoiceFilter(choices=choices_of(OrderType))
    purpose = django_filters.ChoiceFilter(choices=choices_of(Purpose))
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")


class OrderViewSet(AccountRowDetailViewSet):
    """Orders, newest first."""

    queryset = OrderRow.objects.select_related("instrument")
    serializer_class = OrderSerializer
    filterset_class = OrderFilter

    def get_serializer_class(self) -> type[RowSerializer]:
        return OrderDetailSerializer if self.action == "retrieve" else OrderSerializer
