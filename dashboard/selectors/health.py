"""The findings of the health floor in the words of the page."""

from dataclasses import dataclass

from health.domain.check_result import HealthReport, Level

TITLES = {
    "database": "Database",
    "disk": "Disk",
    "audit_head": "Audit trail",
    "audit": "Audit trail",
    "gateway": "Order gateway",
    "loop": "Trading loop",
    "market_data": "Market data",
    "protection": "Protection",
}
LAMPS = {Level.OK: "good", Level.DEGRADED: "warn", Level.DOWN: "bad"}
SUMMARIES = {Level.OK: "All well", Level.DEGRADED: "Needs a look", Level.DOWN: "Needs help now"}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One finding: `lamp` is good, warn or bad."""

    title: str
    lamp: str
    level: str
    words: str


@dataclass(frozen=True, slots=True)
class HealthSummary:
    """All findings with the one word that stands for them."""

    lines: tuple[HealthLine, ...]
    lamp: str
    words: str


def health_summary(report: HealthReport) -> HealthSummary:
    lines = [
        HealthLine(TITLES.get(r.name, r.name.replace("_", " ").capitalize()), LAMPS[r.level], r.level.value, r.words)
        for r in report.results
    ]
    return HealthSummary(tuple(lines), LAMPS[report.level], SUMMARIES[report.level])
