"""Follow the audit chain through the table and through the file and name the first bad line of each.

Reads line by line in constant memory. Changes nothing. Lines added while it runs are left for the next time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from trading.domain.audit_chain import GENESIS, ChainFault, ChainLine, ChainVerifier
from trading.models import AuditHead, AuditLine
from trading.services.append_audit import HEAD_NAME
from trading.services.audit_file import audit_file_path, decode_line

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """The chain in one place: how many good lines lead up to `fault`, or how many there are when all is well."""

    place: str
    lines: int
    fault: ChainFault | None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was found in the table and in the file. `head_hash` is the end of the chain, to be kept elsewhere."""

    table: PlaceReport
    file: PlaceReport
    head_hash: str

    @property
    def is_intact(self) -> bool:
        return self.table.fault is None and self.file.fault is None

    @property
    def faults(self) -> list[str]:
        """One sentence for each place that is not as it was written."""
        return [f"{place.place}: {place.fault.problem}" for place in (self.table, self.file) if place.fault]


def verify_audit() -> AuditReport:
    """Table against its head, file against the table's head; each also against the chain rule."""
    head = _head()
    return AuditReport(table=_verify_table(head), file=_verify_file(head), head_hash=head.hash)


def _head() -> ChainLine:
    row = AuditHead.objects.filter(name=HEAD_NAME).values_list("seq", "hash").first()
    seq, digest = row if row is not None else (0, GENESIS.hex())
    return ChainLine(seq=seq, body=b"", hash=digest)


def _verify_table(head: ChainLine) -> PlaceReport:
    verifier = ChainVerifier()
    rows = AuditLine.objects.filter(seq__lte=head.seq).order_by("seq")
    for row in rows.iterator(chunk_size=CHUNK):
        fault = verifier.fault(ChainLine(row.seq, row.body.encode(), row.hash)) or _column_fault(row)
        if fault is not None:
            return PlaceReport("table", verifier.seq, fault)
    beyond = AuditLine.objects.filter(seq__gt=head.seq).exists()
    return PlaceReport("table", verifier.seq, _end_fault(verifier, head) or _beyond_fault(head, beyond))


def _verify_file(head: ChainLine) -> PlaceReport:
    verifier = ChainVerifier()
    beyond = False
    for raw in _file_lines():
        beyond = verifier.seq == head.seq
        if beyond:
            break
        fault = _file_fault(verifier, raw)
        if fault is not None:
            return PlaceReport("file", verifier.seq, fault)
    return PlaceReport("file", verifier.seq, _end_fault(verifier, head) or _beyond_fault(head, beyond))


def _file_lines() -> Iterator[bytes]:
    try:
        with audit_file_path().open("rb") as file:
            yield from file
    except FileNotFoundError:
        return


def _file_fault(verifier: ChainVerifier, raw: bytes) -> ChainFault | None:
    expected = verifier.seq + 1
    if not raw.endswith(b"\n"):
        return ChainFault(expected, f"line {expected} is cut off in its middle")
    line = decode_line(raw[:-1])
    if line is None:
        return ChainFault(expected, f"line {expected} is not readable as an audit line")
    return verifier.fault(line)


def _column_fault(row: AuditLine) -> ChainFault | None:
    """The searchable columns are not hashed themselves: they must say what the hashed body says."""
    content = orjson.loads(row.body)
    if (content.get("type"), content.get("id")) == (row.kind, row.subject_id):
        return None
    return ChainFault(row.seq, f"line {row.seq} was changed: its columns do not say what its content says")


def _end_fault(verifier: ChainVerifier, head: ChainLine) -> ChainFault | None:
    if verifier.seq < head.seq:
        first = verifier.seq + 1
        return ChainFault(first, f"line {first} is missing: the chain ends after line {verifier.seq} of {head.seq}")
    if verifier.hash.hex() != head.hash:
        return ChainFault(head.seq, f"line {head.seq} was changed: it is not the one the chain's head names")
    return None


def _beyond_fault(head: ChainLine, beyond: bool) -> ChainFault | None:
    """Lines behind the head are right only when the head has moved since we looked."""
    if not beyond or _head().seq > head.seq:
        return None
    return ChainFault(head.seq + 1, f"line {head.seq + 1} stands behind the chain's end, which is line {head.seq}")
