"""Who decides: every decider seen in the last day, the built-in rules always among them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from ai.models import DecisionRow
from autotrader.lib.ids import ulid_floor
from trading.domain.decision import RULES_ATTRIBUTION, HoldCause
from trading.models import Account

SEEN_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeciderLine:
    """One decider's last 24 hours. `errors` are answers that could not be used."""

    name: str
    model: str
    decisions: int
    errors: int
    last_used: datetime | None

    @property
    def title(self) -> str:
        return "Built-in rules" if self.name == RULES_ATTRIBUTION.decided_by else self.name.capitalize()


def decider_lines(account: Account, now: datetime) -> list[DeciderLine]:
    """The busiest first: one query."""
    recent = DecisionRow.objects.filter(account=account, id__gte=ulid_floor(now - SEEN_WITHIN)).order_by()
    groups = recent.values("decided_by", "model").annotate(
        decisions=Count("id"), errors=Count("id", filter=Q(hold_cause=HoldCause.ERROR.value)), last=Max("decided_at")
    )
    lines = [DeciderLine(g["decided_by"], g["model"], g["decisions"], g["errors"], g["last"]) for g in groups]
    if not any(line.name == RULES_ATTRIBUTION.decided_by for line in lines):
        lines.append(DeciderLine(RULES_ATTRIBUTION.decided_by, RULES_ATTRIBUTION.model, 0, 0, None))
    return sorted(lines, key=lambda line: (-line.decisions, line.name))
