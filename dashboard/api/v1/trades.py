"""`/api/v1/trades/`: finished round trips."""

import django_filters
from rest_framework import serializers

from ai.selectors.entry_indicators import with_entry_indicators
from dashboard.api.fields import RowSerializer, SymbolOfRow
from dashboard.api.rows import AccountRowDetailViewSet, SymbolFilter
from trading.models import Trade


class TradeSerializer(RowSerializer):
    """One round trip; money in quote units, `pnl` after commissions."""

    symbol = SymbolOfRow()
    hold_seconds = serializers.SerializerMethodField()
    indicators = serializers.JSONField(
        read_only=True, allow_null=True, help_text="What was seen when the position was entered."
    )

    class Meta:
        model = Trade
        exclude = ["account", "instrument"]

    def get_hold_seconds(self, trade: Trade) -> int:
        return int((trade.closed_at - trade.opened_at).total_seconds())


class TradeFilter(SymbolFilter):
    """By symbol, strategy, reason of the exit and time."""

    strategy = django_filters.CharFilter()
    exit_reason = django_filters.CharFilter()
    closed_after = django_filters.IsoDateTimeFilter(field_name="closed_at", lookup_expr="gte")
    closed_before = django_filters.IsoDateTimeFilter(field_name="closed_at", lookup_expr="lt")


class TradeViewSet(AccountRowDetailViewSet):
    """Trades, newest first."""

    queryset = with_entry_indicators(Trade.objects.select_related("instrument"))
    serializer_class = TradeSerializer
    filterset_class = TradeFilter
