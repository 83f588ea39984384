"""The admin site: people and tokens, and no way up."""

import pytest
from django.contrib.auth.models import User

from dashboard.access.create_operator import create_operator
from dashboard.access.create_token import create_token
from dashboard.access.roles import Role
from dashboard.models import ApiToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    create_operator(name="boss", roles=[Role.ADMIN])
    client.force_login(User.objects.get(username="boss"))
    return client


def form_of(user: User, **changes: object) -> dict[str, object]:
    joined = user.date_joined
    return {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
        **changes,
    }


def test_an_admin_gives_roles(admin_client) -> None:
    create_operator(name="ada", roles=[Role.VIEWER])
    ada = User.objects.get(username="ada")
    trader = ada.groups.model.objects.get(name="trader")
    answer = admin_client.post(f"/admin/auth/user/{ada.pk}/change/", form_of(ada, groups=[trader.pk]))
    assert answer.status_code == 302
    assert [group.name for group in ada.groups.all()] == ["trader"]


def test_an_admin_cannot_become_a_superuser(admin_client) -> None:
    boss = User.objects.get(username="boss")
    admin_client.post(f"/admin/auth/user/{boss.pk}/change/", form_of(boss, is_superuser="on"))
    boss.refresh_from_db()
    assert not boss.is_superuser


def test_an_admin_cannot_take_over_a_superuser(admin_client) -> None:
    root = User.objects.create_superuser("root", password="old password of root")
    for page in ("change/", "password/", "delete/"):
        answer = admin_client.post(f"/admin/auth/user/{root.pk}/{page}", {"password1": "x" * 20, "password2": "x" * 20})
        assert answer.status_code in (302, 403, 405), page
    root.refresh_from_db()
    assert root.check_password("old password of root")


def test_an_admin_takes_tokens_away_but_makes_none(admin_client) -> None:
    token, text = create_token(user_name="boss", name="x")
    page = admin_client.get("/admin/dashboard/apitoken/").content.decode()
    assert token.token_key in page
    assert text not in page
    assert admin_client.get("/admin/dashboard/apitoken/add/").status_code == 403
    admin_client.post(f"/admin/dashboard/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert not ApiToken.objects.exists()


def test_an_operator_sees_tokens_and_touches_none(client) -> None:
    create_operator(name="op", roles=[Role.OPERATOR])
    client.force_login(User.objects.get(username="op"))
    token, _ = create_token(user_name="op", name="x")
    assert client.get("/admin/dashboard/apitoken/").status_code == 200
    assert client.post(f"/admin/dashboard/apitoken/{token.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/auth/user/add/", {"username": "x"}).status_code == 403


def test_traders_and_viewers_stay_outside(client) -> None:
    create_operator(name="t", roles=[Role.TRADER, Role.VIEWER])
    client.force_login(User.objects.get(username="t"))
    assert client.get("/admin/").status_code == 302
