"""The six paths of M36 in their details; their exact keys are held by tests/acceptance/test_m36_api_paths.py."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.dashboard.api.problems import assert_problem
from trading.models import AccountControl, AuditLine

DAY = timedelta(days=1)


def midnight(scene):
    return scene.now.replace(hour=0, minute=0, second=0, microsecond=0)


def since_midnight(scene):
    return scene.now - midnight(scene)


def test_a_loop_that_has_not_run_yet_is_enabled_but_not_running(viewer, scene) -> None:
    body = viewer.get("/api/autonomous-status").json()
    assert (body["enabled"], body["is_running"]) == (True, False)
    assert body["last_decision_time"] is None
    assert body["current_confidence"] is None


def test_a_loop_runs_while_its_slots_come(viewer, scene) -> None:
    AccountControl.objects.update(last_slot=scene.now, slots_run=17, trades_executed=3)
    scene.decision(confidence=Decimal("0.810"))
    scene.position()
    scene.position(instrument=scene.eth, quantity="0.00000001", opened_at=None)
    body = viewer.get("/api/autonomous-status").json()
    assert body["is_running"] is True
    assert body["current_confidence"] == "0.81"
    assert (body["loop_iterations"], body["trades_executed"], body["active_positions"]) == (17, 3, 1)


def test_a_loop_without_slots_for_three_intervals_does_not_run(viewer, scene) -> None:
    AccountControl.objects.update(last_slot=scene.now - timedelta(minutes=4))
    assert viewer.get("/api/autonomous-status").json()["is_running"] is False


def test_manual_mode_is_told(viewer, scene) -> None:
    AccountControl.objects.update(is_autonomous=False)
    assert viewer.get("/api/autonomous-status").json()["mode"] == "manual"


def test_the_history_is_the_last_twenty_newest_first(viewer, scene) -> None:
    made = [scene.decision().pk for _ in range(23)]
    body = viewer.get("/api/autonomous-history").json()
    assert [entry["id"] for entry in body["history"]] == made[:-21:-1]


def test_absent_providers_are_shown_as_disabled_with_the_reason(viewer, scene) -> None:
    scene.decision()
    scene.decision(hold_cause="error", action="HOLD", status="HOLD")
    services = {entry["name"]: entry for entry in viewer.get("/api/backup-services-status").json()["services"]}
    assert list(services) == ["gemini", "openai", "anthropic", "together", "rules"]
    assert services["gemini"]["status"] == "DISABLED"
    assert services["gemini"]["reason"] == "GEMINI_API_KEY is not set."
    assert services["gemini"]["success_rate"] is None
    rules = services["rules"]
    assert (rules["status"], rules["success_rate"], rules["error_count"]) == ("ACTIVE", "0.5", 1)
    assert rules["last_used"] is not None


def test_the_toggle_turns_the_switch_over_each_time(trader, scene) -> None:
    assert trader.post("/api/autonomous-toggle").json()["enabled"] is False
    assert trader.post("/api/autonomous-toggle").json()["enabled"] is True
    assert AuditLine.objects.filter(kind="loop_switch").count() == 2


def test_the_toggle_can_be_told_what_is_wanted(trader, scene) -> None:
    for _ in range(2):
        answer = trader.post("/api/autonomous-toggle", {"enabled": False}, format="json")
        assert answer.json()["enabled"] is False
    assert answer.json()["changed_by"] == "trader-person"


@pytest.mark.parametrize("wrong", ["yes", 1, None, [], {}])
def test_the_toggle_takes_true_or_false_and_nothing_like_it(trader, scene, wrong) -> None:
    body = assert_problem(trader.post("/api/autonomous-toggle", {"enabled": wrong}, format="json"), 400)
    assert list(body["errors"]) == ["enabled"]
    assert AccountControl.objects.get().is_enabled is True


def test_a_misspelt_key_is_refused(trader, scene) -> None:
    body = assert_problem(trader.post("/api/autonomous-toggle", {"enable": False}, format="json"), 400)
    assert "accepted are enabled" in body["errors"]["enable"][0]
    assert AccountControl.objects.get().is_enabled is True


def test_the_emergency_stop_halts_and_stops_the_loop(viewer, scene) -> None:
    answer = viewer.post("/api/emergency-stop", {"reason": "smoke"}, format="json").json()
    assert (answer["enabled"], answer["trading_state"], answer["effective_trading_state"]) == (
        False,
        "HALTED",
        "HALTED",
    )
    assert answer["reason"] == "smoke"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{broken", "application/json"),
        ("[]", "application/json"),
        ('{"reason": 5}', "application/json"),
        ('{"why": "smoke"}', "application/json"),
        ("reason=smoke", "application/x-www-form-urlencoded"),
        ("\x00", "text/plain"),
        ('{"reason": "' + "x" * 5000 + '"}', "application/json"),
        ('{"reason": "\\u0000"}', "application/json"),
    ],
)
def test_a_broken_body_does_not_keep_the_red_button_from_working(viewer, scene, body, content_type) -> None:
    answer = viewer.generic("POST", "/api/emergency-stop", body, content_type=content_type)
    assert answer.status_code == 200
    assert AccountControl.objects.get().trading_state == "HALTED"


def test_the_emergency_stop_of_an_unknown_account_stops_no_other(viewer, scene) -> None:
    assert_problem(viewer.post("/api/emergency-stop?account=papper"), 404, "unknown_account", says="known are: paper")
    assert AccountControl.objects.get().trading_state == "ACTIVE"


def test_todays_result_is_the_change_of_equity_since_midnight(viewer, scene) -> None:
    scene.equity("10100", since_midnight(scene) + timedelta(seconds=5))
    scene.equity("10075.5", timedelta(0))
    assert viewer.get("/api/live-stats").json()["today_pnl"] == "-24.5"


def test_on_the_first_day_the_result_counts_from_the_starting_cash(viewer, scene) -> None:
    scene.equity("10010", timedelta(0))
    assert viewer.get("/api/live-stats").json()["today_pnl"] == "10"


def test_a_day_without_a_mark_has_no_result(viewer, scene) -> None:
    scene.equity("10100", DAY + since_midnight(scene))
    assert viewer.get("/api/live-stats").json()["today_pnl"] == "0"


def test_the_win_rate_counts_only_trades_that_gained(viewer, scene) -> None:
    for pnl in ("5", "-5", "0"):
        scene.trade(pnl=pnl, ago=timedelta(0))
    scene.trade(pnl="5", ago=40 * DAY)
    body = viewer.get("/api/live-stats").json()
    assert (body["win_rate"], body["trades_today"]) == ("0.3333", 3)


def test_the_health_in_the_live_stats_names_what_is_wrong(viewer, scene) -> None:
    scene.position(unprotected_since=scene.now - timedelta(minutes=5))
    health = viewer.get("/api/live-stats").json()["system_health"]
    assert health["status"] == "down"
    assert "protection" in health["failing"]
    assert any("BTCUSDT" in check["words"] for check in health["checks"])


def test_the_chart_has_thirty_days_oldest_first_and_none_left_out(viewer, scene) -> None:
    scene.equity("10000", 2 * DAY)
    scene.equity("10200", timedelta(0))
    scene.trade(pnl="7.5", ago=timedelta(0))
    scene.trade(pnl="-2.5", ago=timedelta(0))
    body = viewer.get("/api/performance-chart").json()
    days = body["days"]
    assert len(days) == 30
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)
    assert days[-1] == {"date": f"{scene.now:%Y-%m-%d}", "equity": "10200", "pnl": "5", "trades": 2}
    assert days[-3]["equity"] == "10000"
    assert days[-2]["equity"] is None
    assert body["change_fraction"] == "0.02"
    assert body["market_label"] == "SIMULATED"


def test_the_chart_takes_the_last_mark_of_each_day(viewer, scene) -> None:
    start = since_midnight(scene)
    for equity, hour in (("10001", 1), ("10002", 5), ("10003", 23)):
        scene.equity(equity, start + DAY - timedelta(hours=hour))
    assert viewer.get("/api/performance-chart").json()["days"][-2]["equity"] == "10003"


def test_without_an_account_the_api_says_how_to_get_one(viewer) -> None:
    assert_problem(viewer.get("/api/autonomous-status"), 404, "no_account", says="start the platform")


@pytest.mark.parametrize("name", ["", "%00", "paper%00", "nobody", "1"])
def test_an_account_that_is_not_there_is_told(viewer, scene, name) -> None:
    response = viewer.get(f"/api/autonomous-status?account={name}")
    assert response.status_code in (400, 404)
    assert_problem(response, response.status_code, says="account")


def test_an_unknown_query_parameter_is_refused(viewer, scene) -> None:
    assert_problem(viewer.get("/api/autonomous-status?acount=paper"), 400, says="acount")
