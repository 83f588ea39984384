"""The first person and every later one: random passwords, shown once, never a default."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from autotrader.lib.errors import BadInput, Conflict
from dashboard.access.create_operator import create_operator
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.first_operator import ensure_first_operator
from dashboard.access.roles import Act, Role, acts_of, may, roles_of

pytestmark = pytest.mark.django_db


def test_the_first_person_can_log_in_and_operate(client) -> None:
    made = ensure_first_operator()
    assert made is not None
    assert client.post("/login/", {"username": made.name, "password": made.password}).status_code == 302
    assert may(User.objects.get(), Act.SET_TRADING_STATE)
    assert may(User.objects.get(), Act.MANAGE_USERS)
    assert not User.objects.get().is_superuser


def test_a_second_start_makes_nobody() -> None:
    ensure_first_operator()
    before = User.objects.get().password
    assert ensure_first_operator() is None
    assert User.objects.get().password == before


def test_two_first_people_never_have_the_same_password() -> None:
    first = create_operator(name="a", roles=[Role.VIEWER])
    second = create_operator(name="b", roles=[Role.VIEWER])
    assert first.password != second.password
    assert len(first.password) == 20


def test_the_password_is_in_no_repr() -> None:
    made = create_operator(name="a", roles=[Role.VIEWER])
    assert made.password not in repr(made)
    assert made.password not in str(made)


def test_the_command_prints_the_password_once() -> None:
    out = StringIO()
    call_command("create_operator", "Ada", "--role", "trader", "--role", "viewer", stdout=out)
    password = next(line.split()[-1] for line in out.getvalue().splitlines() if line.startswith("password:"))
    user = User.objects.get(username="Ada")
    assert user.check_password(password)
    assert roles_of(user) == {Role.TRADER, Role.VIEWER}
    assert not user.is_staff


def test_the_command_makes_an_operator_when_no_role_is_given() -> None:
    call_command("create_operator", "Ada", stdout=StringIO())
    assert roles_of(User.objects.get()) == {Role.OPERATOR}


def test_a_taken_name_is_told_and_nothing_changes() -> None:
    made = create_operator(name="Ada", roles=[Role.VIEWER])
    with pytest.raises(Conflict, match="already"):
        create_operator(name="ada", roles=[Role.ADMIN])
    assert User.objects.get().check_password(made.password)
    with pytest.raises(CommandError, match="already"):
        call_command("create_operator", "Ada")


@pytest.mark.parametrize("name", ["", "two words", "a/b", "x" * 151, "<script>"])
def test_a_name_that_cannot_be_one_is_told(name) -> None:
    with pytest.raises(BadInput):
        create_operator(name=name, roles=[Role.VIEWER])
    assert not User.objects.exists()


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(CommandError, match="viewer"):
        call_command("create_operator", "Ada", "--role", "god")


def test_ensuring_the_roles_twice_changes_nothing() -> None:
    ensure_roles()
    before = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    ensure_roles()
    assert {g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()} == before
    assert set(before) == set(Role)
    assert "change_user" in before["admin"]
    assert not any(name.startswith(("add_", "change_", "delete_")) for name in before["operator"])


def test_other_groups_give_no_rights() -> None:
    user = User.objects.create_user("x")
    user.groups.add(Group.objects.create(name="staff"))
    assert acts_of(user) == {Act.EMERGENCY_STOP}


def test_nobody_may_nothing() -> None:
    from django.contrib.auth.models import AnonymousUser

    assert acts_of(None) == acts_of(AnonymousUser()) == frozenset()


def test_the_admin_site_shows_operators_but_lets_them_change_nothing(client) -> None:
    made = create_operator(name="op", roles=[Role.OPERATOR])
    client.force_login(User.objects.get(username=made.name))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/auth/user/").status_code == 403
