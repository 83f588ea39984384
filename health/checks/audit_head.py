"""Does the audit table end where its head says? The whole chain is `manage.py verify_audit`'s work."""

from health.domain.check_result import CheckResult, Level
from trading.models import AuditHead, AuditLine

NAME = "audit"


def check_audit_head() -> CheckResult:
    """DOWN when the last line and the head differ: the table was cut or written around."""
    head = AuditHead.objects.order_by("-seq").first()
    last = AuditLine.objects.order_by("-seq").first()
    if head is None and last is None:
        return CheckResult(NAME, Level.OK, "no line yet")
    if head is None or last is None or (head.seq, head.hash) != (last.seq, last.hash):
        return CheckResult(NAME, Level.DOWN, "the audit trail does not end at its head: run manage.py verify_audit")
    return CheckResult(NAME, Level.OK, f"{head.seq} lines")
