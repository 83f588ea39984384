"""The chain rule against the worked hashes of security.md section 8, and every way to break a chain."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from autotrader.lib.canonical import canonical_json
from trading.domain.audit_chain import GENESIS, AuditEntry, ChainLine, chain_lines, line_body, link, verify_chain

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def chain(count: int) -> list[ChainLine]:
    return chain_lines(0, GENESIS, NOW, [AuditEntry("test", f"s-{n}", {"n": n}) for n in range(count)])


def test_the_worked_hashes_of_the_security_plan():
    first = link(GENESIS, canonical_json({"type": "intent", "id": "i-1", "seq": 1}))
    second = link(first, canonical_json({"type": "risk_ok", "id": "i-1", "seq": 2}))
    assert first.hex() == "b26d4539d8b50e35006ba098e67d219d0641d8492bcdb6a53a406e1aa41aa4d1"
    assert second.hex() == "e50d019a88166674a3e6e8126b7f1ada01b1f9bd12a992f872760645842c2fc2"


def test_a_line_holds_its_number_its_moment_and_its_entry():
    body = line_body(7, NOW, AuditEntry("order", "o-1", {"b": 1, "a": "x"}))
    assert body == b'{"body":{"a":"x","b":1},"id":"o-1","seq":7,"ts":"2026-01-05T12:00:00Z","type":"order"}'


def test_an_untouched_chain_has_no_fault():
    assert verify_chain(chain(20)) is None
    assert verify_chain([]) is None


def test_a_chain_may_be_written_in_parts():
    first = chain_lines(0, GENESIS, NOW, [AuditEntry("a", "1", {})])
    rest = chain_lines(1, bytes.fromhex(first[0].hash), NOW, [AuditEntry("b", "2", {})])
    assert verify_chain([*first, *rest]) is None


@given(count=st.integers(1, 12), data=st.data())
def test_any_flipped_byte_is_named(count, data):
    lines = chain(count)
    index = data.draw(st.integers(0, count - 1))
    body = bytearray(lines[index].body)
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    lines[index] = ChainLine(lines[index].seq, bytes(body), lines[index].hash)
    assert verify_chain(lines).seq == index + 1


@given(count=st.integers(2, 12), data=st.data())
def test_a_removed_line_is_named(count, data):
    lines = chain(count)
    index = data.draw(st.integers(0, count - 2))
    del lines[index]
    fault = verify_chain(lines)
    assert fault.seq == index + 1
    assert "missing" in fault.problem


@given(count=st.integers(2, 12), data=st.data())
def test_two_swapped_lines_are_named_at_the_first(count, data):
    lines = chain(count)
    first = data.draw(st.integers(0, count - 2))
    second = data.draw(st.integers(first + 1, count - 1))
    lines[first], lines[second] = lines[second], lines[first]
    assert verify_chain(lines).seq == first + 1


def test_renumbering_after_a_removal_does_not_help():
    lines = chain(4)
    moved = ChainLine(2, lines[2].body, lines[2].hash)
    assert verify_chain([lines[0], moved]).seq == 2
