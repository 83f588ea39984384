"""M36: the paths for scripts with exactly these keys, by token and over a real socket, on rows of a real cycle."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dashboard.access.create_token import create_token
from tests.ai.fakes import FakeDecider
from tests.ai.platform import Platform, make_platform
from tests.dashboard.scene import person
from trading.domain.decision import Action

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = {
    "/api/autonomous-status": {
        "enabled", "mode", "is_running", "trades_executed", "last_decision_time", "current_confidence",
        "active_positions", "loop_iterations",
    },
    "/api/live-stats": {"current_positions", "today_pnl", "win_rate", "trades_today", "system_health"},
    "/api/autonomous-history": {"history"},
    "/api/backup-services-status": {"services"},
    "/api/performance-chart": {"account", "quote_asset", "market_label", "change_fraction", "days"},
}  # fmt: skip
HISTORY_KEYS = {"time", "market_data", "reasoning", "confidence", "action", "execution_status"}
SERVICE_KEYS = {"name", "status", "success_rate", "error_count", "last_used"}


@pytest.fixture
def platform() -> Platform:
    platform = make_platform()
    platform.cycle(FakeDecider({"BTCUSDT": Action.BUY}, confidence="0.8"))
    platform.cycle(FakeDecider())
    return platform


@pytest.fixture
def call(live_server, platform):
    """Calls the running server as a script does: with a token and nothing else."""
    person("script", "operator")
    token = create_token(user_name="script", name="acceptance")[1]

    def call(path: str, method: str = "GET", key: str = token) -> tuple[int, dict]:
        request = Request(live_server.url + path, method=method, headers={"Authorization": f"Token {key}"})
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)

    return call


@pytest.mark.parametrize("path", KEYS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_each_path_has_exactly_its_keys(call, path: str, slash: str) -> None:
    status, body = call(path + slash)
    assert status == 200
    assert set(body) == KEYS[path]


def test_the_status_tells_what_the_cycles_did(call) -> None:
    body = call("/api/autonomous-status")[1]
    assert (body["enabled"], body["mode"]) == (True, "autonomous")
    assert body["loop_iterations"] == 2
    assert body["active_positions"] == 1
    assert body["last_decision_time"].endswith("Z")


def test_the_history_tells_time_market_reasoning_confidence_action_and_status(call) -> None:
    history = call("/api/autonomous-history")[1]["history"]
    assert 0 < len(history) <= 20
    assert all(set(entry) >= HISTORY_KEYS for entry in history)
    bought = next(entry for entry in history if entry["action"] == "BUY")
    assert bought["execution_status"] == "EXECUTED"
    assert float(bought["market_data"]["price"]) > 0
    assert bought["confidence"] == "0.8"
    assert bought["reasoning"]
    assert [entry["time"] for entry in history] == sorted((entry["time"] for entry in history), reverse=True)


def test_every_service_tells_its_name_status_success_errors_and_last_use(call) -> None:
    services = call("/api/backup-services-status")[1]["services"]
    assert all(set(entry) >= SERVICE_KEYS for entry in services)
    assert {entry["status"] for entry in services} <= {"ACTIVE", "DISABLED"}
    assert [entry["name"] for entry in services if entry["status"] == "ACTIVE"] == ["rules"]


def test_the_live_stats_tell_position_result_and_health(call) -> None:
    body = call("/api/live-stats")[1]
    assert body["current_positions"] == 1
    assert body["win_rate"] is None
    assert body["system_health"]["status"] in ("ok", "degraded", "down")


def test_the_chart_has_thirty_days(call) -> None:
    assert len(call("/api/performance-chart")[1]["days"]) == 30


def test_the_toggle_stops_and_starts_and_the_switch_is_kept(call) -> None:
    assert call("/api/autonomous-toggle", "POST")[1]["enabled"] is False
    assert call("/api/autonomous-status")[1]["enabled"] is False
    assert call("/api/autonomous-toggle/", "POST")[1]["enabled"] is True


def test_the_emergency_stop_halts(call) -> None:
    status, body = call("/api/emergency-stop", "POST")
    assert (status, body["enabled"], body["effective_trading_state"]) == (200, False, "HALTED")


def test_without_a_token_nothing_is_told(call) -> None:
    for path in KEYS:
        status, body = call(path, key="wrong")
        assert (status, body["code"]) == (401, "authentication_failed")


def test_the_document_lists_all_of_it(call) -> None:
    paths = call("/api/schema")[1]["paths"]
    assert set(KEYS) | {"/api/autonomous-toggle", "/api/emergency-stop"} <= set(paths)


def test_a_wrong_method_does_nothing(call) -> None:
    assert call("/api/autonomous-toggle")[0] == 405
    assert call("/api/autonomous-status", "POST")[0] == 405
    assert call("/api/autonomous-status")[1]["enabled"] is True
