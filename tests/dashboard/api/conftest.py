"""People at the API, and a platform with a past to ask about."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from autotrader.lib.runtime import system_runtime
from tests.dashboard.scene import Scene, build_scene, person


@pytest.fixture(autouse=True)
def fresh_throttles():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scene(db) -> Scene:
    return build_scene(system_runtime())


@pytest.fixture
def as_role(db):
    """A client logged in as somebody with the given role ("nobody" has none, "anonymous" is not logged in)."""

    def client_for(role: str) -> APIClient:
        client = APIClient()
        if role != "anonymous":
            client.force_login(person(f"{role}-person", *([] if role == "nobody" else [role])))
        return client

    return client_for


@pytest.fixture
def viewer(as_role) -> APIClient:
    return as_role("viewer")


@pytest.fixture
def trader(as_role) -> APIClient:
    return as_role("trader")


@pytest.fixture
def operator(as_role) -> APIClient:
    return as_role("operator")
