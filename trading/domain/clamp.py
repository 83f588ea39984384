"""A limit at work: what it cut, from what to what. A limit only ever shrinks a size (design.md section 5, rule 8)."""

from dataclasses import dataclass
from decimal import Decimal

from autotrader.lib.money import plain


@dataclass(frozen=True, slots=True)
class Clamp:
    """One cut. `before` and `after` are quantities in base units, or amounts in quote units if `unit` says so."""

    rule: str
    before: Decimal
    after: Decimal
    reason: str
    unit: str = "base"

    def __post_init__(self) -> None:
        if self.after > self.before:
            raise ValueError(f"{self.rule}: a limit may only shrink a size, not raise {self.before} to {self.after}")

    def as_dict(self) -> dict[str, str]:
        """For JSON columns and the audit trail: amounts as plain decimal text."""
        return {
            "rule": self.rule,
            "before": plain(self.before),
            "after": plain(self.after),
            "unit": self.unit,
            "reason": self.reason,
        }
