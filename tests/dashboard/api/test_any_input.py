"""Whatever comes in, the answer is an answer or a problem: never a fault inside."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.api import throttles
from dashboard.api.urls import router
from tests.dashboard.engine import make_engine

LISTS = {prefix: viewset for prefix, viewset, _ in router.registry}
FILTERS = [
    (prefix, name) for prefix, view in LISTS.items() for name in getattr(view.filterset_class, "base_filters", ())
]
WRITES = [
    "/api/autonomous-toggle",
    "/api/emergency-stop",
    "/api/v1/control/trading-state",
    "/api/v1/control/resume",
    "/api/v1/intents",
    "/api/v1/decisions/analyse",
    "/api/v1/positions/BTCUSDT/close",
    f"/api/v1/approvals/{'0' * 26}/approve",
    f"/api/v1/parameter-sets/{'0' * 26}/activate",
]
odd_text = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "\x00", "1e30", "-1", "9" * 40, "NaN", "null", "true", "%", "'", '"', "\ud7ff", "2026-99-99"]),
    st.integers(-(10**40), 10**40).map(str),
    st.datetimes().map(str),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(
    st.sampled_from(["enabled", "reason", "state", "symbol", "side", "quantity", "x"]), json_values, max_size=5
)
many = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_throttle_and_no_market(monkeypatch, scene):
    monkeypatch.setattr("ai.bootstrap.shared_engine", lambda account_id: make_engine(scene.account))
    monkeypatch.setattr(throttles.ReadThrottle, "rate", "1000000/min", raising=False)
    monkeypatch.setattr(throttles.WriteThrottle, "rate", "1000000/min", raising=False)


def assert_no_fault(response) -> None:
    assert response.status_code < 500, response.content
    if response.status_code >= 400:
        assert response["Content-Type"].startswith("application/problem+json")
        assert set(json.loads(response.content)) == {"type", "title", "status", "detail", "code", "errors"}


@pytest.mark.parametrize(("prefix", "name"), FILTERS)
@many
@given(value=odd_text)
def test_any_text_in_any_filter(viewer, prefix: str, name: str, value: str) -> None:
    needed = {"symbol": "BTCUSDT", "interval": "1m"} if prefix == "bars" else {}
    assert_no_fault(viewer.get(f"/api/v1/{prefix}/?{urlencode({**needed, name: value})}"))


@pytest.mark.parametrize("prefix", LISTS)
@many
@given(cursor=odd_text, size=odd_text)
def test_any_text_as_cursor_and_page_size(viewer, prefix: str, cursor: str, size: str) -> None:
    needed = {"symbol": "BTCUSDT", "interval": "1m"} if prefix == "bars" else {}
    assert_no_fault(viewer.get(f"/api/v1/{prefix}/?{urlencode({**needed, 'cursor': cursor})}"))
    assert_no_fault(viewer.get(f"/api/v1/{prefix}/?{urlencode({**needed, 'page_size': size})}"))


@pytest.mark.parametrize("path", WRITES)
@many
@given(body=bodies)
def test_any_json_in_any_body(operator, path: str, body: dict) -> None:
    assert_no_fault(operator.generic("POST", path, json.dumps(body), content_type="application/json"))


@pytest.mark.parametrize("path", WRITES)
@many
@given(body=st.binary(max_size=200))
def test_any_bytes_in_any_body(operator, path: str, body: bytes) -> None:
    assert_no_fault(operator.generic("POST", path, body, content_type="application/json"))
