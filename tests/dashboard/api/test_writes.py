"""What people may change through /api/v1/: kill switch, parameter sets, waiting plans. Once, audited, by name."""

from datetime import timedelta

import pytest

from tests.dashboard.api.problems import assert_problem
from tests.dashboard.api.test_lists import proposed
from trading.models import AccountControl, AuditLine, Intent, ParameterSet
from trading.selectors.intent_payload import intent_payload
from trading.selectors.trading_state import halt_file_path


def test_an_operator_halts_reduces_and_resumes(operator, scene) -> None:
    for state in ("HALTED", "REDUCING", "ACTIVE"):
        body = operator.post("/api/v1/control/trading-state", {"state": state, "reason": "drill"}, format="json").json()
        assert body["trading_state"] == body["effective_trading_state"] == state
    assert AuditLine.objects.filter(kind="trading_state").count() == 3


def test_resuming_after_the_emergency_stop_leaves_the_loop_off(operator, scene) -> None:
    operator.post("/api/v1/control/emergency-stop")
    body = operator.post("/api/v1/control/resume", {"reason": "checked"}, format="json").json()
    assert (body["trading_state"], body["enabled"]) == ("ACTIVE", False)


def test_the_halt_file_is_told_though_the_account_is_active(operator, scene, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    halt_file_path().write_text("stop")
    body = operator.post("/api/v1/control/resume", {"reason": "checked"}, format="json").json()
    assert (body["trading_state"], body["effective_trading_state"]) == ("ACTIVE", "HALTED")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "HALTED"},
        {"state": "halted", "reason": "x"},
        {"state": 1, "reason": "x"},
        {"state": "ACTIVE", "reason": " "},
    ],
)
def test_a_bad_trading_state_changes_nothing(operator, scene, body) -> None:
    assert_problem(operator.post("/api/v1/control/trading-state", body, format="json"), 400, "bad_input")
    assert AccountControl.objects.get().trading_state == "ACTIVE"


def test_a_proposed_set_is_activated_and_gone_back_from(operator, scene) -> None:
    first = ParameterSet.objects.get(status="active")
    proposal = proposed(scene)
    body = operator.post(f"/api/v1/parameter-sets/{proposal.pk}/activate/", {"reason": "calmer"}, format="json").json()
    assert (body["status"], body["activated_by"]) == ("active", "operator-person")
    back = operator.post(f"/api/v1/parameter-sets/{first.pk}/revert/", {"reason": "was better"}, format="json").json()
    assert (back["status"], back["values"], back["evidence"]) == ("active", first.values, {"reverted_to": first.pk})
    assert ParameterSet.objects.filter(status="active").count() == 1


def test_a_decided_proposal_cannot_be_decided_again(operator, scene) -> None:
    proposal = proposed(scene)
    address = f"/api/v1/parameter-sets/{proposal.pk}/reject/"
    assert operator.post(address, {"reason": "no"}, format="json").status_code == 200
    assert_problem(operator.post(address, {"reason": "no"}, format="json"), 409, "conflict", says="rejected")


def test_deciding_on_parameters_needs_a_reason(operator, scene) -> None:
    proposal = proposed(scene)
    assert_problem(operator.post(f"/api/v1/parameter-sets/{proposal.pk}/activate/"), 400, says="reason")
    assert ParameterSet.objects.get(pk=proposal.pk).status == "proposed"


def test_an_unknown_set_is_not_found(operator, scene) -> None:
    address = f"/api/v1/parameter-sets/{'0' * 26}/activate/"
    assert_problem(operator.post(address, {"reason": "x"}, format="json"), 404, "not_found")


def waiting(scene, **values) -> Intent:
    intent = scene.intent(state="AWAITING_APPROVAL", risk_approval_id=scene.next_id(), **values)
    intent.payload_hash = intent_payload(intent).hash()
    intent.save()
    return intent


def test_a_waiting_plan_is_approved_once(trader, scene) -> None:
    intent = waiting(scene)
    address = f"/api/v1/approvals/{intent.pk}/approve/"
    body = trader.post(address, {"reason": "looks right"}, format="json").json()
    assert (body["state"], body["approved_by"]) == ("APPROVED", "trader-person")
    assert_problem(trader.post(address), 409)


def test_a_waiting_plan_is_rejected(trader, scene) -> None:
    intent = waiting(scene)
    body = trader.post(f"/api/v1/approvals/{intent.pk}/reject/", {"reason": "news"}, format="json").json()
    assert body["state"] == "DENIED"
    assert "news" in body["reason"]


def test_a_stale_plan_cannot_be_approved(trader, scene) -> None:
    intent = waiting(scene, expires_at=scene.now - timedelta(seconds=1))
    assert_problem(trader.post(f"/api/v1/approvals/{intent.pk}/approve/"), 409, says="too late")
    assert Intent.objects.get().state == "EXPIRED"


def test_a_plan_changed_since_its_approval_is_not_sent(trader, scene) -> None:
    intent = waiting(scene)
    Intent.objects.filter(pk=intent.pk).update(quantity="5")
    assert_problem(trader.post(f"/api/v1/approvals/{intent.pk}/approve/"), 409, says="changed")
    assert Intent.objects.get().state == "FAILED"
