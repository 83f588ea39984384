"""Decisions on the way out: short in lists, with every phase in the detail."""

from ai.models import DecisionPhase, DecisionRow
from dashboard.api.fields import RowSerializer, SymbolOfRow

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
