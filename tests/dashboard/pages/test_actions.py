"""What people do from the pages: by role, with a trace, and never half."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.factories.demo import Demo
from trading.models import Account, AccountControl, AuditLine, Intent
from trading.selectors.trading_state import halt_file_path

Browser = Callable[[str], Client]
SCRIPT = {"HX-Request": "true", "X-Parts": "approvals"}
ROLES = ["nobody", "viewer", "trader", "operator", "admin"]
PATHS = {
    "/actions/loop/": {"is_enabled": "0"},
    "/actions/emergency-stop/": {"reason": "test"},
    "/actions/trading-state/": {"state": "REDUCING", "reason": "test"},
    "/actions/account/": {"account": "1"},
    "/audit/verify/": {},
}
ALLOWED = {
    "/actions/loop/": {"trader", "operator"},
    "/actions/emergency-stop/": set(ROLES),
    "/actions/trading-state/": {"operator"},
    "/actions/account/": {"viewer", "trader", "operator", "admin"},
    "/audit/verify/": {"viewer", "trader", "operator", "admin"},
}


@pytest.mark.parametrize("path", sorted(PATHS))
def test_strangers_can_do_nothing(demo: Demo, path: str) -> None:
    assert Client().post(path, PATHS[path]).status_code == 302
    assert _control().is_enabled
    assert _control().trading_state == "ACTIVE"


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize("role", ROLES)
def test_each_act_belongs_to_its_roles(demo: Demo, browser_of: Browser, role: str, path: str) -> None:
    answer = browser_of(role).post(path, PATHS[path])
    if path == "/actions/loop/":
        assert _control().is_enabled == (role not in ALLOWED[path])
    elif path == "/actions/trading-state/":
        assert (_control().trading_state == "REDUCING") == (role in ALLOWED[path])
    elif path == "/actions/emergency-stop/":
        assert _control().trading_state == "HALTED"
    else:
        assert (answer.status_code != 403) == (role in ALLOWED[path])


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/actions/")])
def test_nothing_is_done_by_a_get(demo: Demo, browser_of: Browser, path: str) -> None:
    assert browser_of("operator").get(path).status_code == 405


@pytest.mark.parametrize("path", sorted(PATHS))
def test_nothing_is_done_without_the_csrf_token(demo: Demo, browser_of: Browser, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser_of("operator").cookies
    answer = client.post(path, PATHS[path])
    assert answer.status_code == 403
    assert b"Nothing was done" in answer.content
    assert _control().is_enabled


def test_the_loop_is_stopped_and_started_outright(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("trader")
    for _ in range(2):
        page = client.post("/actions/loop/", {"is_enabled": "0"}, headers=SCRIPT).content.decode()
    assert not _control().is_enabled
    assert 'id="loop-state">Stopped' in page
    assert "Open positions keep their stops" in page
    client.post("/actions/loop/", {"is_enabled": "1"})
    assert _control().is_enabled
    assert _control().changed_by == "trader"


def test_a_wrong_value_is_told_and_changes_nothing(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("trader").post("/actions/loop/", {"is_enabled": "maybe"}, headers=SCRIPT).content.decode()
    assert "toast--error" in page
    assert "is_enabled: accepted are 0, 1" in page
    assert _control().is_enabled


def test_the_emergency_stop_halts_stops_and_is_audited(demo: Demo, browser_of: Browser) -> None:
    page = (
        browser_of("viewer")
        .post("/actions/emergency-stop/", {"reason": "gut feeling"}, headers=SCRIPT)
        .content.decode()
    )
    control = _control()
    assert (control.trading_state, control.is_enabled, control.changed_by) == ("HALTED", False, "viewer")
    assert "gut feeling" in page
    assert AuditLine.objects.filter(kind="emergency_stop").count() == 1


def test_the_emergency_stop_needs_no_reason(demo: Demo, browser_of: Browser) -> None:
    browser_of("viewer").post("/actions/emergency-stop/")
    assert _control().trading_state == "HALTED"


def test_a_long_reason_does_not_stand_between_a_person_and_the_stop(demo: Demo, browser_of: Browser) -> None:
    browser_of("viewer").post("/actions/emergency-stop/", {"reason": "x" * 5000})
    assert _control().trading_state == "HALTED"


def test_a_refusing_database_stops_trading_by_the_file(
    demo: Demo, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise DatabaseError("locked")

    client = browser_of("viewer")
    monkeypatch.setattr("trading.services.emergency_stop.change_control", refuse)
    try:
        page = client.post("/actions/emergency-stop/", headers=SCRIPT).content.decode()
        assert "HALT file" in page
        assert ">HALTED</span>" in page
    finally:
        halt_file_path().unlink()


def test_a_new_trading_state_needs_a_reason(demo: Demo, browser_of: Browser) -> None:
    page = browser_of("operator").post("/actions/trading-state/", {"state": "HALTED"}, headers=SCRIPT).content.decode()
    assert "Please give a reason" in page
    assert _control().trading_state == "ACTIVE"


def test_a_waiting_plan_is_rejected(demo: Demo, browser_of: Browser) -> None:
    intent = Intent.objects.get(state="AWAITING_APPROVAL")
    page = browser_of("trader").post(f"/actions/approvals/{intent.id}/reject/", headers=SCRIPT).content.decode()
    intent.refresh_from_db()
    assert intent.state == "DENIED"
    assert "Rejected: nothing is sent." in page
    assert 'id="part-approvals"' in page


def test_a_plan_that_was_changed_since_is_not_approved(demo: Demo, browser_of: Browser) -> None:
    intent = Intent.objects.get(state="AWAITING_APPROVAL")
    page = browser_of("trader").post(f"/actions/approvals/{intent.id}/approve/", headers=SCRIPT).content.decode()
    intent.refresh_from_db()
    assert "toast--error" in page
    assert intent.state == "FAILED"


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_viewers_may_not_decide(demo: Demo, browser_of: Browser, verb: str) -> None:
    intent = Intent.objects.get(state="AWAITING_APPROVAL")
    assert browser_of("viewer").post(f"/actions/approvals/{intent.id}/{verb}/").status_code == 403
    intent.refresh_from_db()
    assert intent.state == "AWAITING_APPROVAL"


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_another_accounts_plan_is_not_there(demo: Demo, browser_of: Browser, verb: str) -> None:
    intent = Intent.objects.get(state="AWAITING_APPROVAL")
    other = _other_account(demo)
    client = browser_of("trader")
    client.post("/actions/account/", {"account": str(other.id)})
    page = client.post(f"/actions/approvals/{intent.id}/{verb}/", headers=SCRIPT).content.decode()
    intent.refresh_from_db()
    assert "There is no such plan" in page
    assert intent.state == "AWAITING_APPROVAL"


def test_another_account_can_be_looked_at(demo: Demo, browser_of: Browser) -> None:
    other = _other_account(demo)
    client = browser_of("viewer")
    client.post("/actions/account/", {"account": str(other.id)})
    assert f'data-account="{other.id}"' in client.get("/").content.decode()
    client.post("/actions/account/", {"account": "99999"})
    assert f'data-account="{other.id}"' in client.get("/").content.decode()


def test_after_an_act_people_return_to_our_page_only(demo: Demo, browser_of: Browser) -> None:
    client = browser_of("trader")
    assert client.post("/actions/loop/", {"is_enabled": "1", "next": "/trades/"})["Location"] == "/trades/"
    assert client.post("/actions/loop/", {"is_enabled": "1", "next": "https://evil.example/"})["Location"] == "/"


def test_real_money_belongs_to_operators(demo: Demo, browser_of: Browser) -> None:
    Account.objects.filter(id=demo.account.id).update(environment="live", market_label="Binance")
    page = browser_of("trader").post("/actions/loop/", {"is_enabled": "0"}, headers=SCRIPT).content.decode()
    assert "Your role may not start or stop" in page
    assert _control().is_enabled
    browser_of("operator").post("/actions/loop/", {"is_enabled": "0"})
    assert not _control().is_enabled


def _control() -> AccountControl:
    return AccountControl.objects.get(account__name="paper")


def _other_account(demo: Demo) -> Account:
    account = Account.objects.create(
        name="second", venue="paper", environment="paper", quote_asset="USDT", starting_cash=1,
        created_at=demo.account.created_at,
    )  # fmt: skip
    AccountControl.objects.create(account=account, changed_at=demo.account.created_at)
    return account
