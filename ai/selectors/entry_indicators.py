"""What was seen when a trade was entered: the market picture of its entry decision (M19)."""

from django.db.models import OuterRef, QuerySet, Subquery

from ai.models import DecisionRow
from trading.models import Trade


def with_entry_indicators(trades: QuerySet[Trade]) -> QuerySet[Trade]:
    """`trades` with `indicators`, None where no decision of ours opened the position."""
    seen = DecisionRow.objects.filter(pk=OuterRef("entry_decision_id")).values("market")[:1]
    return trades.annotate(indicators=Subquery(seen))
