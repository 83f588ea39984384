"""A small demo account (two days, three instruments) and one person of each role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from ai.models import DecisionRow
from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.roles import Role
from tests.factories.demo import Demo, write_demo
from trading.models import Account, InstrumentRow

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def demo_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    """Written once for a whole module, since it takes seconds; every test's own changes are rolled back."""
    with django_db_blocker.unblock():
        written = write_demo(days=2, symbols=3, hold_hours=1)
    yield written
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def demo(demo_rows: Demo, db: None) -> Demo:
    """The same rows as fresh objects, so that no test sees what another did to them."""
    return Demo(
        account=Account.objects.select_related("control").get(id=demo_rows.account.id),
        runtime=demo_rows.runtime,
        instruments=list(InstrumentRow.objects.order_by("id")),
        acting=list(DecisionRow.objects.exclude(action="HOLD").order_by("decided_at")),
    )


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    groups = ensure_roles()

    def make(role: str) -> User:
        user = get_user_model().objects.create_user(username=role, password="a-long-password")
        if role in list(Role):
            user.groups.add(groups[Role(role)])
        return user

    return make


@pytest.fixture
def browser_of(person: Callable[[str], User]) -> Callable[[str], Client]:
    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(person(role), backend=BACKEND)
        return client

    return log_in
