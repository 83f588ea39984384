"""Tokens for scripts: hashed, named, scoped, expiring, and no stronger than their owner."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from autotrader.lib.errors import BadInput, Conflict, NotFound
from dashboard.access.create_token import create_token
from dashboard.models import ApiToken
from tests.dashboard.api.problems import assert_problem
from tests.dashboard.scene import person


def client_with(text: str) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def token_for(role: str, scope: str = "full") -> str:
    person("script", role)
    return create_token(user_name="script", name="test", scope=ApiToken.Scope(scope))[1]


def test_a_token_needs_no_csrf_and_notes_its_use(scene) -> None:
    client = client_with(token_for("trader"))
    assert client.get("/api/v1/orders/").status_code == 200
    assert client.post("/api/autonomous-toggle").status_code == 200
    assert ApiToken.objects.get().last_used_at is not None


def test_only_the_hash_is_stored(db) -> None:
    text = token_for("viewer")
    stored = ApiToken.objects.get()
    assert text not in str(ApiToken.objects.values())
    assert text.startswith(stored.token_key)
    assert len(text) >= 64


@pytest.mark.parametrize(
    ("scope", "reads", "toggles", "stops"), [("full", 200, 200, 200), ("read", 200, 403, 403), ("kill", 403, 403, 200)]
)
def test_a_scope_narrows_what_the_owner_may(scene, scope, reads, toggles, stops) -> None:
    client = client_with(token_for("operator", scope))
    assert client.get("/api/v1/orders/").status_code == reads
    assert client.post("/api/autonomous-toggle").status_code == toggles
    assert client.post("/api/emergency-stop").status_code == stops


def test_a_full_token_of_a_viewer_cannot_toggle(scene) -> None:
    assert client_with(token_for("viewer")).post("/api/autonomous-toggle").status_code == 403


def test_an_expired_token_is_refused(scene) -> None:
    client = client_with(token_for("viewer"))
    ApiToken.objects.update(expiry=scene.now - timedelta(seconds=1))
    assert_problem(client.get("/api/v1/orders/"), 401)


def test_a_token_of_a_disabled_person_is_refused(scene, django_user_model) -> None:
    client = client_with(token_for("viewer"))
    django_user_model.objects.update(is_active=False)
    assert_problem(client.get("/api/v1/orders/"), 401)


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token x", "Token \xe9\xff", "Token " + "x" * 10_000, "Bearer x", "Token \x01"]
)
def test_a_header_that_is_no_token_is_a_401_problem(scene, header) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    response = client.get("/api/v1/orders/")
    assert_problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Token")


def test_one_wrong_character_is_enough_to_be_refused(scene) -> None:
    text = token_for("viewer")
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    assert_problem(client_with(wrong).get("/api/v1/orders/"), 401)


def test_the_command_prints_the_token_once_with_its_prefix(db) -> None:
    person("script", "viewer")
    out = StringIO()
    call_command("create_token", "script", "--name", "backup", "--days", "30", "--scope", "read", stdout=out)
    stored = ApiToken.objects.get()
    assert f"prefix:  {stored.token_key}" in out.getvalue()
    assert (stored.name, stored.scope) == ("backup", "read")


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_lives_a_day_to_a_year(db, days) -> None:
    person("script", "viewer")
    with pytest.raises(BadInput, match="1 to 366"):
        create_token(user_name="script", name="x", days=days)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 65])
def test_a_token_needs_a_name(db, name) -> None:
    person("script", "viewer")
    with pytest.raises(BadInput, match="name"):
        create_token(user_name="script", name=name)


def test_a_name_is_used_once_for_each_person(db) -> None:
    token_for("viewer")
    with pytest.raises(Conflict, match="already"):
        create_token(user_name="script", name="test")


def test_a_token_for_nobody_is_refused(db) -> None:
    with pytest.raises(NotFound, match="ghost"):
        create_token(user_name="ghost", name="x")
    with pytest.raises(CommandError, match="ghost"):
        call_command("create_token", "ghost", "--name", "x")
