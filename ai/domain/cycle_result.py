"""What one run of the loop came to, for whoever asked for it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from autotrader.lib.canonical import iso_utc
from autotrader.lib.money import plain


class CycleState(StrEnum):
    """DONE: ran to its end. TAKEN: another run has or had this slot, or is still going. STOPPED: the loop is off."""

    DONE = "DONE"
    TAKEN = "TAKEN"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """One decision in short."""

    decision_id: str
    symbol: str
    action: str
    confidence: Decimal
    status: str
    reasoning: str
    denied_by: str = ""


@dataclass(frozen=True, slots=True)
class CycleResult:
    """`decisions` holds one entry for each instrument analysed; `reason` says why a slot was not run."""

    state: CycleState
    slot: datetime
    cycle_id: str = ""
    decisions: tuple[DecisionSummary, ...] = field(default=())
    instruments_skipped: int = 0
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON: amounts as decimal text, moments in ISO 8601."""
        values = asdict(self)
        values.update(state=self.state.value, slot=iso_utc(self.slot))
        values["decisions"] = [{**asdict(item), "confidence": plain(item.confidence)} for item in self.decisions]
        return values
