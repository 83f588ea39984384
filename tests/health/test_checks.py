"""Each check in its three answers, and what all of them come to."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from autotrader.lib.runtime import system_runtime
from health.checks import audit_head, data_freshness, database, disk, gateway, loop, protection
from health.domain.check_result import CheckResult, HealthReport, Level, worst
from health.services.run_checks import run_checks
from trading.adapters.calendars import calendar_for
from trading.domain.bar import Interval
from trading.gateway.order_gateway import lease_name
from trading.models import AccountControl, AuditHead, AuditLine, Lease

MINUTE = timedelta(minutes=1)


def lease(scene, *, silent: int, left: int = 15) -> None:
    heartbeat = scene.now - timedelta(seconds=silent)
    expires = heartbeat + timedelta(seconds=left)
    name = lease_name(scene.account.pk)
    Lease.objects.create(name=name, owner="x", fence=1, heartbeat_at=heartbeat, expires_at=expires)


def test_a_gateway_that_beats_is_well(scene) -> None:
    lease(scene, silent=3)
    assert gateway.check_gateway(scene.account, scene.now).level is Level.OK


def test_a_gateway_that_is_late_is_degraded(scene) -> None:
    lease(scene, silent=30)
    assert gateway.check_gateway(scene.account, scene.now).level is Level.DEGRADED


def test_a_gateway_silent_for_a_minute_is_down(scene) -> None:
    lease(scene, silent=61)
    result = gateway.check_gateway(scene.account, scene.now)
    assert result.level is Level.DOWN
    assert "61 s" in result.words


def test_a_gateway_that_never_started_is_degraded(scene) -> None:
    assert gateway.check_gateway(scene.account, scene.now).level is Level.DEGRADED


def test_a_loop_stopped_by_a_person_is_well(scene) -> None:
    AccountControl.objects.update(is_enabled=False)
    assert loop.check_loop(scene.account, scene.now, MINUTE).level is Level.OK


def test_a_loop_just_switched_on_has_time_to_begin(scene) -> None:
    AccountControl.objects.update(changed_at=scene.now - MINUTE)
    assert loop.check_loop(scene.account, scene.now, MINUTE).level is Level.OK


def test_a_loop_without_slots_is_degraded(scene) -> None:
    AccountControl.objects.update(changed_at=scene.now - 10 * MINUTE, last_slot=scene.now - 4 * MINUTE)
    assert loop.check_loop(scene.account, scene.now, MINUTE).level is Level.DEGRADED


def test_a_loop_whose_last_cycle_failed_is_down(scene) -> None:
    scene.cycle(1, state="FAILED", error="RuntimeError: the feed broke")
    result = loop.check_loop(scene.account, scene.now, MINUTE)
    assert result.level is Level.DOWN
    assert "the feed broke" in result.words


def test_a_loop_that_recovered_is_well(scene) -> None:
    scene.cycle(2, state="FAILED", error="x")
    scene.cycle(1)
    assert loop.check_loop(scene.account, scene.now, MINUTE).level is Level.OK


def test_an_account_without_switches_is_down(scene) -> None:
    AccountControl.objects.all().delete()
    assert loop.check_loop(scene.account, scene.now, MINUTE).level is Level.DOWN


def freshness(scene) -> CheckResult:
    return data_freshness.check_data_freshness(scene.account, scene.now, Interval.M1, calendar_for)


def test_fresh_bars_are_well(scene) -> None:
    scene.bar(2)
    scene.bar(3, instrument=scene.eth)
    assert freshness(scene).level is Level.OK


def test_one_stale_instrument_is_named(scene) -> None:
    scene.bar(1)
    scene.bar(30, instrument=scene.eth)
    result = freshness(scene)
    assert result.level is Level.DEGRADED
    assert "ETHUSDT" in result.words
    assert "BTCUSDT" not in result.words


def test_no_fresh_bar_at_all_is_down(scene) -> None:
    scene.bar(30)
    assert freshness(scene).level is Level.DOWN


def test_bars_of_another_length_do_not_count(scene) -> None:
    scene.bar(1, interval="5m")
    scene.bar(1, instrument=scene.eth, interval="5m")
    assert freshness(scene).level is Level.DOWN


def test_a_closed_exchange_owes_no_bars(scene) -> None:
    class Closed:
        def is_open(self, moment: object) -> bool:
            return False

    result = data_freshness.check_data_freshness(scene.account, scene.now, Interval.M1, lambda name: Closed())
    assert result.level is Level.OK


def test_an_instrument_outside_the_universe_owes_no_bars(scene) -> None:
    scene.bar(1)
    scene.eth.is_in_universe = False
    scene.eth.save()
    assert freshness(scene).level is Level.OK


def test_an_empty_universe_is_degraded(scene) -> None:
    for row in (scene.btc, scene.eth):
        row.is_in_universe = False
        row.save()
    assert freshness(scene).level is Level.DEGRADED


@pytest.mark.parametrize(
    ("quantity", "bare_for", "level"),
    [("1", None, Level.OK), ("1", 10, Level.DEGRADED), ("1", 31, Level.DOWN), ("0", 31, Level.OK)],
)
def test_a_position_must_not_stay_without_a_stop(scene, quantity, bare_for, level) -> None:
    since = None if bare_for is None else scene.now - timedelta(seconds=bare_for)
    scene.position(quantity=quantity, unprotected_since=since)
    assert protection.check_protection(scene.account, scene.now).level is level


def test_the_audit_trail_ends_at_its_head(scene) -> None:
    assert audit_head.check_audit_head().level is Level.OK
    AuditLine.objects.order_by("-seq").first().delete()
    assert audit_head.check_audit_head().level is Level.DOWN


def test_a_forged_head_is_seen(scene) -> None:
    AuditHead.objects.update(hash="0" * 64)
    assert audit_head.check_audit_head().level is Level.DOWN


def test_an_empty_trail_is_well(db) -> None:
    assert audit_head.check_audit_head().level is Level.OK


@pytest.mark.parametrize(
    ("free_megabytes", "level"), [(5000, Level.OK), (1023, Level.DEGRADED), (128, Level.DEGRADED), (127, Level.DOWN)]
)
def test_room_on_the_disk(tmp_path, monkeypatch, free_megabytes, level) -> None:
    class Usage:
        free = free_megabytes * disk.MEGABYTE

    monkeypatch.setattr(disk.shutil, "disk_usage", lambda folder: Usage)
    assert disk.check_disk(tmp_path).level is level


def test_a_folder_that_is_gone_is_down(tmp_path) -> None:
    assert disk.check_disk(tmp_path / "gone").level is Level.DOWN


def test_a_database_that_does_not_answer_is_down(db, monkeypatch) -> None:
    assert database.check_database().level is Level.OK

    def broken() -> None:
        raise DatabaseError("the password is hunter2")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        result = database.check_database()
    assert result.level is Level.DOWN
    assert "hunter2" not in result.words


def test_one_failing_check_hides_no_other(scene, monkeypatch) -> None:
    def broken() -> CheckResult:
        raise DatabaseError("locked")

    monkeypatch.setattr(audit_head, "check_audit_head", broken)
    report = run_checks(runtime=scene.runtime, account=scene.account)
    names = [result.name for result in report.results]
    assert names == ["database", "disk", "audit", "gateway", "loop", "market_data", "protection"]
    assert {result.name: result.level for result in report.results}["audit"] is Level.DOWN


def test_without_an_account_the_platform_alone_is_checked(db) -> None:
    names = [result.name for result in run_checks(runtime=system_runtime(), account=None).results]
    assert names == ["database", "disk", "audit"]


def test_all_checks_cost_a_fixed_handful_of_queries(scene) -> None:
    for ago in range(1, 6):
        scene.bar(ago)
        scene.cycle(ago)
    with CaptureQueriesContext(connection) as queries:
        run_checks(runtime=scene.runtime, account=scene.account)
    assert len(queries) <= 8


def test_the_worst_finding_counts() -> None:
    results = [CheckResult("a", Level.OK, ""), CheckResult("b", Level.DOWN, ""), CheckResult("c", Level.DEGRADED, "")]
    report = HealthReport(tuple(results))
    assert report.level is Level.DOWN
    assert [result.name for result in report.failing] == ["b", "c"]
    assert worst([]) is Level.OK
