"""Add lines to the audit trail, inside the caller's transaction: either both stay or neither does.

The head row is locked, so lines get their numbers in the order of the commits. After the commit the lines go to the
file; a crash or a full disk in between is made good by the next append or by `repair_audit_file` at start.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from autotrader.lib.runtime import Runtime
from trading.domain.audit_chain import GENESIS, AuditEntry, ChainLine, chain_lines
from trading.models import AuditHead, AuditLine
from trading.services.audit_file import audit_file

HEAD_NAME = "main"
INSERT_AT_ONCE = 500
_HEAD_TABLE = AuditHead._meta.db_table
_LINE_TABLE = AuditLine._meta.db_table


def append_audit(*, runtime: Runtime, entries: Sequence[AuditEntry]) -> list[ChainLine]:
    """Chain `entries` behind the present head, in their order. The lines as they were written.

    Raises RuntimeError outside a transaction, TypeError for a body that JSON cannot carry exactly.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append_audit must run inside the transaction whose deed it records")
    if not entries:
        return []
    head_seq, head_hash = _locked_head()
    lines = chain_lines(head_seq, head_hash, runtime.clock.now(), entries)
    for start in range(0, len(lines), INSERT_AT_ONCE):
        _write(lines[start : start + INSERT_AT_ONCE], entries[start : start + INSERT_AT_ONCE])
    transaction.on_commit(lambda: audit_file().append(lines, stored_lines), robust=True)
    return lines


def stored_lines(first: int, last: int) -> list[ChainLine]:
    """The lines `first` to `last` of the table, those that exist."""
    rows = AuditLine.objects.filter(seq__gte=first, seq__lte=last).order_by("seq").values_list("seq", "body", "hash")
    return [ChainLine(seq=seq, body=body.encode(), hash=digest) for seq, body, digest in rows]


def _locked_head() -> tuple[int, bytes]:
    head = _select_head()
    if head is None:
        AuditHead.objects.get_or_create(name=HEAD_NAME, defaults={"seq": 0, "hash": GENESIS.hex()})
        head = _select_head()
    if head is None:
        raise RuntimeError("the audit trail's head row vanished")
    return head[0], bytes.fromhex(head[1])


def _select_head() -> tuple[int, str] | None:
    """The head, locked until the commit. SQLite needs no lock: its transactions are IMMEDIATE, one writer at a time."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT seq, hash FROM {_HEAD_TABLE} WHERE name = %s{lock}", [HEAD_NAME])  # noqa: S608
        row: tuple[int, str] | None = cursor.fetchone()
        return row


def _write(lines: Sequence[ChainLine], entries: Sequence[AuditEntry]) -> None:
    """Plain SQL: this runs several times in every cycle, and the ORM would take five times as long."""
    rows = [
        value
        for line, entry in zip(lines, entries, strict=True)
        for value in (line.seq, entry.kind, entry.subject_id, line.body.decode(), line.hash)
    ]
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(lines))
    insert = f"INSERT INTO {_LINE_TABLE} (seq, kind, subject_id, body, hash) VALUES {places}"  # noqa: S608
    update = f"UPDATE {_HEAD_TABLE} SET seq = %s, hash = %s WHERE name = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(insert, rows)
        cursor.execute(update, [lines[-1].seq, lines[-1].hash, HEAD_NAME])
