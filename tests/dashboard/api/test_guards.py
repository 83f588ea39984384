"""CSRF, throttles, headers, and the OpenAPI document."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dashboard.api import throttles
from tests.dashboard.api.problems import assert_problem
from tests.dashboard.scene import person


def test_a_session_needs_the_csrf_token_for_writing(scene) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(person("ada", "operator"))
    assert client.get("/api/v1/orders/").status_code == 200
    for path in ("/api/autonomous-toggle", "/api/emergency-stop", "/api/v1/control/resume"):
        assert_problem(client.post(path), 403, says="CSRF")


def test_a_session_with_the_csrf_token_may_write(scene) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    client.force_login(person("ada", "operator"))
    for _ in range(2):
        answer = client.post("/api/autonomous-toggle", content_type="application/json", headers=headers)
        assert answer.status_code == 200
    assert answer.json()["changed_by"] == "ada"


def test_an_empty_form_counts_as_an_empty_body(trader, scene) -> None:
    answer = trader.generic("POST", "/api/autonomous-toggle", b"", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200


def test_writing_is_throttled_and_says_how_long_to_wait(trader, scene) -> None:
    statuses = [trader.post("/api/autonomous-toggle").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    response = trader.post("/api/autonomous-toggle")
    assert_problem(response, 429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 61


def test_reading_is_throttled_apart_from_writing(trader, scene, monkeypatch) -> None:
    monkeypatch.setattr(throttles.ReadThrottle, "rate", "3/min", raising=False)
    assert [trader.get("/api/autonomous-history").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert trader.post("/api/autonomous-toggle").status_code == 200


def test_one_person_does_not_use_up_anothers_allowance(as_role, scene) -> None:
    greedy, other = as_role("trader"), as_role("operator")
    for _ in range(31):
        greedy.post("/api/autonomous-toggle")
    assert other.post("/api/autonomous-toggle").status_code == 200


def test_the_emergency_stop_is_never_throttled(viewer, scene) -> None:
    assert {viewer.post("/api/emergency-stop").status_code for _ in range(60)} == {200}


def test_the_emergency_stop_works_when_writing_is_used_up(trader, scene) -> None:
    for _ in range(31):
        trader.post("/api/autonomous-toggle")
    assert trader.post("/api/emergency-stop").status_code == 200


def test_nothing_changes_by_reading(operator, scene) -> None:
    for path in ("/api/autonomous-toggle", "/api/emergency-stop", "/api/v1/control/resume"):
        assert_problem(operator.get(path), 405)


def test_pages_and_answers_carry_a_strict_policy(client, viewer, scene) -> None:
    for response in (client.get("/login/"), viewer.get("/api/autonomous-status"), client.get("/healthz")):
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"


def test_cookies_are_kept_from_scripts_and_other_sites(client, db) -> None:
    person("ada", "viewer")
    client.post("/login/", {"username": "ada", "password": "correct horse battery staple"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 8 * 3600


def test_the_document_is_valid_and_without_a_warning(db, tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


@pytest.fixture
def document(viewer, scene):
    return viewer.get("/api/schema").json()


def test_the_document_has_the_six_paths_and_the_stop(document) -> None:
    methods = {
        "/api/autonomous-status": "get",
        "/api/autonomous-history": "get",
        "/api/backup-services-status": "get",
        "/api/autonomous-toggle": "post",
        "/api/live-stats": "get",
        "/api/performance-chart": "get",
        "/api/emergency-stop": "post",
    }
    for path, method in methods.items():
        assert method in document["paths"][path]


def test_every_operation_is_described_and_tells_its_errors(document) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path} has no description"
            problem = operation["responses"]["403"]["content"]["application/problem+json"]["schema"]["$ref"]
            assert problem.endswith("/Problem")
            assert operation["security"], f"{method} {path}"


def test_the_docs_page_needs_a_login_and_loads_nothing_from_elsewhere(client, viewer, scene) -> None:
    assert client.get("/api/docs/").status_code == 302
    page = viewer.get("/api/docs/", HTTP_ACCEPT="text/html")
    html = page.content.decode()
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert links
    assert all(link.startswith(("/static/", "/api/", "data:")) or link.startswith("?") for link in links), links
    assert re.search(r"<script>(?!\s*</script>)", html) is None
    assert "script-src 'self';" in page["Content-Security-Policy"] + ";"


def test_the_docs_script_is_served_from_the_same_address(viewer, scene) -> None:
    html = viewer.get("/api/docs/", HTTP_ACCEPT="text/html").content.decode()
    script = next(link for link in re.findall(r'src="([^"]+)"', html) if "script" in link)
    answer = viewer.get(script.replace("&amp;", "&"), HTTP_ACCEPT="*/*")
    assert answer.status_code == 200
    assert "javascript" in answer["Content-Type"]
