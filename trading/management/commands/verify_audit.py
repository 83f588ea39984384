"""`manage.py verify_audit`: is the audit trail as it was written? Exit code 1 and the first bad line when it is not."""

import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from trading.services.verify_audit import AuditReport, verify_audit


class Command(BaseCommand):
    help = "Verify the hash chain of the audit table and of logs/autonomous_trades.jsonl."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_audit()
        self.stdout.write(as_json(report) if options["json"] else as_text(report))
        if not report.is_intact:
            sys.exit(1)


def as_json(report: AuditReport) -> str:
    """The report as one JSON object."""
    places = {
        place.place: {
            "lines": place.lines,
            "first_bad_line": place.fault.seq if place.fault else None,
            "problem": place.fault.problem if place.fault else "",
        }
        for place in (report.table, report.file)
    }
    return orjson.dumps({"intact": report.is_intact, "head_hash": report.head_hash, **places}).decode()


def as_text(report: AuditReport) -> str:
    """The report in a line or two for a person."""
    if report.is_intact:
        return f"The audit trail is whole: {report.table.lines} lines in the table and in the file."
    return "\n".join(["The audit trail is NOT as it was written.", *report.faults])
