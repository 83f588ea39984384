"""The ai floor's tables: cycles, decisions and their phases."""

from ai.models.decision import CycleRow, DecisionPhase, DecisionRow

__all__ = ["CycleRow", "DecisionPhase", "DecisionRow"]
