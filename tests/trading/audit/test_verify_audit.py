"""Whatever is done to the table or to the file, the first bad line is named and the command ends with 1."""

import io

import orjson
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from trading.domain.audit_chain import AuditEntry, link
from trading.models import AuditHead, AuditLine
from trading.services.append_audit import append_audit
from trading.services.audit_file import audit_file_path
from trading.services.verify_audit import verify_audit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trail(runtime, var_dir):
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", f"s{n}", {"n": n}) for n in range(1, 7)])
    return audit_file_path()


def set_lines(path, lines):
    path.write_bytes(b"".join(lines))


def test_an_untouched_trail_is_whole(trail):
    report = verify_audit()
    assert report.is_intact
    assert (report.table.lines, report.file.lines) == (6, 6)


def test_no_trail_at_all_is_whole(var_dir):
    assert verify_audit().is_intact


def test_a_flipped_byte_in_the_table_is_named(trail):
    body = AuditLine.objects.get(seq=3).body
    AuditLine.objects.filter(seq=3).update(body=body.replace('"n":3', '"n":4'))
    report = verify_audit()
    assert report.table.fault.seq == 3
    assert report.file.fault is None
    assert report.faults == ["table: line 3 was changed: its hash does not match its content"]


def test_a_changed_column_in_the_table_is_named(trail):
    AuditLine.objects.filter(seq=4).update(subject_id="s9")
    assert verify_audit().table.fault.seq == 4


def test_a_removed_line_in_the_table_is_named(trail):
    AuditLine.objects.filter(seq=2).delete()
    assert verify_audit().table.fault.seq == 2


def test_reordered_lines_in_the_table_are_named(trail):
    second, third = AuditLine.objects.get(seq=2), AuditLine.objects.get(seq=3)
    AuditLine.objects.filter(seq=2).update(body=third.body, hash=third.hash)
    AuditLine.objects.filter(seq=3).update(body=second.body, hash=second.hash)
    assert verify_audit().table.fault.seq == 2


def test_cut_off_lines_in_the_table_are_named(trail):
    AuditLine.objects.filter(seq__gt=4).delete()
    assert verify_audit().table.fault.seq == 5


def test_a_table_rewritten_from_one_line_on_is_found_by_its_head_or_by_the_file(trail):
    previous = bytes.fromhex(AuditLine.objects.get(seq=4).hash)
    for seq in (5, 6):
        line = AuditLine.objects.get(seq=seq)
        body = line.body.replace(f'"n":{seq}', '"n":0')
        previous = link(previous, body.encode())
        AuditLine.objects.filter(seq=seq).update(body=body, hash=previous.hex())
    assert verify_audit().table.fault.seq == 6
    AuditHead.objects.update(hash=previous.hex())
    report = verify_audit()
    assert report.table.fault is None
    assert report.file.fault.seq == 6


def test_a_line_behind_the_end_of_the_chain_is_named(trail):
    AuditLine.objects.create(seq=7, kind="x", subject_id="", body="{}", hash="0" * 64)
    assert verify_audit().table.fault.seq == 7


def test_a_flipped_byte_in_the_file_is_named(trail):
    trail.write_bytes(trail.read_bytes().replace(b'"n":5', b'"n":7'))
    report = verify_audit()
    assert report.table.fault is None
    assert report.file.fault.seq == 5


def test_any_flipped_byte_of_a_line_of_the_file_is_named(trail):
    whole = trail.read_bytes()
    start = whole.index(b"\n") + 1
    end = whole.index(b"\n", start)
    for place in range(start, end + 1):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        trail.write_bytes(bytes(changed))
        assert verify_audit().file.fault.seq == 2, place


def test_a_removed_line_of_the_file_is_named(trail):
    lines = trail.read_bytes().splitlines(keepends=True)
    set_lines(trail, lines[:1] + lines[2:])
    assert verify_audit().file.fault.seq == 2


def test_reordered_lines_of_the_file_are_named(trail):
    lines = trail.read_bytes().splitlines(keepends=True)
    set_lines(trail, [lines[0], lines[2], lines[1], *lines[3:]])
    assert verify_audit().file.fault.seq == 2


def test_a_file_cut_off_at_a_line_is_named(trail):
    set_lines(trail, trail.read_bytes().splitlines(keepends=True)[:4])
    assert verify_audit().file.fault.seq == 5


def test_a_file_cut_off_inside_a_line_is_named(trail):
    trail.write_bytes(trail.read_bytes()[:-20])
    fault = verify_audit().file.fault
    assert fault.seq == 6
    assert "cut off" in fault.problem


def test_a_doubled_last_line_of_the_file_is_named(trail):
    lines = trail.read_bytes().splitlines(keepends=True)
    set_lines(trail, [*lines, lines[-1]])
    assert verify_audit().file.fault.seq == 7


def test_a_lost_file_is_named(trail):
    trail.unlink()
    assert verify_audit().file.fault.seq == 1


def test_the_command_says_that_all_is_well(trail):
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "The audit trail is whole: 6 lines in the table and in the file.\n"


def test_the_command_ends_with_one_and_names_place_and_line(trail):
    trail.write_bytes(trail.read_bytes().replace(b'"n":5', b'"n":7'))
    out = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("verify_audit", stdout=out)
    assert stop.value.code == 1
    assert "file: line 5 was changed" in out.getvalue()


def test_the_command_answers_in_json(trail):
    AuditLine.objects.filter(seq=2).delete()
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json", stdout=out)
    answer = orjson.loads(out.getvalue())
    assert answer["intact"] is False
    assert answer["table"] == {"lines": 1, "first_bad_line": 2, "problem": answer["table"]["problem"]}
    assert answer["file"]["first_bad_line"] is None


def test_the_table_is_read_in_few_rows_at_a_time(trail, monkeypatch):
    monkeypatch.setattr("trading.services.verify_audit.CHUNK", 2)
    assert connection.vendor in ("sqlite", "postgresql")
    assert verify_audit().table.lines == 6
