"""The audit trail as lines of a list, the newest first."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dashboard.selectors.decisions import in_words
from trading.models import AuditLine


@dataclass(frozen=True, slots=True)
class AuditEntryLine:
    """One line of the chain. `pairs` is its content in words; `ts` is None for a line somebody has damaged."""

    seq: int
    kind: str
    subject_id: str
    ts: datetime | None
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
    """The line as it stands; verifying, not showing, names a damaged one."""
    stored = _stored(row.body)
    content = stored.get("body") if isinstance(stored.get("body"), dict) else stored
    return AuditEntryLine(row.seq, row.kind, row.subject_id, _moment(stored.get("ts")), in_words(content), row.hash)


def _stored(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {"damaged": text[:200]}
    return value if isinstance(value, dict) else {"damaged": text[:200]}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
