"""Audit lines stay with their transaction, in the order of the commits, and reach the file after it."""

import threading

import orjson
import pytest
from django.db import connection, transaction

from trading.domain.audit_chain import GENESIS, AuditEntry, ChainLine, link, verify_chain
from trading.models import AuditHead, AuditLine
from trading.services import audit_file as audit_file_module
from trading.services.append_audit import append_audit, stored_lines
from trading.services.audit_file import audit_file, audit_file_path, decode_line, encode_line
from trading.services.repair_audit_file import repair_audit_file

pytestmark = pytest.mark.django_db(transaction=True)


def write(runtime, *names: str) -> None:
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", name, {"name": name}) for name in names])


def file_lines() -> list[ChainLine]:
    return [decode_line(raw) for raw in audit_file_path().read_bytes().splitlines()]


def test_many_entries_are_chained_in_their_order(runtime, var_dir):
    write(runtime, "a", "b", "c")
    write(runtime, "d")
    lines = stored_lines(1, 10)
    assert [orjson.loads(line.body)["id"] for line in lines] == ["a", "b", "c", "d"]
    assert lines[0].hash == link(GENESIS, lines[0].body).hex()
    assert verify_chain(lines) is None
    assert AuditHead.objects.get().seq == 4


def test_nothing_to_append_writes_nothing(runtime, var_dir):
    write(runtime)
    assert not AuditHead.objects.exists()


def test_an_append_outside_a_transaction_is_refused(runtime, var_dir):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        append_audit(runtime=runtime, entries=[AuditEntry("test", "a", {})])


def test_a_rolled_back_transaction_leaves_no_line_anywhere(runtime, var_dir):
    write(runtime, "a")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", "b", {})])
        raise ZeroDivisionError
    write(runtime, "c")
    assert verify_chain(stored_lines(1, 10)) is None
    assert [orjson.loads(line.body)["id"] for line in file_lines()] == ["a", "c"]


def test_the_file_holds_one_json_object_a_line_with_its_hash(runtime, var_dir):
    write(runtime, "a", "b")
    raw = [orjson.loads(line) for line in audit_file_path().read_bytes().splitlines()]
    assert [line["hash"] for line in raw] == [line.hash for line in stored_lines(1, 2)]
    assert raw[0]["type"] == "test"
    assert raw[0]["body"] == {"name": "a"}
    assert raw[0]["ts"] == "2026-01-05T12:00:00Z"


def test_a_line_read_back_from_the_file_is_the_table_s_line(runtime, var_dir):
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", "a", {"text": 'x","hash":"y"}'})])
    assert file_lines() == stored_lines(1, 1)
    assert decode_line(encode_line(stored_lines(1, 1)[0])[:-1]) == stored_lines(1, 1)[0]


def test_what_the_file_missed_comes_with_the_next_line(runtime, var_dir):
    write(runtime, "a")
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", "b", {})])
        connection.run_on_commit.clear()  # the process dies between the commit and the file
    write(runtime, "c")
    assert file_lines() == stored_lines(1, 3)


def test_lines_that_come_in_the_wrong_order_stand_in_the_right_one(runtime, var_dir):
    write(runtime, "a", "b", "c")
    lines = stored_lines(1, 3)
    audit_file_path().unlink()
    audit_file().append(lines[2:], stored_lines)
    audit_file().append(lines[:2], stored_lines)
    assert file_lines() == lines


def test_a_full_disk_does_not_undo_the_deed_and_the_next_line_makes_it_good(runtime, var_dir, monkeypatch):
    write(runtime, "a")
    before = audit_file_path().read_bytes()
    real_write = audit_file_module.os.write

    def half_then_full(descriptor: int, data: bytes) -> int:
        if data.startswith(b"{"):
            return real_write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_file_module.os, "write", half_then_full)
    write(runtime, "b")
    assert audit_file_path().read_bytes() == before
    monkeypatch.undo()
    write(runtime, "c")
    assert file_lines() == stored_lines(1, 3)


def test_repair_adds_what_a_crash_kept_from_the_file(runtime, var_dir):
    write(runtime, "a", "b", "c", "d")
    whole = audit_file_path().read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        audit_file_path().write_bytes(whole[:length])
        assert repair_audit_file().problem == ""
        assert audit_file_path().read_bytes() == whole


def test_repair_of_a_whole_file_adds_nothing(runtime, var_dir):
    write(runtime, "a")
    assert repair_audit_file().lines_added == 0


def test_repair_of_a_lost_file_brings_it_back(runtime, var_dir):
    write(runtime, "a", "b")
    whole = audit_file_path().read_bytes()
    audit_file_path().unlink()
    assert repair_audit_file().lines_added == 2
    assert audit_file_path().read_bytes() == whole


def test_repair_leaves_a_changed_last_line_for_the_verifier(runtime, var_dir):
    write(runtime, "a", "b")
    changed = audit_file_path().read_bytes().replace(b'"name":"b"', b'"name":"x"')
    changed = changed[:-10] + b"0000000" + changed[-3:]
    audit_file_path().write_bytes(changed)
    report = repair_audit_file()
    assert "line 2" in report.problem
    assert audit_file_path().read_bytes() == changed


def test_a_new_chain_puts_the_file_of_an_old_one_aside(runtime, var_dir):
    write(runtime, "old", "old")
    AuditLine.objects.all().delete()
    AuditHead.objects.all().delete()
    write(runtime, "new")
    assert file_lines() == stored_lines(1, 1)
    aside = list(audit_file_path().parent.glob("autonomous_trades.before-*.jsonl"))
    assert len(aside) == 1
    assert aside[0].read_bytes().count(b"\n") == 2


def test_writers_in_many_threads_make_one_whole_chain(runtime, var_dir):
    def work(name: str) -> None:
        try:
            for number in range(10):
                write(runtime, f"{name}{number}", f"{name}{number}+")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "wxyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = stored_lines(1, 100)
    assert len(lines) == 80
    assert verify_chain(lines) is None
    assert file_lines() == lines
