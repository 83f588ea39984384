"""The rule of the audit chain: each line's hash covers the line before it, so that nothing can be changed unseen.

h_n = SHA256(h_{n-1} || canonical_json), h_0 = 32 zero bytes (security.md section 8, "Audit"). Pure: knows no
table and no file.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from autotrader.lib.canonical import canonical_json, iso_utc

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something to be kept for good. `kind` says what happened, `subject_id` to what, `body` everything about it."""

    kind: str
    subject_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One line as it is kept: `body` is the canonical JSON that was hashed, `hash` 64 hex digits."""

    seq: int
    body: bytes
    hash: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first bad line. `seq` is where the chain breaks, counted from 1; `problem` is one sentence for a person."""

    seq: int
    problem: str


def link(previous_hash: bytes, body: bytes) -> bytes:
    """The hash of a line with `body` that follows a line with `previous_hash`."""
    return hashlib.sha256(previous_hash + body).digest()


def line_body(seq: int, ts: datetime, entry: AuditEntry) -> bytes:
    """The canonical JSON of one line: what is hashed. Raises TypeError for what JSON cannot carry exactly."""
    content = {"seq": seq, "ts": iso_utc(ts), "type": entry.kind, "id": entry.subject_id, "body": entry.body}
    return canonical_json(content)


def chain_lines(head_seq: int, head_hash: bytes, ts: datetime, entries: Iterable[AuditEntry]) -> list[ChainLine]:
    """The lines that follow the chain's head for `entries`, in their order."""
    lines: list[ChainLine] = []
    seq, previous = head_seq, head_hash
    for entry in entries:
        seq += 1
        body = line_body(seq, ts, entry)
        previous = link(previous, body)
        lines.append(ChainLine(seq=seq, body=body, hash=previous.hex()))
    return lines


class ChainVerifier:
    """Follows a chain line by line in constant memory."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = GENESIS

    def fault(self, line: ChainLine) -> ChainFault | None:
        """What is wrong with the next line; None when it continues the chain, which then ends with it."""
        expected = self.seq + 1
        if line.seq != expected:
            return ChainFault(expected, f"line {expected} is missing or out of order: line {line.seq} stands there")
        if _own_seq(line.body) != line.seq:
            return ChainFault(expected, f"line {expected} holds the content of another line or is not readable")
        digest = link(self.hash, line.body)
        if digest.hex() != line.hash:
            return ChainFault(expected, f"line {expected} was changed: its hash does not match its content")
        self.seq, self.hash = expected, digest
        return None


def verify_chain(lines: Iterable[ChainLine]) -> ChainFault | None:
    """The first fault of a chain that must begin with line 1; None when every line is as it was written."""
    verifier = ChainVerifier()
    for line in lines:
        fault = verifier.fault(line)
        if fault is not None:
            return fault
    return None


def _own_seq(body: bytes) -> int | None:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    seq = content.get("seq") if isinstance(content, dict) else None
    return seq if isinstance(seq, int) else None
