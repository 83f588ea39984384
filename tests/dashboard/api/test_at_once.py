"""Two people at the same moment: nothing doubled, nothing lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections
from django.test import Client

from autotrader.lib.runtime import system_runtime
from dashboard.access.first_operator import ensure_first_operator
from tests.dashboard.scene import Scene, build_scene, person
from trading.models import AccountControl, AuditLine, ParameterSet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    cache.clear()
    return build_scene(system_runtime())


def at_once(count: int, act) -> list:
    def run(number: int):
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def test_ten_toggles_at_once_are_ten_turns(scene) -> None:
    person("ada", "operator")
    clients = [client_of("ada") for _ in range(10)]

    def toggle(number: int) -> int:
        return clients[number].post("/api/autonomous-toggle", content_type="application/json").status_code

    assert at_once(10, toggle) == [200] * 10
    assert AccountControl.objects.get().is_enabled is True
    assert AuditLine.objects.filter(kind="loop_switch").count() == 10


def test_two_activations_at_once_leave_one_active_set(scene) -> None:
    person("ada", "operator")
    active = ParameterSet.objects.get()
    proposals = [
        ParameterSet.objects.create(
            id=scene.next_id(),
            account=scene.account,
            strategy="rules-v1",
            parent=active,
            values={**active.values, "atr_threshold": f"1.{number}"},
            status="proposed",
            reason="x",
            proposed_by="x",
            proposed_at=scene.now,
        ).pk
        for number in range(4)
    ]
    clients = [client_of("ada") for _ in proposals]

    def activate(number: int) -> int:
        address = f"/api/v1/parameter-sets/{proposals[number]}/activate/"
        return clients[number].post(address, {"reason": "x"}, content_type="application/json").status_code

    assert set(at_once(4, activate)) <= {200, 409}
    assert ParameterSet.objects.filter(status="active").count() == 1


def test_a_stop_in_the_middle_of_toggles_holds(scene) -> None:
    person("ada", "operator")
    clients = [client_of("ada") for _ in range(6)]

    def press(number: int) -> int:
        path = "/api/emergency-stop" if number == 3 else "/api/v1/control/toggle"
        return clients[number].post(path, content_type="application/json").status_code

    assert at_once(6, press) == [200] * 6
    assert AccountControl.objects.get().trading_state == "HALTED"


def test_two_starts_at_once_make_one_first_person() -> None:
    made = [credentials for credentials in at_once(4, lambda number: ensure_first_operator()) if credentials]
    assert len(made) == 1
    assert User.objects.count() == 1
    assert User.objects.get().check_password(made[0].password)
