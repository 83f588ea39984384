"""One shape for every error, whoever raised it; never a traceback, never HTML."""

import json

import pytest
from django.test import Client

from autotrader.lib.errors import AutotraderError, BadInput
from dashboard.api import autonomous_views
from tests.dashboard.api.problems import assert_problem
from trading.ports import DataUnavailable


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/v1/", "/api/v2/orders/", "/api/v1/orders/x/y/z", "/api/%00", "/api/v1//"]
)
def test_an_unknown_address_is_a_problem(viewer, scene, settings, path, debug) -> None:
    settings.DEBUG = debug
    assert_problem(viewer.get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_an_unknown_address_is_a_problem_for_every_method(operator, scene, method) -> None:
    assert_problem(getattr(operator, method)("/api/nothing/"), 404)


@pytest.mark.parametrize("path", ["/api/autonomous-status", "/api/v1/orders/", "/api/v1/exports/trades.csv"])
def test_a_method_that_is_not_accepted_is_a_problem(operator, scene, path) -> None:
    response = operator.delete(path)
    assert_problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("debug", [True, False])
def test_a_fault_inside_tells_nothing_of_the_inside(viewer, scene, settings, monkeypatch, caplog, debug) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("the password is hunter2")

    settings.DEBUG = debug
    monkeypatch.setattr(autonomous_views, "loop_status", broken)
    response = viewer.get("/api/autonomous-status")
    assert_problem(response, 500, "internal_error")
    assert b"hunter2" not in response.content
    assert "hunter2" in caplog.text


class Odd(AutotraderError):
    code = "odd"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadInput("say it so", code="special"), 400, "special"),
        (DataUnavailable("the source sleeps"), 503, "data_unavailable"),
        (Odd("it cannot be"), 422, "odd"),
    ],
)
def test_domain_errors_keep_their_words_and_codes(viewer, scene, monkeypatch, error, status, code) -> None:
    def broken(*args: object) -> None:
        raise error

    monkeypatch.setattr(autonomous_views, "loop_status", broken)
    assert_problem(viewer.get("/api/autonomous-status"), status, code, says=error.message)


BROKEN_BODIES = {
    "no json": b"{",
    "not utf-8": b'{"enabled": "\xff"}',
    "a list": b"[]",
    "a number": b"5",
    "not a number": b'{"enabled": NaN}',
    "infinite": b'{"enabled": -Infinity}',
    "doubled": b'{"enabled": true, "enabled": false}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "long number": b'{"enabled": ' + b"9" * 10_000 + b"}",
    "large exponent": b'{"enabled": 1e999999999999999999999}',
    "too large": b'{"enabled": "' + b"x" * 300_000 + b'"}',
}


@pytest.mark.parametrize("name", BROKEN_BODIES)
def test_a_body_that_is_no_proper_json_is_a_problem(trader, scene, name) -> None:
    response = trader.generic("POST", "/api/autonomous-toggle", BROKEN_BODIES[name], content_type="application/json")
    assert_problem(response, 400)


def test_a_body_larger_than_the_server_takes_is_a_problem(trader, scene) -> None:
    response = trader.generic("POST", "/api/autonomous-toggle", b"x" * 2_000_000, content_type="application/json")
    assert_problem(response, 400)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"]
)
def test_another_media_type_is_a_problem(trader, scene, content_type) -> None:
    assert_problem(trader.generic("POST", "/api/autonomous-toggle", b"enabled=1", content_type=content_type), 415)


def test_an_odd_charset_is_read_as_utf_8(trader, scene) -> None:
    response = trader.generic("POST", "/api/autonomous-toggle", b"{}", content_type="application/json; charset=klingon")
    assert response.status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=x"])
def test_an_accept_header_we_cannot_meet_is_a_problem_or_json(viewer, scene, accept) -> None:
    response = viewer.get("/api/autonomous-status", HTTP_ACCEPT=accept)
    assert response.status_code in (200, 406)
    json.loads(response.content)


@pytest.mark.parametrize("debug", [True, False])
def test_a_bad_host_name_is_a_problem(scene, settings, debug) -> None:
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert_problem(Client().get("/api/autonomous-status", HTTP_HOST="evil.example"), 400)


def test_errors_by_field_are_flat(operator, scene) -> None:
    body = assert_problem(operator.post("/api/v1/control/trading-state", {"state": "UP"}, format="json"), 400)
    assert set(body["errors"]) == {"state", "reason"}
    assert all(isinstance(text, str) for texts in body["errors"].values() for text in texts)
