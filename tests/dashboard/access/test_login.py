"""Login limits: five failures lock a name for an address, five attempts a minute are all an address gets."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.dashboard.scene import person

PASSWORD = "correct horse battery staple"

pytestmark = pytest.mark.django_db


def attempt(client: Client, name: str = "ada", password: str = "wrong", address: str = "10.0.0.1"):
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


@pytest.fixture
def ada():
    return person("ada", "viewer")


def test_the_right_password_logs_in_with_a_new_session(client, ada) -> None:
    before = client.session.session_key
    assert attempt(client, password=PASSWORD).status_code == 302
    assert client.session.session_key != before
    assert client.get("/api/v1/orders/").status_code in (200, 404)


def test_five_failures_lock_the_name_for_this_address_only(client, ada) -> None:
    for _ in range(5):
        attempt(client)
        cache.clear()
    locked = attempt(client, password=PASSWORD)
    assert locked.status_code == 429
    assert "15 minute" in locked.content.decode()
    cache.clear()
    assert attempt(Client(), password=PASSWORD, address="10.0.0.2").status_code == 302


def test_the_lock_says_nothing_about_whether_the_name_exists(client, ada) -> None:
    answers = []
    for name in ("ada", "ghost"):
        for _ in range(5):
            attempt(client, name)
            cache.clear()
        answers.append(attempt(client, name))
        cache.clear()
    assert answers[0].content == answers[1].content
    assert [answer.status_code for answer in answers] == [429, 429]


def test_an_address_gets_five_attempts_a_minute_whatever_the_names(client, ada) -> None:
    statuses = [attempt(client, f"name{number}").status_code for number in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert attempt(client, "other", address="10.0.0.9").status_code == 200


def test_a_forged_proxy_header_does_not_help(client, ada) -> None:
    for number in range(5):
        client.post(
            "/login/", {"username": f"n{number}"}, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"1.1.1.{number}"
        )
    response = client.post("/login/", {"username": "n"}, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="2.2.2.2")
    assert response.status_code == 429


def test_looking_at_the_login_page_is_not_counted(client, ada) -> None:
    assert {client.get("/login/").status_code for _ in range(8)} == {200}


def test_the_admin_login_has_the_same_limits(client, ada) -> None:
    codes = [
        client.post("/admin/login/", {"username": f"n{number}", "password": "x"}).status_code for number in range(6)
    ]
    assert codes[-1] == 429
