"""M08: every decision in the database and, one JSON object a line, in the log; hash-chained, every tampering named."""

import io
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from ai.models import DecisionRow
from autotrader.lib.canonical import canonical_json
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from trading.domain.audit_chain import GENESIS, link
from trading.domain.decision import Action
from trading.models import AuditLine
from trading.services.repair_audit_file import repair_audit_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(settings, tmp_path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "logs" / "autonomous_trades.jsonl"


@pytest.fixture
def platform(log) -> Platform:
    """A platform that bought, was told to hold, and sold, and that wanted to sell what it did not have."""
    platform = make_platform()
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"))
    platform.cycle(FakeDecider({}))
    platform.cycle(FakeDecider({"BTCUSDT": Action.SELL, "ETHUSDT": Action.SELL}, confidence="0.9"))
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"), execute=False)
    return platform


def lines(log: Path, *, about: str = "") -> list[dict]:
    found = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    return [line for line in found if not about or line["id"] == about]


def verify() -> tuple[int, dict]:
    out = io.StringIO()
    try:
        call_command("verify_audit", "--json", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), orjson.loads(out.getvalue())
    return 0, orjson.loads(out.getvalue())


def test_every_decision_is_in_both_with_what_was_seen_said_and_done(platform, log):
    for row in DecisionRow.objects.all():
        (decided, *later) = lines(log, about=row.pk)
        body = decided["body"]
        assert body["market"] == row.market
        assert body["reasoning"] == row.reasoning
        assert body["confidence"] == str(row.confidence)
        assert body["decided_by"] == row.decided_by
        assert (later[-1]["body"] if later else body)["status"] == row.status
    assert DecisionRow.objects.count() == 8


def test_the_statuses_are_those_of_the_promise(platform, log):
    last = {line["id"]: line["body"]["status"] for line in lines(log) if line["type"].startswith("decision")}
    assert set(last.values()) == {"EXECUTED", "HOLD", "DENIED", "ANALYSIS_ONLY"}
    denied = DecisionRow.objects.get(status="DENIED")
    assert lines(log, about=denied.pk)[-1]["body"]["denied_by"]


def test_an_executed_trade_carries_its_risk_validation_and_result(platform, log):
    bought = DecisionRow.objects.filter(action="BUY", status="EXECUTED").get()
    bodies = [line["body"] for line in lines(log, about=bought.pk)]
    assert any(body.get("risk_validation") for body in bodies)
    assert bodies[-1]["execution"]
    kinds = {line["type"] for line in lines(log)}
    assert {"intent", "order_sent", "order_state", "fill", "trade_closed"} <= kinds


def test_the_chain_can_be_followed_with_nothing_but_the_file(platform, log):
    previous = GENESIS
    for number, line in enumerate(lines(log), start=1):
        digest = line.pop("hash")
        previous = link(previous, canonical_json(line))
        assert (line["seq"], previous.hex()) == (number, digest)


def test_an_untouched_trail_verifies(platform, log):
    code, report = verify()
    assert code == 0
    assert report["intact"] is True
    assert report["table"]["lines"] == report["file"]["lines"] == AuditLine.objects.count() == len(lines(log))


@pytest.mark.parametrize("tampering", ["flip", "remove", "reorder", "cut", "cut_inside"])
def test_whatever_is_done_to_the_file_the_first_bad_line_is_named(platform, log, tampering):
    raw = log.read_bytes().splitlines(keepends=True)
    count = len(raw)
    if tampering == "flip":
        raw[6] = raw[6][:30] + bytes([raw[6][30] ^ 1]) + raw[6][31:]
    elif tampering == "remove":
        del raw[6]
    elif tampering == "reorder":
        raw[6], raw[7] = raw[7], raw[6]
    elif tampering == "cut":
        raw = raw[:6]
    else:
        raw = [*raw[:6], raw[6][:25]]
    log.write_bytes(b"".join(raw))
    code, report = verify()
    assert code == 1
    assert report["file"]["first_bad_line"] == 7
    assert report["table"] == {"lines": count, "first_bad_line": None, "problem": ""}


@pytest.mark.parametrize("tampering", ["flip", "remove", "reorder", "cut"])
def test_whatever_is_done_to_the_table_the_first_bad_line_is_named(platform, log, tampering):
    seventh, eighth = AuditLine.objects.get(seq=7), AuditLine.objects.get(seq=8)
    if tampering == "flip":
        AuditLine.objects.filter(seq=7).update(body=seventh.body.replace("2026", "2025", 1))
    elif tampering == "remove":
        AuditLine.objects.filter(seq=7).delete()
    elif tampering == "reorder":
        AuditLine.objects.filter(seq=7).update(body=eighth.body, hash=eighth.hash)
        AuditLine.objects.filter(seq=8).update(body=seventh.body, hash=seventh.hash)
    else:
        AuditLine.objects.filter(seq__gte=7).delete()
    code, report = verify()
    assert code == 1
    assert report["table"]["first_bad_line"] == 7
    assert report["file"]["first_bad_line"] is None


def test_a_crash_between_the_commit_and_the_file_is_made_good_at_start(platform, log):
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) * 2 // 3])
    assert repair_audit_file().problem == ""
    assert log.read_bytes() == whole
    assert verify()[0] == 0


WRITER = """
import os, sys
import django
django.setup()
from django.conf import settings
settings.VAR_DIR = __import__("pathlib").Path(sys.argv[1])
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from django.db import transaction
from autotrader.lib.runtime import system_runtime
from trading.domain.audit_chain import AuditEntry
from trading.services.append_audit import append_audit
runtime = system_runtime()
print("ready", flush=True)
for number in range(100000):
    with transaction.atomic():
        append_audit(runtime=runtime, entries=[AuditEntry("test", sys.argv[3], {"n": number, "pad": "x" * 300})] * 3)
"""


def test_writers_killed_at_random_moments_leave_a_chain_that_is_whole_after_the_repair(log, tmp_path):
    root = Path(__file__).resolve().parents[2]
    database = str(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "DJANGO_SETTINGS_MODULE": "autotrader.settings.test",
        "VAR_DIR": str(django_settings.VAR_DIR),
    }
    for kill_round in range(3):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(tmp_path), database, f"w{kill_round}{n}"],
                env=environment,
                cwd=root,
                stdout=subprocess.PIPE,
            )
            for n in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        wanted = AuditLine.objects.count() + 150 + 37 * kill_round
        while AuditLine.objects.count() < wanted:
            assert all(writer.poll() is None for writer in writers)
        for writer in writers:
            writer.kill()
            writer.wait()
        assert repair_audit_file().problem == ""
        code, report = verify()
        assert (code, report["file"]["lines"]) == (0, AuditLine.objects.count()), report
