"""Make the audit file whole again at start: what a crash kept from it is copied from the table.

It only ever adds what is missing at the end. A line that differs from the table is left for `verify_audit` to name.
"""

from dataclasses import dataclass

from trading.models import AuditHead
from trading.services.append_audit import HEAD_NAME, stored_lines
from trading.services.audit_file import AuditFileFault, audit_file


@dataclass(frozen=True, slots=True)
class AuditFileRepair:
    """How many lines were added; `problem` says why nothing could be ("" when all is well)."""

    lines_added: int
    problem: str = ""


def repair_audit_file() -> AuditFileRepair:
    """Complete the file from the table. A file of another chain (the table is empty) is put aside, never deleted."""
    head_seq = AuditHead.objects.filter(name=HEAD_NAME).values_list("seq", flat=True).first() or 0
    try:
        return AuditFileRepair(audit_file().complete(head_seq, stored_lines))
    except (AuditFileFault, OSError) as error:
        return AuditFileRepair(0, str(error))
