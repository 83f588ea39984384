"""Every address of the API x every method x every identity. What is not named here is denied to everybody."""

import pytest
from django.contrib.auth.models import Group
from django.urls import resolve

from dashboard.access.roles import ROLE_ACTS, Act, Role
from dashboard.api import throttles
from tests.dashboard.access.addresses import api_addresses
from tests.dashboard.engine import make_engine
from trading.models import Account

IDENTITIES = ["anonymous", "nobody", *Role]
METHODS = ["get", "head", "options", "post", "put", "patch", "delete"]
READERS = {"viewer", "trader", "operator", "admin"}
TRADERS = {"trader", "operator"}
OPERATORS = {"operator"}
EVERYBODY = READERS | {"nobody"}

WRITERS = {
    "/api/autonomous-toggle": TRADERS,
    "/api/emergency-stop": EVERYBODY,
    "/api/v1/control/toggle": TRADERS,
    "/api/v1/control/emergency-stop": EVERYBODY,
    "/api/v1/control/trading-state": OPERATORS,
    "/api/v1/control/resume": OPERATORS,
    "/api/v1/approvals/*/approve": TRADERS,
    "/api/v1/approvals/*/reject": TRADERS,
    "/api/v1/decisions/analyse": TRADERS,
    "/api/v1/intents": TRADERS,
    "/api/v1/positions/*/close": TRADERS,
    "/api/v1/parameter-sets/*/activate": OPERATORS,
    "/api/v1/parameter-sets/*/reject": OPERATORS,
    "/api/v1/parameter-sets/*/revert": OPERATORS,
}
REDIRECTS_TO_LOGIN = {"/api/docs"}
ADDRESSES = sorted({address for address, _ in api_addresses()})


def key_of(address: str) -> str:
    return address.replace("0" * 26, "*").replace("BTCUSDT", "*").rstrip("/")


def methods_of(address: str) -> set[str]:
    match = resolve(address)
    actions = getattr(match.func, "actions", None)
    if actions:
        return {*actions, *(["head"] if "get" in actions else []), "options"}
    view = match.func.view_class if hasattr(match.func, "view_class") else match.func.cls
    return {method for method in METHODS if hasattr(view, method)} | ({"head"} if hasattr(view, "get") else set())


def test_the_router_was_walked() -> None:
    keys = {key_of(address) for address in ADDRESSES}
    assert len(keys) > 40
    assert set(WRITERS) <= keys
    assert all(resolve(address) for address in ADDRESSES)


@pytest.mark.parametrize("identity", IDENTITIES)
def test_everybody_gets_exactly_what_the_role_allows(as_role, scene, identity) -> None:
    client = as_role(str(identity))
    wrong = []
    for address in ADDRESSES:
        for method in METHODS:
            status = getattr(client, method)(address).status_code
            if not expected(identity, address, method, status):
                wrong.append(f"{identity} {method} {address}: {status}")
            if status == 429:
                pytest.fail("the throttle spoils this test")
    assert wrong == []


@pytest.fixture(autouse=True)
def no_throttle_and_no_market(monkeypatch):
    monkeypatch.setattr(
        "ai.bootstrap.shared_engine", lambda account_id: make_engine(Account.objects.get(pk=account_id))
    )
    monkeypatch.setattr(throttles.ReadThrottle, "rate", "100000/min", raising=False)
    monkeypatch.setattr(throttles.WriteThrottle, "rate", "100000/min", raising=False)


def expected(identity: str, address: str, method: str, status: int) -> bool:
    key = key_of(address)
    if key in REDIRECTS_TO_LOGIN:
        return status == 302 if identity == "anonymous" else status in (200, 403, 405)
    if identity == "anonymous":
        return status == 401
    if method not in methods_of(address):
        return status in (404, 405)
    allowed = READERS if method in ("get", "head", "options") else WRITERS.get(key, set())
    return status not in (401, 403) if identity in allowed else status == 403


def test_a_role_that_is_taken_away_works_at_once(as_role, scene) -> None:
    client = as_role("viewer")
    assert client.get("/api/v1/orders/").status_code == 200
    Group.objects.get(name="viewer").user_set.clear()
    assert client.get("/api/v1/orders/").status_code == 403


def test_a_disabled_person_is_out_at_once(as_role, scene, django_user_model) -> None:
    client = as_role("operator")
    django_user_model.objects.update(is_active=False)
    assert client.get("/api/v1/orders/").status_code == 401
    assert client.post("/api/emergency-stop").status_code == 401


def test_starting_a_live_account_takes_an_operator(as_role, scene) -> None:
    scene.account.environment = "live"
    scene.account.save()
    assert as_role("trader").post("/api/autonomous-toggle").status_code == 403
    assert as_role("operator").post("/api/autonomous-toggle").status_code == 200


def test_admins_do_not_trade_and_traders_do_not_administer() -> None:
    assert ROLE_ACTS[Role.ADMIN].isdisjoint({Act.SWITCH_PAPER_LOOP, Act.APPROVE_INTENTS, Act.ACTIVATE_PARAMETERS})
    assert all(Act.MANAGE_USERS not in ROLE_ACTS[role] for role in Role if role is not Role.ADMIN)
    assert all(Act.EMERGENCY_STOP in acts for acts in ROLE_ACTS.values())


def test_every_reading_and_writing_act_is_given_to_somebody() -> None:
    assert set().union(*ROLE_ACTS.values()) == set(Act)
