"""The audit trail as lines of a list, the newest first."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from dashboard.selectors.decisions import in_words
from trading.models import AuditLine


@dataclass(frozen=True, slots=True)
class AuditEntryLine:
    """One line of the chain. `pairs` is its body in words."""

    seq: int
    kind: str
    subject_id: str
    pairs: tuple[tuple[str, str], ...]
    hash: str

    @property
    def kind_words(self) -> str:
        return self.kind.replace("_", " ")


def audit_lines(*, kind: str = "") -> QuerySet[AuditLine]:
    """All lines, or those of one kind."""
    rows = AuditLine.objects.order_by("-seq")
    return rows.filter(kind=kind) if kind else rows


def audit_kinds() -> list[str]:
    """The kinds there are, in order."""
    return list(AuditLine.objects.order_by("kind").values_list("kind", flat=True).distinct())


def audit_entry(row: AuditLine) -> AuditEntryLine:
    return AuditEntryLine(row.seq, row.kind, row.subject_id, in_words(_body(row.body)), row.hash)


def _body(text: str) -> object:
    """The stored JSON; a line somebody has damaged is shown as it stands, verifying will name it."""
    try:
        return json.loads(text)
    except ValueError:
        return {"damaged": text[:200]}
